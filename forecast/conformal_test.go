package forecast

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/forecast/series"
)

// ceil((n+1)p) by hand.
func TestConformalByHand(t *testing.T) {
	upTo := func(n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(i + 1)
		}
		return x
	}
	for _, c := range []struct {
		n         int
		p, want   float64
		supported bool
	}{
		{9, 0.5, 5, true},
		{9, 0.9, 9, true}, // 10 × 0.9 is 9, the last
		{9, 0.95, 9, false},
		{19, 0.95, 19, true},
		{49, 0.9, 45, true},
		{49, 0.95, 48, true}, // 47.5
		{49, 0.99, 49, false},
		{99, 0.99, 99, true},
		{1, 0.5, 1, true},
		{1, 0.51, 1, false},
	} {
		got, supported := conformal(upTo(c.n), c.p)
		if got != c.want || supported != c.supported {
			t.Errorf("conformal(1..%d, %v) = %v, %v, want %v, %v", c.n, c.p, got, supported, c.want, c.supported)
		}
	}
	if got, supported := conformal(nil, 0.5); !math.IsNaN(got) || supported {
		t.Errorf("conformal of nothing = %v, %v, want NaN, false", got, supported)
	}
}

// For exchangeable values the coverage is ceil((n+1)p)/(n+1), whatever their
// distribution: here 18/20 = 0.9 of a heavy-tailed one. The standard error of
// 20,000 tries is 0.002; both sides are held to 4 of them.
func TestConformalCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	draw := func() float64 { return math.Exp(3 * rng.NormFloat64()) }
	const tries = 20000
	held := 0
	for range tries {
		past := make([]float64, 19)
		for i := range past {
			past[i] = draw()
		}
		slices.Sort(past)
		if q, _ := conformal(past, 0.9); draw() <= q {
			held++
		}
	}
	if got := float64(held) / tries; math.Abs(got-0.9) > 0.0085 {
		t.Errorf("0.9 quantile held in %.4f of %d tries", got, tries)
	}
}

// hourlyHistory makes days of hours from a function of the hour since the start, a Monday.
func hourlyHistory(days int, f func(hour int) float64) history.History {
	s := series.Series{Start: time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC), Step: time.Hour}
	for h := range days * 24 {
		s.Values = append(s.Values, f(h))
	}
	s.Values = slices.Clip(s.Values)
	return history.History{Name: "made.csv", Series: s}
}

// A level that no day has seen before must count as missed. If the error of
// that day were among those that calibrate it, it would be the largest of ten
// and set the bound itself.
func TestBacktestDoesNotSeeTheDayItJudges(t *testing.T) {
	days := trainDays + firstJudged + 1 // one judged day
	last := 24 * (days - 1)
	h := hourlyHistory(days, func(hour int) float64 {
		if hour >= last {
			return 5000
		}
		return 100 + 10*float64(hour%24)
	})
	f, err := New(HourOfWeek{}, h)
	if err != nil {
		t.Fatal(err)
	}
	if s := f.Backtest[0]; s.Origins != 1 || s.Bounded != 1 || s.Covered != 0 {
		t.Errorf("got %+v, want one judged day and its bound broken", s)
	}
}

// spy fails a test when it is shown more than it may see.
type spy struct{ lengths *[]int }

func (s spy) Name() string { return "spy" }
func (s spy) Fit(x series.Series) (Fitted, error) {
	*s.lengths = append(*s.lengths, x.Len())
	if cap(x.Values) > x.Len() {
		panic("the future lies behind the slice")
	}
	return HourOfWeek{}.Fit(x)
}

func TestModelSeesOnlyWhatCameBefore(t *testing.T) {
	var lengths []int
	h := hourlyHistory(18, func(hour int) float64 { return float64(100 + hour%24) })
	if _, err := New(spy{&lengths}, h); err != nil {
		t.Fatal(err)
	}
	if want := []int{14 * 24, 15 * 24, 16 * 24, 17 * 24, 18 * 24}; !slices.Equal(lengths, want) {
		t.Errorf("fitted to %v bins, want %v", lengths, want)
	}
}

// One past day of two bins: over the 0.9 path both were 4 times higher, over the
// 0.95 path neither, so the 0.95 path would fall below it and is lifted.
func TestCalibrateKeepsPathsInOrder(t *testing.T) {
	raw := [][]float64{{10, 10}, {20, 30}, {40, 50}}
	past := []rehearsal{{error: [][]float64{{9, 9}, {math.Log(4), math.Log(4)}, {0, 0}}}}
	got := calibrate(raw, past)
	want := [][]float64{{10, 10}, {80, 120}, {80, 120}}
	for i := range want {
		for b := range want[i] {
			if math.Abs(got[i][b]-want[i][b]) > 1e-9 {
				t.Fatalf("calibrated %v, want %v: the point forecast unmoved, the others in order", got, want)
			}
		}
	}
}
