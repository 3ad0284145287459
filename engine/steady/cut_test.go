package steady

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/hist"
	"pgregory.net/rapid"
)

// plain is MSER-5 as White wrote it, sum by sum.
func plain(values []float64) (n int, ok bool) {
	var z []float64
	for i := 0; i+5 <= len(values); i += 5 {
		z = append(z, (values[i]+values[i+1]+values[i+2]+values[i+3]+values[i+4])/5)
	}
	best, least := 0, math.Inf(1)
	for d := 0; d <= len(z)-5; d++ {
		var sum, squares float64
		for _, v := range z[d:] {
			sum += v
		}
		left := float64(len(z) - d)
		for _, v := range z[d:] {
			squares += (v - sum/left) * (v - sum/left)
		}
		if score := squares / (left * left); score < least {
			best, least = d, score
		}
	}
	return best * 5, best <= len(z)/2
}

func TestCutIsMSER5(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		values := make([]float64, rapid.IntRange(50, 400).Draw(t, "length"))
		height, decay := rapid.Float64Range(-5, 50).Draw(t, "height"), rapid.Float64Range(1, 200).Draw(t, "decay")
		for i := range values {
			values[i] = 10 + height*math.Exp(-float64(i)/decay) + r.NormFloat64()
		}
		want, wantOK := plain(values)
		got, ok := Cut(values)
		if ok != wantOK || ok && got != want {
			t.Fatalf("got %d, %v; by the book %d, %v", got, ok, want, wantOK)
		}
	})
}

func TestCut(t *testing.T) {
	series := func(n int, f func(i int) float64) []float64 {
		r := rand.New(rand.NewPCG(1, 1))
		values := make([]float64, n)
		for i := range values {
			values[i] = f(i) + 0.1*r.NormFloat64()
		}
		return values
	}
	tests := []struct {
		name        string
		values      []float64
		least, most int
		ok          bool
	}{
		{"thirty slow values at the start go", series(200, func(i int) float64 {
			if i < 30 {
				return 10
			}
			return 1
		}), 30, 30, true},
		{"a decay goes where it drowns in noise", series(300, func(i int) float64 { return 1 + 20*math.Exp(-float64(i)/10) }), 40, 80, true},
		{"low values go as high ones do", series(200, func(i int) float64 {
			if i < 50 {
				return 0
			}
			return 5
		}), 50, 50, true},
		{"a series that rises to its end has not come to rest", series(200, func(i int) float64 { return float64(i) }), 0, 0, false},
		{"a jump in the second half has not either", series(200, func(i int) float64 {
			if i < 150 {
				return 1
			}
			return 5
		}), 0, 0, false},
		{"49 values are too few", make([]float64, 49), 0, 0, false},
		{"a constant is steady", make([]float64, 50), 0, 0, true},
		{"nothing", nil, 0, 0, false},
	}
	for _, test := range tests {
		if n, ok := Cut(test.values); n < test.least || n > test.most || ok != test.ok {
			t.Errorf("%s: got %d, %v; want %d to %d, %v", test.name, n, ok, test.least, test.most, test.ok)
		}
	}
}

// windows makes one of each value, with ten answers that are all as long as it.
func windowsOf(values []float64) []*hist.Histogram {
	windows := make([]*hist.Histogram, len(values))
	for i, v := range values {
		windows[i] = new(hist.Histogram)
		for range 10 {
			windows[i].Record(time.Duration(v * float64(time.Second)))
		}
	}
	return windows
}

func TestSettledCutsAWarmUpAndNotAChance(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	values := make([]float64, 120)
	for i := range values {
		values[i] = 1 + 0.1*r.NormFloat64() + 5*math.Exp(-float64(i)/5)
	}
	rest, ok := Settled(windowsOf(values))
	if !ok || len(rest) < 80 || len(rest) > 110 {
		t.Errorf("a warm-up: %d of 120 windows are left, %v", len(rest), ok)
	}
	// Empty windows are no values, and the cut is found where it is.
	gaps := windowsOf(values)
	for i := range gaps {
		gaps[i] = gaps[i/2*2]
		if i%2 == 1 {
			gaps[i] = new(hist.Histogram)
		}
	}
	if rest, ok = Settled(gaps); !ok || len(rest) < 80 || len(rest) > 115 {
		t.Errorf("a warm-up with gaps: %d of 120 windows are left, %v", len(rest), ok)
	}
	kept, cut := 0, 0
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 2))
		for i := range values {
			values[i] = 10 + r.NormFloat64()
		}
		if n, ok := Cut(values); ok && n > 0 {
			cut++
		}
		if rest, ok := Settled(windowsOf(values)); ok && len(rest) == len(values) {
			kept++
		}
	}
	if kept < 150 || cut < 20 {
		t.Errorf("of 200 steady series %d are kept whole, want 150; MSER-5 alone would cut %d, want 20 or the test shows nothing", kept, cut)
	}
}

func TestSettledGivesAllBackWhereItCannotTell(t *testing.T) {
	few := windowsOf(make([]float64, 20))
	if rest, ok := Settled(few); ok || len(rest) != 20 {
		t.Errorf("20 windows: %d left, %v", len(rest), ok)
	}
	if rest, ok := Settled(nil); ok || len(rest) != 0 {
		t.Errorf("no windows: %d left, %v", len(rest), ok)
	}
}
