package ensemble

import (
	"math"
	"slices"

	"github.com/peakday/peakday/forecast/series"
)

// quantiles are the point moved by the errors of the rehearsals.
func (f *Forecast) quantiles(past []rehearsal, seasons []int) {
	var errors []float64
	for _, r := range past {
		for i, y := range r.actual {
			if !math.IsNaN(y) {
				errors = append(errors, y-r.path[i])
			}
		}
	}
	slices.Sort(errors)
	for _, p := range f.Levels {
		path := slices.Clone(f.Point)
		if len(errors) > 0 {
			q := series.Quantile(errors, p)
			for i := range path {
				path[i] = max(0, path[i]+q)
			}
		}
		f.Quantiles = append(f.Quantiles, path)
	}
}
