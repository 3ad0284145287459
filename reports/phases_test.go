package reports_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/reports/gate"
	"github.com/peakday/peakday/scenarios"
)

// stormy is a day of 8 s in which an event of 4.5 s begins after 2.5 s, so that phases end within seconds.
var stormy = scenarios.Scenario{
	Shape: scenarios.Shape{
		Base: 10, Compress: 1, PeakAt: 2500 * time.Millisecond,
		Points: []scenarios.Point{{At: 0, Rate: scenarios.Rate{Value: 10}}, {At: 3500 * time.Millisecond, Rate: scenarios.Rate{Value: 10}}},
		Phases: []scenarios.Phase{
			{Kind: scenarios.Ramp, Length: 1700 * time.Millisecond, To: scenarios.Rate{Value: 90}, Overload: scenarios.Overload{Policy: scenarios.Queue, Most: 100}},
			{Kind: scenarios.Hold, Length: 300 * time.Millisecond, Overload: scenarios.Overload{Policy: scenarios.LateBy, Late: 300 * time.Millisecond}},
			{Kind: scenarios.Hold, Length: 2500 * time.Millisecond, Overload: scenarios.Overload{Policy: scenarios.Drop}},
		},
	},
	Overload: scenarios.Overload{Policy: scenarios.Spawn, Most: 200},
}

// dropsAt is one first attempt dropped in each second up to the last.
func dropsAt(last int) *result.Run {
	tick := result.Tick{}
	for due := range last + 1 {
		tick.Cells = append(tick.Cells, result.Cell{Due: due, Op: "home", Outcome: result.Dropped, Count: 1})
	}
	n := uint64(last + 1)
	return result.NewRun(result.Header{Variant: "plain", Planned: n}, []result.Tick{tick}, &result.End{Planned: n, Dropped: n})
}

func TestASecondCountsInThePhaseInWhichItBegins(t *testing.T) {
	_, r := facts(stormy, dropsAt(9))
	var got []string
	for _, p := range r.Phases {
		got = append(got, fmt.Sprintf("%s, %g to %g, %s: %d", p.Phase, p.From, p.To, p.Overload, p.Dropped))
	}
	want := []string{
		"day, 0 to 2.5, spawn: 200: 3",
		"1 ramp, 2.5 to 4.2, queue: 100: 2", // the seconds at 3 and 4
		"2 hold, 4.2 to 4.5, late: 300ms: 0",
		"3 hold, 4.5 to 7, drop: 2",
		"day, 7 to 8, spawn: 200: 1",
		"drain, 8 to 10, spawn: 200: 2",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestPhasesAddUpToTheRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := stormy
		if rapid.Bool().Draw(t, "without a day") {
			s.Shape.Points, s.Shape.PeakAt = nil, 0
		}
		outcomes := []result.Outcome{result.Good, result.Late, result.Shed, result.Failed, result.Unfinished, result.Dropped, result.Lost}
		var tick result.Tick
		var end result.End
		for range rapid.IntRange(0, 60).Draw(t, "cells") {
			c := result.Cell{Op: "home", Due: rapid.IntRange(0, 12).Draw(t, "due"), Count: rapid.Uint64Range(1, 1e6).Draw(t, "count")}
			c.Outcome = rapid.SampledFrom(outcomes).Draw(t, "outcome")
			if c.Outcome != result.Lost { // what was lost was a first attempt
				c.Retry = rapid.Bool().Draw(t, "retry")
				c.Follow = !c.Retry && rapid.Bool().Draw(t, "follow")
			}
			tick.Cells = append(tick.Cells, c)
			// The engine's own account, kept apart from the cells.
			dropped := c.Outcome == result.Dropped
			switch {
			case c.Retry && dropped:
				end.DroppedRetries += c.Count
			case c.Retry:
				end.Retries += c.Count
			case c.Follow && dropped:
				end.DroppedFollowUps += c.Count
			case c.Follow:
				end.FollowUps += c.Count
			case dropped:
				end.Dropped += c.Count
			case c.Outcome == result.Lost:
				end.Lost += c.Count
			default:
				end.Sent += c.Count
			}
		}
		end.Planned = end.Sent + end.Dropped + end.Lost
		_, r := facts(s, result.NewRun(result.Header{Planned: end.Planned}, []result.Tick{tick}, &end))
		var sum reports.Account
		for _, p := range r.Phases {
			if p.Planned != p.Sent+p.Dropped+p.Lost || p.Sent+p.Retries+p.FollowUps != p.Good+p.Late+p.Shed+p.Failed+p.Unfinished {
				t.Fatalf("%+v does not add up", p)
			}
			sum.Planned += p.Planned
			sum.Sent += p.Sent
			sum.Dropped += p.Dropped
			sum.Lost += p.Lost
			sum.Retries += p.Retries
			sum.FollowUps += p.FollowUps
			sum.DroppedRetries += p.DroppedRetries
			sum.DroppedFollowUps += p.DroppedFollowUps
			sum.Good += p.Good
			sum.Late += p.Late
			sum.Shed += p.Shed
			sum.Failed += p.Failed
			sum.Unfinished += p.Unfinished
		}
		if sum != r.Account {
			t.Fatalf("the phases add up to %+v, the run has %+v", sum, r.Account)
		}
	})
}

func TestPhasesAreShownWhereThereAreSeveralOrSomethingWasDropped(t *testing.T) {
	second := scenarios.Phase{Kind: scenarios.Hold, Length: time.Second, To: scenarios.Rate{Value: 70}}
	one := scenarios.Scenario{Shape: scenarios.Shape{Phases: []scenarios.Phase{second}}}
	two := scenarios.Scenario{Shape: scenarios.Shape{Phases: []scenarios.Phase{second, second}}}
	whole := result.NewRun(result.Header{Planned: 7}, []result.Tick{{Cells: []result.Cell{{Op: "home", Outcome: result.Unfinished, Count: 7}}}}, &result.End{Planned: 7, Sent: 7})
	for _, c := range []struct {
		name  string
		s     scenarios.Scenario
		run   *result.Run
		shown bool
		sent  bool // whether it has the table of what was sent and what was not
	}{
		{"one phase, all sent", one, whole, false, false},
		{"one phase, some dropped", one, dropsAt(0), true, true},
		{"two phases, all sent", two, whole, true, false},
		{"two phases, some of everything", two, visits(&result.End{}), true, true},
		{"no shape", scenarios.Scenario{}, dropsAt(0), false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, _ := facts(c.s, c.run)
			for _, format := range []string{"text", "markdown", "html"} {
				text := write(t, format, doc)
				if shown := strings.Contains(strings.ToUpper(text), "BY PHASE"); shown != c.shown {
					t.Errorf("%s: shown is %t, want %t", format, shown, c.shown)
				}
				if sent := strings.Contains(text, "Sent and not sent"); sent != c.sent {
					t.Errorf("%s: what was not sent is shown: %t, want %t", format, sent, c.sent)
				}
			}
			fits(t, write(t, "text", doc))
		})
	}
	doc, _ := facts(two, visits(&result.End{}))
	text := write(t, "text", doc)
	for _, want := range []string{
		"\n1 hold  0 to 1 s       65    50     0     4       6           0  20.0 ms  20.0 ms\n",
		"\nphase   overload  sent  dropped  lost  retries  dropped ones  later steps  dropped ones\n",
		"\n2 hold  drop         0        0     5        6             2           50             3\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
}

func TestARunOfWhichNoVerdictIsAskedIsMeasured(t *testing.T) {
	promise := scenarios.Scenario{GoodWithin: time.Second, Budgets: []scenarios.Budget{budget(t, "goodput >= 0.9*capacity")}}
	for _, c := range []struct {
		name string
		s    scenarios.Scenario
		end  *result.End
		head string
	}{
		{"no budget", scenarios.Scenario{GoodWithin: time.Second}, &result.End{}, "MEASURED: "},
		{"a budget without what it needs", promise, &result.End{}, "INCONCLUSIVE: "},
		{"interrupted", scenarios.Scenario{}, &result.End{Interrupted: true}, "INCONCLUSIVE: "},
		{"cut off", scenarios.Scenario{}, nil, "INCONCLUSIVE: "},
		{"invalid", scenarios.Scenario{}, &result.End{Invalid: []string{"lateness"}}, "INVALID: "},
		{"aborted", scenarios.Scenario{}, &result.End{Aborted: "failed <= 1% over 1s"}, "FAIL: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, _ := facts(c.s, visits(c.end))
			if text := write(t, "text", doc); !strings.HasPrefix(text, c.head) {
				t.Errorf("want %q before\n%s", c.head, text)
			}
			if text := write(t, "markdown", doc); !strings.HasPrefix(text, "# "+c.head) {
				t.Errorf("want %q before\n%s", c.head, text)
			}
		})
	}
	doc, _ := facts(scenarios.Scenario{GoodWithin: time.Second}, visits(&result.End{}))
	if want := "0 people were served within 1 s and the service answered 38.0/s in time while 65.5/s came in, retries and later steps included; no budget was given, so nothing is judged."; doc.Sentence != want {
		t.Errorf("%q, want %q", doc.Sentence, want)
	}
	if doc.Verdict != scenarios.Inconclusive || doc.ExitCode != gate.ExitInconclusive {
		t.Errorf("%s with exit code %d: the JSON keeps inconclusive", doc.Verdict, doc.ExitCode)
	}
	var out strings.Builder
	if err := reports.WriteGate(&out, doc); err != nil || !strings.HasPrefix(out.String(), "INCONCLUSIVE: ") {
		t.Errorf("a gate was asked for a verdict, found\n%s", out.String())
	}
}
