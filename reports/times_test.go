package reports_test

import (
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// waited is a run of 100 requests due in its first second, the k-th of which waited k ms for a place and took 10 ms then.
func waited(judgeFrom float64, end *result.End) *result.Run {
	tick := result.Tick{Sent: 100, Cells: []result.Cell{{Op: "home", Outcome: result.Good, Count: 100}}}
	for k := range 100 {
		wait := time.Duration(k+1) * time.Millisecond
		tick.Queued.Record(wait)
		tick.Cells[0].Service.Record(10 * time.Millisecond)
		tick.Cells[0].Latency.Record(wait + 10*time.Millisecond)
	}
	if end != nil {
		end.Planned, end.Sent, end.Lost = 500, 100, 400
		end.People = result.People{Served: 100, Waiting: 400}
	}
	return result.NewRun(result.Header{Variant: "plain", Planned: 500, LengthSeconds: 5, JudgeFrom: judgeFrom, JudgeTo: 5}, []result.Tick{tick}, end)
}

func TestTheTimesOfAllRequestsComeFirst(t *testing.T) {
	s := scenarios.Scenario{GoodWithin: time.Second}
	const rows = "\nTimes of all requests\n" +
		"                                                  p50      p90      p99    p99.9      max\n" +
		"latency (due to done)                         59.9 ms  99.9 ms   109 ms   110 ms   110 ms\n" +
		"service (sent to done)                        10.0 ms  10.0 ms"
	for name, run := range map[string]*result.Run{
		"a whole run":                     waited(0, &result.End{}),
		"an abort before the judged span": waited(3, &result.End{Aborted: "failed <= 1% over 1s"}),
		"a run that was cut off":          waited(0, nil),
	} {
		t.Run(name, func(t *testing.T) {
			doc, _ := facts(s, run)
			text := write(t, "text", doc)
			if !strings.Contains(text, rows) || strings.Index(text, rows) > strings.Index(text, "\nThe whole run\n") {
				t.Errorf("want %q before the rest of the run in\n%s", rows, text)
			}
			if strings.Contains(text, "\nlateness (") || strings.Contains(text, "refused and failed ones") {
				t.Errorf("lateness has no sample and nothing failed; want neither told in\n%s", text)
			}
			fits(t, text)
			for _, format := range []string{"markdown", "html"} {
				if out := write(t, format, doc); !strings.Contains(out, "queued (waiting for a connection or a place)") {
					t.Errorf("%s lacks the wait", format)
				}
			}
		})
	}
	doc, _ := facts(s, visits(&result.End{}))
	if text := write(t, "text", doc); !strings.Contains(text, "\nOf every request that ended, quickly refused and failed ones too.\n") {
		t.Errorf("want what the times are of in\n%s", text)
	}
	doc, _ = facts(s, dropsAt(3))
	if text := write(t, "text", doc); strings.Contains(text, "Times of all") {
		t.Errorf("nothing was sent, and there are times in\n%s", text)
	}
}

func TestNobodyIsBothLostAndStillWaiting(t *testing.T) {
	aborted := waited(0, &result.End{Aborted: "failed <= 1% over 1s"})
	for name, c := range map[string]struct {
		run  *result.Run
		says string
	}{
		"lost after an abort":    {aborted, "people still waiting 0 people never sent: dropped or lost 400 requests planned 500 lost, never sent 400"},
		"dropped by an overload": {dropsAt(3), "people still waiting 0 people never sent: dropped or lost 4 requests planned 4 dropped, never sent 4"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.run.End.People.Waiting == 0 {
				c.run.End.People.Waiting = c.run.End.Planned // as the engine counts those who were neither served nor gave up
			}
			doc, _ := facts(scenarios.Scenario{GoodWithin: time.Second}, c.run)
			if text := strings.Join(strings.Fields(write(t, "text", doc)), " "); !strings.Contains(text, c.says) {
				t.Errorf("want %q in\n%s", c.says, text)
			}
			if page := write(t, "html", doc); strings.Contains(page, "still waiting:") {
				t.Error("the page has people still waiting")
			}
		})
	}
}

func TestABudgetStaysAsItWasWritten(t *testing.T) {
	s := scenarios.Scenario{GoodWithin: time.Second, Budgets: []scenarios.Budget{budget(t, "p99 <= 1us"), budget(t, "P2 mean <= 1s")}}
	run := waited(0, &result.End{Planned: 100})
	doc, r := facts(s, run)
	if want := "p99 <= 1us: 109 ms, missed by 109 ms; 100 people"; !strings.HasPrefix(doc.Sentence, want) {
		t.Errorf("%q, want it to begin with %q", doc.Sentence, want)
	}
	if share := r.Budgets[0].MissedShare; share < 1e5 {
		t.Errorf("the JSON has a missed share of %v, want it whole", share)
	}
	if text := write(t, "text", doc); !strings.Contains(text, "\nP2 mean <= 1s: no request of P2 in the span.\n") {
		t.Errorf("want why there is no verdict in\n%s", text)
	}
	s.Budgets = []scenarios.Budget{budget(t, "p99 <= 50ms"), budget(t, "p99 <= 9.8ms"), budget(t, "p99 <= 10ms")}
	doc, _ = facts(s, run)
	for _, want := range []string{"58.8 ms (118 %)", "        99.0 ms  ", "98.8 ms (988 %)"} {
		if text := write(t, "text", doc); !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
}
