package series

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestStateOfABin(t *testing.T) {
	for _, c := range []struct {
		name   string
		value  float64
		marked State
		want   State
	}{
		{"a number is a value", 3, Value, Value},
		{"a zero is a value", 0, Value, Value},
		{"a hole is missing", nan, Value, Missing},
		{"a hole marked outage is one", nan, Outage, Outage},
		{"a number marked throttled is a lower bound", 3, Throttled, Throttled},
		{"a hole has no lower bound", nan, Throttled, Missing},
		{"a number is no outage", 3, Outage, Value},
	} {
		if got := (Series{Values: []float64{c.value}, States: []State{c.marked}}).State(0); got != c.want {
			t.Errorf("%s: %v marked %v is %v, want %v", c.name, c.value, c.marked, got, c.want)
		}
	}
	if got := (Series{Values: []float64{1, nan}}); got.State(0) != Value || got.State(1) != Missing || got.Count(Missing) != 1 {
		t.Errorf("without marks: %v, %v", got.State(0), got.State(1))
	}
}

func TestParseState(t *testing.T) {
	for _, s := range []State{Value, Missing, Outage, Throttled} {
		if got, err := ParseState(s.String()); got != s || err != nil {
			t.Errorf("ParseState(%q) = %v, %v", s, got, err)
		}
	}
	if _, err := ParseState("broken"); err == nil || err.Error() != `state "broken": want one of value, missing, outage, throttled` {
		t.Errorf("error %v", err)
	}
}

func TestMark(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	s := Series{Start: start, Step: 10 * time.Minute, Values: []float64{0, 1, 2, 3, 4}}
	if n := s.Mark(at(15), at(30), Outage); n != 2 { // half of bin 1 and all of bin 2
		t.Errorf("marked %d bins, want 2", n)
	}
	if n := s.Mark(at(20), at(40), Throttled); n != 2 || s.State(2) != Missing || s.State(3) != Throttled {
		t.Errorf("marked %d bins, states %v", n, s.States)
	}
	if n := s.Mark(at(50), at(90), Outage); n != 0 {
		t.Errorf("marked %d bins after the end", n)
	}
	if got := fmt.Sprint(s.Values); got != "[0 NaN NaN 3 4]" {
		t.Errorf("values %s", got)
	}
	if got := fmt.Sprint(s.Observed(2, 5)); got != "[NaN NaN 4]" {
		t.Errorf("observed from bin 2 on %s, want neither the hole nor the lower bound", got)
	}
	if u := s.Until(2); len(u.States) != 2 || u.State(1) != Outage {
		t.Errorf("until 2 has states %v", u.States)
	}
}

func TestResample(t *testing.T) {
	start := time.Date(2026, 3, 1, 10, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		name      string
		values    []float64
		states    []State
		least     float64
		want      []float64
		wantState []State
		estimated int
	}{
		{"the first hour is half there: too little", []float64{1, 2, 3, 4, 5, 6}, nil, 0.6, []float64{nan, 18}, []State{Missing, Value}, 0},
		{"half is enough: the mean stands for the rest", []float64{1, 2, 3, 4, 5, 6}, nil, 0.5, []float64{6, 18}, []State{Value, Value}, 1},
		{"a hole is filled by the mean", []float64{1, 1, 3, nan, 5, 7}, nil, 0.75, []float64{nan, 20}, []State{Missing, Value}, 1},
		{"a hole too large is a hole", []float64{1, 1, nan, nan, 5, 7}, nil, 0.75, []float64{nan, nan}, []State{Missing, Missing}, 0},
		{"with an outage in it, an outage", []float64{1, 1, nan, nan, 5, 7}, []State{0, 0, Outage, 0, 0, 0}, 0.75, []float64{nan, nan}, []State{Missing, Outage}, 0},
		{"throttled stays a lower bound, holes count nothing", []float64{1, 1, 3, nan, 5, 7}, []State{0, 0, 0, 0, Throttled, 0}, 0.5, []float64{4, 15}, []State{Value, Throttled}, 1},
	} {
		s := Series{Start: start, Step: 15 * time.Minute, Values: c.values, States: c.states}
		got, estimated, err := s.Resample(time.Hour, c.least)
		if err != nil {
			t.Fatal(err)
		}
		var states []State
		for i := range got.Values {
			states = append(states, got.State(i))
		}
		if fmt.Sprint(got.Values) != fmt.Sprint(c.want) || !slices.Equal(states, c.wantState) || estimated != c.estimated || !got.Start.Equal(start.Add(-30*time.Minute)) {
			t.Errorf("%s: %v %v from %v, %d estimated; want %v %v, %d", c.name, got.Values, states, got.Start, estimated, c.want, c.wantState, c.estimated)
		}
	}
	for _, step := range []time.Duration{0, time.Minute, 20 * time.Minute} {
		if _, _, err := (Series{Start: start, Step: 15 * time.Minute, Values: []float64{1}}).Resample(step, 1); err == nil {
			t.Errorf("resampling to %v: no error", step)
		}
	}
}

func TestResampleKeepsRegressorsAheadOfTheEnd(t *testing.T) {
	s := Series{Step: 30 * time.Minute, Values: []float64{1, 2}, Regressors: []Regressor{{"rain", []float64{1, 3, 5, nan, nan, nan}}}}
	got, _, err := s.Resample(time.Hour, 1)
	if err != nil || fmt.Sprint(got.Regressors) != "[{rain [2 5 NaN]}]" {
		t.Errorf("%v, %v", got.Regressors, err)
	}
}

// What was counted is neither lost nor made, where no hole is estimated; and
// the bins cover the same time.
func TestResampleKeepsTheTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Series{
			Start:  time.Unix(int64(rapid.IntRange(0, 1e6).Draw(t, "start"))*300, 0).UTC(),
			Step:   5 * time.Minute,
			Values: rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 1000), func(n int) float64 { return float64(n) }), 1, 200).Draw(t, "values"),
		}
		s.Mark(s.Start, s.End(), Throttled) // a sum is kept of lower bounds, holes at the ends included
		k := time.Duration(rapid.IntRange(1, 30).Draw(t, "times"))
		got, _, err := s.Resample(k*s.Step, 1)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := total(s.Values), total(got.Values); a != b || got.Start.After(s.Start) || got.End().Before(s.End()) || got.Count(Throttled) != got.Len() {
			t.Fatalf("total %v, was %v", b, a)
		}
	})
}

func total(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		if !math.IsNaN(v) {
			sum += v
		}
	}
	return sum
}
