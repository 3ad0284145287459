package ensemble

import (
	"fmt"
	"math"
	"slices"
)

// largest is what a value may be: what is made of it, millions of times as much at
// most, must be a number too.
const largest = 1e300

// known is the series without leading holes, the other holes filled, and which
// they were. What is left of a series that tells nothing is warned of.
func (f *Forecast) known(values []float64, seasons []int) (known []float64, filled []bool, err error) {
	observed := 0
	for i, v := range values {
		switch {
		case v < 0 || v > largest:
			return nil, nil, fmt.Errorf("value %d of %d is %g: want a count from 0 to %g", i+1, len(values), v, largest)
		case !math.IsNaN(v):
			observed++
		}
	}
	if observed == 0 {
		return nil, nil, fmt.Errorf("%d values, none observed: want at least one", len(values))
	}
	known = slices.Clone(values[slices.IndexFunc(values, isNumber):])
	if holes := len(known) - observed; holes > 0 {
		filled = fill(known, seasons)
		f.warn("%d of %d values are missing: they were filled in from their seasons and not learnt from", holes, len(known))
	}
	switch {
	case slices.Min(known) == slices.Max(known):
		f.warn("all values are %g: so is the forecast", known[0])
	case len(seasons) > 0 && len(known) < 2*seasons[0]:
		f.warn("%d values: fewer than two of the shortest season (%d)", len(known), seasons[0])
	case len(seasons) > 1 && len(known) < 2*seasons[len(seasons)-1]:
		f.warn("%d values: fewer than two of the longest season (%d)", len(known), seasons[len(seasons)-1])
	}
	return known, filled, nil
}

func isNumber(v float64) bool { return !math.IsNaN(v) }

// fill puts into each hole the nearest observed value a whole number of seasons
// before it, of the longest season that has one; without any, the value before. It
// never looks ahead: a rehearsal at an earlier origin must not know what came later.
// The first value was observed.
func fill(values []float64, seasons []int) (filled []bool) {
	filled = make([]bool, len(values))
	for i, v := range values {
		filled[i] = math.IsNaN(v)
	}
	before := func(i, step int) float64 {
		for j := i - step; j >= 0; j -= step {
			if !filled[j] {
				return values[j]
			}
		}
		return math.NaN()
	}
	for i := range values {
		for k := len(seasons) - 1; k >= 0 && math.IsNaN(values[i]); k-- {
			values[i] = before(i, seasons[k])
		}
		if math.IsNaN(values[i]) {
			values[i] = values[i-1]
		}
	}
	return filled
}
