package rules

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

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
