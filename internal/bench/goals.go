package main

import (
	"fmt"
	"math"

	"github.com/peakday/peakday/internal/bench/stats"
)

// A Figure is what a goal is about: one number of a run.
type Figure struct {
	Name  string
	Unit  string  // printed after the number
	Scale float64 // of the number in that unit
	Of    func(Run) float64
	Worst bool // every repeat must reach it, not their median
}

var (
	perCPUSecond = Figure{"requests per generator CPU-second", "/s", 1, func(r Run) float64 { return 1 / r.Cost() }, false}
	cost         = Figure{"generator CPU per request", "µs", 1e6, Run.Cost, false}
	lateness99   = Figure{"lateness p99", "ms", 1e3, func(r Run) float64 { return r.Lateness.P99 }, false}
	missed       = Figure{"arrivals missed", "", 1, func(r Run) float64 { return float64(r.Missed) }, true}
	memory       = Figure{"memory", "MB", 1e-6, func(r Run) float64 { return float64(r.Peak) }, false}
)

// A Case is a row done by a tool.
type Case struct{ Row, Tool string }

// A Goal is what peakday must reach: a figure of a row, or its ratio to the same figure of another case in the same place
// and repeat, or what it has over it.
type Goal struct {
	Key     string // names it in reasons.txt
	Row     string
	Figure  Figure
	Against Case    // none: the figure itself, in its unit
	Over    bool    // what the figure has over the other, in its unit; not the ratio
	Limit   float64 // a least value with Least, else a greatest
	Least   bool
}

// The figures to reach, as the project set them before anything was measured. A change here is a change of the promise.
var goals = []Goal{
	{"flat-out-wrk", flatOut, perCPUSecond, Case{flatOut, "wrk"}, false, 0.9, true},
	{"flat-out-vegeta", flatOut, perCPUSecond, Case{flatOut, "vegeta"}, false, 2.8, true},
	{"flat-out-k6", flatOut, perCPUSecond, Case{flatOut, "k6"}, false, 5, true},
	{"5000-late", calm, lateness99, Case{}, false, 0.150, false},
	{"5000-vegeta", calm, cost, Case{calm, "vegeta"}, false, 0.8, false},
	{"5000-k6", calm, cost, Case{calm, "k6"}, false, 0.45, false},
	{"5000-1ms-late", calmMilli, lateness99, Case{}, false, 1.2, false},
	{"5000-1ms-vegeta", calmMilli, cost, Case{calm, "vegeta"}, false, 0.45, false},
	{"20000-1ms-wrk", busyMilli, cost, Case{flatOut, "wrk"}, false, 2, false},
	{"20000-1ms-missed", busyMilli, missed, Case{}, false, 0, false},
	{"50000-missed", rush, missed, Case{}, false, 0, false},
	{"50000-late", rush, lateness99, Case{}, false, 1, false},
	{"step-missed", step, missed, Case{}, false, 0, false},
	{"step-late", step, lateness99, Case{}, false, 5, false},
	{"step-over", stepAsked, cost, Case{stepBare, "peakday"}, true, 3, false},
	{"sessions-missed", thinking, missed, Case{}, false, 0, false},
	{"sessions", thinking, memory, Case{}, false, 1000, false},
	{"observers", watched, perCPUSecond, Case{flatOut, "peakday"}, false, 0.98, true},
}

var goBenches = []GoBench{
	{Key: "journey", Name: "journey step over the bare request", Package: "./scenarios/journey", Bench: "Step",
		Metric: "ns/op", Unit: "µs", Scale: 1e-3, Limit: 3, Cost: func(micros float64) float64 { return micros / 1e6 }},
	{Key: "journey-allocs", Name: "journey step over the bare request: allocations", Package: "./scenarios/journey", Bench: "Step",
		Metric: "allocs/op", Scale: 1, Limit: 1},
	{Key: "log", Name: "result log: results a second a core encoded", Package: "./engine/result", Bench: "Append/slow",
		Metric: "Mresults/s", Unit: "million", Scale: 1, Limit: 3, Least: true, Cost: func(millions float64) float64 { return 1 / (millions * 1e6) }},
	{Key: "memory", Name: "100 million results × 50 operations × 10 phases: memory", Package: "./engine", Bench: "Memory", Once: true,
		Metric: "max-rss-MB", Unit: "MB", Scale: 1, Limit: 48},
}

// values are the goal's figure in a place, one for each repeat that has it.
func (g Goal) values(runs []Run, place string) []float64 {
	var all []float64
	for _, r := range runs {
		if r.Place != place || r.Row != g.Row || r.Tool != "peakday" || r.Err != "" {
			continue
		}
		if g.Against == (Case{}) {
			all = append(all, g.Figure.Of(r)*g.Figure.Scale)
			continue
		}
		if other, ok := find(runs, place, g.Against, r.Repeat); ok {
			if g.Over {
				all = append(all, (g.Figure.Of(r)-g.Figure.Of(other))*g.Figure.Scale)
			} else {
				all = append(all, g.Figure.Of(r)/g.Figure.Of(other))
			}
		}
	}
	return all
}

// find is the run of a case in a place and repeat.
func find(runs []Run, place string, c Case, repeat int) (Run, bool) {
	for _, r := range runs {
		if r.Place == place && r.Row == c.Row && r.Tool == c.Tool && r.Repeat == repeat && r.Err == "" {
			return r, true
		}
	}
	return Run{}, false
}

// againstWrk is what a request costs in each run of a case, as a multiple of what it costs wrk flat out in the same place
// and repeat.
func againstWrk(runs []Run, place string, c Case) []float64 {
	var all []float64
	for _, r := range runs {
		if r.Place != place || r.Row != c.Row || r.Tool != c.Tool || r.Err != "" {
			continue
		}
		if wrk, ok := find(runs, place, Case{flatOut, "wrk"}, r.Repeat); ok {
			all = append(all, r.Cost()/wrk.Cost())
		}
	}
	return all
}

// againstWrk is what a figure costs a request, as a multiple of what wrk flat out costs, pinned.
func (b GoBench) againstWrk(figure float64, runs []Run) float64 {
	if b.Cost == nil {
		return math.NaN()
	}
	return b.Cost(figure) / stats.SpreadOf(costs(runsOf(runs, smallPinned.Name, Case{flatOut, "wrk"}))).Median
}

// judge is the spread of a goal's figure in a place, and its verdict. It says when it does not rest on every repeat, or on
// requests that failed: those may cost less than others.
func (g Goal) judge(runs []Run, place string) (stats.Spread, string) {
	values := g.values(runs, place)
	s := stats.SpreadOf(values)
	decides := s.Median
	if g.Figure.Worst && g.Least {
		decides = s.Least
	} else if g.Figure.Worst {
		decides = s.Most
	}
	said := stats.Verdict(decides, g.Limit, g.Least)
	mine := runsOf(runs, place, Case{g.Row, "peakday"})
	if n := len(values); n > 0 && n < len(mine) {
		said += fmt.Sprintf(", in %d of %d repeats", n, len(mine))
	}
	var failed int64
	for _, r := range mine {
		failed += r.Failed
	}
	if failed > 0 {
		said += fmt.Sprintf(", with %d requests failed", failed)
	}
	return s, said
}
