package rules

import "fmt"

// A Disability is what is left of an injury at work, as appraised.
type Disability struct {
	Region  string
	Date    Date  // of the appraisal; decides the pack
	Grade   int   // 1, the gravest, to 10
	Care    int   // 0 none, 1 for all, 2 for most, 3 for some needs of life
	Wage    int64 // fen, mean contribution base of the 12 months before the injury
	Average int64 // fen, last year's average wage of a month in the region; 0: of the region's contribution base
	Least   int64 // fen, the local minimum wage, which a monthly allowance is filled up to; 0: not known
}

// An InjuryBenefit is what a disability gives.
type InjuryBenefit struct {
	Wage       int64 // fen, the person's wage held between shares of the average
	Lump       int64 // fen once, from the fund
	Monthly    int64 // fen a month; 0 from grade 7 on
	ByEmployer bool  // the employer pays Monthly, and only where it has no fitting work; else the fund
	Care       int64 // fen a month, from the fund
	Basis
}

// injury is O15.
type injury struct {
	Source      `yaml:",inline"`
	Floor       int64   `yaml:"wage_floor_ppm"` // of the average wage
	Cap         int64   `yaml:"wage_cap_ppm"`
	Lump        []int64 `yaml:"lump_months"`    // one for each grade
	Monthly     []int64 `yaml:"monthly_ppm"`    // of the wage, from grade 1 on
	FundGrades  int     `yaml:"fund_grades"`    // the fund pays Monthly up to this grade, the employer after it
	Care        []int64 `yaml:"care_ppm"`       // of the average wage
	Funeral     int64   `yaml:"funeral_months"` // of the average wage
	Spouse      int64   `yaml:"spouse_ppm"`     // of the wage
	Other       int64   `yaml:"other_dependant_ppm"`
	Alone       int64   `yaml:"alone_extra_ppm"`
	DeathIncome int64   `yaml:"death_incomes"` // times the national income of a year
}

func (r *injury) check() error {
	if len(r.Lump) != 10 || len(r.Monthly) > 10 || len(r.Care) != 3 || r.FundGrades < 0 || r.FundGrades > len(r.Monthly) {
		return fmt.Errorf("%d lumps, %d monthly, %d care, fund up to grade %d: want 10, up to 10, 3 and a grade with a monthly part", len(r.Lump), len(r.Monthly), len(r.Care), r.FundGrades)
	}
	for _, months := range append([]int64{r.Funeral, r.DeathIncome}, r.Lump...) {
		if err := between("a number of months or incomes", months, 0, 120); err != nil {
			return err
		}
	}
	shares := append(append([]int64{r.Spouse, r.Other, r.Alone}, r.Monthly...), r.Care...)
	for _, ppm := range shares {
		if err := between("a share", ppm, 0, million); err != nil {
			return err
		}
	}
	if r.Floor < 0 || r.Cap < r.Floor || r.Cap > 10*million {
		return fmt.Errorf("wage held in %d..%d ppm: want floor <= cap, ten averages at most", r.Floor, r.Cap)
	}
	return nil
}

// injured finds rule and average wage, and holds the wage between shares of it.
func (b *Book) injured(region string, day Date, wage, average int64, basis *Basis) (*injury, int64, int64, error) {
	if day == 0 {
		return nil, 0, 0, &FactError{"date", "missing", "the day, such as 2023-01-01"}
	}
	if err := between("wage_fen", wage, 0, maxBase); err != nil {
		return nil, 0, 0, err
	}
	if err := between("average_wage_fen", average, 0, maxBase); err != nil {
		return nil, 0, 0, err
	}
	l := find(b, region, day, func(s *sections) *injury { return s.Injury }, "injury benefits")
	if l.err != nil {
		return nil, 0, 0, l.err
	}
	basis.use(l.pack, l.rule.Source)
	if average == 0 {
		w := find(b, region, day, func(s *sections) *wageBase { return s.WageBase }, "average wage")
		if w.err != nil {
			return nil, 0, 0, fmt.Errorf("%w: give average_wage_fen", w.err)
		}
		basis.use(w.pack, w.rule.Source)
		average = w.rule.Average
	}
	floor, cap := Round(average, l.rule.Floor, million), Round(average, l.rule.Cap, million)
	held := min(max(wage, floor), cap)
	basis.step("%s.wage %d held in %d..%d = %d", l.rule.Rule, wage, floor, cap, held)
	return l.rule, held, average, nil
}

// InjuryBenefit reckons what a disability from work gives (O15), each amount rounded to the fen.
func (b *Book) InjuryBenefit(d Disability) (InjuryBenefit, error) {
	if err := between("grade", int64(d.Grade), 1, 10); err != nil {
		return InjuryBenefit{}, err
	}
	if err := between("care", int64(d.Care), 0, 3); err != nil {
		return InjuryBenefit{}, err
	}
	if err := between("least_wage_fen", d.Least, 0, maxBase); err != nil {
		return InjuryBenefit{}, err
	}
	var out InjuryBenefit
	rule, wage, average, err := b.injured(d.Region, d.Date, d.Wage, d.Average, &out.Basis)
	if err != nil {
		return InjuryBenefit{}, err
	}
	out.Wage = wage
	out.Lump = wage * rule.Lump[d.Grade-1]
	out.step("%s.lump of grade %d: %d x %d = %d", rule.Rule, d.Grade, wage, rule.Lump[d.Grade-1], out.Lump)
	if d.Grade <= len(rule.Monthly) {
		ppm := rule.Monthly[d.Grade-1]
		out.Monthly = max(d.Least, Round(wage, ppm, million))
		out.ByEmployer = d.Grade > rule.FundGrades
		out.step("%s.monthly %d x %d ppm, %d at least = %d", rule.Rule, wage, ppm, d.Least, out.Monthly)
	}
	if d.Care > 0 {
		ppm := rule.Care[d.Care-1]
		out.Care = Round(average, ppm, million)
		out.step("%s.care %d x %d ppm = %d", rule.Rule, average, ppm, out.Care)
	}
	return out, nil
}
