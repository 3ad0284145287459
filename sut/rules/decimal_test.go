package rules

import (
	"math/rand/v2"
	"testing"

	"github.com/shopspring/decimal"
)

// The formulas once more, by another hand: in decimal numbers, from the texts of the laws and not from the packs.

var (
	hundred = decimal.NewFromInt(100)
	twelve  = decimal.NewFromInt(12)
)

func ppmOf(n int64) decimal.Decimal { return decimal.New(n, -6) }

// people is how many random persons are compared.
func people(t *testing.T) int {
	if testing.Short() {
		return 20_000
	}
	return 1_000_000
}

// decimalLaw is what the decimal formulas need beside a person's facts.
type decimalLaw struct {
	growth []decimal.Decimal // 1.0021833…^n to 70 places
}

func newDecimalLaw() *decimalLaw {
	law := &decimalLaw{growth: []decimal.Decimal{decimal.NewFromInt(1)}}
	for n := range 12 * 100 {
		law.growth = append(law.growth, law.growth[n].Mul(decimal.RequireFromString("12.0262")).DivRound(twelve, 70))
	}
	return law
}

// retire counts the delay cohort by cohort, as the tables annexed to the decision of 2024-09-13 do.
func (*decimalLaw) retire(f *PensionFacts) (month Month, age int) {
	years, first, step, most := 60, Month(196501), 4, 36
	switch f.Class {
	case Women55:
		years, first = 55, 197001
	case Women50:
		years, first, step, most = 50, 197501, 2, 60
	}
	delay := 0
	if f.AsOf >= 202501 {
		for cohort := first; cohort <= f.Birth && delay < most; cohort = cohort.Add(step) {
			delay++
		}
	}
	return f.Birth.Add(years*12 + delay), years*12 + delay
}

// divisor is 计发月数 to a tenth.
func (*decimalLaw) divisor(age int) decimal.Decimal {
	table := map[int]int64{
		50: 195, 51: 190, 52: 185, 53: 180, 54: 175, 55: 170, 56: 164, 57: 158, 58: 152, 59: 145, 60: 139, 61: 132, 62: 125, 63: 117, 64: 109,
	}
	here, next := decimal.NewFromInt(table[age/12]), decimal.NewFromInt(table[age/12+1])
	return here.Sub(here.Sub(next).Mul(decimal.NewFromInt(int64(age % 12))).Div(twelve)).Round(1)
}

func (law *decimalLaw) estimate(f *PensionFacts) (a Amounts) {
	a.Retire, a.Age = law.retire(f)
	a.Base = f.Base
	if a.Base == 0 {
		a.Base = 8000_00
		if f.Region == "110000" && f.AsOf >= 202501 {
			a.Base = 12049_00
		}
	}
	c, idx := decimal.NewFromInt(a.Base), ppmOf(f.Index)
	a.Basic = c.Add(c.Mul(idx)).Mul(decimal.NewFromInt(int64(f.Months))).DivRound(decimal.NewFromInt(2*12*100), 0).IntPart()
	a.Account = decimal.NewFromInt(f.Account).Mul(law.growth[max(0, a.Retire.Since(f.AsOf))]).Round(0).IntPart()
	divisor := law.divisor(a.Age)
	a.Divisor = int(divisor.Shift(1).IntPart())
	a.Personal = decimal.NewFromInt(a.Account).DivRound(divisor, 0).IntPart()
	if f.Region == "110000" && f.AsOf >= 200701 {
		years := decimal.NewFromInt(int64(f.Deemed)).Add(idx.Mul(decimal.NewFromInt(int64(f.Before98))))
		a.Transition = c.Mul(years).DivRound(decimal.NewFromInt(12*100), 0).IntPart()
	}
	a.Total = a.Basic + a.Personal + a.Transition
	switch year := int(a.Retire) / 100; {
	case f.AsOf < 201107:
	case f.AsOf < 202501 || year < 2030:
		a.Minimum = 180
	default:
		a.Minimum = min(240, 180+6*(year-2029))
	}
	return a
}

// O6 to O13.
func TestPensionsAgreeWithDecimals(t *testing.T) {
	b, law, rng := open(t), newDecimalLaw(), rand.New(rand.NewPCG(2023, 1))
	type key struct {
		region string
		asOf   Month
	}
	estimators := map[key]*Estimator{}
	for range people(t) {
		f := PensionFacts{
			Class:    []Class{Men, Women55, Women50}[rng.IntN(3)],
			Months:   1 + rng.IntN(600),
			Index:    1 + rng.Int64N(3*million),
			Account:  rng.Int64N(3_000_000_00),
			AsOf:     Month(200601).Add(rng.IntN(12 * 21)),
			Region:   []string{"110000", "420500", "310000"}[rng.IntN(3)],
			Deemed:   rng.IntN(2) * rng.IntN(120),
			Before98: rng.IntN(2) * rng.IntN(72),
			Base:     int64(rng.IntN(2)) * (1 + rng.Int64N(30000_00)),
		}
		f.Deemed, f.Before98 = min(f.Deemed, f.Months), min(f.Before98, f.Months)
		f.Birth = f.AsOf.Add(-(16*12 + rng.IntN(60*12)))
		k := key{f.Region, f.AsOf}
		if estimators[k] == nil {
			var err error
			if estimators[k], err = b.Estimator(f.Region, f.AsOf); err != nil {
				t.Fatal(err)
			}
		}
		got, err := estimators[k].Estimate(f)
		if want := law.estimate(&f); err != nil || got != want {
			t.Fatalf("%+v:\n got %+v, %v\nwant %+v", f, got, err, want)
		}
	}
}

// O1, O2 and O3.
func TestContributionsAgreeWithDecimals(t *testing.T) {
	b, rng := open(t), rand.New(rand.NewPCG(2023, 2))
	rates := [][2]decimal.Decimal{}
	for _, r := range [][2]int64{{160_000, 80_000}, {80_000, 20_000}, {5_000, 5_000}, {4_000, 0}, {8_000, 0}} {
		rates = append(rates, [2]decimal.Decimal{ppmOf(r[0]), ppmOf(r[1])})
	}
	alone := [][2]decimal.Decimal{{decimal.Zero, ppmOf(200_000)}, {decimal.Zero, ppmOf(100_000)}}
	type place struct {
		region  string
		month   Month
		average int64
		rates   [][2]decimal.Decimal
		with    func(string, Month) (*Contributor, error)
		floor   decimal.Decimal
		cap     decimal.Decimal
		reckon  *Contributor
	}
	places := []place{
		{region: "510000", month: 202507, average: 7646, rates: rates, with: b.Contributor},
		{region: "440300", month: 202407, average: 9167, rates: rates, with: b.Contributor},
		{region: "420500", month: 202301, average: 7646, rates: rates, with: b.Contributor},
		{region: "310000", month: 202607, average: 12577, rates: alone, with: b.FlexibleContributor},
	}
	for i := range places {
		p := &places[i]
		average := decimal.NewFromInt(p.average)
		p.floor = average.Mul(ppmOf(600_000)).Round(0).Mul(hundred)
		p.cap = average.Mul(ppmOf(3_000_000)).Round(0).Mul(hundred)
		var err error
		if p.reckon, err = p.with(p.region, p.month); err != nil {
			t.Fatal(err)
		}
	}
	for range people(t) {
		p := &places[rng.IntN(len(places))]
		wage := rng.Int64N(45_000_00)
		base := decimal.Min(decimal.Max(decimal.NewFromInt(wage), p.floor), p.cap)
		want := Dues{Base: base.IntPart()}
		for i, r := range p.rates {
			share := Share{base.Mul(r[0]).Round(0).IntPart(), base.Mul(r[1]).Round(0).IntPart()}
			want.Parts[i] = share
			want.Employer += share.Employer
			want.Person += share.Person
		}
		if got, err := p.reckon.Contribute(wage); err != nil || got != want {
			t.Fatalf("wage %d in %s:\n got %+v, %v\nwant %+v", wage, p.region, got, err, want)
		}
	}
}

// O21.
func TestPrimaryInsuranceAgreesWithDecimals(t *testing.T) {
	b, rng := open(t), rand.New(rand.NewPCG(2023, 3))
	d := decimal.RequireFromString
	wages := map[int]decimal.Decimal{ // two years before the key
		2013: d("42979.61"), 2014: d("44321.67"), 2015: d("44888.16"), 2016: d("46481.52"), 2017: d("48098.63"), 2018: d("48642.15"), 2019: d("50321.89"),
		2020: d("52145.80"), 2021: d("54099.99"), 2022: d("55628.60"), 2023: d("60575.07"), 2024: d("63795.13"), 2025: d("66621.80"), 2026: d("69846.57"),
	}
	raises := map[int]decimal.Decimal{
		2013: d("1.015"), 2014: d("1.017"), 2015: d("1"), 2016: d("1.003"), 2017: d("1.020"), 2018: d("1.028"), 2019: d("1.016"),
		2020: d("1.013"), 2021: d("1.059"), 2022: d("1.087"), 2023: d("1.032"), 2024: d("1.025"), 2025: d("1.028"),
	}
	for asOf := Month(201301); asOf < 202612; asOf = asOf.Add(1) {
		e, err := b.Estimator("US", asOf)
		if err != nil {
			t.Fatal(err)
		}
		for range people(t) / 2000 {
			f := american2013()
			f.AsOf, f.Base, f.Index = asOf, 1+rng.Int64N(20_000_00), 1+rng.Int64N(2*million)
			year := 2013 + rng.IntN(int(asOf)/100-2013+1)
			f.Birth = Month((year-62)*100 + 1 + rng.IntN(12))
			aime := decimal.New(f.Base, -2).Mul(ppmOf(f.Index)).Floor()
			ratio := func(dollars int64) decimal.Decimal {
				return decimal.NewFromInt(dollars).Mul(wages[year]).DivRound(d("9779.44"), 0)
			}
			first, second := ratio(180), ratio(1085)
			pia := decimal.Min(aime, first).Mul(d("0.9")).
				Add(decimal.Max(decimal.Zero, decimal.Min(aime, second).Sub(first)).Mul(d("0.32"))).
				Add(decimal.Max(decimal.Zero, aime.Sub(second)).Mul(d("0.15"))).Truncate(1)
			for y := year; y*100+12 <= int(asOf); y++ {
				pia = pia.Mul(raises[y]).Truncate(1)
			}
			got, err := e.Estimate(f)
			if err != nil || got.Basic != pia.Mul(hundred).IntPart() || got.Total != pia.Floor().Mul(hundred).IntPart() {
				t.Fatalf("%+v, eligible in %d: %+v, %v; want %s", f, year, got, err, pia)
			}
		}
	}
}

// O18.
func TestSplitBillsAgreeWithDecimals(t *testing.T) {
	b, rng := open(t), rand.New(rand.NewPCG(2023, 4))
	s, err := b.Splitter("420500", 20230101)
	if err != nil {
		t.Fatal(err)
	}
	shares := []int64{75, 70, 60, 50}
	for range people(t) {
		v := Visit{
			Region: "420500", Date: 20230101, Tier: rng.IntN(4), Retired: rng.IntN(2) == 0, Account: rng.Int64N(3000_00),
			Lines: []Line{{"A", 1 + rng.Int64N(9), rng.Int64N(900_00), true}, {"B", 1, rng.Int64N(900_00), rng.IntN(2) == 0}},
			Year:  YearToDate{rng.Int64N(600_00), rng.Int64N(2700_00)},
		}
		deductible, most, percent := int64(500), int64(2200), shares[v.Tier]
		if v.Retired {
			deductible, most, percent = 400, 2600, percent+5
		}
		yuan := func(fen int64) decimal.Decimal { return decimal.New(fen, -2) }
		cost := yuan(v.Lines[0].Qty * v.Lines[0].Unit)
		if v.Lines[1].InPolicy {
			cost = cost.Add(yuan(v.Lines[1].Unit))
		}
		left := decimal.Max(decimal.Zero, decimal.NewFromInt(deductible).Sub(yuan(v.Year.Deductible)))
		above := decimal.Max(decimal.Zero, cost.Sub(left))
		fund := above.Mul(decimal.New(percent, -2)).Round(2)
		fund = decimal.Min(fund, decimal.Max(decimal.Zero, decimal.NewFromInt(most).Sub(yuan(v.Year.Fund))))
		account := decimal.Min(yuan(v.Account), cost.Sub(fund))
		got, err := s.Split(v)
		if err != nil || got.Fund != fund.Mul(hundred).IntPart() || got.Account != account.Mul(hundred).IntPart() || got.Fund+got.Account+got.Cash != got.Total {
			t.Fatalf("%+v: %+v, %v; want fund %s, account %s", v, got, err, fund, account)
		}
	}
}
