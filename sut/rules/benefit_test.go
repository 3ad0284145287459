package rules

import (
	"errors"
	"testing"
)

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
