package ensemble

import (
	"math"
	"slices"

	"github.com/peakday/peakday/forecast/model"
	"github.com/peakday/peakday/forecast/series"
)

// rare stands in where nothing is expected in any step though something came, as
// of what is used now and then: more than half of its steps are 0, and no multiple
// of 0 is a peak. Each step then has the quantiles of all that came, and the maximum
// those of the windows of the history as long as the horizon, one after another. What
// was filled in did not come.
func (f *Forecast) rare(p *model.Problem) {
	known := slices.Clone(p.Values)
	for t, filled := range p.Filled {
		if filled {
			known[t] = math.NaN()
		}
	}
	sorted := slices.DeleteFunc(slices.Sorted(slices.Values(known)), math.IsNaN)
	for i, p := range f.Levels {
		f.Quantiles[i] = slices.Repeat([]float64{series.Quantile(sorted, p)}, len(f.Point))
	}
	var peaks []float64
	for to := len(known); to > 0 && (to >= len(f.Point) || peaks == nil); to -= len(f.Point) {
		if peak, at := series.Max(known[max(0, to-len(f.Point)):to]); at >= 0 {
			peaks = append(peaks, peak)
		}
	}
	slices.Sort(peaks)
	for i, p := range f.Maximum.Levels {
		f.Maximum.Quantiles[i] = max(series.Quantile(peaks, p), series.Quantile(sorted, p)) // the oldest steps may be in no window
	}
	f.warn("nothing is expected in any step: the quantiles are those of all that came, and of the maximum in windows of %d steps (%d in the history), whatever the hour", min(len(f.Point), len(known)), len(peaks))
}
