package forecast

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/forecast/series"
)

func TestStepsByHand(t *testing.T) {
	nan := math.NaN()
	s := series.Series{Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Step: 5 * time.Minute,
		Values: []float64{9, 1, 2, 3, nan, 5, 4, nan, nan, 8, 7, 9, 1}}
	s.States = make([]series.State, 13)
	s.States[11] = series.Throttled
	s.Regressors = []series.Regressor{{Name: "event", Values: []float64{7, 0, 1, 0, nan, nan, nan, 0, nan, 0, 0, 0, 0, 2, 3, 0, 5}}}
	got := steps(s)
	// The first bin is left over. 1 2 3; then 5 4 with a hole; two holes of three;
	// and the last holds a throttled 9, which is a lower bound.
	if want := []float64{3, 5, nan, nan}; len(got.Values) != 4 || got.Step != 15*time.Minute || !got.Start.Equal(s.At(1)) || !reflect.DeepEqual(bits(got.Values), bits(want)) {
		t.Errorf("got %v from %v, want %v from %v", got.Values, got.Start, want, s.At(1))
	}
	if r := got.Regressors[0].Values; !reflect.DeepEqual(bits(r), bits([]float64{1, nan, 0, 0, 3, 5})) {
		t.Errorf("regressor %v: want the highest known of each step, past the end too", r)
	}
}

// Every second week one day has a peak at noon that only the regressor tells; the
// forecast is of such a day, of a history that is longer than what is looked at. The
// regression is shrunk, so it comes out a little low.
func TestRegressorsAreHeard(t *testing.T) {
	event := func(hour int) float64 {
		if hour/24%14 == 4 && hour%24 == 12 {
			return 1
		}
		return 0
	}
	hours := mostSteps/336*336 + 336 + 4*24
	h := made(time.Hour, hours, func(hour int) float64 { return week(hour) * (1 + 3*event(hour)) })
	told := series.Regressor{Name: "event"}
	for hour := range hours + 24 {
		told.Values = append(told.Values, event(hour))
	}
	h.Series.Regressors = []series.Regressor{told}
	f := lookBy(t, Model{}, h, 24*time.Hour, nil)
	if want := 4 * week(4*24+12); math.Abs(f.Peaks[0].PerBin/want-1) > 0.15 || f.Point[12] != slices.Max(f.Point) {
		t.Errorf("peak %+v, want %.0f at noon; %v", f.Peaks[0], want, f.Point)
	}
	if got := strings.Join(f.Warnings, "\n"); strings.Contains(got, "regressor") {
		t.Errorf("warnings %q", got)
	}
	h.Series.Regressors[0].Values = told.Values[:hours+20]
	if got := strings.Join(lookBy(t, Model{}, h, 24*time.Hour, nil).Warnings, "\n"); !strings.Contains(got, "of the regressor event 4 of the 24 steps to come are not known") {
		t.Errorf("warnings %q", got)
	}
}

// Neither a tier that was asked for nor that of a short history is changed for them.
func TestTiersThatHearNoRegressorsSaySo(t *testing.T) {
	for _, c := range []struct {
		name  string
		model Model
		hours int
		want  string // "" is heard
	}{
		{"asked for another", Model{Tier: ensemble.Fast()}, 500, "the fast tier hears no regressors: what they tell is not used"},
		{"too short", Model{}, 30, "the naive tier hears no regressors"},
		{"asked for", Model{Tier: ensemble.Informed()}, 500, ""},
		{"asked for nothing", Model{}, 500, ""},
	} {
		h := made(time.Hour, c.hours, week)
		h.Series.Regressors = []series.Regressor{{Name: "event", Values: make([]float64, c.hours)}} // unknown ahead
		got := strings.Join(lookBy(t, c.model, h, 24*time.Hour, nil).Warnings, "\n")
		if !strings.Contains(got, c.want) || strings.Contains(got, "its mean stands for them") != (c.want == "") || strings.Contains(got, "hears no") != (c.want != "") {
			t.Errorf("%s: warnings %q", c.name, got)
		}
	}
}

func TestADayIsWholeSteps(t *testing.T) {
	for bin, want := range map[time.Duration]int{
		time.Second: 900, 40 * time.Second: 20, time.Minute: 15, 2 * time.Minute: 6, 5 * time.Minute: 3, time.Hour: 1,
		7 * time.Minute: 2, // of which a day has no whole number either way
	} {
		if got := perStep(bin); got != want {
			t.Errorf("bins of %v: %d a step, want %d", bin, got, want)
		}
	}
}

func bits(values []float64) []uint64 {
	var all []uint64
	for _, v := range values {
		all = append(all, math.Float64bits(v+0))
	}
	return all
}

func TestSeasonsAreTakenAsTold(t *testing.T) {
	h := made(time.Minute, 6*24*60, func(minute int) float64 { return 1 + float64(minute%360) })
	h.Series.Seasons = []int{15, 100, 360}
	f := look(t, h, time.Hour, nil)
	if !slices.Equal(f.Seasons, []Season{{24, 6 * 3600}}) || !strings.Contains(strings.Join(f.Warnings, "\n"), "the season of 15m0s is left out: want whole steps of 15m0s, two at least") || !strings.Contains(strings.Join(f.Warnings, "\n"), "the season of 1h40m0s is left out") {
		t.Errorf("seasons %v, warnings %q", f.Seasons, f.Warnings)
	}
}

// Every hour is like the others but for its height: the day tells that already.
func TestADayHoldsItsHours(t *testing.T) {
	h := made(15*time.Minute, 20*96, func(quarter int) float64 { return week(quarter/4%24) * float64(1+quarter%4/2) })
	if f := look(t, h, time.Hour, nil); !slices.Equal(f.Seasons, []Season{{96, 86400}}) {
		t.Errorf("seasons %v, want the day alone", f.Seasons)
	}
}

// A history of years is forecast from its newest part.
func TestLongHistoriesAreCut(t *testing.T) {
	f := look(t, made(time.Hour, mostSteps+500, week), time.Hour, nil)
	if !strings.Contains(strings.Join(f.Warnings, "\n"), "forecast from the newest 10000 of 10500 steps of 1h0m0s") || f.History.Bins != mostSteps+500 {
		t.Errorf("%d bins, warnings %q", f.History.Bins, f.Warnings)
	}
}

func TestPoorHistoriesAreForecastSimplyAndWarnedOf(t *testing.T) {
	for _, c := range []struct {
		name string
		h    history.History
		want string
	}{
		{"one point", made(time.Hour, 1, week), "less than a day: the forecast is the last value"},
		{"one point, as said by the ensemble", made(time.Hour, 1, week), "all values are"},
		{"constant", made(time.Hour, 500, func(int) float64 { return 7 }), "all values are 7"},
		{"all zero", made(time.Hour, 500, func(int) float64 { return 0 }), "all values are 0"},
		{"half a day", made(time.Hour, 12, week), "less than a day: the forecast is the last value"},
		{"five minutes", made(time.Minute, 5, week), "less than a day: the forecast is the last value"},
		{"three days of a bin each", made(24*time.Hour, 3, week), "3 steps of 24h0m0s are too few to find seasons in: the forecast is the last value"},
		{"nothing that comes back", made(time.Hour, 500, func(hour int) float64 { return float64(hour) }), "no season was found: the forecast knows no hour"},
		{"a day and a half", made(time.Hour, 36, week), "1.5 days are too few to find seasons in: each day is forecast as the one before"},
		{"huge", made(time.Hour, 500, func(hour int) float64 { return 1e300 * week(hour) / 300 }), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := look(t, c.h, 48*time.Hour, nil)
			if !strings.Contains(strings.Join(f.Warnings, "\n"), c.want) {
				t.Errorf("warnings %q, want %q", f.Warnings, c.want)
			}
			top, _ := series.Max(c.h.Series.Values)
			if v := f.Peaks[0].PerBin; !(v >= 0 && v <= 3*top) {
				t.Errorf("peak %v of a history up to %v", v, top)
			}
			if _, err := json.Marshal(f); err != nil {
				t.Error(err)
			}
		})
	}
	f := look(t, made(time.Hour, 36, week), 24*time.Hour, nil)
	for i, v := range f.Point {
		if want := week(12 + i); math.Abs(v/want-1) > 1e-9 {
			t.Errorf("hour %d is %v, want that of the day before, %v", i, v, want)
		}
	}
}

func TestFitRefuses(t *testing.T) {
	holes := made(time.Hour, 30, func(int) float64 { return math.NaN() })
	throttled := made(time.Hour, 2, week)
	throttled.Series.States = []series.State{series.Throttled, series.Throttled}
	for _, c := range []struct {
		name string
		h    history.History
		want string
	}{
		{"nothing at all", history.History{Name: "made.csv"}, "made.csv: no stamps: say how long a bin is"},
		{"no bins", made(time.Hour, 0, week), "made.csv: 0 bins, none of which tells the demand"},
		{"only holes", holes, "made.csv: 30 bins, none of which tells the demand"},
		{"only lower bounds", throttled, "made.csv: 2 bins, none of which tells the demand: want at least one that was observed and not throttled"},
	} {
		if _, err := (Model{}).Fit(c.h); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	fitted, err := Model{}.Fit(made(time.Hour, 48, week))
	if err != nil {
		t.Fatal(err)
	}
	for horizon, want := range map[time.Duration]string{
		0:                 "made.csv: a horizon of 0s is 0 steps of 1h0m0s: want 1 to 10000",
		59 * time.Minute:  "made.csv: a horizon of 59m0s",
		10001 * time.Hour: "made.csv: a horizon of 10001h0m0s is 10001 steps of 1h0m0s: want 1 to 10000, such as --horizon 8",
		-48 * time.Hour:   "made.csv: a horizon of -48h0m0s",
		math.MaxInt64:     "made.csv: a horizon of 2562047h47m16",
	} {
		if _, err := fitted.Forecast(horizon, nil); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v: %v, want %s", horizon, err, want)
		}
	}
	if _, err := fitted.Forecast(time.Hour, []float64{0.9, 0.5}); err == nil || !strings.Contains(err.Error(), "levels [0.9 0.5]") {
		t.Errorf("falling quantiles: %v", err)
	}
}
