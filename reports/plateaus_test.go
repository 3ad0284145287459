package reports_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/scenarios"
)

// held is a run of one hold, with 200 requests a second that take what took says for the second in which they are due.
func held(seconds int, took func(second int, chance *rand.Rand) time.Duration, seed uint64, end *result.End) (scenarios.Scenario, *result.Run) {
	const rate = 200
	s := scenarios.Scenario{
		Name: "held", GoodWithin: time.Second,
		Shape: scenarios.Shape{Base: rate, Phases: []scenarios.Phase{{Kind: scenarios.Hold, Length: time.Duration(seconds) * time.Second, To: scenarios.Rate{Value: 1, Times: true}}}},
	}
	chance := rand.New(rand.NewPCG(seed, 1))
	var ticks []result.Tick
	for at := range seconds {
		c := result.Cell{Due: at, Op: "home", Class: "P2", Outcome: result.Good, Count: rate}
		for range rate {
			c.Latency.Record(took(at, chance))
		}
		ticks = append(ticks, result.Tick{At: at, Cells: []result.Cell{c}})
	}
	if end != nil {
		end.Planned, end.Sent = uint64(rate*seconds), uint64(rate*seconds)
	}
	return s, result.NewRun(result.Header{Variant: "plain", Model: result.Open, Planned: uint64(rate * seconds), JudgeTo: float64(seconds)}, ticks, end)
}

func exponential(_ int, chance *rand.Rand) time.Duration {
	return time.Duration(chance.ExpFloat64() * 10e6) // mean 10 ms
}

func facts(s scenarios.Scenario, run *result.Run) (reports.Document, reports.RunFacts) {
	doc := reports.Build(reports.Drill{Scenario: s, Variants: reports.Judge(s, 0, []*result.Run{run})})
	return doc, doc.Runs[0]
}

// The quantiles of an exponential law are known: q at -mean ln(1-q). Its first ten seconds take five times as long.
func TestAPlateauIsMeasuredWithoutItsWarmUp(t *testing.T) {
	const seeds = 40
	told, right := 0, 0
	for seed := range uint64(seeds) {
		_, r := facts(held(120, func(second int, chance *rand.Rand) time.Duration {
			if second < 10 {
				return 5 * exponential(second, chance)
			}
			return exponential(second, chance)
		}, seed, &result.End{}))
		if len(r.Plateaus) != 1 {
			t.Fatalf("%d plateaus, want 1", len(r.Plateaus))
		}
		p := r.Plateaus[0]
		if p.Reason != "" {
			continue // MSER-5 does not always find rest, and then nothing is told
		}
		if p.From != 0 || p.To != 120 || p.Rate != 200 || p.LeftOut < 10 || p.LeftOut > 60 {
			t.Errorf("seed %d: %+v: want 0 to 120 s at 200/s, 10 s or some more left out", seed, p)
		}
		for q, e := range map[float64]reports.Estimate{0.5: p.P50, 0.95: p.P95, 0.99: p.P99} {
			truth := reports.Number(-0.010 * math.Log(1-q))
			if e.Batches < 5 {
				continue // drifts by chance, which is refused
			}
			told++
			if e.Low <= truth && truth <= e.High {
				right++
			}
			if e.Low > e.Value || e.Value > e.High || (e.High-e.Low)/e.Value > 0.4 {
				t.Errorf("seed %d: the %v-quantile is %v, from %v to %v", seed, q, e.Value, e.Low, e.High)
			}
		}
	}
	// 95 % of some 110 are 104.5 ± 2.3; three quantiles of one run go together.
	if told < 90 || float64(right) < 0.88*float64(told) {
		t.Errorf("%d of %d intervals of 95 %% hold the truth, out of %d asked for", right, told, 3*seeds)
	}
	t.Logf("%d of %d intervals hold the truth", right, told)
}

func TestPlateausAndWhatTheyCannotTell(t *testing.T) {
	growing := func(second int, chance *rand.Rand) time.Duration {
		return time.Duration(1+second) * exponential(second, chance)
	}
	silent := func(s scenarios.Scenario, run *result.Run) (scenarios.Scenario, *result.Run) {
		for i := range run.Cells {
			run.Cells[i].Outcome, run.Cells[i].Kind = result.Failed, result.KindDial
		}
		return s, run
	}
	for _, c := range []struct {
		name  string
		make  func() (scenarios.Scenario, *result.Run)
		spans int
		to    float64
		says  string
	}{
		{"a short one has quantiles and no interval", func() (scenarios.Scenario, *result.Run) { return held(12, exponential, 1, &result.End{}) }, 1, 12, "No interval for 0 to 12 s: too short to tell a warm-up from the rest, which takes 50 s with answers."},
		{"under ten seconds there is none", func() (scenarios.Scenario, *result.Run) { return held(9, exponential, 1, &result.End{}) }, 0, 0, ""},
		{"a run that was cut off has none", func() (scenarios.Scenario, *result.Run) { return held(60, exponential, 1, nil) }, 0, 0, ""},
		{"a plan that ended has what was driven", func() (scenarios.Scenario, *result.Run) {
			return held(120, exponential, 1, &result.End{Converged: 80})
		}, 1, 80, "0 to 80 s"},
		{"an interrupt takes the second in which it came", func() (scenarios.Scenario, *result.Run) {
			s, run := held(70, exponential, 1, &result.End{Interrupted: true})
			s.Shape.Phases[0].Length, run.Header.Planned = 100*time.Second, 20000
			return s, run
		}, 1, 69, "0 to 69 s"},
		{"a queue that grows has no interval", func() (scenarios.Scenario, *result.Run) { return held(100, growing, 1, &result.End{}) }, 1, 100, "MSER-5 found no rest"},
		{"nor has one that answers nothing", func() (scenarios.Scenario, *result.Run) {
			return silent(held(60, exponential, 1, &result.End{}))
		}, 1, 60, "No interval for 0 to 60 s: too short"},
		{"recorded instants have no shape", func() (scenarios.Scenario, *result.Run) {
			s, run := held(60, exponential, 1, &result.End{})
			s.Arrivals = scenarios.Replay
			return s, run
		}, 0, 0, ""},
		{"the shape of a closed model counts users", func() (scenarios.Scenario, *result.Run) {
			s, run := held(60, exponential, 1, &result.End{})
			run.Header.Model = result.Closed
			return s, run
		}, 1, 60, "200 users"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, r := facts(c.make())
			if len(r.Plateaus) != c.spans || c.spans > 0 && r.Plateaus[0].To != c.to {
				t.Fatalf("%+v, want %d up to %v s", r.Plateaus, c.spans, c.to)
			}
			text := write(t, "text", doc)
			if said := strings.Join(strings.Fields(text), " "); !strings.Contains(said, c.says) || strings.Contains(said, "PLATEAUS") != (c.spans > 0) {
				t.Errorf("want %q in\n%s", c.says, text)
			}
			fits(t, text)
			write(t, "json", doc)
		})
	}
}
