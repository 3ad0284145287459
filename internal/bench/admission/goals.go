package main

import (
	"math"

	"github.com/peakday/peakday/internal/bench/stats"
)

// A goal is a row of the table.
type goal struct {
	key   string // in reasons.txt
	what  string
	limit float64
	least bool // at least; else at most
	unit  string
	of    func(*record) float64
}

// storms picks a figure of the cells of a part behind the default law: over the seeds its median, over the loads the worst.
func storms(name string, from, to float64, changed, least bool, pick func(cell) *float64) func(*record) float64 {
	return func(r *record) float64 {
		return worst(r.Pieces[name].Cells, least, func(c cell) bool {
			return c.Variant == r.Law && c.Multiple >= from && c.Multiple <= to && (c.Change != 1) == changed
		}, pick)
	}
}

// worst is the least (or most) over loads of the median over seeds; NaN without any. A figure that a valid cell does not
// have is the worst there is: what never recovered has no time of recovery. A share of the oracle is missing where the oracle's
// own storm is void: that cell counts for nothing.
func worst(cells []cell, least bool, wanted func(cell) bool, pick func(cell) *float64) float64 {
	type load struct{ multiple, change float64 }
	values := map[load][]float64{}
	for _, c := range cells {
		if c.Void != "" || !wanted(c) {
			continue
		}
		v := math.Inf(1)
		if p := pick(c); p != nil {
			v = *p
		} else if least { // nothing but the share of an oracle
			continue
		}
		at := load{c.Multiple, c.Change}
		values[at] = append(values[at], v)
	}
	result := math.NaN()
	for _, of := range values {
		m := stats.SpreadOf(of).Median
		if math.IsNaN(result) || least && m < result || !least && m > result {
			result = m
		}
	}
	return result
}

// benchmark picks the median of what a benchmark printed.
func benchmark(pkg, name, unit string) func(*record) float64 {
	return func(r *record) float64 { return metric(r.Pieces[decisions].Figures, pkg, name, unit).Median }
}

// added is how much more one figure of a benchmark is than another.
func added(pkg, name, unit, beyond string) func(*record) float64 {
	return func(r *record) float64 {
		return metric(r.Pieces[decisions].Figures, pkg, name, unit).Median - metric(r.Pieces[decisions].Figures, pkg, name, beyond).Median
	}
}

const (
	brain   = "./sut/admission"
	body    = "./sut/gateway"
	refusal = "RefusalInAProcessOfItsOwn/storm/15000_a_second"
	slowly  = "RefusalInAProcessOfItsOwn/storm,slow/15000_a_second"
	calmly  = "AtAThousandASecond"
)

func oracleShare(c cell) *float64 { return c.OracleShare }
func onset(c cell) *float64       { return c.Onset }
func p99(c cell) *float64         { return c.P99 }
func p99Times(c cell) *float64    { return c.P99Times }
func settled(c cell) *float64     { return c.Settled }
func recovery(c cell) *float64    { return c.Recovery }
func missed(c cell) *float64      { return c.Missed }
func asked(c cell) *float64       { return c.Asked }
func workerWait(c cell) *float64  { return c.WorkerWait }

// goals are those of the layer that are measured for real.
var goals = []goal{
	{"goodput", "goodput at 1.05 to 30 times the capacity, of the fixed oracle's", 0.97, true, "", storms(onSQLite, 1.05, 30, false, true, oracleShare)},
	{"goodput-300", "the same at 300 times", 0.95, true, "", storms(onSQLite, 300, 300, false, true, oracleShare)},
	{"onset", "worst window of 400 expected completions at 1.05 to 300 times", 0.80, true, "", storms(onSQLite, 1.05, 300, false, true, onset)},
	{"p99-30", "admitted p99 over the unloaded at 30 times", 1.3, false, "x", storms(onSQLite, 30, 30, false, false, p99Times)},
	{"p99-300", "the same at 300 times", 1.5, false, "x", storms(onSQLite, 300, 300, false, false, p99Times)},
	{"settled", "refusals within 5 % of the ideal after a step to 300 times (the goal is for virtual time)", 0.2, false, "s", storms(onSQLite, 300, 300, false, false, settled)},
	{"recovery", "recovery after each storm, clients that do not try again", 1, false, "s", storms(onSQLite, 0, 300, false, false, recovery)},
	{"change", "goodput after the work became 2.5 or 0.4 times as heavy in a storm of 30 times, of the fixed oracle's", 0.95, true, "", storms(changing, 30, 30, true, true, oracleShare)},
	{"slow-p99", "slow database: admitted p99 at 300 times", 1.0, false, "s", storms(slow, 300, 300, false, false, p99)},
	{"slow-wait", "slow database: wait for a worker, p99", 0.010, false, "s", storms(slow, 300, 300, false, false, workerWait)},
	{"retries", "recovery of goodput (good answers to any try) after 300 times, clients that try again three times", 1, false, "s", storms(retrying, 300, 300, false, false, recovery)},
	{"p0", "P0 at 300 times, asking for 0.78 of the capacity: not answered in time, of 10,000", 5, false, "", storms(highest, 300, 300, false, false, missed)},
	{"p0-asked", "requests of P0", 10_000, true, "", storms(highest, 300, 300, false, true, asked)},
	{"threshold", "decision: refusal by the threshold", 2, false, "ns", benchmark(brain, "Refuses", "ns/refusal")},
	{"admit", "decision: admit and done", 70, false, "ns", func(r *record) float64 { return benchmark(brain, "AdmitAndDone/"+r.Law, "ns/op")(r) }},
	{"pipeline", "decision: the whole pipeline, admitted", 250, false, "ns", benchmark(body, "DecideAndLeave", "ns/op")},
	{"pipeline-refused", "decision: the whole pipeline, refused by the threshold", 250, false, "ns", benchmark(body, "DecideBelowThreshold", "ns/op")},
	{"allocations", "allocations of the whole pipeline", 0, false, "", benchmark(body, "DecideAndLeave", "allocs/op")},
	{"refusal", "a refusal on a kept-alive connection at 15,000/s, CPU of the guard's process, canned bytes", 12, false, "µs", benchmark(body, refusal, "guard-µs/refusal")},
	{"refusal-slow", "the same through net/http, as middleware", 20, false, "µs", benchmark(body, slowly, "guard-µs/refusal")},
	{"refusal-size", "its size", 600, false, "B", benchmark(body, refusal, "B/refusal")},
	{"added-p50", "what the guard adds at 1,000/s: p50", 150, false, "µs", added(body, calmly, "guard-p50-µs", "none-p50-µs")},
	{"added-p99", "what it adds: p99", 1000, false, "µs", added(body, calmly, "guard-p99-µs", "none-p99-µs")},
	{"added-cpu", "its CPU over httputil.ReverseProxy's", 1.3, false, "x", benchmark(body, calmly, "guard/bare-cpu")},
}
