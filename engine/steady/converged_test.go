package steady

import (
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/hist"
)

// stop is the first look at which a plateau has converged, in seconds, or its whole length. Looks begin at a minute, and each
// is at a tenth more.
func stop(windows []*hist.Histogram, width float64) int {
	for at := 60; at < len(windows); at += at / 10 {
		if Converged(windows[:at], 0.99, width) {
			return at
		}
	}
	return len(windows)
}

// stops plays a plan of three plateaus at half, four fifths and nine tenths of what the service can do, each held for as long as
// the slowest of them takes for an interval that keeps its word, since nobody knows before which it will be. It returns what
// share of the time is saved by stopping each when its p99 is known to ± 10 %, and how many of the intervals then cover the truth.
func stops(t *testing.T, runs int) (saved, covered float64) {
	const planned = 2400
	spent, hits := 0, 0
	for _, busy := range []float64{0.5, 0.8, 0.9} {
		q := mm1(busy)
		truth := time.Duration(q.quantile(0.99) * 1e9)
		at, hit := 0, 0
		for seed := range uint64(runs) {
			windows := q.run(seed+1, planned)
			n := stop(windows, 0.1)
			rest, _ := Settled(windows[:n])
			i, err := QuantileInterval(rest, 0.99, 0.95)
			at, hit = at+n, hit+one(err == nil && i.Low <= truth && truth <= i.High)
		}
		t.Logf("M/M/1 at %.1f: stopped after %d s of %d, covered %d of %d", busy, at/runs, planned, hit, runs)
		spent, hits = spent+at, hits+hit
	}
	return 1 - float64(spent)/float64(3*planned*runs), float64(hits) / float64(3*runs)
}

func TestToStopWhenConvergedSavesTime(t *testing.T) {
	runs := 20
	switch {
	case os.Getenv("PEAKDAY_COVERAGE") != "":
		runs = 200
	case testing.Short():
		t.Skip("simulates 100 million requests")
	}
	saved, covered := stops(t, runs)
	t.Logf("saved %.0f %%, covered %.1f %%", 100*saved, 100*covered)
	if saved < 0.4 {
		t.Errorf("saved %.0f %% of the time, want 40 %%", 100*saved)
	}
	if covered < 0.85 {
		t.Errorf("covered %.1f %% of the truths, want 85 %%", 100*covered)
	}
}

func TestConvergedIsNotForWhatHasNotComeToRest(t *testing.T) {
	values := make([]float64, 100)
	for i := range values {
		values[i] = 1 + 0.001*float64(i) // hardly rises, but does
	}
	windows := windowsOf(values)
	for i := range windows {
		for range 1000 {
			windows[i].Record(time.Duration(values[i] * 1e9))
		}
	}
	if Converged(windows, 0.99, 0.1) {
		t.Error("a series that rises to its end has converged")
	}
	if Converged(nil, 0.99, 10) {
		t.Error("nothing has converged")
	}
}

func TestConvergedAsksForTheHalfToo(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	windows := make([]*hist.Histogram, 200)
	for i := range windows {
		windows[i] = new(hist.Histogram)
		for range 300 {
			windows[i].Record(time.Duration(r.ExpFloat64() * 1e6))
		}
	}
	all, err := QuantileInterval(windows, 0.99, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	half, err := QuantileInterval(windows[:100], 0.99, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if half.Width() <= all.Width() {
		t.Fatalf("these windows show nothing: ± %v in all, ± %v in half of them", all.Width(), half.Width())
	}
	between := (half.Width() + all.Width()) / 2
	if !narrow(windows, 0.99, between) || Converged(windows, 0.99, between) {
		t.Errorf("± %v in all and ± %v in half has converged to ± %v", all.Width(), half.Width(), between)
	}
	if !Converged(windows, 0.99, 1.01*half.Width()) {
		t.Errorf("± %v in half has not converged to a little more", half.Width())
	}
}
