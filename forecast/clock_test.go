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
		moved  bool
	}{
		{"nothing changes", time.Date(2026, 3, 1, 0, 0, 0, 0, zone), time.Hour, []float64{1, 2}, 2, []float64{1, 2}, nil, false},
		{"an hour is skipped in the history", time.Date(2026, 3, 29, 1, 0, 0, 0, zone), time.Hour, []float64{1, 3}, 2, []float64{1, nan, 3}, clock{0, 1}, true},
		{"ahead", time.Date(2026, 3, 29, 0, 0, 0, 0, zone), time.Hour, []float64{0}, 3, []float64{0}, clock{0, 2, 3}, true},
		{"at once", time.Date(2026, 3, 29, 1, 0, 0, 0, zone), time.Hour, []float64{1}, 2, []float64{1}, clock{1, 2}, true},
		{"half hours", time.Date(2026, 3, 29, 1, 0, 0, 0, zone), 30 * time.Minute, []float64{1}, 3, []float64{1}, clock{0, 3, 4}, true},
		{"an hour comes twice in the history", time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC).In(zone), time.Hour, []float64{2, 20, 3}, 1, []float64{2, 3}, clock{0}, true},
		{"ahead", time.Date(2026, 10, 25, 1, 0, 0, 0, zone), time.Hour, []float64{1}, 3, []float64{1}, clock{0, 0, 1}, true},
		{"a history that ends between the two", time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC).In(zone), time.Hour, []float64{2}, 2, []float64{2}, nil, false},
		{"days", time.Date(2026, 3, 28, 0, 0, 0, 0, zone), 24 * time.Hour, []float64{1, 2}, 2, []float64{1, 2}, nil, false},
	} {
		by, hours, moved := onClock(series.Series{Start: c.start, Step: c.step, Values: c.values}, c.ahead)
		same := slices.EqualFunc(by.Values, c.want, func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) })
		if !same || !slices.Equal(hours, c.hours) || moved != c.moved {
			t.Errorf("%s: %v, %v, %v, want %v, %v, %v", c.name, by.Values, hours, moved, c.want, c.hours, c.moved)
		}
	}
}

// By hand: of three steps of which the clock shows two as one, each has a third of where
// the maximum may be; what it skips has no part.
func TestReadByTheClock(t *testing.T) {
	for _, c := range []struct {
		hours        clock
		point, parts []float64
		want, shares []float64
	}{
		{clock{0, 0, 1}, []float64{5, 7}, []float64{0.5, 0.5}, []float64{5, 5, 7}, []float64{1.0 / 3, 1.0 / 3, 1.0 / 3}},
		{clock{0, 2}, []float64{5, 6, 7}, []float64{0.25, 0.5, 0.25}, []float64{5, 7}, []float64{0.5, 0.5}},
	} {
		e := ensemble.Forecast{Point: c.point, Quantiles: [][]float64{c.point}, Maximum: ensemble.Maximum{Steps: c.parts}}
		c.hours.readAll(&e)
		if !slices.Equal(e.Point, c.want) || !slices.Equal(e.Quantiles[0], c.want) || !slices.Equal(e.Maximum.Steps, c.shares) {
			t.Errorf("%v: %v, %v, shares %v, want %v and %v", c.hours, e.Point, e.Quantiles[0], e.Maximum.Steps, c.want, c.shares)
		}
	}
	if n := (clock{0, 1, 2, 3, 0}).steps(); n != 4 {
		t.Errorf("an hour of quarters and the first of it again are %d steps of the clock, want 4", n)
	}
	start := time.Date(2026, 3, 29, 1, 0, 0, 0, berlin(t))
	by, _, _ := onClock(series.Series{Start: start, Step: time.Hour, Values: []float64{1, 3}, Regressors: []series.Regressor{{Name: "event", Values: []float64{7, 8, 9}}}}, 1)
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
