package engine

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// fifo is a service that works off an endless queue at rate a second, also for clients that no longer wait.
func fifo(rate float64) fake {
	var free time.Time // when it is done with all that came
	return func(int, *scenarios.Request) answer {
		now := time.Now()
		if free.Before(now) {
			free = now
		}
		free = free.Add(time.Duration(float64(time.Second) / rate))
		return answer{after: free.Sub(now), status: 200}
	}
}

// A service loaded to seven tenths gets three times that for five seconds. With three retries each, the clients keep it at
// work for people who have left, for good; within a budget of a tenth the same clients let it come back (Bronson et al.,
// Metastable failures in distributed systems, HotOS 2021).
func TestABudgetLetsAServiceRecover(t *testing.T) {
	const second = time.Second
	for _, test := range []struct {
		name   string
		budget float64
		good   uint64 // of the 700 first attempts of the last ten seconds
	}{
		{"three retries each", 0, 0},
		{"within a budget of a tenth", 0.1, 700},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := even(70, 0)
			s.Shape.Phases = []scenarios.Phase{
				{Kind: scenarios.Hold, Length: 5 * second},
				{Kind: scenarios.Hold, Length: 5 * second, To: scenarios.Rate{Value: 210}},
				{Kind: scenarios.Hold, Length: 110 * second, To: scenarios.Rate{Value: 70}},
			}
			s.Timeout, s.GoodWithin, s.MaxInFlight = 2*second, 2*second, 100_000
			s.Actors = []scenarios.Actor{{Name: "client", Share: 1, Retry: scenarios.Retry{
				Attempts: 4, Backoff: scenarios.Exponential, Delay: 200 * time.Millisecond, Jitter: 0.5, Budget: test.budget,
			}}}
			var log memory
			end, err := Engine{Driver: fifo(100), Log: &log}.Run(t.Context(), planned(t, s))
			if err != nil || len(end.Invalid) > 0 {
				t.Fatal(err, end.Invalid)
			}
			var good, all uint64
			for _, tick := range log.ticks {
				for _, c := range tick.Cells {
					if c.Due < 110 || c.Retry {
						continue
					}
					all += c.Count
					if c.Outcome == result.Good {
						good += c.Count
					}
				}
			}
			if good != test.good || all != 700 {
				t.Errorf("%s: %d of %d are good 100 s after the spike, want %d of 700", test.name, good, all, test.good)
			}
		})
	}
}
