package capacity

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// fifo is a made run: one server of the given rate and no spread takes requests
// in order, refuses those that would wait longer than patience, and calls good
// what is answered within it. The offered rate is one number a second.
func fifo(offered []int, capacity float64, patience time.Duration) *result.Run {
	ticks := map[int]*result.Tick{}
	tick := func(second int) *result.Tick {
		if ticks[second] == nil {
			ticks[second] = &result.Tick{At: second}
		}
		return ticks[second]
	}
	record := func(due, done float64, outcome result.Outcome) {
		c := result.Cell{Due: int(due), Op: "ask", Outcome: outcome, Count: 1}
		c.Latency.Record(time.Duration((done - due) * 1e9))
		t := tick(int(done))
		t.Cells = append(t.Cells, c)
	}
	free, last := 0.0, 0
	for second, n := range offered {
		for i := range n {
			due := float64(second) + float64(i)/float64(n)
			done := max(free, due) + 1/capacity
			if time.Duration((done-due)*1e9) > patience {
				record(due, due, result.Shed)
				continue
			}
			free = done
			record(due, done, result.Good)
			last = max(last, int(done))
		}
	}
	var inOrder []result.Tick
	for second := range last + 1 {
		inOrder = append(inOrder, *tick(second))
	}
	return result.NewRun(result.Header{}, inOrder, &result.End{})
}

// steps joins stretches of (seconds, rate).
func steps(pairs ...int) (offered []int) {
	for i := 0; i < len(pairs); i += 2 {
		for range pairs[i] {
			offered = append(offered, pairs[i+1])
		}
	}
	return offered
}

func budget(t *testing.T, text string) scenarios.Budget {
	t.Helper()
	b, err := scenarios.ParseBudget(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The measured capacity is the server's, however the queue fills and drains
// around it, and half the server is half the capacity.
func TestMeasureFindsTheServersRate(t *testing.T) {
	overload := steps(10, 5, 40, 1000, 20, 5)
	for _, rate := range []float64{20, 40, 80, 160} {
		c, err := Measure(fifo(overload, rate, 3*time.Second), []scenarios.Budget{budget(t, "admitted p95 <= 3.1s")}, 80)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(c.PerSecond/rate-1) > 0.005 || c.LowerBound || len(c.Warnings) > 0 {
			t.Errorf("a server of %v/s measures %+v", rate, c)
		}
		if ratio, ok := c.OfDeclared(); !ok || math.Abs(ratio*80/rate-1) > 0.005 {
			t.Errorf("%v of the declared 80/s, want %v", ratio, rate/80)
		}
		if c.To-c.From != Span.Seconds() || float64(c.Good)/Span.Seconds() != c.PerSecond || c.From < 9 {
			t.Errorf("span %v..%v with %d good does not give %v/s", c.From, c.To, c.Good, c.PerSecond)
		}
	}
}

// Counted by when they were due, the answers of a filling queue seem more than
// the server can do. That is why they are not.
func TestDueSecondsWouldFlatter(t *testing.T) {
	run := fifo(steps(10, 5, 40, 1000), 80, 3*time.Second)
	due := run.Within(10*time.Second, 26*time.Second, "")
	if got := float64(due.Good) / 16; got < 90 {
		t.Fatalf("by due second %v/s: the example shows nothing", got)
	}
	if c, err := Measure(run, nil, 0); err != nil || c.PerSecond > 80.5 {
		t.Errorf("%+v, %v: want 80/s", c, err)
	}
}

func TestMeasureSaysWhenTheInstanceWasNotFull(t *testing.T) {
	c, err := Measure(fifo(steps(20, 5, 20, 30), 80, time.Second), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !c.LowerBound || math.Abs(c.PerSecond-30) > 0.2 || len(c.Warnings) != 1 || !strings.HasPrefix(c.Warnings[0], "lower bound: 0 % of the requests") {
		t.Errorf("got %+v, want a lower bound of 30/s that says so", c)
	}
	if _, ok := c.OfDeclared(); ok {
		t.Error("compared with a capacity that nobody declared")
	}
}

// Eight seconds of overload between a quiet start and a quiet end are no sixteen seconds of a full instance.
func TestMeasureCallsAShortOverloadALowerBound(t *testing.T) {
	c, err := Measure(fifo(steps(8, 5, 8, 1000), 80, time.Second), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !c.LowerBound || c.Idle < 2 || len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "hold the high rate for longer") {
		t.Errorf("got %+v, want a lower bound that asks for a longer hold", c)
	}
}

// Where the budget does not hold, the rate does not count, however high.
func TestMeasureKeepsToTheBudget(t *testing.T) {
	run := fifo(steps(30, 40, 40, 1000), 80, 3*time.Second)
	c, err := Measure(run, []scenarios.Budget{budget(t, "admitted p95 <= 500ms"), budget(t, "goodput >= 1000/s")}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(c.PerSecond-40) > 0.2 || c.To > 31 || !c.LowerBound || len(c.Budgets) != 1 {
		t.Errorf("got %+v, want 40/s before the overload, judged by the latency budget alone", c)
	}
	c, err = Measure(run, []scenarios.Budget{budget(t, "tell p99 <= 1ms"), budget(t, "ask p99 <= 4s")}, 0)
	if err != nil || math.Abs(c.PerSecond-80) > 0.5 || !slices.Equal(c.Budgets, []string{"ask p99 <= 4s"}) ||
		!slices.Equal(c.Warnings, []string{"not judged: the span has no sample for the budget tell p99 <= 1ms"}) {
		t.Errorf("got %+v, %v, want 80/s judged by ask alone: nobody asked to tell", c, err)
	}
	if c, err := Measure(run, nil, 0); err != nil || math.Abs(c.PerSecond-80) > 0.5 || len(c.Budgets) != 0 {
		t.Errorf("got %+v, %v, want 80/s judged by no budget", c, err)
	}
	_, err = Measure(run, []scenarios.Budget{budget(t, "p99 <= 1ms")}, 0)
	if want := "no 16s with good answers in which the latency budgets held (p99 <= 1ms): drill at a lower rate, or with admission control"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// Late answers are work, not capacity, and they say that the instance was full.
func TestMeasureCountsGoodAnswersOnly(t *testing.T) {
	var ticks []result.Tick
	for second := range 20 {
		ticks = append(ticks, result.Tick{At: second, Cells: []result.Cell{
			{Due: second, Op: "ask", Outcome: result.Good, Count: 10},
			{Due: second, Op: "ask", Outcome: result.Late, Count: 30},
			{Due: second, Op: "ask", Outcome: result.Failed, Kind: result.KindTimeout, Count: 40},
		}})
	}
	c, err := Measure(result.NewRun(result.Header{}, ticks, &result.End{}), nil, 0)
	if err != nil || c.PerSecond != 10 || c.TurnedAway != 70.0/80 || c.LowerBound {
		t.Errorf("got %+v, %v, want 10/s with 7 of 8 turned away", c, err)
	}
}

func TestMeasureRefusesAndDoubts(t *testing.T) {
	for name, run := range map[string]*result.Run{"an empty run": {}, "a short run": fifo(steps(15, 200), 80, time.Second)} {
		if _, err := Measure(run, nil, 0); err == nil || !strings.HasPrefix(err.Error(), "no 16s of answers in the run") {
			t.Errorf("%s: %v", name, err)
		}
	}
	run := fifo(steps(30, 200), 80, time.Second)
	run.End = nil
	if c, err := Measure(run, nil, 0); err != nil || len(c.Warnings) != 1 || !strings.HasPrefix(c.Warnings[0], "the run was cut off") {
		t.Errorf("a partial run gives %+v, %v", c, err)
	}
	run.End = &result.End{Invalid: []string{"lateness p99 is 9ms"}}
	if c, err := Measure(run, nil, 0); err != nil || len(c.Warnings) != 1 || c.Warnings[0] != "the run is invalid: lateness p99 is 9ms" {
		t.Errorf("an invalid run gives %+v, %v", c, err)
	}
}
