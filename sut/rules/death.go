package rules

import "fmt"

// A WorkDeath is a death from work.
type WorkDeath struct {
	Region     string
	Date       Date  // decides the pack
	Wage       int64 // fen, as in [Disability]
	Average    int64 // fen, as in [Disability]
	Income     int64 // fen, last year's disposable income of a person in the towns of the country, as published
	Dependants []Dependant
}

// A Dependant lived mainly on the wage of the dead and cannot work.
type Dependant struct {
	Spouse bool
	Alone  bool // old and without family, or an orphan
}

// A DeathBenefit is what a death from work gives, all of it from the fund.
type DeathBenefit struct {
	Wage    int64   // fen, held between shares of the average
	Funeral int64   // fen once
	Lump    int64   // fen once
	Monthly []int64 // fen a month, one for each dependant; together Wage at most
	Basis
}

const maxDependants = 20

// DeathBenefit reckons what a death from work gives (O15). Where the dependants' shares are more than the wage, each is
// cut in proportion, so that they add up to the wage to the fen; the law says only that they may not be more.
func (b *Book) DeathBenefit(d WorkDeath) (DeathBenefit, error) {
	if err := between("income_fen", d.Income, 1, maxMoney); err != nil {
		return DeathBenefit{}, err
	}
	if len(d.Dependants) > maxDependants {
		return DeathBenefit{}, &FactError{"dependants", fmt.Sprint(len(d.Dependants)), fmt.Sprintf("%d at most", maxDependants)}
	}
	var out DeathBenefit
	rule, wage, average, err := b.injured(d.Region, d.Date, d.Wage, d.Average, &out.Basis)
	if err != nil {
		return DeathBenefit{}, err
	}
	out.Wage = wage
	out.Funeral = average * rule.Funeral
	out.step("%s.funeral %d x %d = %d", rule.Rule, average, rule.Funeral, out.Funeral)
	out.Lump = d.Income * rule.DeathIncome
	out.step("%s.lump %d x %d = %d", rule.Rule, d.Income, rule.DeathIncome, out.Lump)

	shares := make([]int64, len(d.Dependants))
	var total int64
	for i, dep := range d.Dependants {
		shares[i] = rule.Other
		if dep.Spouse {
			shares[i] = rule.Spouse
		}
		if dep.Alone {
			shares[i] += rule.Alone
		}
		total += shares[i]
	}
	// Rounding the running sum keeps the parts' sum what the sum is.
	whole := max(total, million)
	var before, sum int64
	for i, ppm := range shares {
		sum += ppm
		upTo := Round(wage, sum, whole)
		out.Monthly = append(out.Monthly, upTo-before)
		out.step("%s.dependant %d: %d of %d x %d = %d", rule.Rule, i+1, ppm, whole, wage, upTo-before)
		before = upTo
	}
	return out, nil
}
