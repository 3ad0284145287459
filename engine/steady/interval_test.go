package steady

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/hist"
)

// Ten windows of 1001 equal answers each: the batches are those values, and the interval is the textbook's. In R:
//
//	x <- log(c(100,120,110,105,130,95,115,125,90,112)); qt(.975, 9) * sqrt(sum((x-log(110))^2)/9/10)
func TestIntervalOfKnownBatches(t *testing.T) {
	var windows []*hist.Histogram
	for _, ms := range []int{100, 120, 110, 105, 130, 95, 115, 125, 90, 112} {
		var h hist.Histogram
		for range 1001 {
			h.Record(time.Duration(ms) * time.Millisecond)
		}
		windows = append(windows, &h)
	}
	got, err := QuantileInterval(windows, 0.5, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	// By hand: the quantile of all is 110 ms; Σ (ln x - ln 110)² = 0.127129, t(0.975, 9) = 2.262157, half = 0.085021.
	if got.Batches != 10 || !about(got.At, 110e6, 0.004) || !about(got.Low, 110e6*math.Exp(-0.0850), 0.006) || !about(got.High, 110e6*math.Exp(0.0850), 0.006) {
		t.Errorf("got %+v, want 110 ms from %.1f to %.1f ms", got, 110*math.Exp(-0.0850), 110*math.Exp(0.0850))
	}
	if w := got.Width(); w < 0.0830 || w > 0.0870 {
		t.Errorf("width %v, want 0.0850", w)
	}
}

func about(d time.Duration, ns, relative float64) bool {
	return math.Abs(float64(d)-ns) <= relative*ns
}

func TestNoIntervalWithoutEnough(t *testing.T) {
	window := func(n int) *hist.Histogram {
		var h hist.Histogram
		for range n {
			h.Record(time.Millisecond)
		}
		return &h
	}
	many := func(windows, each int) (list []*hist.Histogram) {
		for range windows {
			list = append(list, window(each))
		}
		return list
	}
	tests := []struct {
		name    string
		windows []*hist.Histogram
		q       float64
		want    string // the error; empty for an interval
		batches int
	}{
		{"nothing", nil, 0.99, "found 0 values in 0 windows, want 5000 in 5 at least for an interval of the 0.99-quantile", 0},
		{"four windows", many(4, 1e5), 0.99, "in 4 windows", 0},
		{"4999 values", many(9, 555), 0.99, "found 4995 values", 0},
		{"as many as five batches take", many(9, 556), 0.99, "", 5},
		{"as many as ten batches take", many(10, 1000), 0.99, "", 10},
		{"a low quantile has its tail below", many(10, 900), 0.01, "", 7},
		{"p99.9 takes ten times as many", many(100, 100), 0.999, "want 50000", 0},
	}
	for _, test := range tests {
		got, err := QuantileInterval(test.windows, test.q, 0.95)
		if test.want == "" && (err != nil || got.Batches != test.batches) || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %+v, %v; want %d batches, error %q", test.name, got, err, test.batches, test.want)
		}
		if err == nil && (got.Low > got.At || got.High < got.At || got.Low < time.Millisecond*99/100 || got.High > time.Millisecond*101/100) {
			t.Errorf("%s: all values are 1 ms, the interval is %v to %v", test.name, got.Low, got.High)
		}
	}
}

func TestADriftHasNoInterval(t *testing.T) {
	var windows []*hist.Histogram
	r := rand.New(rand.NewPCG(1, 1))
	for i := range 100 {
		var h hist.Histogram
		for range 1000 {
			h.Record(time.Duration(r.ExpFloat64() * float64(1+i) * 1e6))
		}
		windows = append(windows, &h)
	}
	if got, err := QuantileInterval(windows, 0.99, 0.95); err == nil || !strings.Contains(err.Error(), "still drifts over 5 batches of 20 windows") {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestNeumannTellsWhatIsAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, k := range sizes {
		alone, related := 0, 0
		for range 2000 {
			x, y, last := make([]float64, k), make([]float64, k), 0.0
			for i := range x {
				x[i] = r.NormFloat64()
				last = 0.9*last + math.Sqrt(1-0.81)*r.NormFloat64()
				y[i] = last
			}
			if neumann(x) < leastNeumann(k) {
				alone++
			}
			if neumann(y) < leastNeumann(k) {
				related++
			}
		}
		// 5 % is meant; the normal law is rough for so few.
		if alone < 60 || alone > 140 || related < 3*alone {
			t.Errorf("%d batches: %d of 2000 independent ones are refused, want 100; %d of related ones", k, alone, related)
		}
	}
}
