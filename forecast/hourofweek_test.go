package forecast

import (
	"math"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the test needs a zone wherever it runs

	"github.com/peakday/peakday/forecast/series"
)

// week is a level for each hour of a week that starts on Monday.
func week(hour int) float64 {
	how := hour % 168
	level := 100 * math.Exp(math.Sin(2*math.Pi*float64(how%24)/24))
	if how/24 >= 5 {
		level /= 4
	}
	return level
}

func TestHourOfWeekFindsAnExactWeek(t *testing.T) {
	for _, c := range []struct {
		name string
		at   func(hour int) float64
	}{
		{"the same every week", week},
		{"growing 3 % a day", func(hour int) float64 { return week(hour) * math.Pow(1.03, float64(hour/24)) }},
		{"tiny numbers", func(hour int) float64 { return 1e-9 * week(hour) }},
	} {
		for _, days := range []int{14, 18, 33} {
			fit, err := HourOfWeek{}.Fit(hourlyHistory(days, c.at).Series)
			if err != nil {
				t.Fatal(err)
			}
			for h, got := range fit.Path(0.5, 24) {
				if want := c.at(days*24 + h); math.Abs(got/want-1) > 1e-9 {
					t.Fatalf("%s, %d days: hour %d is %v, want %v", c.name, days, h, got, want)
				}
			}
		}
	}
}

// An outage is not a level: with the last day, a Monday, unobserved the level of
// the Sunday before it stands in, and with half the Tuesdays gone the others
// tell their shape.
func TestHourOfWeekPassesOverHoles(t *testing.T) {
	const days = 29
	h := hourlyHistory(days, week)
	for i := range h.Series.Values {
		if day := i / 24; day == 28 || day%14 == 1 {
			h.Series.Values[i] = math.NaN()
		}
	}
	fit, err := HourOfWeek{}.Fit(h.Series)
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range fit.Path(0.5, 24) {
		want := week(days*24+i) * level4(week)
		if math.Abs(got/want-1) > 1e-9 {
			t.Fatalf("hour %d is %v, want %v", i, got, want)
		}
	}
}

// level4 is the level of a Sunday over that of a Monday.
func level4(at func(int) float64) float64 { return at(6*24) / at(0) }

// Minutes lie on a straight line in logs between the middles of the hours.
func TestHourOfWeekRunsBetweenHours(t *testing.T) {
	s := series.Series{Start: time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC), Step: 10 * time.Minute}
	for i := range 28 * 144 {
		s.Values = append(s.Values, week(i/6))
	}
	fit, err := HourOfWeek{}.Fit(s)
	if err != nil {
		t.Fatal(err)
	}
	path := fit.Path(0.5, 144)
	// Bin 32 has its middle at 5:25, bin 33 at 5:35: 1/12 of the way before and after 5:30.
	mean := math.Sqrt(path[32] * path[33])
	if want := week(5) * math.Pow(week(6)*week(4)/(week(5)*week(5)), 1.0/24); math.Abs(mean/want-1) > 1e-9 {
		t.Errorf("half past five is %v, want %v", mean, want)
	}
	for i := 1; i < 144-1; i++ {
		if i%6 == 2 || i%6 == 3 {
			continue // the line bends in the middle of an hour
		}
		if bend := path[i-1] * path[i+1] / (path[i] * path[i]); math.Abs(bend-1) > 1e-9 {
			t.Errorf("bin %d bends by %v", i, bend)
		}
	}
}

// Hours of the week are local: what happens at noon goes on happening at noon
// when the clocks change, here on 2026-03-08 in New York.
func TestHourOfWeekFollowsTheClock(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	s := series.Series{Start: time.Date(2026, 2, 9, 0, 0, 0, 0, zone), Step: time.Hour}
	for s.End().Before(time.Date(2026, 3, 12, 0, 0, 0, 0, zone)) {
		v := 10.0
		if s.End().Hour() == 12 {
			v = 1000
		}
		s.Values = append(s.Values, v)
	}
	fit, err := HourOfWeek{}.Fit(s)
	if err != nil {
		t.Fatal(err)
	}
	if _, at := series.Max(fit.Path(0.5, 24)); s.At(s.Len()+at).Hour() != 12 {
		t.Errorf("the peak comes at %v, want noon", s.At(s.Len()+at))
	}
}

// What was the habit until eight weeks ago is forgotten, at every quantile.
func TestHourOfWeekForgets(t *testing.T) {
	const days = 20 * 7
	fit, err := HourOfWeek{}.Fit(hourlyHistory(days, func(hour int) float64 {
		if hour/24 < days-57 {
			return week(hour + 12) // day and night the other way round
		}
		return week(hour)
	}).Series)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []float64{0.01, 0.5, 0.99} {
		for i, got := range fit.Path(p, 24) {
			if want := week(days*24 + i); math.Abs(got/want-1) > 1e-9 {
				t.Fatalf("path %v, hour %d is %v, want %v", p, i, got, want)
			}
		}
	}
}

func TestHourOfWeekRefuses(t *testing.T) {
	for _, step := range []time.Duration{24 * time.Hour, 45 * time.Minute, 0} {
		s := series.Series{Step: step, Values: make([]float64, 4000)}
		if _, err := (HourOfWeek{}).Fit(s); err == nil || !strings.Contains(err.Error(), "want one of which a whole number make an hour") {
			t.Errorf("a step of %v: %v", step, err)
		}
	}
	if _, err := (HourOfWeek{}).Fit(hourlyHistory(1, week).Series); err == nil || !strings.Contains(err.Error(), "want two days") {
		t.Errorf("a day: %v", err)
	}
}
