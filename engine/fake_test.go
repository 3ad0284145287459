package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// An answer is what the fake service does with a request.
type answer struct {
	after      time.Duration // from sent to done
	late       time.Duration // from due to ready, beyond what Submit took
	status     int
	retryAfter time.Duration
	kind       string
	echo       string // in the body and the error
	body       string
}

// fake answers the nth submitted request, in the time of the bubble it runs in.
type fake func(n int, r *scenarios.Request) answer

func (f fake) Name() string               { return "fake" }
func (f fake) Open() (driver.Loop, error) { return &fakeLoop{answer: f}, nil }
func always(a answer) fake                { return func(int, *scenarios.Request) answer { return a } }
func inTurn(answers ...answer) fake {
	return func(n int, _ *scenarios.Request) answer { return answers[min(n, len(answers)-1)] }
}

type fakeLoop struct {
	answer  fake
	n       int
	pending []driver.Outcome // by done
}

func (l *fakeLoop) Submit(slot uint64, r *scenarios.Request) {
	a := l.answer(l.n, r)
	l.n++
	ready := time.Now().Add(a.late)
	out := driver.Outcome{Slot: slot, Ready: ready, Sent: ready, Done: ready.Add(a.after), Status: a.status,
		RetryAfter: a.retryAfter, HasRetry: a.retryAfter > 0, Kind: a.kind}
	if out.Done.After(r.Deadline) && a.kind == "" {
		out.Done, out.Status, out.Kind = r.Deadline, 0, result.KindTimeout
	}
	if out.Kind != "" {
		out.Err = fmt.Errorf("%s for Bearer abcdefgh12345678 of 110101199003077758", out.Kind)
	}
	if out.Body = []byte(a.echo + a.body); a.echo != "" {
		out.Err = errors.New(a.echo)
	}
	l.pending = append(l.pending, out)
	slices.SortStableFunc(l.pending, func(a, b driver.Outcome) int { return a.Done.Compare(b.Done) })
}

func (l *fakeLoop) Wait(until time.Time) []driver.Outcome {
	if len(l.pending) > 0 && l.pending[0].Done.Before(until) {
		until = l.pending[0].Done
	}
	time.Sleep(time.Until(until))
	n := 0
	for n < len(l.pending) && !l.pending[n].Done.After(time.Now()) {
		n++
	}
	outs := l.pending[:n:n]
	l.pending = l.pending[n:]
	return outs
}

func (l *fakeLoop) Close() error { return nil }

// asked makes plain requests; seq is the person.
type asked struct{ err error }

func (a asked) At(seq uint64, op string) (scenarios.Request, error) {
	if seq > 0 && a.err != nil {
		return scenarios.Request{}, a.err
	}
	return scenarios.Request{Op: op, Class: "P1", Person: seq, Method: "GET", Path: "/" + op}, nil
}

// even is rate a second for length: even arrivals, the first half an interval after the start.
func even(rate float64, length time.Duration) scenarios.Scenario {
	return scenarios.Scenario{
		Name: "steady", Seed: 7,
		Shape:   scenarios.Shape{Base: rate, Phases: []scenarios.Phase{{Kind: scenarios.Hold, Length: length}}},
		Mix:     []scenarios.Weight{{Op: "account.get", Share: 1}},
		Timeout: 30 * time.Second, GoodWithin: 3 * time.Second, Drain: 60 * time.Second, MaxInFlight: 1000,
	}
}

func planned(t *testing.T, s scenarios.Scenario) *Plan {
	t.Helper()
	p, err := NewPlan(context.Background(), s, asked{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// memory keeps ticks, and fails from the tick numbered failAt on.
type memory struct {
	ticks  []result.Tick
	failAt int
	err    error
	merged *result.Run
}

func (m *memory) Tick(t result.Tick) error {
	if m.err != nil && len(m.ticks) >= m.failAt {
		return m.err
	}
	m.ticks = append(m.ticks, t)
	return nil
}

// run merges what was kept, once.
func (m *memory) run(end *result.End) *result.Run {
	if m.merged == nil {
		m.merged = result.NewRun(result.Header{}, m.ticks, end)
	}
	return m.merged
}
