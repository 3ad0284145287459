package ensemble

import (
	"math"
	"slices"

	"github.com/peakday/peakday/forecast/series"
)

// A Maximum is the largest value of the horizon.
type Maximum struct {
	Levels    []float64
	Quantiles []float64 // one a level, rising
	Step      int       // in which it is most likely, from 1
}

func (f *Forecast) maximum(past []rehearsal) {
	top, at := series.Max(f.Point)
	var errors []float64
	for _, r := range past {
		y, _ := series.Max(r.actual)
		p, _ := series.Max(r.path)
		if y > 0 && p > 0 {
			errors = append(errors, math.Log(y/p))
		}
	}
	slices.Sort(errors)
	f.Maximum = Maximum{Levels: []float64{0.5, 0.9, 0.95, 0.99}, Step: at + 1}
	for _, p := range f.Maximum.Levels {
		q := 0.0
		if len(errors) > 0 {
			q = series.Quantile(errors, p)
		}
		f.Maximum.Quantiles = append(f.Maximum.Quantiles, top*math.Exp(q))
	}
}
