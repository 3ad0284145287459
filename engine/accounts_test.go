package engine

import (
	"context"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/scenarios"
)

// Whatever the service does and whenever the run is stopped, every planned arrival is booked once, in the second in which
// the plan had it.
func TestAccountsAddUpForAnyService(t *testing.T) {
	for seed := range uint64(60) {
		synctest.Test(t, func(t *testing.T) {
			r := stream(seed, 99)
			sc := even(5+95*r.Float64(), 8*time.Second)
			sc.Seed = seed
			sc.Arrivals = []scenarios.Arrivals{scenarios.Even, scenarios.Poisson}[r.IntN(2)]
			sc.MaxInFlight = 1 + r.IntN(200)
			sc.Overload = []scenarios.Overload{
				{Policy: scenarios.Drop},
				{Policy: scenarios.Queue, Most: 1 + r.IntN(50)},
				{Policy: scenarios.LateBy, Late: time.Duration(1 + r.Int64N(int64(5*time.Second)))},
				{Policy: scenarios.Spawn, Most: sc.MaxInFlight + r.IntN(200)},
			}[r.IntN(4)]
			sc.Timeout = time.Duration(1 + r.Int64N(int64(5*time.Second)))
			sc.GoodWithin = sc.Timeout / 2
			sc.Drain = time.Duration(r.Int64N(int64(6 * time.Second)))
			sc.Actors = []scenarios.Actor{
				{Share: 1, Patience: time.Duration(r.Int64N(int64(10 * time.Second))), Retry: scenarios.Retry{
					Attempts: r.IntN(5), Delay: time.Duration(r.Int64N(int64(time.Second))), Jitter: r.Float64(), Backoff: scenarios.Exponential}},
				{Share: 2, Retry: scenarios.Retry{Attempts: 1}},
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			interrupted := false
			switch r.IntN(4) {
			case 0:
				interrupted = true
				time.AfterFunc(time.Duration(r.Int64N(int64(7*time.Second))), func() { cancel(nil) })
			case 1:
				time.AfterFunc(time.Duration(r.Int64N(int64(7*time.Second))), func() { cancel(Abort{"test"}) })
			}
			var log memory
			plan := planned(t, sc)
			end, err := Engine{Driver: erratic(r), Log: &log}.Run(ctx, plan)
			if err != nil {
				t.Fatal(err)
			}
			got := accounts(&log, end)
			run := log.run(end)
			var dropped uint64 // first attempts
			perSecond := map[int]uint64{}
			for _, c := range run.Cells {
				if !c.Retry {
					perSecond[c.Due] += c.Count
					if c.Outcome == "dropped" {
						dropped += c.Count
					}
				}
			}
			if got.Planned != got.Sent+dropped+got.Lost || dropped != end.Dropped {
				t.Errorf("seed %d: planned is not sent + dropped (%d) + lost: %+v", seed, dropped, got)
			}
			if got.Sent+got.Retries != got.Good+got.Late+got.Shed+got.Failed+got.Unfinished || got.Attempts != got.Sent+got.Retries {
				t.Errorf("seed %d: sent + retries is not good + late + shed + failed + unfinished: %+v", seed, got)
			}
			if got.Served != got.Good+got.Late || got.Served+got.GaveUp > got.Planned { // Waiting is the rest
				t.Errorf("seed %d: persons do not add up: %+v", seed, got)
			}
			if !interrupted {
				want := map[int]uint64{}
				for a := range plan.Arrivals {
					want[int(a.Due/time.Second)]++
				}
				for s, n := range want {
					if perSecond[s] != n {
						t.Errorf("seed %d: second %d has %d first attempts, plan %d", seed, s, perSecond[s], n)
					}
				}
			} else if !end.Interrupted || end.Planned > plan.Planned {
				t.Errorf("seed %d: interrupted %v, planned %d of %d", seed, end.Interrupted, end.Planned, plan.Planned)
			}
		})
	}
}

// erratic is a service that does anything.
func erratic(r *rand.Rand) fake {
	return func(int, *scenarios.Request) answer {
		a := answer{after: time.Duration(r.ExpFloat64() * float64(time.Second)), status: []int{200, 201, 302, 404, 429, 500, 503}[r.IntN(7)]}
		if r.IntN(3) == 0 {
			a.retryAfter = time.Duration(1+r.IntN(3)) * time.Second
		}
		if r.IntN(5) == 0 {
			a.kind = []string{"dial", "reset", "oversize"}[r.IntN(3)]
		}
		return a
	}
}
