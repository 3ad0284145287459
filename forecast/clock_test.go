package forecast

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

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
