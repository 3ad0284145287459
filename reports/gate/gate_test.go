package gate_test

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/reports/gate"
	"github.com/peakday/peakday/scenarios"
)

func budgets(t testing.TB, texts ...string) []scenarios.Budget {
	t.Helper()
	var out []scenarios.Budget
	for _, text := range texts {
		b, err := scenarios.ParseBudget(text)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

// A made run: good answers a second of one length, refusals a second from a second on.
type made struct {
	seconds    int
	good       int
	took       time.Duration
	refused    int
	refuseFrom int
	end        *result.End
}

// fruitless is a whole run whose requests all failed in one way.
func fruitless(t testing.TB, kind string, took time.Duration) *result.Run {
	t.Helper()
	var ticks []result.Tick
	for at := range 30 {
		c := result.Cell{Due: at, Op: "claims.settle", Class: "P0", Outcome: result.Failed, Kind: kind, Count: 1}
		c.Latency.Record(took)
		ticks = append(ticks, result.Tick{At: at, Cells: []result.Cell{c}})
	}
	return result.NewRun(result.Header{Planned: 30, LengthSeconds: 30, JudgeFrom: 5, JudgeTo: 30}, ticks, &result.End{Planned: 30})
}

func TestWhatNobodyAnsweredIsNotQuick(t *testing.T) {
	const slow = 30 * time.Second
	for _, c := range []struct {
		name   string
		kind   string
		took   time.Duration
		budget string
		want   scenarios.Verdict
		reason string
	}{
		{"quick dial failures pass no quantile", result.KindDial, time.Millisecond, "p95 <= 3s", scenarios.Inconclusive, "nothing was answered"},
		{"quick dial failures pass no mean", result.KindDial, time.Millisecond, "mean <= 3s", scenarios.Inconclusive, "nothing was answered"},
		{"quick dial failures are not admitted either", result.KindDial, time.Millisecond, "admitted p95 <= 3s", scenarios.Inconclusive, "nothing was answered"},
		{"quick errors pass no quantile", "status_404", time.Millisecond, "p95 <= 3s", scenarios.Inconclusive, "nothing was answered"},
		{"quick errors pass no mean of a class", "status_404", time.Millisecond, "P0 mean <= 3s", scenarios.Inconclusive, "nothing was answered"},
		{"quick errors have no answers", "status_404", time.Millisecond, "answered mean <= 3s", scenarios.Inconclusive, "nothing was answered"},
		{"timeouts alone still fail", result.KindTimeout, slow, "admitted p95 <= 3s", scenarios.Fail, ""},
		{"slow errors still fail", "status_500", slow, "p95 <= 3s", scenarios.Fail, ""},
		{"a share is a share", "status_404", time.Millisecond, "failed <= 1%", scenarios.Fail, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := gate.Judge(fruitless(t, c.kind, c.took), budgets(t, c.budget), 0).Judgements[0]
			if j.Verdict != c.want || j.Reason != c.reason {
				t.Errorf("%s, %q; want %s, %q", j.Verdict, j.Reason, c.want, c.reason)
			}
		})
	}
}

func TestABudgetWithoutSampleSaysWhy(t *testing.T) {
	whole := &result.End{Planned: 9000}
	unfinished := result.NewRun(result.Header{JudgeTo: 2}, []result.Tick{{At: 40, Cells: []result.Cell{
		{Op: "claims.settle", Class: "P0", Outcome: result.Good, Count: 1},
		{Due: 1, Op: "jobs.get", Class: "P2", Outcome: result.Unfinished, Count: 1},
	}}}, whole)
	for _, c := range []struct {
		name   string
		run    *result.Run
		budget string
		want   string
	}{
		{"of a class that was not asked for", made{30, 80, time.Second, 0, 0, whole}.run(t), "P3 p95 <= 1s", "no request of P3 in the span"},
		{"of an operation that was not asked for", made{30, 80, time.Second, 0, 0, whole}.run(t), "jobs.get success >= 99%", "no request of jobs.get in the span"},
		{"of a run without a request", made{30, 0, 0, 0, 0, whole}.run(t), "goodput >= 1/s", "no request in the span"},
		{"of a run that was refused altogether", made{30, 0, 0, 9, 0, whole}.run(t), "admitted p95 <= 1s", "nothing was answered"},
		{"of what never ended", unfinished, "P2 p95 <= 1s", "nothing was answered"},
		{"of the generator", made{30, 0, 0, 0, 0, whole}.run(t), "lateness p99 <= 5ms", "no request was sent"},
		{"against a capacity that nobody declared", made{30, 80, time.Second, 0, 0, whole}.run(t), "goodput >= 0.9*capacity", "no capacity is declared: add one to the scenario or with --capacity"},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := gate.Judge(c.run, budgets(t, c.budget), 0).Judgements[0]
			if j.Verdict != scenarios.Inconclusive || j.Reason != c.want {
				t.Errorf("%s, %q; want inconclusive, %q", j.Verdict, j.Reason, c.want)
			}
		})
	}
}

func (m made) run(t testing.TB) *result.Run {
	t.Helper()
	var file bytes.Buffer
	log := result.NewLog(&file)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(log.Header(result.Header{Format: result.Format, Planned: 9000, LengthSeconds: 30, JudgeFrom: 4.25, JudgeTo: 30.75}))
	for at := range m.seconds {
		tick := result.Tick{At: at}
		cell := func(outcome result.Outcome, kind string, n int, took time.Duration) {
			if n == 0 {
				return
			}
			c := result.Cell{Due: at, Op: "claims.settle", Class: "P0", Outcome: outcome, Kind: kind, Count: uint64(n)}
			for range n {
				c.Latency.Record(took)
			}
			tick.Cells = append(tick.Cells, c)
		}
		cell(result.Good, "", m.good, m.took)
		if at >= m.refuseFrom {
			cell(result.Shed, "status_503", m.refused, time.Millisecond)
		}
		check(log.Tick(tick))
	}
	if m.end != nil {
		check(log.End(*m.end))
	}
	run, err := result.Read("made.run", &file)
	check(err)
	return run
}

func TestJudge(t *testing.T) {
	whole, stopped := &result.End{Planned: 9000}, &result.End{Planned: 7000, Interrupted: true}
	for _, c := range []struct {
		name     string
		run      made
		budget   string
		capacity float64
		want     scenarios.Verdict
		value    float64
		missed   float64
		reason   string // part of any reason
	}{
		{name: "a value on the right side passes", run: made{30, 80, time.Second, 0, 0, whole}, budget: "admitted p95 <= 3s", want: scenarios.Pass, value: 1},
		{name: "a value on the limit passes", run: made{30, 72, time.Second, 0, 0, whole}, budget: "goodput >= 0.90*capacity", capacity: 80, want: scenarios.Pass, value: 72},
		{name: "a miss from above says by how much", run: made{30, 80, time.Second, 0, 0, whole}, budget: "admitted p95 <= 400ms", want: scenarios.Fail, value: 1, missed: 0.6},
		{name: "a miss from below says by how much", run: made{30, 60, time.Second, 0, 0, whole}, budget: "goodput >= 0.90*capacity", capacity: 80, want: scenarios.Fail, value: 60, missed: 12},
		{name: "a run without requests is inconclusive", run: made{30, 0, 0, 0, 0, whole}, budget: "admitted p95 <= 3s", want: scenarios.Inconclusive, reason: "no request in the span"},
		{name: "requests and no good one are a rate of zero", run: made{30, 0, 0, 9, 0, whole}, budget: "goodput >= 1/s", want: scenarios.Fail, value: 0, missed: 1},
		{name: "a multiple of no capacity is inconclusive", run: made{30, 80, time.Second, 0, 0, whole}, budget: "goodput >= 0.90*capacity", want: scenarios.Inconclusive, value: 80, reason: "no capacity"},
		{name: "an invalid run is invalid even where the budget holds", run: made{30, 80, time.Second, 0, 0, &result.End{Invalid: []string{"lateness p99 9 ms"}}}, budget: "admitted p95 <= 3s", want: scenarios.Invalid, value: 1, reason: "lateness p99 9 ms"},
		{name: "an invalid run misses nothing", run: made{30, 80, time.Second, 0, 0, &result.End{Invalid: []string{"lateness p99 9 ms"}}}, budget: "admitted p95 <= 1ms", want: scenarios.Invalid, value: 1},
		{name: "a partial run cannot pass", run: made{20, 80, time.Second, 0, 0, nil}, budget: "admitted p95 <= 3s", want: scenarios.Inconclusive, value: 1, reason: "20 s of it were recorded"},
		{name: "a partial run can fail", run: made{20, 80, time.Second, 0, 0, nil}, budget: "admitted p95 <= 1ms", want: scenarios.Fail, value: 1, missed: 0.999},
		{name: "a partial run is not too quick: what is missing was slow", run: made{20, 80, time.Second, 0, 0, nil}, budget: "admitted p95 >= 25s", want: scenarios.Inconclusive, value: 1, reason: "what was in flight then is not known"},
		{name: "a partial run does not pass as slow enough", run: made{20, 80, 28 * time.Second, 0, 0, nil}, budget: "admitted mean >= 25s", want: scenarios.Inconclusive, value: 28, reason: "what was in flight then is not known"},
		{name: "a partial run tells nothing of a span that it did not reach", run: made{3, 80, time.Second, 0, 0, nil}, budget: "admitted p95 <= 1ms", want: scenarios.Inconclusive, reason: "no whole second of the judged span"},
		{name: "a run stopped within the last second of the span does not look slow for the rest of it", run: made{30, 80, time.Second, 0, 0, stopped}, budget: "goodput >= 81/s", want: scenarios.Inconclusive, value: 80, reason: "interrupted before the end of the judged span"},
		{name: "a run stopped after all was sent can fail", run: made{30, 80, time.Second, 0, 0, &result.End{Planned: 9000, Interrupted: true}}, budget: "goodput >= 81/s", want: scenarios.Fail, value: 80, missed: 1},
		{name: "a partial run does not look slow for the seconds that are missing", run: made{20, 80, time.Second, 0, 0, nil}, budget: "goodput >= 75/s", want: scenarios.Inconclusive, reason: "what was in flight then is not known"},
		{name: "a partial run does not fail for answers that were on their way", run: made{20, 0, time.Second, 80, 0, nil}, budget: "success >= 99%", want: scenarios.Inconclusive, reason: "in flight"},
		{name: "an interrupted run does not look slow for the seconds that are missing", run: made{20, 80, time.Second, 0, 0, stopped}, budget: "goodput >= 81/s", want: scenarios.Inconclusive, value: 80, reason: "interrupted before the end of the judged span"},
		{name: "an interrupted run can fail a share", run: made{20, 40, time.Second, 40, 0, stopped}, budget: "success >= 99%", want: scenarios.Fail, value: 0.5, missed: 0.49},
		{name: "an interrupted run cannot pass", run: made{30, 80, time.Second, 0, 0, stopped}, budget: "admitted p95 <= 3s", want: scenarios.Inconclusive, value: 1, reason: "interrupted after 30 s"},
		{name: "an interrupted run that failed has failed", run: made{30, 80, time.Second, 0, 0, stopped}, budget: "admitted p95 <= 1ms", want: scenarios.Fail, value: 1, missed: 0.999},
		{name: "seconds before the judged span do not count", run: made{30, 80, time.Second, 80, 28, whole}, budget: "shed <= 4%", want: scenarios.Fail, value: 160.0 / 2160, missed: 160.0/2160 - 0.04},
	} {
		t.Run(c.name, func(t *testing.T) {
			report := gate.Judge(c.run.run(t), budgets(t, c.budget), c.capacity)
			j := report.Judgements[0]
			if report.Verdict != c.want {
				t.Errorf("verdict %s, want %s", report.Verdict, c.want)
			}
			if interrupted := c.run.end != nil && c.run.end.Interrupted; !interrupted && j.Verdict != c.want {
				t.Errorf("the budget's verdict %s, want %s", j.Verdict, c.want)
			}
			if math.Abs(j.Value-c.value) > 0.01*c.value {
				t.Errorf("value %v, want %v", j.Value, c.value)
			}
			if math.Abs(j.Missed-c.missed) > 0.01*c.missed+1e-12 {
				t.Errorf("missed by %v, want %v", j.Missed, c.missed)
			}
			if reasons := j.Reason + strings.Join(report.Reasons, "; "); !strings.Contains(reasons, c.reason) {
				t.Errorf("reasons %q, want one with %q", reasons, c.reason)
			}
		})
	}
}

// stoppedAt is a run of 30 s whose sending ended after some seconds; what was due later is lost, or was never due.
func stoppedAt(t *testing.T, seconds int, end result.End) *result.Run {
	t.Helper()
	run := made{30, 80, time.Second, 0, 0, &end}.run(t)
	for i := range run.Cells {
		if c := &run.Cells[i]; c.Due >= seconds {
			c.Outcome = result.Lost
			c.Latency, c.Service = hist.Histogram{}, hist.Histogram{}
		}
	}
	return run
}

func TestABrokenAbortRuleFails(t *testing.T) {
	const rule = "failed <= 1% over 1s was broken at 12.3 s: 4 %"
	broken := result.End{Planned: 2400, Sent: 1040, Lost: 1360, Aborted: rule}
	invalid, interrupted := broken, broken
	invalid.Invalid, interrupted.Interrupted = []string{"lateness p99 is 9 ms"}, true
	for _, c := range []struct {
		name    string
		end     result.End
		budgets []string
		want    scenarios.Verdict
		exit    int
		first   string            // reason
		budget  scenarios.Verdict // of the first one
	}{
		{"whatever its budgets say", broken, []string{"admitted p95 <= 3s"}, scenarios.Fail, gate.ExitFail, rule, scenarios.Pass},
		{"without a budget", broken, nil, scenarios.Fail, gate.ExitFail, rule, ""},
		{"and no rate is held against the seconds after it", broken, []string{"goodput >= 79/s"}, scenarios.Fail, gate.ExitFail, rule, scenarios.Inconclusive},
		{"though it was interrupted as well", interrupted, []string{"admitted p95 <= 3s"}, scenarios.Fail, gate.ExitFail, rule, scenarios.Pass},
		{"unless the generator is to blame", invalid, []string{"admitted p95 <= 3s"}, scenarios.Invalid, gate.ExitInvalid, rule, scenarios.Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			report := gate.Judge(stoppedAt(t, 13, c.end), budgets(t, c.budgets...), 0)
			if report.Verdict != c.want || gate.ExitCode(report.Verdict) != c.exit || report.Reasons[0] != c.first {
				t.Errorf("%s for %q, want %s for %q first", report.Verdict, report.Reasons, c.want, c.first)
			}
			if c.budget == "" {
				return
			}
			if j := report.Judgements[0]; j.Verdict != c.budget {
				t.Errorf("the budget %s: %s, %s, want %s", j.Budget.Text, j.Verdict, j.Reason, c.budget)
			}
			if report.To != 12*time.Second {
				t.Errorf("judged up to %v, want the last whole second of the sending, 12 s", report.To)
			}
		})
	}
	if validity, why := gate.Validity(stoppedAt(t, 13, broken)); validity != scenarios.Pass {
		t.Errorf("the measurement is %s for %q; what was lost after the rule voids nothing", validity, why)
	}
}

func TestARunThatHadToldEnoughIsWhole(t *testing.T) {
	run := made{20, 80, time.Second, 0, 0, &result.End{Planned: 1600, Sent: 1600, Converged: 18}}.run(t)
	report := gate.Judge(run, budgets(t, "goodput >= 80/s", "admitted p95 <= 3s"), 0)
	if report.Verdict != scenarios.Pass || report.From != 5*time.Second || report.To != 18*time.Second {
		t.Errorf("%s for %q over %v to %v, want pass over 5s to 18s", report.Verdict, report.Reasons, report.From, report.To)
	}
}

func TestAnInterruptedClosedModelIsNotHeldToRatesBeyondIt(t *testing.T) {
	run := made{20, 80, time.Second, 0, 0, &result.End{Planned: 1600, Sent: 1600, Interrupted: true}}.run(t)
	run.Header.Model, run.Header.Planned = result.Closed, 0 // nobody knows beforehand
	if j := gate.Judge(run, budgets(t, "goodput >= 81/s"), 0).Judgements[0]; j.Verdict != scenarios.Inconclusive {
		t.Errorf("%s at %v/s, want inconclusive", j.Verdict, j.Value)
	}
}

func TestJudgeWithoutBudgetsIsInconclusive(t *testing.T) {
	report := gate.Judge(made{30, 80, time.Second, 0, 0, &result.End{}}.run(t), nil, 0)
	if report.Verdict != scenarios.Inconclusive || len(report.Reasons) != 1 {
		t.Errorf("verdict %s for %q, want inconclusive for one reason", report.Verdict, report.Reasons)
	}
}

func TestTheWorstOfSeveralBudgetsDecides(t *testing.T) {
	run := made{30, 80, time.Second, 0, 0, &result.End{}}.run(t)
	report := gate.Judge(run, budgets(t, "admitted p95 <= 3s", "goodput >= 0.90*capacity", "admitted p95 <= 1ms"), 0)
	if report.Verdict != scenarios.Fail {
		t.Errorf("one pass, one inconclusive, one fail: verdict %s, want fail", report.Verdict)
	}
}

func TestOracles(t *testing.T) {
	whole, stopped := &result.End{Planned: 9000}, &result.End{Planned: 7000, Interrupted: true}
	for _, c := range []struct {
		name   string
		run    made
		oracle string
		want   scenarios.Verdict
		reason string
	}{
		{"one that holds over the overload passes", made{30, 80, 28 * time.Second, 9, 10, whole}, "answered mean <= 29.4s", scenarios.Pass, ""},
		{"one that is missed means the instrument is off", made{30, 80, 20 * time.Second, 9, 10, whole}, "answered mean >= 25.2s", scenarios.Invalid, "the instrument is off"},
		{"an overload of 16 s is enough", made{30, 80, 28 * time.Second, 9, 13, whole}, "answered mean <= 29.4s", scenarios.Pass, ""},
		{"an overload of 15 s is too short", made{30, 80, 28 * time.Second, 9, 14, whole}, "answered mean <= 29.4s", scenarios.Inconclusive, "lasted 15 s, want at least 16 s"},
		{"a short overload is no miss", made{30, 80, 20 * time.Second, 9, 14, whole}, "answered mean >= 25.2s", scenarios.Inconclusive, "at least 16 s"},
		{"a run stopped after 2 s of overload does not tell whether one holds", made{13, 80, 28 * time.Second, 9, 9, stopped}, "answered mean <= 29.4s", scenarios.Inconclusive, "ended after 2 s of the overload, want at least 16 s"},
		{"a run stopped after 2 s of overload misses none", made{13, 80, 20 * time.Second, 9, 9, stopped}, "answered mean >= 25.2s", scenarios.Inconclusive, "ended after 2 s"},
		{"a run cut off after 2 s of overload misses none", made{12, 80, 30 * time.Second, 9, 9, nil}, "answered mean <= 29.4s", scenarios.Inconclusive, "ended after 2 s"},
		{"a run cut off after 16 s of overload can miss one", made{26, 80, 30 * time.Second, 9, 9, nil}, "answered mean <= 29.4s", scenarios.Invalid, "the instrument is off"},
		{"without a refusal there is no overload", made{30, 80, time.Second, 0, 0, whole}, "answered mean >= 25.2s", scenarios.Inconclusive, "nothing was refused"},
		{"an invalid run is invalid", made{30, 80, 28 * time.Second, 9, 10, &result.End{Invalid: []string{"2 % dropped"}}}, "answered mean <= 29.4s", scenarios.Invalid, "2 % dropped"},
	} {
		t.Run(c.name, func(t *testing.T) {
			report := gate.Oracles(c.run.run(t), budgets(t, c.oracle), 80)
			if report.Verdict != c.want {
				t.Errorf("verdict %s, want %s", report.Verdict, c.want)
			}
			if j := report.Judgements[0]; j.Verdict != c.want {
				t.Errorf("the oracle's verdict %s, want %s", j.Verdict, c.want)
			}
			if reasons := report.Judgements[0].Reason + strings.Join(report.Reasons, "; "); !strings.Contains(reasons, c.reason) {
				t.Errorf("reasons %q, want one with %q", reasons, c.reason)
			}
		})
	}
	if report := gate.Oracles(made{30, 80, time.Second, 0, 0, nil}.run(t), nil, 0); report.Verdict != scenarios.Pass {
		t.Errorf("without oracles the verdict is %s, want pass", report.Verdict)
	}
}

func TestTheSpanIsOfWholeSeconds(t *testing.T) {
	for _, c := range []struct {
		name     string
		run      made
		from, to time.Duration
	}{
		{"a whole run is judged over the whole seconds of 4.25 to 30.75 s", made{32, 80, time.Second, 0, 0, &result.End{Planned: 9000}}, 5 * time.Second, 30 * time.Second},
		{"a run cut off is judged as far as it goes", made{20, 80, time.Second, 0, 0, nil}, 5 * time.Second, 20 * time.Second},
		{"a run cut off before the span has none of it", made{3, 80, time.Second, 0, 0, nil}, 5 * time.Second, 5 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			report := gate.Judge(c.run.run(t), budgets(t, "admitted p95 <= 3s"), 0)
			if report.From != c.from || report.To != c.to {
				t.Errorf("%v to %v, want %v to %v", report.From, report.To, c.from, c.to)
			}
		})
	}
}
