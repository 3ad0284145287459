package series

import (
	"math"
	"testing"
	"time"
)

var nan = math.NaN()

func TestSeries(t *testing.T) {
	start := time.Date(1998, 6, 10, 23, 30, 0, 0, time.UTC)
	s := Series{Start: start, Step: 15 * time.Minute, Values: []float64{1, nan, 3, 4}}
	if got, want := s.End(), time.Date(1998, 6, 11, 0, 30, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("end = %v, want %v", got, want)
	}
	if got := s.Missing(); got != 1 {
		t.Errorf("missing = %d, want 1", got)
	}
	if got := s.Bins(24 * time.Hour); got != 96 {
		t.Errorf("bins of a day = %d, want 96", got)
	}
	if got := s.Bins(44 * time.Minute); got != 2 {
		t.Errorf("whole bins of 44 minutes = %d, want 2", got)
	}
	if r := (Regressor{"event", []float64{1, 2, 3}}); len(r.From(1).Values) != 2 || r.From(1).Values[0] != 2 || len(r.From(9).Values) != 0 {
		t.Errorf("regressor from bin 1 %v, from bin 9 %v", r.From(1), r.From(9))
	}
	u := s.Until(2)
	if u.Len() != 2 || !u.End().Equal(start.Add(30*time.Minute)) {
		t.Errorf("until 2: %d bins, end %v", u.Len(), u.End())
	}
	if _ = append(u.Values, 99); s.Values[2] != 3 {
		t.Error("appending to a part wrote into the whole")
	}
	if got := (Series{}).Bins(time.Hour); got != 0 {
		t.Errorf("bins of the empty series = %d, want 0", got)
	}
}

func TestMax(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		max    float64
		at     int
	}{
		{"nothing has no largest", nil, nan, -1},
		{"unobserved bins have no largest", []float64{nan, nan}, nan, -1},
		{"unobserved bins are passed over", []float64{nan, 2, nan, 5, 1}, 5, 3},
		{"the first of equals is taken", []float64{1, 7, 7}, 7, 1},
		{"all zero is zero", []float64{0, 0}, 0, 0},
	} {
		max, at := Max(c.values)
		if at != c.at || max != c.max && !(math.IsNaN(max) && math.IsNaN(c.max)) {
			t.Errorf("%s: Max(%v) = %v, %d, want %v, %d", c.name, c.values, max, at, c.max, c.at)
		}
	}
}

// R: quantile(c(1, 2, 4, 8, 16), c(0, .1, .25, .5, .9, .95, 1)) gives
// 1.0 1.4 2.0 4.0 12.8 14.4 16.0; quantile(c(3, 5), .3) gives 3.6.
func TestQuantileIsTypeSevenOfR(t *testing.T) {
	sorted := []float64{1, 2, 4, 8, 16}
	for p, want := range map[float64]float64{0: 1, 0.1: 1.4, 0.25: 2, 0.5: 4, 0.9: 12.8, 0.95: 14.4, 1: 16, -1: 1, 2: 16} {
		if got := Quantile(sorted, p); math.Abs(got-want) > 1e-12 {
			t.Errorf("Quantile(%v, %v) = %v, want %v", sorted, p, got, want)
		}
	}
	if got := Quantile([]float64{3, 5}, 0.3); math.Abs(got-3.6) > 1e-12 {
		t.Errorf("Quantile(3 5, 0.3) = %v, want 3.6", got)
	}
	if got := Quantile(nil, 0.5); !math.IsNaN(got) {
		t.Errorf("quantile of nothing = %v, want NaN", got)
	}
}
