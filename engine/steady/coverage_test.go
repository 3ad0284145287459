package steady

import (
	"os"
	"sync"
	"testing"
	"time"
)

// A trial is one row of the table in doc.go: runs of a queue so long, and how often the interval covered the truth.
type trial struct {
	queue
	seconds int
}

// The lengths at which nominal 95 % is 93 to 97 %.
var trials = []trial{
	{mm1(0.5), 120}, {mh1(0.5), 240},
	{mm1(0.8), 480}, {mh1(0.8), 960},
	{mm1(0.9), 2400}, {mh1(0.9), 4800},
}

type tally struct {
	settled, given, covered int // with the warm-up cut, as a user has it
	wholeGiven, whole       int // of the windows as they are
	width                   float64
}

// measure runs a trial with the seeds 1 to runs on two goroutines. Each run begins with an empty queue.
func (c trial) measure(runs int) (sum tally) {
	truth := time.Duration(c.quantile(0.99) * 1e9)
	var mu sync.Mutex
	var both sync.WaitGroup
	for g := range 2 {
		both.Go(func() {
			for seed := g + 1; seed <= runs; seed += 2 {
				windows := c.run(uint64(seed), c.seconds)
				rest, ok := Settled(windows)
				cut, cutErr := QuantileInterval(rest, 0.99, 0.95)
				whole, wholeErr := QuantileInterval(windows, 0.99, 0.95)
				mu.Lock()
				sum.settled += one(ok)
				sum.given += one(cutErr == nil)
				sum.covered += one(cutErr == nil && cut.Low <= truth && truth <= cut.High)
				sum.wholeGiven += one(wholeErr == nil)
				sum.whole += one(wholeErr == nil && whole.Low <= truth && truth <= whole.High)
				if cutErr == nil {
					sum.width += cut.Width()
				}
				mu.Unlock()
			}
		})
	}
	both.Wait()
	return sum
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func (s tally) coverage() float64 { return float64(s.covered) / float64(s.given) }

func (c trial) log(t *testing.T, runs int, s tally) {
	t.Logf("%-6s at %.1f, %4d s, %d runs: settled %d, intervals %d, covered %.1f %% (± %.1f %%); uncut %.1f %%", c.name, c.busy, c.seconds, runs,
		s.settled, s.given, 100*s.coverage(), 100*s.width/float64(s.given), 100*float64(s.whole)/float64(s.wholeGiven))
}

func TestIntervalsCoverTheTruth(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates 60 million requests")
	}
	c := trials[0]
	s := c.measure(1000)
	c.log(t, 1000, s)
	if p := s.coverage(); p < 0.93 || p > 0.97 {
		t.Errorf("%s at %v: covered %.3f, want 0.93 to 0.97", c.name, c.busy, p)
	}
}

// The whole table of doc.go: PEAKDAY_COVERAGE=1 go test -timeout 60m -v -run Table ./engine/steady
func TestTheTableOfCoverage(t *testing.T) {
	if os.Getenv("PEAKDAY_COVERAGE") == "" {
		t.Skip("simulates 9 thousand million requests; set PEAKDAY_COVERAGE=1")
	}
	for _, c := range trials {
		s := c.measure(1000)
		c.log(t, 1000, s)
		if p := s.coverage(); p < 0.93 || p > 0.97 {
			t.Errorf("%s at %v: covered %.3f, want 0.93 to 0.97", c.name, c.busy, p)
		}
	}
}
