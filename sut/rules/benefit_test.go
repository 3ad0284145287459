package rules

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// O7: decision of the Standing Committee of the National People's Congress of 2024-09-13, article 2; 社会保险法 16 before.
func TestMinimumOfPaidMonths(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		asOf, retire Month
		want         int
	}{
		{202501, 202912, 15 * 12}, {202501, 203001, 15*12 + 6}, {202501, 203101, 16 * 12}, {202501, 203501, 18 * 12},
		{202501, 203601, 18*12 + 6}, {202501, 203901, 20 * 12}, {202501, 205001, 20 * 12}, {202412, 203901, 15 * 12},
	} {
		got, err := b.MinimumMonths("110000", c.asOf, c.retire)
		if err != nil || got.Months != c.want || !got.Verified {
			t.Errorf("as of %s, from %s: %d months, %v; want %d", c.asOf, c.retire, got.Months, err, c.want)
		}
	}
}

func TestAnEstimateSaysWhatIsMissingToTheMinimum(t *testing.T) {
	f := golden()
	f.Months, f.Deemed = 200, 0
	got, err := open(t).Estimate(f)
	if err != nil || got.Minimum != 234 || !strings.Contains(strings.Join(got.Assumptions, "\n"), "without 34 more") {
		t.Errorf("200 months: minimum %d, %v, %q; want 234 and a word about 34", got.Minimum, err, got.Assumptions)
	}
}

// O14: 社会保险法 45, 46; 沪人社规〔2026〕7号 and 18号, 沪人社规〔2025〕9号, 沪人社规〔2024〕13号.
func TestUnemploymentBenefits(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name       string
		j          Jobless
		term, left int
		amount     int64
	}{
		{"8 years", Jobless{Paid: 96}, 16, 16, 2340_00},
		{"10 years, 14 months drawn", Jobless{Paid: 120, Claimed: 14}, 20, 6, 1872_00},
		{"12 years reach the most", Jobless{Paid: 144}, 24, 24, 2340_00},
		{"30 years do not pass it", Jobless{Paid: 360}, 24, 24, 2340_00},
		{"the twelfth month", Jobless{Paid: 120, Claimed: 11}, 20, 9, 2340_00},
		{"the thirteenth month", Jobless{Paid: 120, Claimed: 12}, 20, 8, 1872_00},
		{"less than a year", Jobless{Paid: 11}, 0, 0, 0},
		{"a year", Jobless{Paid: 12}, 2, 2, 2340_00},
		{"a month short of two years is one full year", Jobless{Paid: 23}, 2, 2, 2340_00},
		{"what was left of an earlier benefit is added", Jobless{Paid: 96, Carried: 5}, 21, 21, 2340_00},
		{"but not beyond 24 months", Jobless{Paid: 96, Carried: 12}, 24, 24, 2340_00},
		{"drawn to the end", Jobless{Paid: 96, Claimed: 16}, 16, 0, 0},
		{"drawn to the end and extended", Jobless{Paid: 96, Claimed: 16, Extended: true}, 16, 0, 1690_00},
		{"before the region's own table the law's term is taken", Jobless{Paid: 96, Date: 20260801}, 18, 18, 2340_00},
		{"the amount of the year before", Jobless{Paid: 96, Date: 20260630, Claimed: 13}, 18, 5, 1844_00},
		{"the amount of two years before", Jobless{Paid: 96, Date: 20250630, Claimed: 18, Extended: true}, 18, 0, 1595_00},
	} {
		c.j.Region = "310000"
		if c.j.Date == 0 {
			c.j.Date = 20260901
		}
		got, err := b.Unemployment(c.j)
		if err != nil || got.Term != c.term || got.Left != c.left || got.Amount != c.amount || !got.Verified {
			t.Errorf("%s: %+v, %v; want %d months, %d left, %d", c.name, got, err, c.term, c.left, c.amount)
		}
	}
	if _, err := b.Unemployment(Jobless{Region: "420500", Date: 20260901, Paid: 12}); !errors.Is(err, ErrNoRule) {
		t.Errorf("a region whose amounts are in no pack: error is %v, want ErrNoRule", err)
	}
}

// The bands of 社会保险法 46, whatever the region's own table.
func TestNoUnemploymentTermPassesTheLaw(t *testing.T) {
	b := open(t)
	rapid.Check(t, func(t *rapid.T) {
		j := Jobless{Region: "310000", Date: rapid.SampledFrom([]Date{20240801, 20260901}).Draw(t, "date"), Paid: rapid.IntRange(0, maxMonths).Draw(t, "paid")}
		u, err := b.Unemployment(j)
		if err != nil {
			t.Fatal(err)
		}
		most := 24
		switch {
		case j.Paid < 12:
			most = 0
		case j.Paid < 60:
			most = 12
		case j.Paid < 120:
			most = 18
		}
		if u.Term > most || u.Left != u.Term || (u.Amount > 0) != (u.Term > 0) {
			t.Errorf("%d months paid on %s: %+v, the law gives %d at most", j.Paid, j.Date, u, most)
		}
	})
}

// O15: 工伤保险条例 35, 36, 37.
func TestInjuryBenefitsByGrade(t *testing.T) {
	b := open(t)
	for i, want := range []struct {
		lump, monthly int64
		employer      bool
	}{
		{216_000_00, 7200_00, false}, {200_000_00, 6800_00, false}, {184_000_00, 6400_00, false}, {168_000_00, 6000_00, false},
		{144_000_00, 5600_00, true}, {128_000_00, 4800_00, true},
		{104_000_00, 0, false}, {88_000_00, 0, false}, {72_000_00, 0, false}, {56_000_00, 0, false},
	} {
		got, err := b.InjuryBenefit(Disability{Region: "510000", Date: 20250701, Grade: i + 1, Wage: 8000_00})
		if err != nil || got.Lump != want.lump || got.Monthly != want.monthly || got.ByEmployer != want.employer || got.Care != 0 {
			t.Errorf("grade %d: %+v, %v; want %+v", i+1, got, err, want)
		}
	}
}

// O15: 工伤保险条例 34 for care, 35 for the local minimum wage, 64 for the wage held between 60 and 300 %.
func TestInjuryBenefitsByNeed(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name                      string
		d                         Disability
		wage, lump, monthly, care int64
	}{
		{"half of the average for all needs of life", Disability{Grade: 1, Care: 1, Wage: 8000_00, Average: 10000_00}, 8000_00, 216_000_00, 7200_00, 5000_00},
		{"40 % for most", Disability{Grade: 1, Care: 2, Wage: 8000_00, Average: 10000_00}, 8000_00, 216_000_00, 7200_00, 4000_00},
		{"30 % for some", Disability{Grade: 1, Care: 3, Wage: 8000_00, Average: 10000_00}, 8000_00, 216_000_00, 7200_00, 3000_00},
		{"a low wage counts as 60 % of the average", Disability{Grade: 10, Wage: 1000_00, Average: 10000_00}, 6000_00, 42_000_00, 0, 0},
		{"a high wage counts as 300 %", Disability{Grade: 4, Wage: 90000_00, Average: 10000_00}, 30000_00, 630_000_00, 22_500_00, 0},
		{"an allowance below the local minimum wage is filled up to it", Disability{Grade: 6, Wage: 1000_00, Average: 5000_00, Least: 2490_00}, 3000_00, 48_000_00, 2490_00, 0},
	} {
		c.d.Region, c.d.Date = "510000", 20250701
		got, err := b.InjuryBenefit(c.d)
		if err != nil || got.Wage != c.wage || got.Lump != c.lump || got.Monthly != c.monthly || got.Care != c.care {
			t.Errorf("%s: %+v, %v; want wage %d, lump %d, monthly %d, care %d", c.name, got, err, c.wage, c.lump, c.monthly, c.care)
		}
	}
}

// O15: 工伤保险条例 39.
func TestDeathBenefits(t *testing.T) {
	b := open(t)
	spouse, child, orphan := Dependant{Spouse: true}, Dependant{}, Dependant{Alone: true}
	for _, c := range []struct {
		name    string
		wage    int64
		who     []Dependant
		monthly []int64
	}{
		{"nobody left behind", 8000_00, nil, nil},
		{"a spouse and a child", 8000_00, []Dependant{spouse, child}, []int64{3200_00, 2400_00}},
		{"an orphan has ten points more", 8000_00, []Dependant{orphan}, []int64{3200_00}},
		{"a lonely old spouse has ten points more", 8000_00, []Dependant{{Spouse: true, Alone: true}}, []int64{4000_00}},
		{"together not more than the wage", 8000_00, []Dependant{spouse, child, child, child}, []int64{2461_54, 1846_15, 1846_16, 1846_15}},
	} {
		got, err := b.DeathBenefit(WorkDeath{Region: "510000", Date: 20250701, Wage: c.wage, Average: 10000_00, Income: 54188_00, Dependants: c.who})
		if err != nil || got.Funeral != 60_000_00 || got.Lump != 1_083_760_00 || !slices.Equal(got.Monthly, c.monthly) {
			t.Errorf("%s: %+v, %v; want funeral 6000000, lump 108376000, monthly %d", c.name, got, err, c.monthly)
		}
	}
}

func TestDependantsNeverHaveMoreThanTheWage(t *testing.T) {
	b := open(t)
	rapid.Check(t, func(t *rapid.T) {
		d := WorkDeath{Region: "CN", Date: 20250701, Wage: rapid.Int64Range(0, 90000_00).Draw(t, "wage"), Average: 8000_00, Income: 1}
		var ppm int64
		for range rapid.IntRange(0, maxDependants).Draw(t, "dependants") {
			d.Dependants = append(d.Dependants, Dependant{rapid.Bool().Draw(t, "spouse"), rapid.Bool().Draw(t, "alone")})
		}
		got, err := b.DeathBenefit(d)
		if err != nil {
			t.Fatal(err)
		}
		var sum int64
		for i, dep := range d.Dependants {
			ppm += 300_000
			if dep.Spouse {
				ppm += 100_000
			}
			if dep.Alone {
				ppm += 100_000
			}
			sum += got.Monthly[i]
		}
		if want := Round(got.Wage, min(ppm, million), million); sum != want {
			t.Errorf("%d ppm of %d: %d sum to %d, want %d", ppm, got.Wage, got.Monthly, sum, want)
		}
	})
}

// O16: 人社部发〔2015〕71号 in republished copies; not verified for any one region, and said to be so.
func TestInjuryRates(t *testing.T) {
	b := open(t)
	for i, want := range []int64{2000, 4000, 7000, 9000, 11000, 13000, 16000, 19000} {
		got, err := b.InjuryRate(Risk{Region: "420500", Date: 20230101, Class: i + 1, Float: million})
		if err != nil || got.Rate != want || got.Verified || len(got.Assumptions) == 0 {
			t.Errorf("class %d: %+v, %v; want %d ppm, not verified", i+1, got, err, want)
		}
	}
	for _, c := range []struct {
		class       int
		float, want int64
	}{{8, 1_500_000, 28_500}, {8, 500_000, 9500}, {3, 800_000, 5600}, {1, 1_200_000, 2400}} {
		if got, err := b.InjuryRate(Risk{"CN", 20230101, c.class, c.float}); err != nil || got.Rate != c.want {
			t.Errorf("class %d at %d ppm: %d, %v; want %d", c.class, c.float, got.Rate, err, c.want)
		}
	}
	var fault *FactError
	if _, err := b.InjuryRate(Risk{"CN", 20230101, 1, 500_000}); !errors.As(err, &fault) || fault.Field != "float_ppm" {
		t.Errorf("class 1 cannot float down: error is %v", err)
	}
}

// O17: 社会保险法 56; 女职工劳动保护特别规定 7, 8.
func TestMaternityAllowances(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name   string
		c      Confinement
		days   int
		amount int64
	}{
		{"a birth", Confinement{Children: 1}, 98, 26133_33},
		{"a difficult birth", Confinement{Children: 1, Difficult: true}, 113, 30133_33},
		{"twins", Confinement{Children: 2}, 113, 30133_33},
		{"difficult triplets", Confinement{Children: 3, Difficult: true}, 143, 38133_33},
		{"a loss before four months", Confinement{Months: 3}, 15, 4000_00},
		{"a loss after four months", Confinement{Months: 4}, 42, 11200_00},
	} {
		c.c.Region, c.c.Date, c.c.Average = "420500", 20230101, 8000_00
		got, err := b.Maternity(c.c)
		if err != nil || got.Days != c.days || got.Amount != c.amount {
			t.Errorf("%s: %d for %d days, %v; want %d for %d", c.name, got.Amount, got.Days, err, c.amount, c.days)
		}
	}
}

// O19: 沪医保规〔2025〕7号.
func TestFlexibleWorkersWaitAfterAGap(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name        string
		h           MedicalHistory
		wait, short int
	}{
		{"a gap of six months", MedicalHistory{Gap: 6, Paid: 180}, 6, 0},
		{"a gap of three months", MedicalHistory{Gap: 3, Paid: 180}, 0, 0},
		{"a gap of four months", MedicalHistory{Gap: 4, Paid: 180}, 6, 0},
		{"never insured", MedicalHistory{First: true}, 6, 180},
		{"150 months paid in a life", MedicalHistory{Paid: 150}, 0, 30},
		{"more than enough", MedicalHistory{Paid: 200}, 0, 0},
	} {
		c.h.Region, c.h.Date = "310000", 20260701
		got, err := b.MedicalWaiting(c.h)
		if err != nil || got.Wait != c.wait || got.Short != c.short || !got.Verified {
			t.Errorf("%s: %+v, %v; want wait %d, short %d", c.name, got, err, c.wait, c.short)
		}
	}
}

func TestImpossibleBenefitsAreNamed(t *testing.T) {
	b := open(t)
	death := WorkDeath{"CN", 20230101, 1, 1, 1, nil}
	for _, c := range []struct {
		field string
		do    func() error
	}{
		{"date", func() error { _, err := b.Unemployment(Jobless{Region: "CN"}); return err }},
		{"paid_months", func() error { _, err := b.Unemployment(Jobless{Region: "CN", Date: 20230101, Paid: -1}); return err }},
		{"carried_months", func() error {
			_, err := b.Unemployment(Jobless{Region: "CN", Date: 20230101, Carried: 901})
			return err
		}},
		{"claimed_months", func() error { _, err := b.Unemployment(Jobless{Region: "CN", Date: 20230101, Claimed: -1}); return err }},
		{"grade", func() error { _, err := b.InjuryBenefit(Disability{Region: "CN", Date: 20230101}); return err }},
		{"care", func() error {
			_, err := b.InjuryBenefit(Disability{Region: "CN", Date: 20230101, Grade: 1, Care: 4})
			return err
		}},
		{"wage_fen", func() error {
			_, err := b.InjuryBenefit(Disability{Region: "CN", Date: 20230101, Grade: 1, Wage: -1})
			return err
		}},
		{"average_wage_fen", func() error {
			_, err := b.InjuryBenefit(Disability{Region: "CN", Date: 20230101, Grade: 1, Average: -1})
			return err
		}},
		{"least_wage_fen", func() error {
			_, err := b.InjuryBenefit(Disability{Region: "CN", Date: 20230101, Grade: 1, Least: -1})
			return err
		}},
		{"date", func() error { _, err := b.InjuryBenefit(Disability{Region: "CN", Grade: 1}); return err }},
		{"income_fen", func() error { d := death; d.Income = 0; _, err := b.DeathBenefit(d); return err }},
		{"dependants", func() error {
			d := death
			d.Dependants = make([]Dependant, 21)
			_, err := b.DeathBenefit(d)
			return err
		}},
		{"date", func() error { _, err := b.InjuryRate(Risk{Region: "CN"}); return err }},
		{"class", func() error { _, err := b.InjuryRate(Risk{Region: "CN", Date: 20230101, Class: 9}); return err }},
		{"date", func() error { _, err := b.Maternity(Confinement{Region: "CN"}); return err }},
		{"children", func() error {
			_, err := b.Maternity(Confinement{Region: "CN", Date: 20230101, Children: 11})
			return err
		}},
		{"average_wage_fen", func() error {
			_, err := b.Maternity(Confinement{Region: "CN", Date: 20230101, Average: -1})
			return err
		}},
		{"date", func() error { _, err := b.MedicalWaiting(MedicalHistory{Region: "310000"}); return err }},
		{"gap_months", func() error {
			_, err := b.MedicalWaiting(MedicalHistory{Region: "310000", Date: 20260101, Gap: -1})
			return err
		}},
		{"paid_months", func() error {
			_, err := b.MedicalWaiting(MedicalHistory{Region: "310000", Date: 20260101, Paid: 901})
			return err
		}},
		{"as_of and retire", func() error { _, err := b.MinimumMonths("CN", 0, 203001); return err }},
	} {
		var fault *FactError
		if err := c.do(); !errors.As(err, &fault) || fault.Field != c.field {
			t.Errorf("error is %v, want a FactError on %s", err, c.field)
		}
	}
}
