package ets

import (
	"fmt"
	"math"
)

// A Component is how one part of a form enters.
type Component uint8

// None is allowed for trend and season, Damped for trend only, Multiplicative for
// error and season.
const (
	None Component = iota
	Additive
	Damped
	Multiplicative
)

// A Form is which parts a model has. Error None counts as additive.
type Form struct{ Error, Trend, Season Component }

// String is the usual short name, such as ETS(M,Ad,M).
func (f Form) String() string {
	short := [...]string{"N", "A", "Ad", "M"}
	if f.Error == None {
		f.Error = Additive
	}
	return "ETS(" + short[f.Error] + "," + short[f.Trend] + "," + short[f.Season] + ")"
}

// Params are all that a form needs to run through a series. What a form lacks is
// not looked at.
type Params struct {
	Alpha, Beta, Gamma float64
	Phi                float64 // damping a step; taken as 1 for a plain trend

	// Before the first point:
	Level, Slope float64
	Season       []float64 // of points 0, 1, …, period-1; sum 0 if additive, the period if multiplicative
}

// count is how many numbers of p are estimated from the series, the variance among
// them: the k of the AICc.
func (f Form) count(period int) int {
	k := 3 // alpha, level, variance
	switch f.Trend {
	case Additive:
		k += 2
	case Damped:
		k += 3
	}
	if f.Season != None {
		k += period // gamma and one less than the period
	}
	return k
}

func (f Form) check(y []float64, period int) error {
	switch {
	case f.Error > Multiplicative || f.Error == Damped || f.Season > Multiplicative || f.Season == Damped || f.Trend > Damped:
		return fmt.Errorf("ets: error %d, trend %d, season %d: want error additive or multiplicative, trend none, additive or damped, season none, additive or multiplicative", f.Error, f.Trend, f.Season)
	case f.Season == Multiplicative && f.Error != Multiplicative:
		return fmt.Errorf("ets: %v is unstable; want a multiplicative error with a multiplicative season", f)
	case f.Season != None && period < 2:
		return fmt.Errorf("ets: %v with a period of %d: want 2 or more", f, period)
	case f.Season != None && len(y) < 2*period:
		return fmt.Errorf("ets: %d points, period %d: want two periods, %d points, or a form without season", len(y), period, 2*period)
	}
	seen := 0
	for t, v := range y {
		switch {
		case math.IsNaN(v):
		case math.Abs(v) > limit:
			return fmt.Errorf("ets: point %d is %g: want at most %g in size", t, v, limit)
		case v <= 0 && (f.Error == Multiplicative):
			return fmt.Errorf("ets: point %d is %g: %v wants every point > 0; take additive parts", t, v, f)
		default:
			seen++
		}
	}
	if want := f.count(period) + 2; seen < want {
		return fmt.Errorf("ets: %d points that are not missing: %v wants %d or more; take a form with fewer parts", seen, f, want)
	}
	return nil
}

// limit keeps sums of squares within float64.
const limit = 1e100
