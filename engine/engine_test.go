package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// counts are the accounts of a run, as they stand in its end and in its cells.
type counts struct {
	Planned, Sent, Retries, Dropped, Lost uint64
	Good, Late, Shed, Failed, Unfinished  uint64
	Served, GaveUp, Waiting, Attempts     uint64
}

func accounts(m *memory, end *result.End) counts {
	s := m.run(end).All()
	return counts{
		end.Planned, end.Sent, end.Retries, s.Dropped, s.Lost,
		s.Good, s.Late, s.Shed, s.Failed, s.Unfinished,
		end.People.Served, end.People.GaveUp, end.People.Waiting, end.People.Attempts,
	}
}

// logged counts the outcomes in a result log.
func logged(t *testing.T, log io.Reader) (n counts) {
	t.Helper()
	_, entries, err := result.ReadEntries("results", log)
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range entries {
		if err != nil {
			t.Fatal(err)
		}
		*map[result.Outcome]*uint64{
			result.Good: &n.Good, result.Late: &n.Late, result.Shed: &n.Shed, result.Failed: &n.Failed,
			result.Unfinished: &n.Unfinished, result.Dropped: &n.Dropped,
		}[e.Outcome]++
	}
	return n
}

func TestAccounts(t *testing.T) {
	ms, s := time.Millisecond, time.Second
	patient := func(sc *scenarios.Scenario, patience time.Duration, attempts int, delay time.Duration) {
		sc.Actors = []scenarios.Actor{{Name: "a", Share: 1, Patience: patience, Retry: scenarios.Retry{Attempts: attempts, Delay: delay}}}
	}
	for _, test := range []struct {
		name   string
		change func(*scenarios.Scenario)
		driver fake
		want   counts
		kinds  map[string]uint64
		length time.Duration // of the run, drain included
	}{
		{
			name: "all are answered in time", driver: always(answer{after: 100 * ms, status: 200}),
			want:   counts{Planned: 100, Sent: 100, Good: 100, Served: 100, Attempts: 100},
			length: 9950*ms + 100*ms,
		},
		{
			name: "an answer exactly at good_within is good", driver: always(answer{after: 3 * s, status: 204}),
			want: counts{Planned: 100, Sent: 100, Good: 100, Served: 100, Attempts: 100},
		},
		{
			name: "an answer after good_within is late", driver: always(answer{after: 3*s + 1, status: 200}),
			want: counts{Planned: 100, Sent: 100, Late: 100, Served: 100, Attempts: 100},
		},
		{
			name: "no answer before the timeout is a failure", driver: always(answer{after: 31 * s, status: 200}),
			want:  counts{Planned: 100, Sent: 100, Failed: 100, GaveUp: 100, Attempts: 100},
			kinds: map[string]uint64{"timeout": 100},
		},
		{
			name: "patience shorter than the timeout ends the attempt", driver: always(answer{after: 6 * s, status: 200}),
			change: func(sc *scenarios.Scenario) { patient(sc, 5*s, 1, 0) },
			want:   counts{Planned: 100, Sent: 100, Failed: 100, GaveUp: 100, Attempts: 100},
			kinds:  map[string]uint64{"timeout": 100},
			length: 9950*ms + 5*s,
		},
		{
			name:   "503 with Retry-After and 429 are shed, a bare 503 and 302 are not",
			driver: inTurn(answer{status: 503, retryAfter: s}, answer{status: 429}, answer{status: 503}, answer{status: 302}, answer{status: 200}),
			want:   counts{Planned: 100, Sent: 100, Shed: 2, Failed: 2, Good: 96, Served: 96, GaveUp: 4, Attempts: 100},
			kinds:  map[string]uint64{"status_503": 1, "status_302": 1},
		},
		{
			name: "transport failures keep their kind", driver: inTurn(answer{kind: "dial"}, answer{kind: "reset"}, answer{status: 200}),
			want:  counts{Planned: 100, Sent: 100, Failed: 2, Good: 98, Served: 98, GaveUp: 2, Attempts: 100},
			kinds: map[string]uint64{"dial": 1, "reset": 1},
		},
		{
			// 10 a second, 4 s each: 40 would be in flight; 20 are, so two seconds of arrivals go out in every four
			name: "what does not fit in flight is dropped", driver: always(answer{after: 4 * s, status: 200}),
			change: func(sc *scenarios.Scenario) { sc.MaxInFlight = 20 },
			want:   counts{Planned: 100, Sent: 60, Dropped: 40, Late: 60, Served: 60, Waiting: 40, Attempts: 60},
		},
		{
			// the last ten seconds of 100 arrivals have no answer when the drain ends 5 s after the last of them
			name: "what is in flight at the end of the drain is unfinished", driver: always(answer{after: 20 * s, status: 200}),
			change: func(sc *scenarios.Scenario) { sc.Drain = 15 * s },
			want:   counts{Planned: 100, Sent: 100, Late: 50, Unfinished: 50, Served: 50, Waiting: 50, Attempts: 100},
			length: 9950*ms + 15*s,
		},
		{
			name:   "retries are counted beside the plan",
			driver: func(_ int, r *scenarios.Request) answer { return answer{status: 500} },
			change: func(sc *scenarios.Scenario) { patient(sc, time.Minute, 3, 2*s) },
			want:   counts{Planned: 100, Sent: 100, Retries: 200, Failed: 300, GaveUp: 100, Attempts: 300},
			kinds:  map[string]uint64{"status_500": 300},
			length: 9950*ms + 4*s,
		},
		{
			name: "a retry that is answered serves the person", driver: inTurn(answer{status: 500}, answer{status: 200}),
			change: func(sc *scenarios.Scenario) { patient(sc, time.Minute, 3, 2*s) },
			want:   counts{Planned: 100, Sent: 100, Retries: 1, Failed: 1, Good: 100, Served: 100, Attempts: 101},
			kinds:  map[string]uint64{"status_500": 1},
		},
		{
			name: "patience cuts retries off: due 0, 2 and 4 s fit in 5 s", driver: always(answer{status: 500}),
			change: func(sc *scenarios.Scenario) { patient(sc, 5*s, 10, 2*s) },
			want:   counts{Planned: 100, Sent: 100, Retries: 200, Failed: 300, GaveUp: 100, Attempts: 300},
			kinds:  map[string]uint64{"status_500": 300},
		},
		{
			name: "a Retry-After beyond patience is no retry", driver: always(answer{status: 503, retryAfter: 10 * s}),
			change: func(sc *scenarios.Scenario) { patient(sc, 5*s, 10, 2*s) },
			want:   counts{Planned: 100, Sent: 100, Shed: 100, GaveUp: 100, Attempts: 100},
		},
		{
			// ten are saved up; the first attempt finds nothing to pay back, and 99 tenths are nine more
			name: "a budget bounds the retries of all", driver: always(answer{status: 503, retryAfter: s}),
			change: func(sc *scenarios.Scenario) { patient(sc, time.Minute, 3, 2*s); sc.Actors[0].Retry.Budget = 0.1 },
			want:   counts{Planned: 100, Sent: 100, Retries: 19, Shed: 119, GaveUp: 100, Attempts: 119},
		},
		{
			// all are refused at once; the pause of the last 45 is not over 4.5 s after the last arrival
			name: "a pause that outlasts the drain leaves a person waiting", driver: always(answer{status: 503, retryAfter: 9 * s}),
			change: func(sc *scenarios.Scenario) { patient(sc, time.Minute, 2, s); sc.Drain = 4550 * ms },
			want:   counts{Planned: 100, Sent: 100, Retries: 55, Shed: 155, GaveUp: 55, Waiting: 45, Attempts: 155},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sc := even(10, 10*s)
				if test.change != nil {
					test.change(&sc)
				}
				var log memory
				var results bytes.Buffer
				if err := result.WriteEntriesHeader(&results, result.Header{Format: result.Format, Operations: []string{"op"}}); err != nil {
					t.Fatal(err)
				}
				end, err := Engine{Driver: test.driver, Log: &log, Results: &results}.Run(t.Context(), planned(t, sc))
				if err != nil {
					t.Fatal(err)
				}
				if want, got := test.want, logged(t, &results); got != (counts{
					Good: want.Good, Late: want.Late, Shed: want.Shed, Failed: want.Failed, Unfinished: want.Unfinished, Dropped: want.Dropped,
				}) {
					t.Errorf("the result log holds %+v, want the outcomes of %+v", got, want)
				}
				if got := accounts(&log, end); got != test.want {
					t.Errorf("\n got %+v\nwant %+v", got, test.want)
				}
				all := log.run(end).All()
				if got := all.Kinds; len(got)+len(test.kinds) > 0 && !reflect.DeepEqual(got, test.kinds) {
					t.Errorf("kinds %v, want %v", got, test.kinds)
				}
				if want := test.length.Seconds(); want > 0 && end.Seconds != want {
					t.Errorf("took %v s, want %v", end.Seconds, want)
				}
				for _, reason := range end.Invalid {
					if test.want.Dropped == 0 || !strings.Contains(reason, "not sent") {
						t.Errorf("invalid: %s", reason)
					}
				}
				var left uint64
				for _, tick := range log.ticks {
					left += tick.Sent
				}
				if left != end.Sent+end.Retries {
					t.Errorf("ticks count %d sends, want %d", left, end.Sent+end.Retries)
				}
			})
		})
	}
}

func TestInstantsAreCountedFromDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := even(1, time.Second) // one arrival, due at 0.5 s
		sc.Actors = []scenarios.Actor{{Share: 1, Patience: time.Minute, Retry: scenarios.Retry{Attempts: 2, Delay: 2 * time.Second}}}
		var log memory
		end, err := Engine{Log: &log, Driver: inTurn(
			answer{late: 3 * time.Millisecond, after: 100 * time.Millisecond, status: 500},
			answer{late: 4 * time.Millisecond, after: 200 * time.Millisecond, status: 200},
		)}.Run(t.Context(), planned(t, sc))
		if err != nil {
			t.Fatal(err)
		}
		run := log.run(end)
		if len(run.Cells) != 2 {
			t.Fatalf("%d cells, want one for the first attempt and one for the retry", len(run.Cells))
		}
		// the retry is due 2 s after the failure was there: 0.5 + 0.103 + 2 = 2.603 s
		for i, want := range []struct {
			due              int
			retry            bool
			latency, service time.Duration
		}{{0, false, 103 * time.Millisecond, 100 * time.Millisecond}, {2, true, 204 * time.Millisecond, 200 * time.Millisecond}} {
			c := run.Cells[i]
			if c.Due != want.due || c.Retry != want.retry || c.Latency.Max() != want.latency || c.Service.Max() != want.service {
				t.Errorf("cell %d: due %d, retry %v, latency %v, service %v; want %+v", i, c.Due, c.Retry, c.Latency.Max(), c.Service.Max(), want)
			}
		}
		if got := run.Lateness; got.Min() != 3*time.Millisecond || got.Max() != 4*time.Millisecond {
			t.Errorf("lateness from %v to %v, want 3ms and 4ms", got.Min(), got.Max())
		}
		if got, want := end.People.TimeToSuccess.Max(), 2307*time.Millisecond; got != want {
			t.Errorf("time to success %v, want %v", got, want)
		}
	})
}

// A service that stands still for one second in thirty and then answers everybody at once: of all people a share (1-x)/30
// waits longer than x seconds. A generator that waited with it would measure the few requests it had in flight and report
// a p99 near zero (coordinated omission).
func TestAStallIsFeltByAllWhoWereDueInIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		stall, over := start.Add(10*time.Second), start.Add(11*time.Second)
		service := func(int, *scenarios.Request) answer {
			if now := time.Now(); now.After(stall) && now.Before(over) {
				return answer{status: 200, after: over.Sub(now)}
			}
			return answer{status: 200}
		}
		sc := even(1000, 30*time.Second)
		sc.MaxInFlight = 2000
		var log memory
		end, err := Engine{Driver: fake(service), Log: &log}.Run(t.Context(), planned(t, sc))
		if err != nil {
			t.Fatal(err)
		}
		all := log.run(end).All()
		for q, want := range map[float64]float64{0.99: 0.7, 0.999: 0.97, 0.96: 0} { // 1 - 30 (1-q)
			if got := all.Latency.Quantile(q).Seconds(); math.Abs(got-want) > 0.005 {
				t.Errorf("latency p%v is %.4f s, want %.3f", 100*q, got, want)
			}
		}
	})
}

func TestValidity(t *testing.T) {
	run := func(t *testing.T, ctx context.Context, e Engine, sc scenarios.Scenario) (*result.End, counts) {
		t.Helper()
		var log memory
		e.Log = &log
		end, err := e.Run(ctx, planned(t, sc))
		if err != nil {
			t.Fatal(err)
		}
		return end, accounts(&log, end)
	}
	late := func(n int, _ *scenarios.Request) answer { // 2 of 100 are 6 ms late
		return answer{status: 200, late: time.Duration(n/98) * 6 * time.Millisecond}
	}
	for _, test := range []struct {
		name   string
		engine Engine
		want   string // in the only reason
	}{
		{"lateness p99 beyond 5 ms", Engine{Driver: fake(late)}, "lateness p99 is 6ms, limit 5ms"},
		{"lateness p99 beyond what was asked for", Engine{Driver: always(answer{status: 200, late: 2}), MaxLateness: 1}, "limit 1ns"},
		{"lateness within what was asked for", Engine{Driver: fake(late), MaxLateness: 6 * time.Millisecond}, ""},
		{"more than 1 % dropped", Engine{Driver: always(answer{status: 200, after: time.Second})}, "10 dropped with 9 in flight"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sc := even(10, 10*time.Second)
				sc.MaxInFlight = 9
				end, _ := run(t, t.Context(), test.engine, sc)
				if test.want == "" && len(end.Invalid) == 0 {
					return
				}
				if len(end.Invalid) != 1 || !strings.Contains(end.Invalid[0], test.want) {
					t.Errorf("invalid %q, want %q", end.Invalid, test.want)
				}
			})
		})
	}
	t.Run("an interrupt cuts the plan and drains", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(4*time.Second, cancel)
			end, got := run(t, ctx, Engine{Driver: always(answer{status: 200, after: time.Second})}, even(10, 10*time.Second))
			want := counts{Planned: 40, Sent: 40, Good: 40, Served: 40, Attempts: 40}
			if got != want || !end.Interrupted || len(end.Invalid) > 0 {
				t.Errorf("%+v, interrupted %v, invalid %q; want %+v", got, end.Interrupted, end.Invalid, want)
			}
			if end.Seconds != 4.95 { // the last was due at 3.95 s
				t.Errorf("took %v s, want 4.95", end.Seconds)
			}
		})
	})
	t.Run("an interrupt ends the retries, too", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(4*time.Second, cancel)
			sc := even(10, 10*time.Second)
			sc.Actors = []scenarios.Actor{{Share: 1, Patience: time.Minute, Retry: scenarios.Retry{Attempts: 2, Delay: 3 * time.Second}}}
			_, got := run(t, ctx, Engine{Driver: always(answer{status: 500, after: time.Second})}, sc)
			want := counts{Planned: 40, Sent: 40, Failed: 40, Waiting: 40, Attempts: 40}
			if got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
		})
	})
	t.Run("an interrupt in the drain does not make it longer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(15*time.Second, cancel)
			sc := even(10, 10*time.Second)
			sc.Drain = 10 * time.Second
			end, got := run(t, ctx, Engine{Driver: always(answer{status: 200, after: 25 * time.Second})}, sc)
			want := counts{Planned: 100, Sent: 100, Unfinished: 100, Waiting: 100, Attempts: 100}
			if got != want || !end.Interrupted || end.Seconds != 19.95 {
				t.Errorf("%+v after %v s, want %+v after 19.95 s", got, end.Seconds, want)
			}
		})
	})
	t.Run("an abort loses the rest of the plan", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(4*time.Second, func() { cancel(fmt.Errorf("stop: %w", Abort{"the service died"})) })
			end, got := run(t, ctx, Engine{Driver: always(answer{status: 200, after: time.Second})}, even(10, 10*time.Second))
			want := counts{Planned: 100, Sent: 40, Lost: 60, Good: 40, Served: 40, Waiting: 60, Attempts: 40}
			if got != want || end.Interrupted {
				t.Errorf("%+v, interrupted %v; want %+v", got, end.Interrupted, want)
			}
			if len(end.Invalid) != 2 || !strings.Contains(end.Invalid[0], "the service died") || !strings.Contains(end.Invalid[1], "60 lost") {
				t.Errorf("invalid %q, want the reason and the 60 lost", end.Invalid)
			}
		})
	})
}

func TestALogThatFailsStopsTheSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("no space left on device")
		log := memory{failAt: 2, err: full}
		sent := 0
		count := func(n int, _ *scenarios.Request) answer { sent = n + 1; return answer{status: 200} }
		end, err := Engine{Driver: fake(count), Log: &log}.Run(t.Context(), planned(t, even(10, 10*time.Second)))
		if !errors.Is(err, full) || end != nil {
			t.Errorf("error %v, end %v; want %v and none", err, end, full)
		}
		if sent < 30 || sent > 31 { // the third second is written when it is over
			t.Errorf("%d requests were sent, want 30", sent)
		}
	})
}

// stuck is a disk that does not answer until it is let go.
type stuck chan struct{}

func (s stuck) Tick(result.Tick) error { <-s; return nil }

func TestALogThatHangsDoesNotHoldUpTheSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := make(stuck)
		time.AfterFunc(15*time.Second, func() { close(log) })
		end, err := Engine{Driver: always(answer{status: 200}), Log: log}.Run(t.Context(), planned(t, even(10, 10*time.Second)))
		if err != nil || end.Sent != 100 || len(end.Invalid) > 0 {
			t.Errorf("%v, %+v; want 100 sent in time", err, end)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		log := make(stuck)
		time.AfterFunc(time.Hour, func() { close(log) })
		_, err := Engine{Driver: always(answer{status: 200}), Log: log}.Run(t.Context(), planned(t, even(10, time.Minute)))
		if err == nil || !strings.Contains(err.Error(), "not yet written") {
			t.Errorf("error %v, want one about the seconds that are not yet written", err)
		}
	})
}

func TestARequestThatCannotBeMadeFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, err := NewPlan(context.Background(), even(10, time.Second), struct{ asked }{})
		if err != nil {
			t.Fatal(err)
		}
		p.Requests = asked{err: errors.New("no such person")}
		var log memory
		end, err := Engine{Driver: always(answer{status: 200}), Log: &log}.Run(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		want := counts{Planned: 10, Sent: 10, Good: 1, Failed: 9, Served: 1, GaveUp: 9, Attempts: 10}
		if got := accounts(&log, end); got != want || len(end.Failures) != 9 || end.Failures[0].Kind != result.KindRequest {
			t.Errorf("%+v, failures %+v; want %+v", got, end.Failures, want)
		}
	})
}

// fickle makes the request of arrival 5 for another person each time.
type fickle struct {
	asked
	times *uint64
}

func (f fickle) At(seq uint64, op string) (scenarios.Request, error) {
	r, err := f.asked.At(seq, op)
	if seq == 5 {
		*f.times++
		r.Person = 1000 + *f.times
	}
	return r, err
}

func TestArrivalsThatAreNotThoseOfThePlanMakeARunInvalid(t *testing.T) {
	for _, test := range []struct {
		name     string
		requests scenarios.Requests
		stop     error // at 0.8 s, after arrival 5 of 10
		same     bool
		invalid  bool // for the hash
	}{
		{"the same requests", asked{}, nil, true, false},
		{"another person the second time", fickle{times: new(uint64)}, nil, false, true},
		{"an interrupted run has prepared a part of the plan", asked{}, context.Canceled, false, false},
		{"an aborted run is invalid for its own reason", fickle{times: new(uint64)}, Abort{"the service died"}, false, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			plan, err := NewPlan(context.Background(), even(10, time.Second), test.requests)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			if test.stop != nil {
				time.AfterFunc(800*time.Millisecond, func() { cancel(test.stop) })
			}
			end, err := Engine{Driver: always(answer{status: 200}), Log: &memory{}}.Run(ctx, plan)
			if err != nil {
				t.Fatal(err)
			}
			if same := end.ArrivalHash == plan.Hash; same != test.same {
				t.Errorf("%s: hash %s, plan %s", test.name, end.ArrivalHash, plan.Hash)
			}
			if invalid := strings.Contains(strings.Join(end.Invalid, "; "), "another person"); invalid != test.invalid {
				t.Errorf("%s: invalid %q", test.name, end.Invalid)
			}
		})
	}
}

func TestTenFailuresOfEachKindAreKeptWithoutSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log memory
		kinds := func(n int, _ *scenarios.Request) answer {
			return answer{kind: []string{result.KindDial, result.KindReset}[n%2]}
		}
		end, err := Engine{Driver: fake(kinds), Log: &log}.Run(t.Context(), planned(t, even(10, 10*time.Second)))
		if err != nil {
			t.Fatal(err)
		}
		kept := map[string]int{}
		for _, f := range end.Failures {
			kept[f.Kind]++
			if want := f.Kind + " for Bearer [redacted] of [digits]"; f.Error != want || f.Op != "account.get" {
				t.Errorf("kept %+v, want error %q", f, want)
			}
		}
		if kept["dial"] != 10 || kept["reset"] != 10 || len(kept) != 2 {
			t.Errorf("kept %v, want 10 of each kind", kept)
		}
	})
}

func TestProgressComesEachSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []Progress
		var log memory
		e := Engine{Driver: always(answer{status: 200, after: 2 * time.Second}), Log: &log, Progress: func(p Progress) { got = append(got, p) }}
		if _, err := e.Run(t.Context(), planned(t, even(10, 3*time.Second))); err != nil {
			t.Fatal(err)
		}
		if len(got) != 5 { // the last answer comes at 4.95 s
			t.Fatalf("%d reports, want 5: %+v", len(got), got)
		}
		third := Progress{Elapsed: 3 * time.Second, Length: 3 * time.Second, Phase: "drain", Offered: 10, Good: 10,
			P99: 2 * time.Second, InFlight: 20, Left: time.Minute}
		if got[2] != third {
			t.Errorf("third report\n got %+v\nwant %+v", got[2], third)
		}
		if got[0].Phase != "hold" || got[0].Left != 2*time.Second || got[0].Good != 0 {
			t.Errorf("first report %+v, want hold, 2s left, none good", got[0])
		}
	})
}

// instant answers everything in the next Wait.
type instant struct{ outs []driver.Outcome }

func (l *instant) Submit(slot uint64, r *scenarios.Request) {
	now := time.Now()
	l.outs = append(l.outs, driver.Outcome{Slot: slot, Ready: now, Sent: now, Done: now, Status: 200})
}

func (l *instant) Wait(time.Time) []driver.Outcome {
	outs := l.outs
	l.outs = l.outs[:0]
	return outs
}
func (l *instant) Close() error { return nil }

// What the engine itself costs for each request: plan, prepare, submit, settle; nothing of a driver.
func BenchmarkRequest(b *testing.B) {
	plan, err := NewPlan(context.Background(), even(1000, time.Second), asked{})
	if err != nil {
		b.Fatal(err)
	}
	c := newCollector(Engine{Log: &memory{}}, plan, 1, nil)
	defer c.scribe.close()
	l := newLane(Engine{}, plan, 0, 1, c)
	l.loop, l.start = new(instant), time.Now()
	l.advance()
	b.ReportAllocs()
	for b.Loop() {
		if l.coming == nil {
			l.next = plan.arrivals(0, 1)
			l.advance()
		}
		l.send(l.coming.due)
		for _, out := range l.loop.Wait(time.Time{}) {
			l.settle(&out)
		}
	}
}
