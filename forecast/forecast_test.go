package forecast

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/forecast/series"
)

var update = flag.Bool("update", false, "rewrite testdata")

// noisy is a made history: the week of hourofweek_test.go times one draw a day
// and one an hour. A share of the hours is lost.
func noisy(t *rapid.T) history.History {
	days := rapid.IntRange(trainDays+1, 40).Draw(t, "days")
	spread := rapid.Float64Range(0, 1.5).Draw(t, "spread")
	rng := rapid.Uint64().Draw(t, "noise")
	draw := func() float64 { // a small generator, so that a failing case shrinks to a seed
		rng = rng*6364136223846793005 + 1442695040888963407
		return float64(rng>>33)/float64(1<<31) - 0.5
	}
	level := 1.0
	return hourlyHistory(days, func(hour int) float64 {
		if hour%24 == 0 {
			level = math.Exp(2 * spread * draw())
		}
		v := week(hour) * level * math.Exp(spread*draw())
		if hour > 24 && draw() > 0.48 {
			return math.NaN()
		}
		return v
	})
}

func TestForecastKeepsItsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := noisy(t)
		f, err := New(HourOfWeek{}, h)
		if err != nil {
			t.Fatal(err)
		}
		for i, path := range f.Paths {
			for b, v := range path.Values {
				if !(v > 0) || math.IsInf(v, 0) {
					t.Fatalf("path %v, bin %d is %v", path.P, b, v)
				}
				if i > 0 && v < f.Paths[i-1].Values[b] {
					t.Fatalf("paths %v and %v cross at bin %d", f.Paths[i-1].P, path.P, b)
				}
			}
		}
		if !slices.IsSortedFunc(f.Peaks, func(a, b Peak) int { return cmp.Compare(a.PerBin, b.PerBin) }) {
			t.Fatalf("peaks fall: %+v", f.Peaks)
		}
		for i, v := range h.Series.Values {
			if l := f.History.Largest; v > l.PerBin || h.Series.At(i).Equal(l.At) && (v != l.PerBin || v/3600 != l.PerSecond) {
				t.Fatalf("bin %d is %v, the largest is %+v", i, v, l)
			}
		}
		n := len(f.PeakSample)
		for _, k := range f.Peaks {
			if want := k.P <= float64(n)/float64(n+1)+1e-12; k.Supported != want {
				t.Fatalf("peak %v of %d origins: supported = %v", k.P, n, k.Supported)
			}
			if !k.Supported && (k.PerBin != f.PeakSample[n-1] || k.Note == "") {
				t.Fatalf("unsupported peak %+v is not that of the largest past error, %v, or does not say so", k, f.PeakSample[n-1])
			}
			if k.At.Before(f.Start) || !k.At.Before(f.Start.Add(24*time.Hour)) {
				t.Fatalf("peak %v at %v is not in the day from %v", k.P, k.At, f.Start)
			}
		}
		checkDays(t, f)
	})
}

// A day's median is 1, its highest point the peak, and its points are in order.
func checkDays(t *rapid.T, f Forecast) {
	for _, k := range f.Peaks {
		d, err := f.Day(k.P)
		if err != nil {
			t.Fatal(err)
		}
		var times []float64
		top, at := 0.0, time.Duration(0)
		for i, p := range d.Points {
			if p.At != time.Duration(i)*24*time.Hour/time.Duration(len(d.Points)) {
				t.Fatalf("point %d at %v", i, p.At)
			}
			if p.Times > top {
				top, at = p.Times, p.At
			}
			times = append(times, p.Times)
		}
		if got := lowerMedian(times); math.Abs(got-1) > 1e-12 {
			t.Fatalf("day %v has a median of %v, want 1", k.P, got)
		}
		if d.PeakAt != at || math.Abs(d.MedianRate*top/d.PeakRate-1) > 1e-9 {
			t.Fatalf("day %v: highest %v at %v, says %v/s at %v with a median of %v/s", k.P, top, at, d.PeakRate, d.PeakAt, d.MedianRate)
		}
		if k.PerSecond > d.MedianRate && math.Abs(d.PeakRate/k.PerSecond-1) > 1e-9 {
			t.Fatalf("day %v peaks at %v/s, want %v/s", k.P, d.PeakRate, k.PerSecond)
		}
	}
}

// Twice the traffic is twice the forecast and the same shape.
func TestForecastScales(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := noisy(t)
		factor := rapid.Float64Range(1e-3, 1e6).Draw(t, "factor")
		one, err := New(HourOfWeek{}, h)
		if err != nil {
			t.Fatal(err)
		}
		h.Series.Values = slices.Clone(h.Series.Values)
		for i := range h.Series.Values {
			h.Series.Values[i] *= factor
		}
		many, err := New(HourOfWeek{}, h)
		if err != nil {
			t.Fatal(err)
		}
		for i := range one.Peaks {
			if got := many.Peaks[i].PerBin / one.Peaks[i].PerBin / factor; math.Abs(got-1) > 1e-9 {
				t.Fatalf("peak %v grew by %v of the factor", one.Peaks[i].P, got)
			}
		}
		if a, b := one.Backtest[0], many.Backtest[0]; math.Abs(float64(a.WAPE-b.WAPE)) > 1e-9 || a.Covered != b.Covered {
			t.Fatalf("the score changed from %+v to %+v", a, b)
		}
	})
}

// An exact week has no errors: every quantile is the peak itself.
func TestForecastOfAnExactWeekIsCertain(t *testing.T) {
	f, err := New(HourOfWeek{}, hourlyHistory(35, week))
	if err != nil {
		t.Fatal(err)
	}
	want, hour := series.Max(hourlyHistory(36, week).Series.Values[35*24:])
	for _, k := range f.Peaks {
		if math.Abs(k.PerBin/want-1) > 1e-9 || math.Abs(k.PerSecond*3600/want-1) > 1e-9 || k.At.Hour() != hour {
			t.Errorf("peak %+v, want %v at hour %d", k, want, hour)
		}
	}
	if s := f.Backtest[0]; s.Origins != 12 || s.WAPE > 1e-9 || s.PeakAPEMean > 1e-9 || s.PeakHourWithin != 1 || s.Covered != 12 {
		t.Errorf("score %+v, want 12 days without error", s)
	}
	if s := f.Backtest[2]; s.WAPE > 1e-12 {
		t.Errorf("a week before is the same: score %+v", s)
	}
}

func TestNewRefuses(t *testing.T) {
	odd := hourlyHistory(30, week)
	odd.Series.Step = 7 * time.Minute
	dead := hourlyHistory(30, func(int) float64 { return 0 })
	for _, c := range []struct {
		name string
		h    history.History
		want string
	}{
		{"too short a history", hourlyHistory(14, week), "made.csv: 14.0 days of history: want at least 15"},
		{"bins that do not make a day", odd, "made.csv: a step of 7m0s: want one of which a whole number make a day"},
		{"nothing but zeros", dead, "made.csv: no value above 0: nothing to forecast"},
		{"nothing at all", history.History{Name: "made.csv"}, "made.csv: a step of 0s"},
	} {
		if _, err := New(HourOfWeek{}, c.h); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

func TestNewWarns(t *testing.T) {
	f, err := New(HourOfWeek{}, hourlyHistory(20, week))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(f.Warnings, "\n"); !strings.Contains(got, "6 origins: too few to judge the forecast; want more than 9, so 24 days of history") {
		t.Errorf("warnings %q do not say that nothing was judged", got)
	}
	// Growth that itself grows breaks half of the bounds that come from before.
	f, err = New(HourOfWeek{}, hourlyHistory(40, func(hour int) float64 { d := float64(hour / 24); return week(hour) * math.Exp(d*d/50) }))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(f.Warnings, "\n"); !strings.Contains(got, "the 90 % quantile of the peak held on 9 of 17 past days (53 %): expect the peak above it") {
		t.Errorf("warnings %q do not say that the bound did not hold", got)
	}
}

func TestDayByHand(t *testing.T) {
	f := Forecast{StepSeconds: 6 * 3600,
		Paths: []Path{{0.5, []float64{10, 20, 40, 20}}, {0.9, []float64{30, 60, 240, 120}}},
		Peaks: []Peak{{P: 0.5, PerBin: 50}, {P: 0.9, PerBin: 320}, {P: 0.99, PerBin: 640}},
	}
	// The 0.9 path over its lower median 60 is 0.5 1 4 2; the peak over the usual
	// median 20 is 16 = 4^2, so what is above 1 is squared.
	d, err := f.Day(0.9)
	if err != nil {
		t.Fatal(err)
	}
	want := Day{P: 0.9, PeakAt: 12 * time.Hour, MedianRate: 20.0 / (6 * 3600), PeakRate: 320.0 / (6 * 3600),
		Points: []Point{{0, 0.5}, {6 * time.Hour, 1}, {12 * time.Hour, 16}, {18 * time.Hour, 4}}}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("got %+v, want %+v", d, want)
	}
	// Beyond what is supported the highest path there is gives the form: 32 = 4^2.5.
	d, err = f.Day(0.99)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Points[3].Times; math.Abs(got-math.Pow(2, 2.5)) > 1e-12 || d.Points[2].Times != 32 {
		t.Errorf("got %+v, want 32 at noon and 2^2.5 at 18:00", d.Points)
	}
	if _, err := f.Day(0.8); err == nil || err.Error() != "no forecast at the quantile 0.8: want one of [0.5 0.9 0.95 0.99]" {
		t.Errorf("day 0.8: %v", err)
	}
	if got := (Day{MedianRate: 20, PeakRate: 320}).Scale(5); got != 4 {
		t.Errorf("a median of 20/s driven at 5/s is 1 : %v, want 1 : 4", got)
	}
	for times, want := range map[float64]float64{0: 1, 1: 1, 15.9: 1, 16: 1, 300: 18.75} {
		if got := (Day{MedianRate: 20, PeakRate: 320}).Lift(times); got != want {
			t.Errorf("an event of %v × a median of 20/s is %v times a peak of 320/s, want %v", times, got, want)
		}
	}
	flat := Forecast{StepSeconds: 1, Paths: []Path{{0.5, []float64{2, 2, 2, 2}}}, Peaks: []Peak{{P: 0.5, PerBin: 6}}}
	if d, _ := flat.Day(0.5); d.PeakRate != 6 || d.PeakAt != 0 || d.Points[1].Times != 1 {
		t.Errorf("a flat day got %+v, want one point raised to the peak", d)
	}
	low := Forecast{StepSeconds: 1, Paths: f.Paths[:1], Peaks: []Peak{{P: 0.5, PerBin: 5}}}
	if d, _ := low.Day(0.5); d.PeakRate != 20 || d.MedianRate != 20 {
		t.Errorf("a peak below the median got %+v, want a level day", d)
	}
}

// forecast.json is read by others: its names and its bytes stand.
func TestJSONStands(t *testing.T) {
	h := hourlyHistory(26, func(hour int) float64 { return math.Round(week(hour) * (1 + 0.2*math.Sin(float64(hour/24*5)))) })
	h.Series.Values[30] = math.NaN()
	f, err := New(HourOfWeek{}, h)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(f, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/forecast.json"
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(append(got, '\n'), want) {
		t.Errorf("forecast.json changed; read the difference and run with -update:\n%s", got)
	}
	var back Forecast
	if err := json.Unmarshal(want, &back); err != nil || !reflect.DeepEqual(back, f) {
		t.Errorf("read back (%v):\n%+v\nwant\n%+v", err, back, f)
	}
}
