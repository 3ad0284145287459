package forecast

import (
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/forecast/series"
)

// made is a history of bins from a function of the bin; it starts on a Monday.
func made(step time.Duration, bins int, f func(bin int) float64) history.History {
	s := series.Series{Start: time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC), Step: step}
	for i := range bins {
		s.Values = append(s.Values, f(i))
	}
	return history.History{Name: "made.csv", Format: history.CSV, Measure: history.Count, Series: s}
}

// week is a level for each hour of a week that starts on Monday.
func week(hour int) float64 {
	level := 100 * math.Exp(math.Sin(2*math.Pi*float64(hour%24)/24))
	if hour%168/24 >= 5 {
		level /= 4
	}
	return level
}

func look(t testing.TB, h history.History, horizon time.Duration, quantiles []float64) Forecast {
	t.Helper()
	return lookBy(t, Model{Tier: ensemble.Fast()}, h, horizon, quantiles)
}

func lookBy(t testing.TB, m Model, h history.History, horizon time.Duration, quantiles []float64) Forecast {
	t.Helper()
	fitted, err := m.Fit(h)
	if err != nil {
		t.Fatal(err)
	}
	f, err := fitted.Forecast(horizon, quantiles)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// noisy is the week times one draw a day and one an hour, with holes.
func noisy(t *rapid.T) history.History {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	spread := rapid.Float64Range(0, 1.5).Draw(t, "spread")
	level := 1.0
	return made(time.Hour, rapid.IntRange(1, 40*24).Draw(t, "hours"), func(hour int) float64 {
		if hour%24 == 0 {
			level = math.Exp(spread * (rng.Float64() - 0.5))
		}
		if hour > 0 && rng.Float64() < 0.02 {
			return math.NaN()
		}
		return math.Round(week(hour) * level * math.Exp(spread*(rng.Float64()-0.5)))
	})
}

func TestForecastKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hours := rapid.IntRange(1, 72).Draw(t, "horizon")
		fitted, err := Model{Tier: ensemble.Fast()}.Fit(noisy(t))
		if err != nil {
			t.Fatal(err)
		}
		f, err := fitted.Forecast(time.Duration(hours)*time.Hour, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Point) != hours || len(f.Paths) != 4 || len(f.Peaks) != 4 || len(f.PeakSample) != 199 {
			t.Fatalf("%d steps, %d paths, %d peaks, %d in the sample; want %d, 4, 4, 199", len(f.Point), len(f.Paths), len(f.Peaks), len(f.PeakSample), hours)
		}
		for i, path := range f.Paths {
			for b, v := range path.Values {
				if !(v >= 0) || math.IsInf(v, 0) || i > 0 && v < f.Paths[i-1].Values[b] {
					t.Fatalf("path %v, step %d is %v", path.P, b, v)
				}
			}
		}
		if !slices.IsSortedFunc(f.Peaks, func(a, b Peak) int { return cmp.Compare(a.PerBin, b.PerBin) }) || !slices.IsSorted(f.PeakSample) {
			t.Fatalf("peaks fall: %+v, sample %v", f.Peaks, f.PeakSample)
		}
		for _, k := range f.Peaks { // two views of one distribution
			if at := math.Round(200*k.P) - 1; math.Abs(f.PeakSample[int(at)]-k.PerBin) > 1e-9*k.PerBin || math.Abs(k.PerSecond*3600-k.PerBin) > 1e-9*k.PerBin {
				t.Fatalf("peak %+v, in the sample %v", k, f.PeakSample[int(at)])
			}
		}
		atPeak := 0.0
		for _, c := range f.Components {
			atPeak += c.AtPeak
		}
		if top, _ := series.Max(f.Point); top > 0 && math.Abs(atPeak-1) > 1e-9 {
			t.Fatalf("components are %v of the highest point", atPeak)
		}
		for h, want := range f.Point {
			sum := 0.0
			for _, c := range f.Components {
				sum += c.Values[h]
			}
			if sum != want {
				t.Fatalf("step %d: components add up to %v, the point is %v", h, sum, want)
			}
		}
		models, hoursShare := 0.0, 0.0
		for i, m := range f.Models {
			if models += m.Share; i > 0 && m.Share > f.Models[i-1].Share {
				t.Fatalf("models %+v, want the most heard first", f.Models)
			}
		}
		for _, h := range f.PeakHours {
			hoursShare += h.Share
			if h.Start.Before(f.Start) || !h.Start.Before(f.Start.Add(time.Duration(hours)*time.Hour)) {
				t.Fatalf("the peak may come at %v, outside of the forecast", h.Start)
			}
		}
		if math.Abs(models-1) > 1e-9 || math.Abs(hoursShare-1) > 1e-9 {
			t.Fatalf("shares of models add up to %v, of hours to %v", models, hoursShare)
		}
		if r := f.Rehearsal; r.Held > r.Peaks || r.Peaks > r.Windows || r.WAPE < 0 || math.IsNaN(r.WAPE+r.PeakError) {
			t.Fatalf("rehearsal %+v", r)
		}
		if text, err := json.Marshal(f); err != nil || len(text) == 0 {
			t.Fatal(err)
		}
		checkDays(t, f)
	})
}

// checkDays: a day's median is 1, its highest point the peak, and its points are in order.
func checkDays(t *rapid.T, f Forecast) {
	for _, k := range f.Peaks {
		d, err := f.Day(k.P)
		if err != nil {
			if lowerMedian(f.Point) > 0 {
				t.Fatal(err)
			}
			continue
		}
		var times []float64
		top, at := 0.0, time.Duration(0)
		for i, p := range d.Points {
			if p.At != time.Duration(i)*time.Hour {
				t.Fatalf("point %d at %v", i, p.At)
			}
			if p.Times > top {
				top, at = p.Times, p.At
			}
			times = append(times, p.Times)
		}
		if got := lowerMedian(times); len(times) > 1 && math.Abs(got-1) > 1e-12 {
			t.Fatalf("day %v has a median of %v, want 1", k.P, got)
		}
		if d.PeakAt != at || math.Abs(d.MedianRate*top/d.PeakRate-1) > 1e-9 {
			t.Fatalf("day %v: highest %v at %v, says %v/s at %v with a median of %v/s", k.P, top, at, d.PeakRate, d.PeakAt, d.MedianRate)
		}
	}
}

// A thousand times the traffic is a thousand times the forecast and the same shape.
func TestForecastScales(t *testing.T) {
	h := made(time.Hour, 30*24, func(hour int) float64 { return math.Round(week(hour) * (1 + 0.2*math.Sin(float64(hour/24*5)))) })
	one := look(t, h, 48*time.Hour, nil)
	for i := range h.Series.Values {
		h.Series.Values[i] *= 1000
	}
	many := look(t, h, 48*time.Hour, nil)
	for i := range one.Peaks {
		if got := many.Peaks[i].PerBin / one.Peaks[i].PerBin; math.Abs(got/1000-1) > 1e-6 {
			t.Errorf("peak %v grew from %v to %v", one.Peaks[i].P, one.Peaks[i].PerBin, many.Peaks[i].PerBin)
		}
	}
	a, b := one.Rehearsal, many.Rehearsal
	if a.Windows != b.Windows || a.Held != b.Held || math.Abs(a.WAPE-b.WAPE)+math.Abs(a.PeakError-b.PeakError) > 1e-6 || !reflect.DeepEqual(one.PeakHours, many.PeakHours) {
		t.Errorf("from %+v %+v to %+v %+v", one.Rehearsal, one.PeakHours, many.Rehearsal, many.PeakHours)
	}
}

func TestNoQuantilesAreTheUsualOnes(t *testing.T) {
	for _, none := range [][]float64{nil, {}} {
		if f := look(t, made(time.Hour, 100, week), 24*time.Hour, none); len(f.Peaks) != len(Quantiles()) {
			t.Errorf("%#v: %d peaks, want those of %v", none, len(f.Peaks), Quantiles())
		}
	}
}

func TestQuantilesBeyondWhatWasLearntAreWarnedOf(t *testing.T) {
	h := made(time.Hour, 30*24, week)
	for p, want := range map[float64]bool{0.01: false, 0.001: true} {
		f := look(t, h, 24*time.Hour, []float64{p, 0.5})
		if got := strings.Contains(strings.Join(f.Warnings, "\n"), "quantile is below 0.005, the lowest of a step that was learnt"); got != want {
			t.Errorf("%v: warnings %q", p, f.Warnings)
		}
	}
	for p, want := range map[float64]bool{0.99: false, 0.999: true} {
		f := look(t, h, 24*time.Hour, []float64{0.5, p})
		if got := strings.Contains(strings.Join(f.Warnings, "\n"), "quantile is beyond 0.99, the highest that was learnt"); got != want {
			t.Errorf("%v: warnings %q", p, f.Warnings)
		}
	}
}

// An exact week has no errors: every quantile is the peak itself, at its hour.
func TestForecastOfAnExactWeekIsCertain(t *testing.T) {
	f := look(t, made(time.Hour, 35*24, week), 24*time.Hour, nil)
	want, hour := series.Max(made(time.Hour, 24, week).Series.Values)
	for _, k := range f.Peaks {
		if math.Abs(k.PerBin/want-1) > 0.01 {
			t.Errorf("peak %+v, want %v", k, want)
		}
	}
	if h := f.PeakHours[0]; h.Start.Hour() != hour || h.Share < 0.9 {
		t.Errorf("most likely %+v, want %d:00", h, hour)
	}
	if got := []Season{{24, 86400}, {168, 7 * 86400}}; !slices.Equal(f.Seasons, got) {
		t.Errorf("seasons %v, want %v", f.Seasons, got)
	}
	if r := f.Rehearsal; r.Windows < 10 || r.WAPE > 0.01 || r.PeakError > 0.01 || r.Held != r.Windows {
		t.Errorf("rehearsal %+v, want ten windows or more without error", r)
	}
	var names []string
	for _, c := range f.Components {
		names = append(names, c.Name)
	}
	if got := strings.Join(names, ", "); got != "level, hour of the day, day of the week, change" {
		t.Errorf("components %s", got)
	}
}

// Of short bins the highest of each quarter is forecast, so that the peak is
// still a bin: one minute of each hour holds ten times the others.
func TestShortBinsKeepTheirPeaks(t *testing.T) {
	h := made(time.Minute, 20*24*60+7, func(minute int) float64 {
		v := week(minute / 60 % 24)
		if minute%60 == 30 {
			v *= 10
		}
		return v
	})
	f := look(t, h, 24*time.Hour, nil)
	if f.StepSeconds != 900 || len(f.Point) != 96 || f.Start != h.Series.End() {
		t.Fatalf("%d steps of %v s from %v", len(f.Point), f.StepSeconds, f.Start)
	}
	want := 1000 * math.E // week's highest hour is 100 e
	if got := f.Peaks[0]; math.Abs(got.PerBin/want-1) > 0.05 || math.Abs(got.PerSecond*60-got.PerBin) > 1e-9*got.PerBin {
		t.Errorf("peak %+v, want %.0f a minute", got, want)
	}
}

// What was refused is not what would have come: a week cut off at half its peak
// and marked so is forecast as if it had never been seen.
func TestThrottledBinsAreNotLearntFrom(t *testing.T) {
	h := made(time.Hour, 35*24, func(hour int) float64 {
		if v := week(hour); hour < 28*24 {
			return v
		}
		return min(week(hour), 135)
	})
	h.Series.States = make([]series.State, len(h.Series.Values))
	for i := 28 * 24; i < len(h.Series.States); i++ {
		if h.Series.Values[i] == 135 {
			h.Series.States[i] = series.Throttled
		}
	}
	f := look(t, h, 24*time.Hour, nil)
	if want := 100 * math.E; math.Abs(f.Peaks[0].PerBin/want-1) > 0.05 {
		t.Errorf("peak %v, want the %.0f of the weeks before", f.Peaks[0].PerBin, want)
	}
	if f.History.Throttled == 0 || !strings.Contains(strings.Join(f.Warnings, "\n"), "throttled bins") {
		t.Errorf("%d throttled, warnings %q", f.History.Throttled, f.Warnings)
	}
}

// forecast.json is read by others: its names stand.
func TestJSONNamesStand(t *testing.T) {
	text, err := json.Marshal(look(t, made(time.Hour, 20*24, week), time.Hour, []float64{0.5}))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	names := slices.Sorted(maps.Keys(got))
	if want := "components history models paths peak_hours peak_sample peaks point rehearsal seasons start step_seconds warnings"; strings.Join(names, " ") != want {
		t.Errorf("names %v, want %s", names, want)
	}
	var back Forecast
	if err := json.Unmarshal(text, &back); err != nil || len(back.Peaks) != 1 || back.History.BinSeconds != 3600 {
		t.Errorf("read back %+v (%v)", back, err)
	}
}
