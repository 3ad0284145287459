package forecast

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/peakday/peakday/forecast/ensemble"
)

// Quarters from 10:30 on, of minutes: two belong to the hour of 10, four to that of 11,
// none of which is likely, and one to that of 12. No path lies above the peak.
func TestPeakByHand(t *testing.T) {
	f := Forecast{
		Start: time.Date(2026, 1, 5, 10, 30, 0, 0, time.UTC), StepSeconds: 900, History: Facts{BinSeconds: 60},
		Paths: []Path{{P: 0.5}, {P: 0.9, Values: []float64{90, 309}}},
	}
	f.peak(ensemble.Maximum{Levels: []float64{0.5, 0.9}, Quantiles: []float64{120, 300}, Steps: []float64{0.125, 0.25, 0, 0, 0, 0, 0.625}})
	var hours []string
	for _, h := range f.PeakHours {
		hours = append(hours, fmt.Sprint(h.Start.Format("15:04"), " ", h.Share))
	}
	if got, want := fmt.Sprint(hours), "[12:00 0.625 10:00 0.375]"; got != want {
		t.Errorf("hours %s, want %s", got, want)
	}
	for i, want := range []Peak{{0.5, 120, 2}, {0.9, 309, 5.15}} {
		if got := f.Peaks[i]; got.P != want.P || math.Abs(got.PerBin-want.PerBin) > 1e-9 || math.Abs(got.PerSecond-want.PerSecond) > 1e-9 {
			t.Errorf("peak %+v, want %+v", got, want)
		}
	}
	if n := len(f.PeakSample); n != 199 || math.Abs(f.PeakSample[99]-120) > 1e-9 || math.Abs(f.PeakSample[179]-300) > 1e-9 {
		t.Errorf("%d in the sample, of which the hundredth and the 180th are %v and %v, want 120 and 300", n, f.PeakSample[99], f.PeakSample[179])
	}
}

// A step of two hours from half past midnight begins then, and not at the hour before.
func TestAPeakInALongStepIsToldByItsStart(t *testing.T) {
	f := Forecast{History: Facts{BinSeconds: 7200}, Start: time.Date(2026, 1, 5, 0, 30, 0, 0, time.UTC), StepSeconds: 7200, Point: []float64{1, 2}}
	f.peak(ensemble.Maximum{Levels: []float64{0.5, 0.9}, Quantiles: []float64{2, 3}, Steps: []float64{0.25, 0.75}})
	want := []Hour{{f.Start.Add(2 * time.Hour), 0.75}, {f.Start, 0.25}}
	if !slices.EqualFunc(f.PeakHours, want, func(a, b Hour) bool { return a.Start.Equal(b.Start) && a.Share == b.Share }) {
		t.Errorf("peak hours %v, want %v", f.PeakHours, want)
	}
}
