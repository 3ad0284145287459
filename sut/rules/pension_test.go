package rules

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// golden is O12's person.
func golden() PensionFacts {
	return PensionFacts{
		Birth: 197602, Class: Men, Months: 360, Index: 800_000, Account: 100_000_00,
		Deemed: 36, AsOf: 202608, Region: "110000",
	}
}

// O12: Beijing's base of 2025, 12,049.00; the parts are O9, O10 and O11 for the same person.
func TestTheGoldenPerson(t *testing.T) {
	got, err := open(t).Estimate(golden())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		got, want int64
	}{
		{"base", got.Base, 12049_00},
		{"retirement", int64(got.Retire), 203812},
		{"divisor", int64(got.Divisor), 1183},
		{"account at retirement", got.Account, 138096_30},
		{"basic", got.Basic, 3253_23},
		{"personal", got.Personal, 1167_34},
		{"transition", got.Transition, 361_47},
		{"total", got.Total, 4782_04},
	} {
		if c.got != c.want {
			t.Errorf("%s is %d, want %d\n%s", c.name, c.got, c.want, strings.Join(got.Trace, "\n"))
		}
	}
	if !got.Verified || len(got.Citations) != 6 || got.Minimum != 234 {
		t.Errorf("verified %v with %d citations, minimum %d; want true with 6, 234: %q", got.Verified, len(got.Citations), got.Minimum, got.Citations)
	}
}

// O9: 国发〔2005〕38号; 浙江条例 32.
func TestBasicPension(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		base, index int64
		months      int
		want        int64
	}{
		{12049_00, 800_000, 360, 3253_23},
		{11883_00, 1_000_000, 300, 2970_75},
	} {
		f := PensionFacts{Birth: 197602, Class: Men, Months: c.months, Index: c.index, AsOf: 202608, Region: "110000", Base: c.base}
		if got, err := b.Estimate(f); err != nil || got.Basic != c.want {
			t.Errorf("C %d, index %d, %d months: basic %d, %v; want %d", c.base, c.index, c.months, got.Basic, err, c.want)
		}
	}
}

// O10: (1 + 2.62 %/12)^n.
func TestTheAccountIsProjectedWithMonthlyInterest(t *testing.T) {
	interest := newGrowth(26_200)
	for _, c := range []struct {
		months int
		want   int64
	}{
		{0, 100000_00}, {12, 102651_69}, {148, 138096_30},
	} {
		if got := interest.project(100000_00, c.months); got != c.want {
			t.Errorf("%d months: %d, want %d", c.months, got, c.want)
		}
	}
}

// O11: 京劳社养发〔2007〕21号 and 31号.
func TestTransitionPension(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		deemed, before98 int
		want             int64
	}{
		{36, 0, 361_47}, {66, 24, 855_48}, {0, 0, 0},
	} {
		f := golden()
		f.Deemed, f.Before98 = c.deemed, c.before98
		if got, err := b.Estimate(f); err != nil || got.Transition != c.want {
			t.Errorf("%d months deemed, %d before 1998-07: %d, %v; want %d", c.deemed, c.before98, got.Transition, err, c.want)
		}
	}
}

// O13: textbook examples at the ages of 60 and 55, reckoned in the month of retirement, so nothing is projected.
func TestTextbookPensions(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name                   string
		birth                  Month
		class                  Class
		base, index            int64
		years                  int
		account                int64
		basic, personal, total int64 // 0: the oracle does not give it
	}{
		{"15 years at the average wage", 196401, Men, 8000_00, 1_000_000, 15, 120000_00, 1200_00, 863_31, 2063_31},
		{"15 years at the floor", 196401, Men, 8000_00, 600_000, 15, 69120_00, 0, 0, 1457_27},
		{"30 years at the cap", 196401, Men, 10000_00, 3_000_000, 30, 864000_00, 0, 0, 12215_83},
		{"25 years, a woman at 55", 196901, Women55, 8000_00, 1_000_000, 25, 192000_00, 0, 0, 3129_41},
	} {
		got, err := b.Estimate(PensionFacts{
			Birth: c.birth, Class: c.class, Months: c.years * 12, Index: c.index, Account: c.account,
			AsOf: 202401, Region: "CN", Base: c.base,
		})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got.Retire != 202401 || got.Total != c.total || c.basic != 0 && (got.Basic != c.basic || got.Personal != c.personal) {
			t.Errorf("%s: %d + %d = %d from %s, want %d + %d = %d\n%s", c.name, got.Basic, got.Personal, got.Total, got.Retire,
				c.basic, c.personal, c.total, strings.Join(got.Trace, "\n"))
		}
	}
}

func TestAnEstimateSaysWhatItLacks(t *testing.T) {
	f := golden()
	f.Region = "420500"
	got, err := open(t).Estimate(f)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(got.Assumptions, "\n")
	if got.Verified || got.Transition != 0 || !strings.Contains(text, "no transition part") || !strings.Contains(text, "stands in for a region") {
		t.Errorf("verified %v, transition %d, assumptions:\n%s", got.Verified, got.Transition, text)
	}
}

func TestImpossibleFactsAreNamed(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		field  string
		change func(*PensionFacts)
	}{
		{"birth", func(f *PensionFacts) { f.Birth = 202609 }},
		{"birth", func(f *PensionFacts) { f.Birth = 0 }},
		{"class", func(f *PensionFacts) { f.Class = "X" }},
		{"months", func(f *PensionFacts) { f.Months = 0 }},
		{"index_ppm", func(f *PensionFacts) { f.Index = 3_000_001 }},
		{"account_fen", func(f *PensionFacts) { f.Account = -1 }},
		{"deemed_months", func(f *PensionFacts) { f.Deemed = 361 }},
		{"before98_months", func(f *PensionFacts) { f.Before98 = -1 }},
		{"as_of", func(f *PensionFacts) { f.AsOf = 0 }},
		{"base_fen", func(f *PensionFacts) { f.Base = -1 }},
	} {
		f := golden()
		c.change(&f)
		var fault *FactError
		if _, err := b.Estimate(f); !errors.As(err, &fault) || fault.Field != c.field {
			t.Errorf("%+v: error is %v, want a FactError on %s", f, err, c.field)
		}
	}
	f := golden()
	f.Region = "XX"
	if _, err := b.Estimate(f); !errors.Is(err, ErrNoRule) {
		t.Errorf("a country without packs: error is %v, want ErrNoRule", err)
	}
}

func TestEveryPossiblePensionIsTheSumOfPartsThatAreNotNegative(t *testing.T) {
	b := open(t)
	rapid.Check(t, func(t *rapid.T) {
		f := PensionFacts{
			Class:   rapid.SampledFrom([]Class{Men, Women55, Women50}).Draw(t, "class"),
			Months:  rapid.IntRange(1, maxMonths).Draw(t, "months"),
			Index:   rapid.Int64Range(1, 3*million).Draw(t, "index"),
			Account: rapid.Int64Range(0, maxMoney).Draw(t, "account"),
			AsOf:    Month(200601).Add(rapid.IntRange(0, 12*40).Draw(t, "as_of after 2006-01")),
			Region:  rapid.SampledFrom([]string{"110000", "420500"}).Draw(t, "region"),
			Base:    rapid.Int64Range(1, maxBase).Draw(t, "base"),
		}
		f.Birth = f.AsOf.Add(-rapid.IntRange(0, 12*90).Draw(t, "age in months"))
		f.Deemed = rapid.IntRange(0, f.Months).Draw(t, "deemed")
		f.Before98 = rapid.IntRange(0, f.Months).Draw(t, "before98")
		p, err := b.Estimate(f)
		if err != nil {
			t.Fatal(err)
		}
		if p.Total != p.Basic+p.Personal+p.Transition || min(p.Basic, p.Personal, p.Transition) < 0 || p.Account < f.Account {
			t.Errorf("%+v gives %+v", f, p)
		}
	})
}
