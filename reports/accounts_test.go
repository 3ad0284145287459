package reports_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/reports/gate"
	"github.com/peakday/peakday/scenarios"
)

// visits is a run of sessions in which something of everything happens: 70 are planned, of which 5 are dropped and 5 lost;
// 6 attempts are retries and 50 are later steps; 2 more retries and 3 more later steps are dropped.
func visits(end *result.End) *result.Run {
	cell := func(due int, op, step string, outcome result.Outcome, kind string, n uint64) result.Cell {
		c := result.Cell{Due: due, Op: op, Class: "P2", Step: step, Outcome: outcome, Kind: kind, Count: n}
		for range n {
			if outcome != result.Dropped && outcome != result.Lost && outcome != result.Unfinished {
				c.Latency.Record(20 * time.Millisecond)
			}
		}
		return c
	}
	retried := cell(1, "login", "visit/1", result.Good, "", 6)
	retried.Retry = true
	first := result.Tick{At: 0, Sent: 60, Cells: []result.Cell{
		cell(0, "login", "visit/1", result.Good, "", 50),
		cell(0, "login", "visit/1", result.Failed, "check: json token exists", 6),
		cell(0, "home", "", result.Shed, "status_429", 4),
		cell(0, "home", "", result.Dropped, "", 5),
	}}
	second := result.Tick{At: 1, Sent: 56, Cells: []result.Cell{retried,
		cell(1, "pay", "visit/2", result.Good, "", 20), cell(1, "look", "visit/2", result.Late, "", 20),
		cell(1, "pay", "visit/10", result.Unfinished, "", 10), cell(1, "pay", "visit/2", result.Dropped, "", 3),
		cell(1, "login", "visit/1", result.Dropped, "", 2), cell(1, "home", "", result.Lost, "", 5),
	}}
	for i := range second.Cells[1:5] {
		second.Cells[1+i].Follow = true
	}
	second.Cells[5].Retry = true
	first.Queued.Record(3 * time.Millisecond)
	if end != nil {
		end.Planned, end.Sent, end.Dropped, end.Lost, end.Retries, end.FollowUps = 70, 60, 5, 5, 6, 50
		end.DroppedRetries, end.DroppedFollowUps = 2, 3
		end.Sessions = result.Sessions{Begun: 60, Completed: 40, Broken: 4, Unfinished: 16}
		end.People = result.People{Served: 40, GaveUp: 4, Waiting: 26}
	}
	return result.NewRun(result.Header{
		Variant: "plain", Model: result.PartlyOpen, Driver: "nethttp", DriverReason: "rawhttp cannot: found https, want http",
		Loops: 2, Precision: 0.001, Planned: 70, LengthSeconds: 2, JudgeTo: 2,
	}, []result.Tick{first, second}, end)
}

func TestTheAccountsAddUpInEveryFormat(t *testing.T) {
	s := scenarios.Scenario{Name: "visits", GoodWithin: time.Second}
	doc, r := facts(s, visits(&result.End{}))
	if r.Planned != r.Sent+r.Dropped+r.Lost || r.Sent+r.Retries+r.FollowUps != r.Good+r.Late+r.Shed+r.Failed+r.Unfinished {
		t.Errorf("%+v does not add up", r.Measurement)
	}
	for name, parts := range map[string][]reports.PartFacts{"operations": r.Operations, "steps": r.Steps} {
		for _, p := range parts {
			if p.Sent != p.Good+p.Late+p.Shed+p.Failed+p.Unfinished {
				t.Errorf("%s: %+v does not add up", name, p)
			}
		}
	}
	text := strings.Join(strings.Fields(write(t, "text", doc)), " ")
	for _, want := range []string{
		"70 planned = 60 sent + 5 dropped + 5 lost; 60 sent + 6 retries + 50 later steps = 76 good + 20 late + 4 shed + 6 failed + 10 unfinished.",
		"sessions and requests planned 70", "requests sent 60", "later steps of sessions 50", "sessions begun 60", "sessions completed 40", "sessions broken 4", "sessions unfinished 16",
		"retries 6 retries dropped 2 later steps of sessions 50 later steps dropped 3",
		"people still waiting 11 people never sent: dropped or lost 10 people dropped on the way 5",
		"failed: check: json token exists 6", "queued (waiting for a connection or a place) 3.00 ms",
		"Partly open model:", "Sent by nethttp on 2 loops, those due within 1 ms of each other together: rawhttp cannot: found https, want http.",
		"came in, retries and later steps included",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	var told struct {
		Runs []map[string]any `json:"runs"`
	}
	if err := json.Unmarshal([]byte(write(t, "json", doc)), &told); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{"model": "partly-open", "driver": "nethttp", "loops": 2.0, "precision": 0.001, "sent": 60.0, "follow_ups": 50.0, "dropped_retries": 2.0, "dropped_follow_ups": 3.0, "validity": "pass", "aborted": "", "converged": 0.0} {
		if got := told.Runs[0][name]; got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if p := r.People; p.Waiting != 26 || p.NeverSent != 10 || p.DroppedLater != 5 || p.StillWaiting() != 11 {
		t.Errorf("%+v", p)
	}
}

func TestBooksThatDoNotBalanceAreSaid(t *testing.T) {
	run := visits(&result.End{})
	run.End.Sent = 59
	doc, _ := facts(scenarios.Scenario{}, run)
	if text := strings.Join(strings.Fields(write(t, "text", doc)), " "); strings.Count(text, "≠") != 2 || !strings.Contains(text, "70 planned ≠ 59 sent") {
		t.Errorf("want both sums refused in\n%s", text)
	}
}

// Of a run that was cut off, what was in flight counts as sent and unfinished, so that the second account holds.
func TestThePartOfARunAddsUp(t *testing.T) {
	m := reports.Measured(visits(nil))
	if m.Validity != "partial" || m.Sent != 60 || m.Sent+m.Retries+m.FollowUps != m.Good+m.Late+m.Shed+m.Failed+m.Unfinished {
		t.Errorf("%+v", m)
	}
	run := visits(nil)
	run.Ends[1].Sent += 7 // in flight at the cut
	if m = reports.Measured(run); m.Sent != 67 || m.Unfinished != 17 {
		t.Errorf("%d sent and %d unfinished, want 67 and 17", m.Sent, m.Unfinished)
	}
}

func TestStepsComeInTheOrderOfTheJourney(t *testing.T) {
	doc, r := facts(scenarios.Scenario{}, visits(&result.End{}))
	var steps []string
	for _, p := range r.Steps {
		steps = append(steps, p.Step+" "+p.Operation)
	}
	if want := []string{"visit/1 login", "visit/2 look", "visit/2 pay", "visit/10 pay"}; !slices.Equal(steps, want) {
		t.Errorf("%q, want %q", steps, want)
	}
	if text := write(t, "text", doc); !strings.Contains(text, "\nvisit/1   login        62    56     0       6           0  20.0 ms") {
		t.Errorf("want the attempts of the first step, retries included, in\n%s", text)
	}
}

func TestManyOperationsAreCutToTheMostSent(t *testing.T) {
	var cells []result.Cell
	for i := range 100 {
		cells = append(cells, result.Cell{Op: "op" + strings.Repeat("-long", 20) + string(rune('A'+i)), Outcome: result.Unfinished, Count: uint64(i + 1)})
	}
	doc, r := facts(scenarios.Scenario{}, result.NewRun(result.Header{}, []result.Tick{{Cells: cells}}, &result.End{}))
	text := write(t, "text", doc)
	if len(r.Operations) != 100 || strings.Count(text, "\nop-long") != 40 || !strings.Contains(text, "The 40 most sent; the JSON has the other 60 as well.") {
		t.Errorf("%d operations, want 100, and the 40 most sent in\n%s", len(r.Operations), text)
	}
	fits(t, text)
}

func TestWhetherTheMeasurementCanBeTrusted(t *testing.T) {
	good := []result.Check{{Name: "lateness p99", Value: 0.001, Limit: 0.005, Unit: "s", OK: true}}
	late := []result.Check{
		{Name: "lateness p99", Value: 0.009, Limit: 0.005, Unit: "s", Note: "requests left later than they were due"},
		{Name: "throttled", Unit: "share of time", Limit: 0.01, OK: true, Note: "not known: no cgroups"},
		{Name: "tcp sockets", Value: 1234, Unit: "sockets", OK: true, Note: "the limit is not known"},
	}
	const rule = "failed <= 1% over 1s was broken at 1.3 s: 4 %"
	for _, c := range []struct {
		name string
		end  *result.End
		exit int
		says []string
	}{
		{"it can", &result.End{Checks: good}, gate.ExitInconclusive, []string{"CAN THIS MEASUREMENT BE TRUSTED Yes:", "lateness p99 1.00 ms 5 ms pass"}},
		{"it cannot", &result.End{Checks: late, Invalid: []string{late[0].String()}}, gate.ExitInvalid, []string{
			"CAN THIS MEASUREMENT BE TRUSTED No: lateness p99 is 9ms, limit 5ms: requests left later than they were due.",
			"INVALID: The measurement is invalid: lateness p99 is 9ms, limit 5ms. PLAIN", "lateness p99 9.00 ms 5 ms invalid", "throttled – 1 % not known not known: no cgroups", "tcp sockets 1,234 – pass the limit is not known"}},
		{"an abort rule judges the service alone", &result.End{Checks: good, Aborted: rule}, gate.ExitFail, []string{
			"FAIL: Sending was stopped: " + rule + ";", "An abort rule was broken, and that is a fail: " + rule + ".",
			"TRUSTED Yes:", "An abort rule stopped the sending: " + rule}},
		{"a plan may end when it has told enough", &result.End{Checks: good, Converged: 1}, gate.ExitInconclusive, []string{"The plan ended at 1 s, when its last plateau had told enough"}},
		{"an interrupt is said", &result.End{Checks: good, Interrupted: true}, gate.ExitInconclusive, []string{"TRUSTED The run was interrupted after 2 s."}},
		{"a cut is said", nil, gate.ExitInconclusive, []string{"TRUSTED The run is partial: it was cut off, and 2 s of it were recorded."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, _ := facts(scenarios.Scenario{GoodWithin: time.Second}, visits(c.end))
			if doc.ExitCode != c.exit {
				t.Errorf("exit code %d, want %d", doc.ExitCode, c.exit)
			}
			text := write(t, "text", doc)
			fits(t, text)
			for _, want := range c.says {
				if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
					t.Errorf("want %q in\n%s", want, text)
				}
			}
			if out := write(t, "junit", doc); (doc.ExitCode == gate.ExitFail) != strings.Contains(out, `name="no abort rule was broken"`) {
				t.Errorf("a broken abort rule, and nothing else, is a case of its own in\n%s", out)
			}
		})
	}
}
