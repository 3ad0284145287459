package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// A part is what is measured in one go, and kept when it is done.
type part struct {
	name, title string
	minutes     float64 // it takes, about, when nothing has to be repeated
	soak        bool    // not by make bench-admission
	measure     func(context.Context, *bench) (piece, error)
}

// The names by which the goals ask for a part's figures.
const (
	onSQLite   = "sqlite"
	onPostgres = "postgres"
	changing   = "change"
	slow       = "story"
	highest    = "p0"
	retrying   = "retries"
	decisions  = "benchmarks"
)

// mostMinutes is what make bench-admission may take, 45, less the 7 of the tables in virtual time.
const mostMinutes = 38

// parts is all of it, those of make bench-admission first. The minutes of a sweep: 1.4 for the capacity, 0.35 for the oracle,
// and for every batch of storms what they last and 9 s around. Batches are of one load, at most 6 storms and 4,000/s.
var parts = []part{
	// 5 batches of 15 storms at 300 times, 5 at 30 times, 3 at each other load: 29
	{onSQLite, "On SQLite", 15.8, false, sweep("--laws", "none,fixed,DEFAULT,vegas", "--against", "failsafe-go="+opponentMark+" --policy failsafe-go")},
	// one seed: 2 batches at 300 times, 1 at each other load
	{onPostgres, "On PostgreSQL", 4.4, false, sweep("--store", "postgres", "--laws", "none,DEFAULT", "--seeds", "100")},
	// 2 batches of 40 s
	{changing, "Work 2.5 times heavier, or 0.4 times lighter, in the middle of a storm", 3.9, false, sweep("--laws", "fixed,DEFAULT,vegas", "--multiples", "5", "--seeds", "100", "--changes", "2.5,0.4")},
	// clients wait for 30 s
	{slow, "The slow database: 0.8 s becomes 28 s", 2.6, false, sweep("--laws", "none,DEFAULT", "--most", "31", "--hold-spread", "0", "--timeout", "30s", "--multiples", "300", "--seeds", "100")},
	{highest, "P0 at 300 times the capacity, of which it asks for 0.78", 4.8, false, measureP0},
	{retrying, "Clients that try again three times, and a storm of 300 times", 3.0, false, measureRetries},
	{decisions, "Benchmarks, medians of passes in turn", 3.5, false, benchmarks},
	{"soak", "The opponents that read their own clock", 30, true, sweep(
		"--laws", "none,fixed,DEFAULT",
		"--against", "failsafe-go-queue="+opponentMark+" --policy failsafe-go-queue",
		"--against", "aegis="+opponentMark+" --policy aegis",
		"--against", "sentinel="+opponentMark+" --policy sentinel",
		"--against", "x-time-rate="+opponentMark+" --policy x-time-rate --rate 40",
		"--against", "deep-fifo="+opponentMark+" --policy deep-fifo --limit 32",
	)},
}

func names() string {
	var all []string
	for _, p := range parts {
		all = append(all, p.name)
	}
	return strings.Join(all, ", ")
}

// due are the parts to measure now: what is wanted by name whatever is kept of it, and else what is not whole.
func (b *bench) due(kept *record) (due []part) {
	for _, p := range parts {
		if p.soak != b.soak || !b.wanted.MatchString(p.name) {
			continue
		}
		if b.only || !kept.has(p.name) {
			due = append(due, p)
		}
	}
	return due
}

// plan says what will be done, and until when.
func (b *bench) plan(due []part) {
	sum := 0.0
	for _, p := range due {
		b.say("plan: %4.1f min: %s: %s", p.minutes, p.name, p.title)
		sum += p.minutes
	}
	b.say("plan: %4.1f min in all, until %s", sum, time.Now().Add(time.Duration(sum*float64(time.Minute))).Format("15:04"))
}

// measure measures one part. What was measured before an error is kept, with the error.
func (b *bench) measure(ctx context.Context, p part) piece {
	b.say("%s, about %.1f min", p.name, p.minutes)
	machine := machineNow(b.root)
	began := time.Now()
	got, err := p.measure(ctx, b)
	if err != nil {
		got.Cut = fmt.Sprint(err)
		b.say("%s: %v", p.name, err)
	}
	got.Machine, got.Took = machine(), time.Since(began)
	return got
}
