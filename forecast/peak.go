package forecast

import (
	"cmp"
	"slices"
	"time"

	"github.com/peakday/peakday/forecast/ensemble"
)

// A Peak is what the largest bin stays under with probability P.
type Peak struct {
	P         float64 `json:"p"`
	PerBin    float64 `json:"per_bin"`
	PerSecond float64 `json:"per_second"` // mean over that bin
}

// An Hour of the clock, or a step longer than that, and the chance that the largest
// bin is in it, in what the forecast has of it: a forecast may begin and end within an
// hour.
type Hour struct {
	Start time.Time `json:"start"`
	Share float64   `json:"share"`
}

// sampled is the size of the sample: the quantiles of whole half percents.
const sampled = 199

func (f *Forecast) peak(m ensemble.Maximum) {
	for _, path := range f.Paths {
		v := m.Quantile(path.P)
		for _, y := range path.Values {
			v = max(v, y) // between the levels of the maximum a path may be a little higher
		}
		f.Peaks = append(f.Peaks, Peak{path.P, v, v / f.History.BinSeconds})
	}
	for k := range sampled {
		f.PeakSample = append(f.PeakSample, m.Quantile(float64(k+1)/(sampled+1)))
	}
	for i, share := range m.Steps {
		hour := f.At(i)
		if f.StepSeconds <= 3600 {
			y, month, d := hour.Date()
			hour = time.Date(y, month, d, hour.Hour(), 0, 0, 0, hour.Location())
		}
		if n := len(f.PeakHours); n == 0 || !f.PeakHours[n-1].Start.Equal(hour) {
			f.PeakHours = append(f.PeakHours, Hour{Start: hour})
		}
		f.PeakHours[len(f.PeakHours)-1].Share += share
	}
	f.PeakHours = slices.DeleteFunc(f.PeakHours, func(h Hour) bool { return h.Share == 0 })
	slices.SortStableFunc(f.PeakHours, func(a, b Hour) int { return cmp.Compare(b.Share, a.Share) })
}

// At is when step i begins, from 0 on.
func (f Forecast) At(i int) time.Time {
	return f.Start.Add(time.Duration(float64(i) * f.StepSeconds * float64(time.Second)))
}
