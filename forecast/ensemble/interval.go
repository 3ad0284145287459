package ensemble

import (
	"math"
	"slices"

	"github.com/peakday/peakday/forecast/series"
)

// quantiles are the point moved by the errors of the rehearsals.
func (f *Forecast) quantiles(seasons []int) {
	var errors []float64
	for _, r := range f.Past {
		for i, y := range r.Actual {
			if !math.IsNaN(y) {
				errors = append(errors, y-r.Path[i])
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
