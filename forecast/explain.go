package forecast

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/series"
)

// A Component is a part of the point forecast: the level, what each season
// adds, and the change that the models expect beyond them.
type Component struct {
	Name   string    `json:"name"`
	Values []float64 `json:"values"`  // one a step; they may be below 0
	AtPeak float64   `json:"at_peak"` // share of the highest point; those of all components add up to 1
}

// A Rehearsal is how the method did from past origins, the newest there are,
// with weights in which each had no say.
type Rehearsal struct {
	Windows   int     `json:"windows"`    // origins; with 0 nothing was rehearsed
	Peaks     int     `json:"peaks"`      // windows whose largest value is known, and not hidden in a hole or a throttled bin
	WAPE      float64 `json:"wape"`       // sum of errors over sum of values; 0.1 is 10 %
	PeakError float64 `json:"peak_error"` // median of |forecast - actual| / actual of the largest value, of Peaks
	Held      int     `json:"held"`       // of Peaks, those that stayed under the 0.9 quantile, as far above the point as it is now
}

// heldP is the quantile of the peak that a rehearsal counts.
const heldP = 0.9

// explain says of which parts the point is made and which models were heard.
func (f *Forecast) explain(e ensemble.Forecast, parts []ensemble.Component, s series.Series, tier ensemble.Tier) {
	top, at := series.Max(e.Point)
	for _, part := range parts {
		c := Component{Name: part.Name, Values: part.Values}
		if top > 0 {
			c.AtPeak = part.Values[at] / top
		}
		for _, steps := range s.Seasons {
			if part.Name == fmt.Sprintf("season of %d", steps) {
				c.Name = seasonName(time.Duration(steps) * s.Step)
			}
		}
		f.Components = append(f.Components, c)
	}
	for i, share := range e.Weights {
		f.Models = append(f.Models, Share{tier.Members[i].Name(), share})
	}
	slices.SortStableFunc(f.Models, func(a, b Share) int { return cmp.Compare(b.Share, a.Share) })
}

func seasonName(d time.Duration) string {
	switch d {
	case 24 * time.Hour:
		return "hour of the day"
	case 7 * 24 * time.Hour:
		return "day of the week"
	}
	return "season of " + d.String()
}

// rehearse scores the past origins.
func (f *Forecast) rehearse(e ensemble.Forecast) {
	top, _ := series.Max(e.Point)
	high := e.Maximum.Quantile(heldP)
	var off, sum float64
	var peaks []float64
	r := &f.Rehearsal
	for _, past := range e.Past {
		r.Windows++
		if actual, known := past.Peak(); known {
			said, _ := series.Max(past.Path)
			r.Peaks++
			bound := high
			if top > 0 {
				bound = said / top * high
			}
			if actual <= bound {
				r.Held++
			}
			if actual > 0 {
				peaks = append(peaks, math.Abs(said/actual-1))
			}
		}
		for i, y := range past.Actual {
			if !math.IsNaN(y) {
				off += math.Abs(y - past.Path[i])
				sum += y
			}
		}
	}
	if sum > 0 {
		r.WAPE = trimmed(off / sum)
	}
	if len(peaks) > 0 {
		slices.Sort(peaks)
		r.PeakError = trimmed(series.Quantile(peaks, 0.5))
	}
	// Windows begin a shortest season apart: longer ones overlap and tell less.
	apart := 1.0
	if len(f.Seasons) > 0 {
		apart = min(1, float64(f.Seasons[0].Steps)/float64(len(e.Point)))
	}
	n, held := math.Floor(apart*float64(r.Peaks)), math.Floor(apart*float64(r.Held))
	if n > 0 && (distuv.Binomial{N: n, P: heldP}).CDF(held) < 0.05 {
		f.Warnings = append(f.Warnings, fmt.Sprintf("a peak at the %.0f %% quantile would have held on %d of the last %d windows: expect the peak above it more often than it says",
			100*heldP, r.Held, r.Peaks))
	}
}

// trimmed is a share, or 0 where it is but the rounding of sums.
func trimmed(share float64) float64 {
	if share < 1e-9 {
		return 0
	}
	return share
}
