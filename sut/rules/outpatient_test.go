package rules

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// bill is one in-policy line.
func bill(fen int64) []Line { return []Line{{"A0012", 1, fen, true}} }

// O18: 宜府办发〔2022〕73号, in force from 2023-01-01. The old pack, no outpatient pooling, is our assumption.
func TestOutpatientPoolingInYichang(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name                string
		v                   Visit
		fund, account, cash int64
		after               YearToDate
		pack                string
	}{
		{"active, tier 3, 1,800 is above the deductible of 500 and half of the rest is paid",
			Visit{Date: 20230101, Tier: 3, Lines: bill(1800_00)},
			650_00, 0, 1150_00, YearToDate{500_00, 650_00}, "CN-420500@2023-01-01#sha256:"},
		{"the same person at tier 1, 3,000 meets the cap of the year",
			Visit{Date: 20230301, Tier: 1, Lines: bill(3000_00), Year: YearToDate{500_00, 650_00}},
			1550_00, 0, 1450_00, YearToDate{500_00, 2200_00}, "CN-420500@2023-01-01#sha256:"},
		{"retired, tier 2, 1,000 has the lower deductible and five points more",
			Visit{Date: 20230101, Tier: 2, Retired: true, Lines: bill(1000_00)},
			390_00, 0, 610_00, YearToDate{400_00, 390_00}, "CN-420500@2023-01-01#sha256:"},
		{"a visit of 2022-12-31 is settled by the old pack, whenever that is done",
			Visit{Date: 20221231, Tier: 3, Lines: bill(1800_00)},
			0, 0, 1800_00, YearToDate{}, "CN-420500@2011-07-01#sha256:"},
		{"the account of 200 pays before cash does",
			Visit{Date: 20230101, Tier: 3, Lines: bill(1800_00), Account: 200_00},
			650_00, 200_00, 950_00, YearToDate{500_00, 650_00}, "CN-420500@2023-01-01#sha256:"},
		{"what is not in the policy is cash, whatever is on the account",
			Visit{Date: 20230101, Tier: 0, Lines: []Line{{"A", 2, 100_00, true}, {"B", 3, 50_00, false}}, Account: 9000_00},
			0, 200_00, 150_00, YearToDate{200_00, 0}, "CN-420500@2023-01-01#sha256:"},
		{"the community pays 75 %",
			Visit{Date: 20230101, Tier: 0, Lines: bill(100_00), Year: YearToDate{500_00, 0}},
			75_00, 0, 25_00, YearToDate{500_00, 75_00}, "CN-420500@2023-01-01#sha256:"},
		{"half a fen is rounded up to the fund",
			Visit{Date: 20230101, Tier: 3, Lines: bill(1), Year: YearToDate{500_00, 0}},
			1, 0, 0, YearToDate{500_00, 1}, "CN-420500@2023-01-01#sha256:"},
	} {
		c.v.Region = "420500"
		got, err := b.Settle(c.v)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got.Fund != c.fund || got.Account != c.account || got.Cash != c.cash || got.After != c.after {
			t.Errorf("%s: fund %d, account %d, cash %d, then %+v; want %d, %d, %d, then %+v\n%s", c.name,
				got.Fund, got.Account, got.Cash, got.After, c.fund, c.account, c.cash, c.after, strings.Join(got.Trace, "\n"))
		}
		if len(got.Packs) != 1 || !strings.HasPrefix(got.Packs[0], c.pack) {
			t.Errorf("%s: packs %q, want one that begins with %s", c.name, got.Packs, c.pack)
		}
	}
}

func TestImpossibleVisitsAreNamed(t *testing.T) {
	b := open(t)
	good := func() Visit { return Visit{Region: "420500", Date: 20230101, Tier: 1, Lines: bill(100)} }
	for _, c := range []struct {
		field  string
		change func(*Visit)
	}{
		{"lines", func(v *Visit) { v.Lines = nil }},
		{"lines[0].qty", func(v *Visit) { v.Lines[0].Qty = 0 }},
		{"lines[0].unit_fen", func(v *Visit) { v.Lines[0].Unit = -1 }},
		{"sum of lines", func(v *Visit) { v.Lines[0] = Line{"A", 100_000, maxMoney, true} }},
		{"tier", func(v *Visit) { v.Tier = 4 }},
		{"tier", func(v *Visit) { v.Tier = -1 }},
		{"visit_date", func(v *Visit) { v.Date = 0 }},
		{"deductible of the year to date", func(v *Visit) { v.Year.Deductible = -1 }},
		{"fund of the year to date", func(v *Visit) { v.Year.Fund = maxMoney + 1 }},
		{"account balance", func(v *Visit) { v.Account = -1 }},
	} {
		v := good()
		c.change(&v)
		var fault *FactError
		if _, err := b.Settle(v); !errors.As(err, &fault) || fault.Field != c.field {
			t.Errorf("%+v: error is %v, want a FactError on %s", v, err, c.field)
		}
	}
	v := good()
	v.Date = 20110630
	if _, err := b.Settle(v); !errors.Is(err, ErrNoRule) {
		t.Errorf("a visit before the first pack: error is %v, want ErrNoRule", err)
	}
}

// A year of visits never pays beyond its cap, bears its deductible once, and splits every bill to the fen.
func TestAYearOfVisitsSplitsEveryBillToTheFen(t *testing.T) {
	b := open(t)
	rapid.Check(t, func(t *rapid.T) {
		v := Visit{
			Region:  "420500",
			Retired: rapid.Bool().Draw(t, "retired"),
			Account: rapid.Int64Range(0, 3000_00).Draw(t, "account"),
		}
		deductible, most := int64(500_00), int64(2200_00)
		if v.Retired {
			deductible, most = 400_00, 2600_00
		}
		for range rapid.IntRange(1, 12).Draw(t, "visits") {
			v.Date = rapid.SampledFrom([]Date{20230101, 20230704, 20231231}).Draw(t, "date")
			v.Tier = rapid.IntRange(0, 3).Draw(t, "tier")
			v.Lines = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Line {
				return Line{"A", rapid.Int64Range(1, 9).Draw(t, "qty"), rapid.Int64Range(0, 900_00).Draw(t, "unit"), rapid.Bool().Draw(t, "in policy")}
			}), 1, 20).Draw(t, "lines")
			s, err := b.Settle(v)
			if err != nil {
				t.Fatal(err)
			}
			if s.Fund+s.Account+s.Cash != s.Total || min(s.Fund, s.Account, s.Cash) < 0 || s.Account > v.Account {
				t.Fatalf("%+v splits into %+v", v, s)
			}
			if s.After.Fund > most || s.After.Deductible > deductible || s.Fund > 0 && s.After.Deductible != deductible {
				t.Fatalf("%+v leaves %+v", v, s.After)
			}
			v.Year, v.Account = s.After, v.Account-s.Account
		}
	})
}
