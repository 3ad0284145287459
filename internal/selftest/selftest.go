package selftest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/internal/drill"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/reports/gate"
	"github.com/peakday/peakday/scenarios"
)

// A Config says what to test.
type Config struct {
	Quick    bool         // ten seconds instead of minutes: shorter runs, fewer rates
	Version  string       // of peakday, for the report
	Progress func(string) // is told what comes next; may be nil
}

// A size is how much is tested.
type size struct {
	stall     load
	quantiles []float64 // of the run with the stall, whose truth is known
	poisson   load
	rates     []float64
	rung      time.Duration // how long each rate is held
}

// The full size is that of the promise: 1,000/s for 30 s with one stall of 1 s has p99 0.70 s and p99.9 0.97 s. The quick
// one stalls for half a second in one and a half, which moves both a decade down: p90 0.35 s and p99 0.485 s.
func (c Config) size() size {
	s := size{
		stall:     load{rate: 1000, length: 30 * time.Second, arrivals: scenarios.Even, stallFrom: 10 * time.Second, stallFor: time.Second, inFlight: 2000},
		quantiles: []float64{0.99, 0.999},
		poisson:   load{rate: 1000, length: 10 * time.Second, arrivals: scenarios.Poisson, inFlight: 1000},
		rates:     []float64{1000, 2000, 5000, 10_000, 20_000, 40_000, 60_000, 80_000, 100_000, 150_000, 200_000},
		rung:      2 * time.Second,
	}
	if c.Quick {
		s.stall.rate, s.stall.length, s.stall.stallFrom, s.stall.stallFor = 500, 1500*time.Millisecond, 500*time.Millisecond, 500*time.Millisecond
		s.quantiles = []float64{0.9, 0.99}
		s.poisson.length = time.Second
		s.rates = []float64{2000, 5000, 20_000}
		s.rung = 250 * time.Millisecond
	}
	return s
}

// few is how many connections the run behind few connections has: so few requests are sent into the stall, and all others
// wait for them.
const few = 10

// Run tests this machine. It starts the reference server as `peakday selftest serve` of its own binary. An error means
// that there is nothing to judge.
func Run(ctx context.Context, c Config) (*Report, error) {
	server, err := startReference()
	if err != nil {
		return nil, err
	}
	defer server.stop()
	t := &test{
		Config: c, size: c.size(), server: server,
		report: &Report{Format: ReportFormat, Quick: c.Quick, Started: time.Now().UTC(), Machine: drill.Machine(c.Version), StampedBy: stampedBy, Notes: []string{}},
	}
	for i, name := range drill.DriverNames() {
		d, _, err := drill.Choose(name, driver.Options{Target: server.URL})
		if err != nil {
			t.report.Notes = append(t.report.Notes, "not tested: "+err.Error())
			continue
		}
		if err := t.driver(ctx, d, i == 0); err != nil {
			return nil, err
		}
	}
	t.report.Seconds = reports.Number(time.Since(t.report.Started).Seconds())
	t.report.conclude()
	return t.report, nil
}

// A test is one Run.
type test struct {
	Config
	size   size
	server *reference
	report *Report
}

func (t *test) say(format string, args ...any) {
	if t.Progress != nil {
		t.Progress(fmt.Sprintf(format, args...))
	}
}

// driver tests one driver, and with the first of them how the engine accounts for those that wait for a connection.
func (t *test) driver(ctx context.Context, d driver.Driver, first bool) error {
	stall, quantiles, poisson := t.size.stall, t.size.quantiles, t.size.poisson
	err := t.step(ctx, d, "stall", stall, func(s *shot) []Check {
		return slices.Concat(s.complete(), s.stalled(stall, quantiles...), s.evenly(stall), s.apart())
	})
	if err != nil {
		return err
	}
	if first {
		behind := stall
		behind.inFlight = few
		err := t.step(ctx, d, "behind", behind, func(s *shot) []Check {
			return slices.Concat(s.complete(), s.stalled(behind, quantiles...), s.omitted(quantiles...))
		})
		if err != nil {
			return err
		}
	}
	err = t.step(ctx, d, "poisson", poisson, func(s *shot) []Check {
		return slices.Concat(s.complete(), s.randomly(), s.apart())
	})
	if err != nil {
		return err
	}
	for _, precision := range []time.Duration{0, time.Millisecond} {
		if err := t.climb(ctx, d, precision); err != nil {
			return err
		}
	}
	return nil
}

// step sends one load and checks what became of it. A machine that does other things may spoil a step, so one that does not
// hold is repeated once, and the report says so; a second time it stands.
func (t *test) step(ctx context.Context, d driver.Driver, name string, l load, check func(*shot) []Check) error {
	t.say("%s: %s, %v", d.Name(), name, l.length)
	var checks []Check
	for attempt := 1; ; attempt++ {
		s, err := t.server.shoot(ctx, l, d)
		if err != nil {
			return fmt.Errorf("%s over %s: %w", name, d.Name(), err)
		}
		checks = check(s)
		wrong := failing(checks)
		if attempt == 2 || len(wrong) == 0 {
			break
		}
		t.report.Notes = append(t.report.Notes, fmt.Sprintf("%s over %s was repeated: %s", name, d.Name(), strings.Join(wrong, "; ")))
	}
	for _, c := range checks {
		c.Step, c.Driver = name, d.Name()
		t.report.Checks = append(t.report.Checks, c)
	}
	return nil
}

// failing describes the checks that do not hold.
func failing(checks []Check) (wrong []string) {
	for _, c := range checks {
		if c.Verdict == scenarios.Fail {
			wrong = append(wrong, fmt.Sprintf("%s %s, want %s", c.What, c.show(c.Measured), c.want()))
		}
	}
	return wrong
}

// conclude gives the verdict and its sentence. The ladders tell what this machine can offer and judge nothing: a generator
// that says that it was late is true.
func (r *Report) conclude() {
	judged, wrong := 0, failing(r.Checks)
	for _, c := range r.Checks {
		if c.Verdict != "" {
			judged++
		}
	}
	r.Verdict = scenarios.Pass
	var offers []string
	for _, l := range r.Ladders {
		offers = append(offers, l.sentence())
	}
	r.Sentence = fmt.Sprintf("All %d checks hold: what it reports from this machine can be believed. It can offer %s.", judged, strings.Join(offers, ", "))
	if len(wrong) > 0 {
		r.Verdict = scenarios.Invalid
		r.Sentence = fmt.Sprintf("%d of %d checks do not hold, so what it reports from this machine cannot be believed; stop what else runs here, or take another machine, and test again. First of them: %s.", len(wrong), judged, wrong[0])
	}
	r.ExitCode = gate.ExitCode(r.Verdict)
}
