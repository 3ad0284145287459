package forecast

import (
	"math"
	"strings"
	"testing"

	"github.com/peakday/peakday/forecast/ensemble"
)

// By hand. The 0.9 quantile lies half above the highest point, so that 15 is held where
// 10 was said: 12 stays under it, 20 does not. The errors are 2, 2 and 10 of 10, 12 and
// 20; the peaks were said a sixth and a half too low.
func TestRehearseByHand(t *testing.T) {
	low := ensemble.Rehearsal{Path: []float64{8, 10}, Actual: []float64{10, 12}}
	high := ensemble.Rehearsal{Path: []float64{10, 10}, Actual: []float64{math.NaN(), 20}}
	hidden := ensemble.Rehearsal{Path: []float64{9, 40}, Actual: []float64{9, math.NaN()}}
	for _, c := range []struct {
		name    string
		past    []ensemble.Rehearsal
		seasons []Season
		want    Rehearsal
		warned  bool
	}{
		{"of two one is held, which may be chance", []ensemble.Rehearsal{low, high}, nil, Rehearsal{2, 2, 14.0 / 42, 1.0 / 3, 1}, false},
		{"of three one may not", []ensemble.Rehearsal{low, high, high}, nil, Rehearsal{3, 3, 24.0 / 62, 0.5, 1}, true},
		{"unless they overlap by half", []ensemble.Rehearsal{low, high, high}, []Season{{Steps: 1}}, Rehearsal{3, 3, 24.0 / 62, 0.5, 1}, false},
		{"a hidden peak is not counted", []ensemble.Rehearsal{low, hidden}, nil, Rehearsal{2, 1, 4.0 / 31, 1.0 / 6, 1}, false},
		{"nothing was rehearsed", nil, nil, Rehearsal{}, false},
	} {
		f := Forecast{Point: []float64{10, 20}, Seasons: c.seasons}
		f.rehearse(ensemble.Forecast{Point: f.Point, Past: c.past, Maximum: ensemble.Maximum{Levels: []float64{0.5, 0.9}, Quantiles: []float64{20, 30}}})
		r := f.Rehearsal
		if r.Windows != c.want.Windows || r.Peaks != c.want.Peaks || r.Held != c.want.Held || math.Abs(r.WAPE-c.want.WAPE)+math.Abs(r.PeakError-c.want.PeakError) > 1e-9 {
			t.Errorf("%s: %+v, want %+v", c.name, r, c.want)
		}
		if got := strings.Contains(strings.Join(f.Warnings, "\n"), "would have held on"); got != c.warned {
			t.Errorf("%s: warnings %q", c.name, f.Warnings)
		}
	}
}
