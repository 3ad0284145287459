package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// With N users, think time Z and a service that takes R, the interactive response time law gives X = N / (R + Z)
// (Denning, Buzen, The operational analysis of queueing network models, 1978).
func TestClosedModelKeepsTheResponseTimeLaw(t *testing.T) {
	for _, test := range []struct {
		users    int
		r, think time.Duration
	}{{1, 250 * time.Millisecond, 0}, {8, 100 * time.Millisecond, 300 * time.Millisecond}, {100, time.Second, 4 * time.Second}} {
		for _, loops := range []int{1, 3} {
			synctest.Test(t, func(t *testing.T) {
				sc := even(1, time.Minute)
				sc.Users, sc.Think, sc.Shape.Base = test.users, scenarios.Think{Least: test.think, Most: test.think}, float64(test.users)
				var log memory
				end, err := Engine{Driver: always(answer{status: 200, after: test.r}), Loops: loops, Log: &log}.Run(t.Context(), planned(t, sc))
				if err != nil {
					t.Fatal(err)
				}
				want := float64(test.users) * 60 / (test.r + test.think).Seconds()
				// each user begins at a random instant of the first think time and is counted with its last errand
				if got := float64(end.Sent); math.Abs(got-want) > float64(test.users) {
					t.Errorf("%d users, %d loops: %v requests in a minute, the law says %v", test.users, loops, got, want)
				}
				got := accounts(&log, end)
				if got.Good != got.Planned || got.Waiting != 0 || len(end.Invalid) > 0 {
					t.Errorf("%d users: %+v, invalid %q", test.users, got, end.Invalid)
				}
				for _, tick := range log.ticks {
					if tick.InFlight > test.users {
						t.Errorf("%d in flight of %d users", tick.InFlight, test.users)
					}
				}
			})
		}
	}
}

func TestUsersComeAndGoWithTheShape(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := even(1, time.Second)
		sc.Users, sc.Shape.Base = 10, 10
		times := func(v float64) scenarios.Rate { return scenarios.Rate{Value: v, Times: true} }
		sc.Shape.Phases = []scenarios.Phase{
			{Kind: scenarios.Hold, Length: 10 * time.Second, To: times(1)},
			{Kind: scenarios.Ramp, Length: 10 * time.Second, To: times(3)},
			{Kind: scenarios.Hold, Length: 10 * time.Second},
			{Kind: scenarios.Hold, Length: 10 * time.Second, To: times(0.5)},
		}
		var log memory
		if _, err := (Engine{Driver: always(answer{status: 200, after: 570 * time.Millisecond}), Log: &log}).Run(t.Context(), planned(t, sc)); err != nil {
			t.Fatal(err)
		}
		for at, want := range map[int]int{8: 10, 14: 20, 25: 30, 35: 5} {
			if got := log.ticks[at].InFlight; math.Abs(float64(got-want)) > 1 {
				t.Errorf("%d users in flight at the end of second %d, want %d", got, at, want)
			}
		}
	})
}

// What users ask does not depend on how they are dealt to loops.
func TestUsersAskTheSameOnOneLoopOrFour(t *testing.T) {
	var asked []map[string]int
	for _, loops := range []int{1, 4} {
		synctest.Test(t, func(t *testing.T) {
			seen := newAsked()
			sc := even(1, 10*time.Second)
			sc.Users, sc.Shape.Base = 10, 10
			sc.Mix = []scenarios.Weight{{Op: "a", Share: 1}, {Op: "b", Share: 2}}
			if _, err := (Engine{Driver: seen, Loops: loops, Log: &memory{}}).Run(t.Context(), planned(t, sc)); err != nil {
				t.Fatal(err)
			}
			asked = append(asked, seen.requests)
		})
	}
	if !maps.Equal(asked[0], asked[1]) || len(asked[0]) < 100 {
		t.Errorf("one loop asked %d different things, four asked %d, not the same", len(asked[0]), len(asked[1]))
	}
}

func TestArrivalsAreTheSameOnOneLoopOrEight(t *testing.T) {
	var asked []map[string]int
	for _, loops := range []int{1, 2, 8} {
		synctest.Test(t, func(t *testing.T) {
			seen := newAsked()
			sc := even(97, 5*time.Second)
			sc.Arrivals = scenarios.Poisson
			sc.Mix = []scenarios.Weight{{Op: "a", Share: 1}, {Op: "b", Share: 2}}
			plan := planned(t, sc)
			var log memory
			end, err := Engine{Driver: seen, Loops: loops, Log: &log}.Run(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			if end.ArrivalHash != plan.Hash || end.Sent != plan.Planned || len(end.Invalid) > 0 {
				t.Errorf("%d loops: %d of %d sent, hash %s of %s, invalid %q", loops, end.Sent, plan.Planned, end.ArrivalHash, plan.Hash, end.Invalid)
			}
			asked = append(asked, seen.requests)
		})
	}
	if !maps.Equal(asked[0], asked[1]) || !maps.Equal(asked[0], asked[2]) {
		t.Error("loops change what is asked")
	}
}

// newAsked is a service that notes what it is asked, over all loops.
func newAsked() *noted { return &noted{requests: map[string]int{}} }

type noted struct {
	mu       sync.Mutex
	requests map[string]int
}

func (n *noted) Name() string { return "noted" }
func (n *noted) Open() (driver.Loop, error) {
	return &fakeLoop{answer: func(_ int, r *scenarios.Request) answer {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.requests[fmt.Sprint(r.Op, r.Person)]++
		return answer{status: 200, after: 500 * time.Millisecond}
	}}, nil
}

// visits are sessions of three steps with a second of thought between them; what fails ends them.
type visits struct {
	asked
	setup, teardown *visit
}

func (v visits) Begin(seq uint64, op string) (scenarios.Session, error) {
	if op != "visit" {
		return nil, nil
	}
	return &visit{seq: seq, steps: []string{"login", "look", "leave"}}, nil
}
func (v visits) Setup() scenarios.Session    { return orNil(v.setup) }
func (v visits) Teardown() scenarios.Session { return orNil(v.teardown) }

func orNil(v *visit) scenarios.Session {
	if v == nil {
		return nil
	}
	return v
}

type visit struct {
	seq    uint64
	steps  []string
	step   int
	broken bool
}

func (v *visit) Request(r *scenarios.Request) error {
	*r = scenarios.Request{Op: v.steps[v.step], Class: "P1", Person: v.seq, Method: "GET", Path: "/" + v.steps[v.step]}
	return nil
}

func (v *visit) Answer(a scenarios.Answer) (string, bool) {
	v.broken = string(a.Body) == "no"
	if v.broken {
		return "it says yes", false
	}
	return "", false
}

func (v *visit) Next(time.Duration) (time.Duration, bool) {
	v.step++
	return time.Second, !v.broken && v.step < len(v.steps)
}

func TestSessionsArriveOpenAndTheirStepsFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := even(10, 10*time.Second)
		sc.Mix = []scenarios.Weight{{Op: "visit", Share: 1}}
		sc.Journeys = []scenarios.Journey{{Name: "visit", Steps: make([]scenarios.Step, 3)}}
		plan, err := NewPlan(context.Background(), sc, visits{})
		if err != nil {
			t.Fatal(err)
		}
		if got := plan.Model(); got != result.PartlyOpen {
			t.Errorf("the model is %q", got)
		}
		var log memory
		end, err := Engine{Driver: always(answer{status: 200, after: 100 * time.Millisecond}), Log: &log}.Run(t.Context(), plan)
		if err != nil {
			t.Fatal(err)
		}
		got, want := accounts(&log, end), counts{Planned: 100, Sent: 100, Good: 300, Served: 100, Attempts: 300}
		if got != want || end.FollowUps != 200 || len(end.Invalid) > 0 {
			t.Errorf("\n got %+v, %d follow-ups, invalid %q\nwant %+v and 200", got, end.FollowUps, end.Invalid, want)
		}
		if s := end.Sessions; s != (result.Sessions{Begun: 100, Completed: 100}) {
			t.Errorf("sessions %+v", s)
		}
		if got, want := end.People.TimeToSuccess.Max(), 2300*time.Millisecond; got != want {
			t.Errorf("a visit took %v, want %v: three answers and two thoughts", got, want)
		}
		steps := map[string]uint64{}
		for _, c := range log.run(end).Cells {
			steps[c.Step+" "+c.Op] += c.Count
		}
		if want := map[string]uint64{"visit/1 login": 100, "visit/2 look": 100, "visit/3 leave": 100}; !maps.Equal(steps, want) {
			t.Errorf("steps %v, want %v", steps, want)
		}
	})
}

func TestAFailedCheckIsCountedUnderItsNameAndEndsTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := even(10, time.Second)
		sc.Mix = []scenarios.Weight{{Op: "visit", Share: 1}}
		sc.Journeys = []scenarios.Journey{{Name: "visit", Steps: make([]scenarios.Step, 3)}}
		plan, err := NewPlan(context.Background(), sc, visits{})
		if err != nil {
			t.Fatal(err)
		}
		no := func(n int, r *scenarios.Request) answer {
			if r.Op == "look" && r.Person < 4 {
				return answer{status: 200, body: "no"}
			}
			return answer{status: 200}
		}
		var log memory
		end, err := Engine{Driver: fake(no), Log: &log}.Run(t.Context(), plan)
		if err != nil {
			t.Fatal(err)
		}
		if got := log.run(end).All().Kinds; !maps.Equal(got, map[string]uint64{"check: it says yes": 4}) {
			t.Errorf("kinds %v", got)
		}
		if end.Sessions != (result.Sessions{Begun: 10, Completed: 6, Broken: 4}) || end.People.Served != 6 || end.People.GaveUp != 4 {
			t.Errorf("sessions %+v, people %+v", end.Sessions, end.People)
		}
	})
}

func TestSetupAndTeardownAreRunOnceAndCountForNothing(t *testing.T) {
	for _, test := range []struct {
		name    string
		setup   *visit
		driver  fake
		failure string
	}{
		{"all is well", &visit{steps: []string{"make", "see"}}, always(answer{status: 200}), ""},
		{"a setup that is refused ends the run before it begins", &visit{steps: []string{"make"}}, always(answer{status: 403}), "setup: GET /make was answered 403: status_403"},
	} {
		synctest.Test(t, func(t *testing.T) {
			var paths []string
			log := func(n int, r *scenarios.Request) answer {
				paths = append(paths, r.Path)
				return test.driver(n, r)
			}
			plan, err := NewPlan(context.Background(), even(1, 2*time.Second), visits{setup: test.setup, teardown: &visit{steps: []string{"unmake"}}})
			if err != nil {
				t.Fatal(err)
			}
			end, err := Engine{Driver: fake(log), Log: &memory{}}.Run(t.Context(), plan)
			if test.failure != "" {
				if err == nil || err.Error() != test.failure {
					t.Errorf("%s: error %v, want %s", test.name, err, test.failure)
				}
				return
			}
			want := []string{"/make", "/see", "/account.get", "/account.get", "/unmake"}
			if err != nil || !slices.Equal(paths, want) || end.Sent != 2 || end.People.Attempts != 2 {
				t.Errorf("%s: %v, asked %v, want %v; %+v", test.name, err, paths, want, end)
			}
		})
	}
}

// 10 arrivals a second for 10 s before a service of 20 places that takes 4 s each: it could serve 5 a second.
func TestOverloadPolicies(t *testing.T) {
	s := time.Second
	for _, test := range []struct {
		name     string
		overload scenarios.Overload
		sent     uint64
		queued   time.Duration // at most, over the run
	}{
		{"drop", scenarios.Overload{Policy: scenarios.Drop}, 60, 0},
		// the first 20 leave by 2 s; 4 and 8 s later as many places are free again
		{"queue at most 10", scenarios.Overload{Policy: scenarios.Queue, Most: 10}, 70, 4 * s},
		{"at most 1.05 s late", scenarios.Overload{Policy: scenarios.LateBy, Late: 1050 * time.Millisecond}, 60, 1050 * time.Millisecond},
		{"as late as the client waits", scenarios.Overload{Policy: scenarios.LateBy, Late: time.Hour}, 100, 10 * s},
		{"spawn up to 30 in flight", scenarios.Overload{Policy: scenarios.Spawn, Most: 30}, 80, 0},
		{"spawn without end", scenarios.Overload{Policy: scenarios.Spawn, Most: 1000}, 100, 0},
	} {
		for _, inPhase := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				sc := even(10, 10*s)
				sc.MaxInFlight = 20
				if inPhase {
					sc.Shape.Phases[0].Overload = test.overload
				} else {
					sc.Overload = test.overload
				}
				var log memory
				end, err := Engine{Driver: always(answer{status: 200, after: 4 * s}), Log: &log}.Run(t.Context(), planned(t, sc))
				if err != nil {
					t.Fatal(err)
				}
				run := log.run(end)
				if end.Sent != test.sent || end.Dropped != 100-test.sent || end.Planned != 100 {
					t.Errorf("%s: sent %d and dropped %d, want %d sent of 100", test.name, end.Sent, end.Dropped, test.sent)
				}
				if got := run.Queued.Max(); got > test.queued || test.queued > 0 && got < test.queued/2 {
					t.Errorf("%s: queued %v at most, want %v", test.name, got, test.queued)
				}
				if run.Lateness.Max() > 0 { // waiting by policy is not the generator's fault
					t.Errorf("%s: lateness %v", test.name, run.Lateness.Max())
				}
				if all := run.All(); all.Good+all.Late+all.Dropped != 100 {
					t.Errorf("%s: %+v", test.name, all)
				}
			})
		}
	}
}

func TestWhoWaitsForAPlaceUntilTheTimeoutIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := even(10, time.Second)
		sc.MaxInFlight, sc.Timeout, sc.Arrivals = 1, 5*time.Second, scenarios.Replay
		sc.Overload = scenarios.Overload{Policy: scenarios.LateBy, Late: time.Hour}
		plan, err := NewPlan(context.Background(), sc, asked{}, 0, 0, 100*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		var log memory
		end, err := Engine{Driver: always(answer{status: 200, after: time.Hour}), Log: &log}.Run(t.Context(), plan)
		if err != nil {
			t.Fatal(err)
		}
		// the first has the place until 5 s, when the second has waited for too long and the third may wait for 0.1 s more
		want := counts{Planned: 3, Sent: 2, Dropped: 1, Failed: 2, GaveUp: 2, Waiting: 1, Attempts: 2}
		if got := accounts(&log, end); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	})
}

func TestAbortRulesStopTheSendingWithinAQuarterOfASecond(t *testing.T) {
	breaks := func(at time.Duration) fake { // everything fails from then on
		return func(n int, r *scenarios.Request) answer {
			if time.Duration(n)*10*time.Millisecond >= at {
				return answer{status: 500}
			}
			return answer{status: 200}
		}
	}
	for _, test := range []struct {
		rule   string
		driver fake
		stop   time.Duration // when the first window in which the rule is broken ends; 0 is never
	}{
		{"failed <= 50% over 2s", breaks(5 * time.Second), 6100 * time.Millisecond},
		{"failed <= 50% over 100ms", breaks(5 * time.Second), 5100 * time.Millisecond},
		{"failed <= 50% over 2s", always(answer{status: 200}), 0},
		{"account.get p99 <= 1s over 1s", always(answer{status: 200, after: 1500 * time.Millisecond}), 1600 * time.Millisecond},
		{"goodput >= 50/s over 1s", always(answer{status: 200, after: time.Hour}), 1000 * time.Millisecond},
		{"P0 failed <= 1% over 1s", always(answer{status: 500}), 0}, // nothing of that class
	} {
		synctest.Test(t, func(t *testing.T) {
			rule, err := scenarios.ParseAbortRule(test.rule)
			if err != nil {
				t.Fatal(err)
			}
			sc := even(100, 20*time.Second)
			sc.Abort = []scenarios.AbortRule{rule}
			sc.MaxInFlight = 10_000
			plan := planned(t, sc)
			var log memory
			end, err := Engine{Driver: test.driver, Log: &log}.Run(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			if test.stop == 0 {
				if end.Aborted != "" || end.Sent != plan.Planned {
					t.Errorf("%s: stopped after %d: %q", test.rule, end.Sent, end.Aborted)
				}
				return
			}
			last := float64(end.Sent) / 100
			if want := test.stop.Seconds(); last < want-0.011 || last > want+0.25 {
				t.Errorf("%s: sending stopped at %.2f s, want it from %.2f s on and 0.25 s later at most", test.rule, last, want)
			}
			if end.Lost != plan.Planned-end.Sent || !strings.Contains(end.Aborted, rule.Budget.Text) || len(end.Invalid) > 0 || end.Interrupted {
				t.Errorf("%s: %d sent, %d lost, aborted %q, invalid %q", test.rule, end.Sent, end.Lost, end.Aborted, end.Invalid)
			}
		})
	}
}

func TestAnAbandonedRunWaitsForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		abandon := make(chan struct{})
		time.AfterFunc(2*time.Second, cancel)
		time.AfterFunc(3*time.Second, func() { close(abandon) })
		var log memory
		end, err := Engine{Driver: always(answer{status: 200, after: 20 * time.Second}), Log: &log, Abandon: abandon}.Run(ctx, planned(t, even(10, 10*time.Second)))
		if err != nil {
			t.Fatal(err)
		}
		want := counts{Planned: 20, Sent: 20, Unfinished: 20, Waiting: 20, Attempts: 20}
		if got := accounts(&log, end); got != want || end.Seconds > 3.1 {
			t.Errorf("%+v after %v s, want %+v after 3 s", got, end.Seconds, want)
		}
	})
}

func TestPrecisionLetsWhatIsDueTogetherLeaveTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wakes := map[time.Duration]bool{}
		start := time.Now()
		count := func(int, *scenarios.Request) answer {
			wakes[time.Since(start)] = true
			return answer{status: 200, after: time.Hour}
		}
		sc := even(1000, time.Second)
		var log memory
		end, err := Engine{Driver: fake(count), Log: &log, Precision: 10 * time.Millisecond}.Run(t.Context(), planned(t, sc))
		if err != nil {
			t.Fatal(err)
		}
		run := log.run(end)
		if len(wakes) != 100 || run.Lateness.Max() > 10*time.Millisecond || end.Sent != 1000 {
			t.Errorf("%d sent at %d instants, %v late at most; want 1000 at 100, 10ms", end.Sent, len(wakes), run.Lateness.Max())
		}
	})
}

// An hour at 100/s is walked in about a second, and nothing is late by a nanosecond.
func TestAnHourInASecond(t *testing.T) {
	if testing.Short() {
		t.Skip("walks 360,000 requests")
	}
	synctest.Test(t, func(t *testing.T) {
		var log memory
		began := time.Now()
		sc := even(100, time.Hour)
		end, err := Engine{Driver: always(answer{status: 200, after: 30 * time.Millisecond}), Log: &log}.Run(t.Context(), planned(t, sc))
		if err != nil {
			t.Fatal(err)
		}
		run := log.run(end)
		if end.Sent != 360_000 || run.Lateness.Max() != 0 || run.All().Latency.Max() != 30*time.Millisecond {
			t.Errorf("%d sent, lateness %v, latency %v", end.Sent, run.Lateness.Max(), run.All().Latency.Max())
		}
		for _, tick := range log.ticks[:3600] {
			if tick.Sent != 100 {
				t.Fatalf("second %d sent %d", tick.At, tick.Sent)
			}
		}
		if got := time.Since(began); got < time.Hour || got > time.Hour+time.Second {
			t.Errorf("the bubble's clock says %v", got)
		}
	})
}

func TestADriverThatCannotOpenEndsTheRunBeforeItBegins(t *testing.T) {
	no := errors.New("no such protocol")
	synctest.Test(t, func(t *testing.T) {
		_, err := Engine{Driver: unopened{no}, Loops: 3, Log: &memory{}}.Run(t.Context(), planned(t, even(1, time.Second)))
		if !errors.Is(err, no) {
			t.Errorf("error %v, want %v", err, no)
		}
	})
}

type unopened struct{ err error }

func (unopened) Name() string                 { return "unopened" }
func (u unopened) Open() (driver.Loop, error) { return nil, u.err }

// Service times are exponential with a mean of 50 ms, so their p99 is 50 ms × ln 100 = 230 ms: a minute and more tells it to
// ± 10 %, and the other nine minutes need not be driven.
func TestAPlateauThatHasToldEnoughEndsThePlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := stream(3, 99)
		service := func(int, *scenarios.Request) answer {
			return answer{status: 200, after: time.Duration(r.ExpFloat64() * 50e6)}
		}
		var log memory
		plan := planned(t, even(100, 10*time.Minute))
		end, err := Engine{Driver: fake(service), Log: &log, UntilConverged: 0.1}.Run(t.Context(), plan)
		if err != nil {
			t.Fatal(err)
		}
		if end.Converged < 50 || end.Converged > 300 || end.Planned != end.Sent || end.Interrupted || len(end.Invalid) > 0 {
			t.Fatalf("%+v", end)
		}
		if want := 100 * end.Converged; math.Abs(float64(end.Sent)-want) > 2 {
			t.Errorf("%d sent, want the %.0f of the time until it had told enough", end.Sent, want)
		}
		run := log.run(end)
		run.Header.JudgeTo = 600
		from, to := run.JudgedSpan()
		if got, want := run.Within(from, to, "").Latency.Quantile(0.99).Seconds(), 0.05*math.Log(100); math.Abs(got-want) > 0.1*want || to.Seconds() != end.Converged {
			t.Errorf("p99 of what was driven until %v is %.3f s, the truth is %.3f s", to, got, want)
		}
	})
}

func TestTimesCountFromTheStartThatIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told time.Time
		e := Engine{Driver: always(answer{status: 200}), Log: &memory{}, Started: func(at time.Time) error { told = at; time.Sleep(30 * time.Millisecond); return nil }}
		first := time.Time{}
		e.Driver = fake(func(n int, _ *scenarios.Request) answer {
			if n == 0 {
				first = time.Now()
			}
			return answer{status: 200}
		})
		end, err := e.Run(t.Context(), planned(t, even(1, time.Second)))
		if err != nil || len(end.Invalid) > 0 {
			t.Fatal(err, end)
		}
		if got := first.Sub(told); got != 500*time.Millisecond { // when the plan has it
			t.Errorf("the first request left %v after the start, want 500ms", got)
		}
		e.Started = func(time.Time) error { return errors.New("disk full") }
		if _, err := e.Run(t.Context(), planned(t, even(1, time.Second))); err == nil || err.Error() != "disk full" {
			t.Errorf("error %v", err)
		}
	})
}

// exhausted has sessions for the first 20 arrivals only, as a feeder that gives each row out once.
type exhausted struct{ visits }

func (e exhausted) Begin(seq uint64, op string) (scenarios.Session, error) {
	if seq >= 20 {
		return nil, errors.New("people.csv: found 20 rows")
	}
	return e.visits.Begin(seq, op)
}

func TestUsersWithoutRowsStopTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := even(1, time.Minute)
		sc.Users, sc.Shape.Base = 4, 4
		sc.Mix = []scenarios.Weight{{Op: "visit", Share: 1}}
		sc.Journeys = []scenarios.Journey{{Name: "visit", Steps: make([]scenarios.Step, 3)}}
		plan, err := NewPlan(t.Context(), sc, exhausted{})
		if err != nil {
			t.Fatal(err)
		}
		var log memory
		end, err := Engine{Driver: always(answer{status: 200, after: 100 * time.Millisecond}), Log: &log}.Run(t.Context(), plan)
		if err != nil {
			t.Fatal(err)
		}
		if len(end.Invalid) != 1 || !strings.Contains(end.Invalid[0], "people.csv: found 20 rows") || end.Seconds > 20 {
			t.Errorf("invalid %q after %v s, want the feeder's reason", end.Invalid, end.Seconds)
		}
		if s := end.Sessions; s.Begun != s.Completed+s.Broken+s.Unfinished || s.Completed == 0 {
			t.Errorf("sessions %+v", s)
		}
	})
}
