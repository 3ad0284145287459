package forecast

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/forecast/series"
)

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no zones on this machine: ", err)
	}
	return zone
}

// In Berlin the clocks went from 2 to 3 on 2026-03-29 and go from 3 to 2 on 2026-10-25.
func TestStepsByTheClock(t *testing.T) {
	zone := berlin(t)
	nan := math.NaN()
	for _, c := range []struct {
		name   string
		start  time.Time
		step   time.Duration
		values []float64
		ahead  int
		want   []float64
		hours  clock
		warned string
	}{
		{"nothing changes", time.Date(2026, 3, 1, 0, 0, 0, 0, zone), time.Hour, []float64{1, 2}, 2, []float64{1, 2}, nil, ""},
		{"an hour is skipped in the history", time.Date(2026, 3, 29, 1, 0, 0, 0, zone), time.Hour, []float64{1, 3}, 2, []float64{1, nan, 3}, clock{0, 1}, "of one that comes twice the first is learnt from"},
		{"ahead", time.Date(2026, 3, 29, 0, 0, 0, 0, zone), time.Hour, []float64{0}, 3, []float64{0}, clock{0, 2, 3}, "of one that comes twice the first is learnt from"},
		{"at once", time.Date(2026, 3, 29, 1, 0, 0, 0, zone), time.Hour, []float64{1}, 2, []float64{1}, clock{1, 2}, "of one that comes twice the first is learnt from"},
		{"half hours", time.Date(2026, 3, 29, 1, 0, 0, 0, zone), 30 * time.Minute, []float64{1}, 3, []float64{1}, clock{0, 3, 4}, "of one that comes twice the first is learnt from"},
		{"an hour comes twice in the history", time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC).In(zone), time.Hour, []float64{2, 20, 3}, 1, []float64{2, 3}, clock{0}, "of one that comes twice the first is learnt from"},
		{"ahead", time.Date(2026, 10, 25, 1, 0, 0, 0, zone), time.Hour, []float64{1}, 3, []float64{1}, clock{0, 0, 1}, "of one that comes twice the first is learnt from"},
		{"half hours, from the middle of it", time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC).In(zone), 30 * time.Minute, []float64{1, 2, 3, 4}, 1, []float64{1, 4}, clock{0}, "the first is learnt from"},
		{"quarters, from its last", time.Date(2026, 10, 25, 0, 45, 0, 0, time.UTC).In(zone), 15 * time.Minute, []float64{1, 2, 3, 4, 5, 6}, 1, []float64{1, 6}, clock{0}, "the first is learnt from"},
		{"a history that ends between the two", time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC).In(zone), time.Hour, []float64{2}, 2, []float64{2}, nil, "ends in an hour that comes twice: all hours are counted evenly"},
		{"days", time.Date(2026, 3, 28, 0, 0, 0, 0, zone), 24 * time.Hour, []float64{1, 2}, 2, []float64{1, 2}, nil, ""},
	} {
		by, hours, warning := onClock(series.Series{Start: c.start, Step: c.step, Values: c.values}, c.ahead)
		same := slices.EqualFunc(by.Values, c.want, func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) })
		if !same || !slices.Equal(hours, c.hours) || !strings.Contains(warning, c.warned) || c.warned == "" && warning != "" {
			t.Errorf("%s: %v, %v, %q, want %v, %v, %q", c.name, by.Values, hours, warning, c.want, c.hours, c.warned)
		}
	}
}

// By hand: of three steps of which the clock shows two as one, each has a third of where
// the maximum may be; what it skips has no part, and where it had all of it the highest
// of the others has it.
func TestReadByTheClock(t *testing.T) {
	for _, c := range []struct {
		hours        clock
		point, parts []float64
		want, shares []float64
	}{
		{clock{0, 0, 1}, []float64{5, 7}, []float64{0.5, 0.5}, []float64{5, 5, 7}, []float64{1.0 / 3, 1.0 / 3, 1.0 / 3}},
		{clock{0, 2}, []float64{5, 6, 7}, []float64{0.25, 0.5, 0.25}, []float64{5, 7}, []float64{0.5, 0.5}},
		{clock{0, 2, 3}, []float64{5, 9, 7, 6}, []float64{0, 1, 0, 0}, []float64{5, 7, 6}, []float64{0, 1, 0}},
	} {
		e := ensemble.Forecast{Point: c.point, Quantiles: [][]float64{c.point}, Maximum: ensemble.Maximum{Steps: c.parts}}
		parts := []ensemble.Component{{Name: "level", Values: c.point}}
		c.hours.readAll(&e, parts)
		if !slices.Equal(e.Point, c.want) || !slices.Equal(parts[0].Values, c.want) || !slices.Equal(e.Quantiles[0], c.want) || !slices.Equal(e.Maximum.Steps, c.shares) {
			t.Errorf("%v: %v, %v, shares %v, want %v and %v", c.hours, e.Point, e.Quantiles[0], e.Maximum.Steps, c.want, c.shares)
		}
	}
	if n := (clock{0, 1, 2, 3, 0}).steps(); n != 4 {
		t.Errorf("an hour of quarters and the first of it again are %d steps of the clock, want 4", n)
	}
	start := time.Date(2026, 3, 29, 1, 0, 0, 0, berlin(t))
	by, _, warning := onClock(series.Series{Start: start.Add(-48 * time.Hour), Step: time.Hour, Values: []float64{1}, Regressors: []series.Regressor{{Name: "event", Values: make([]float64, 100)}}}, 1)
	if by.Regressors[0].Values == nil || warning != "" {
		t.Errorf("warned of a change that only a regressor reaches: %q", warning)
	}
	by, _, _ = onClock(series.Series{Start: start, Step: time.Hour, Values: []float64{1, 3}, Regressors: []series.Regressor{{Name: "event", Values: []float64{7, 8, 9}}}}, 1)
	if r := by.Regressors[0].Values; len(r) != 4 || r[0] != 7 || !math.IsNaN(r[1]) || r[2] != 8 || r[3] != 9 {
		t.Errorf("regressor %v, want a hole where the clock skips an hour", r)
	}
}

// Every day has its peak at 9 o'clock, by the clock: after the change it has it there, too.
func TestThePeakKeepsItsHourWhenTheClocksChange(t *testing.T) {
	zone := berlin(t)
	for _, end := range []time.Time{time.Date(2026, 3, 29, 0, 0, 0, 0, zone), time.Date(2026, 10, 25, 0, 0, 0, 0, zone), time.Date(2026, 4, 1, 0, 0, 0, 0, zone)} {
		s := series.Series{Start: end.Add(-24 * 24 * time.Hour), Step: time.Hour, Values: make([]float64, 24*24), Seasons: []int{24}}
		for i := range s.Values {
			s.Values[i] = 100 + 5*math.Sin(float64(i*i))
			if s.At(i).Hour() == 9 {
				s.Values[i] += 100
			}
		}
		fitted, err := Model{}.Fit(history.History{Name: "calls", Series: s})
		if err != nil {
			t.Fatal(err)
		}
		f, err := fitted.Forecast(48*time.Hour, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Point) != 48 || !f.Start.Equal(end) || !strings.Contains(strings.Join(f.Warnings, " "), "the clocks of Europe/Berlin change") {
			t.Errorf("%v: %d steps from %v, warnings %q", end, len(f.Point), f.Start, f.Warnings)
		}
		sum := 0.0
		for _, hour := range f.PeakHours {
			sum += hour.Share
		}
		if hour := f.PeakHours[0].Start.Hour(); hour != 9 || math.Abs(sum-1) > 1e-9 {
			t.Errorf("%v: the peak is likeliest at %d of shares that add up to %v", end, hour, sum)
		}
		for i, v := range f.Point {
			parts := 0.0
			for _, c := range f.Components {
				parts += c.Values[i]
			}
			if busy := f.At(i).Hour() == 9; busy != (v > 150) || parts != v {
				t.Errorf("%v: %v at %v, parts %v", end, v, f.At(i), parts)
			}
		}
	}
}

// The work of the night comes at 2 o'clock, which the clocks skip: the peak is among what
// is left of the day, and all shares are of it. One night brought five times as much.
func TestAPeakInAnHourThatTheClocksSkip(t *testing.T) {
	end := time.Date(2026, 3, 29, 0, 0, 0, 0, berlin(t))
	s := series.Series{Start: end.Add(-24 * 24 * time.Hour), Step: time.Hour, Values: make([]float64, 24*24), Seasons: []int{24}}
	for i := range s.Values {
		s.Values[i] = map[int]float64{2: 1000, 5: 100}[s.At(i).Hour()] + 10
	}
	s.Values[18*24+2] *= 5
	f := look(t, history.History{Name: "jobs", Series: s}, 23*time.Hour, nil)
	share := 0.0
	for _, c := range f.Components {
		share += c.AtPeak
	}
	if math.Abs(share-1) > 1e-9 || math.Abs(slices.Max(f.Point)-110) > 1 {
		t.Errorf("components are %v of the highest point, %v", share, slices.Max(f.Point))
	}
	if len(f.PeakHours) != 1 || f.PeakHours[0].Share != 1 || f.PeakHours[0].Start.Hour() != 5 {
		t.Errorf("peak hours %v, want 5 o'clock", f.PeakHours)
	}
	if r := f.Rehearsal; r.Peaks == 0 || r.Held != r.Peaks-1 {
		t.Errorf("rehearsal %+v, want all held but the one night", r)
	}
}
