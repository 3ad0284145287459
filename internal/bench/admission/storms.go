package main

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"
)

// p0Storm: 32 workers of 0.64 s do 50 a second. 300 times that is 15,000, of which P0 asks for 39; in 265 s that is 10,335
// requests, and fewer than 10,000 once in a thousand such storms.
const p0Storm = `name: storm
seed: 100
shape: {base: 50/s, phases: [{hold: 10s, rate: 25/s}, {hold: LENGTH, rate: 15000/s}]}
arrivals: poisson
mix: {claims.settle: 13, claims.preview: 13, eligibility.get: 13, account.get: 3000, contributions.list: 7500, policies.search: 4461}
actors: [{name: everyone, patience: 3s}]
timeout: 3s
good_within: 3s
drain: 4s
max_in_flight: 8192
variants: [{name: storm}]
`

// The storms of this file begin in this second.
const begins = 10

// measureP0 looks whether those who must not fail do not, while far more come than can be served.
func measureP0(ctx context.Context, b *bench) (p piece, err error) {
	length := 265
	if b.quick {
		length = 5
	}
	p.How = "a service of 32 workers held 640 ms each (50/s) behind the guard; its storm, from second 10 to the end, stands in internal/bench/admission/storms.go"
	l, err := b.drive(ctx, stage{hold: 640 * time.Millisecond, within: 3 * time.Second, guarded: true, seed: 100,
		request: strings.ReplaceAll(p0Storm, "LENGTH", fmt.Sprintf("%ds", length))})
	if err != nil {
		return p, err
	}
	var t strings.Builder
	if l.void != "" {
		fmt.Fprintf(&t, "Void: %s.\n\n", l.void)
	}
	t.WriteString("| class | asked, a second | answered in time, a second | refused | answered in time, of those asked | at least (Wilson, 95 %) |\n|---|---|---|---|---|---|\n")
	for _, class := range []string{"P0", "P1", "P2", "P3"} {
		sum := l.between(begins, begins+length, class)
		fmt.Fprintf(&t, "| %s | %.1f | %.2f | %.3f %% | %d of %d | %.5f |\n", class, float64(sum.First)/float64(length), float64(sum.Good)/float64(length),
			100*float64(sum.Shed)/float64(max(1, sum.Tries)), sum.Good, sum.First, wilson(sum.Good, sum.First))
	}
	p.Table = t.String()
	p0 := l.between(begins, begins+length, "P0")
	asked := float64(p0.First)
	missed := 10_000 * (1 - float64(p0.Good)/max(1, asked))
	p.Cells = []cell{{Variant: b.law, Multiple: 300, Change: 1, Void: l.void, Offered: 15_000, Missed: &missed, Asked: &asked}}
	return p, nil
}

// wilson is the lower end of the 95 % interval of k of n (Wilson 1927); 0 of none.
func wilson(k, n uint64) float64 {
	if n == 0 {
		return 0
	}
	const z = 1.96
	share, m := float64(k)/float64(n), float64(n)
	return (share + z*z/(2*m) - z*math.Sqrt(share*(1-share)/m+z*z/(4*m*m))) / (1 + z*z/m)
}

// retryStorm is before the service of the sweeps, which does 40 a second; before and after it, 28 ask. Without a guard a tenth
// of it is sent, or with the tries that follow it would be more than two cores send.
const retryStorm = `name: storm
seed: SEED
shape: {base: 40/s, phases: [{hold: 10s, rate: 28/s}, {hold: 10s, rate: RATE}, {hold: 20s, rate: 28/s}]}
arrivals: even
mix: R
actors: [{name: everyone, patience: 30s, retry: {attempts: 4, backoff: exponential, delay: 1s, jitter: 0.5}}]
timeout: 3s
good_within: 3s
drain: 3s
max_in_flight: 16384
variants: [{name: storm}]
`

// How long it lasts, and how long is looked at afterwards, in seconds.
const (
	lasts = 10
	tail  = 20
)

// measureRetries looks how long a storm is felt after it, when whoever was refused or not answered tries again three times.
func measureRetries(ctx context.Context, b *bench) (p piece, err error) {
	p.How = "a service of 32 workers held 800 ms each (40/s), asked for 0.7 of that before and after; who is told to wait for more than 30 s goes; recovery is whole seconds until, for five on end, good answers are 95 % of the people who come: answers to any try for goodput, to first tries for newcomers. The storm stands in internal/bench/admission/storms.go"
	var t strings.Builder
	t.WriteString("| load | variant | seed | tries a person in the storm | good answers a second in it | in the first 5 s after it: tries a second | good answers, of people who came | of their first tries | recovery of goodput | of newcomers |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range []struct {
		variant  string
		multiple int
		seed     int
	}{{"none", 30, 100}, {b.law, 300, 100}, {b.law, 300, 101}, {b.law, 300, 102}} {
		if b.quick && r.seed > 100 {
			continue
		}
		rate := 40 * r.multiple
		l, err := b.drive(ctx, stage{hold: 800 * time.Millisecond, within: 3 * time.Second, guarded: r.variant != "none", seed: r.seed,
			request: strings.NewReplacer("SEED", fmt.Sprint(r.seed), "RATE", fmt.Sprintf("%d/s", rate)).Replace(retryStorm)})
		if err != nil {
			return p, fmt.Errorf("%s, seed %d: %w", r.variant, r.seed, err)
		}
		c := cell{Variant: r.variant, Multiple: float64(r.multiple), Change: 1, Void: l.void, Offered: float64(rate), Recovery: l.recovery(begins+lasts, begins+lasts+tail, anyTry)}
		p.Cells = append(p.Cells, c)
		said, newcomers := spell(c.Recovery), spell(l.recovery(begins+lasts, begins+lasts+tail, firstTry))
		if l.void != "" {
			newcomers += ", void: " + l.void
		}
		in, past := l.between(begins, begins+lasts, ""), l.between(begins+lasts, begins+lasts+5, "")
		fmt.Fprintf(&t, "| %dx | %s | %d | %.2f | %.1f | %.1f | %.1f %% | %.1f %% | %s | %s |\n", r.multiple, r.variant, r.seed, float64(in.Tries)/float64(max(1, in.First)),
			float64(in.Good)/lasts, float64(past.Tries)/5, 100*float64(past.Good)/float64(max(1, past.First)),
			100*float64(past.FirstGood)/float64(max(1, past.First)), said, newcomers)
		p.Table = t.String()
		b.say("%s, seed %d: recovery %s, of newcomers %s", r.variant, r.seed, said, newcomers)
	}
	return p, nil
}

// Answers in time that count for a recovery: to any try that of goodput, to first tries that of newcomers.
func anyTry(t tally) uint64   { return t.Good }
func firstTry(t tally) uint64 { return t.FirstGood }

// recovery is how many whole seconds after second from it takes until, for five seconds on end, there are good answers for
// 95 % of the people who come; nil if that is not before second to.
func (l runLog) recovery(from, to int, good func(tally) uint64) *float64 {
	for at := from; at+5 <= to; at++ {
		if sum := l.between(at, at+5, ""); sum.First > 0 && float64(good(sum)) >= 0.95*float64(sum.First) {
			took := float64(at - from)
			return &took
		}
	}
	return nil
}

func spell(took *float64) string {
	if took == nil {
		return "never"
	}
	return fmt.Sprintf("%g s", *took)
}
