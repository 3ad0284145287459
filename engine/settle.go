package engine

import (
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/engine/retry"
	"github.com/peakday/peakday/engine/watch"
	"github.com/peakday/peakday/scenarios"
)

// settle books one outcome and decides what its person does next.
func (l *lane) settle(out *driver.Outcome) {
	f := l.flights[out.Slot]
	l.inFlight--
	f.flying = false
	if !f.queued {
		f.ready = out.Ready.Sub(l.start)
	}
	done := out.Done.Sub(l.start)
	outcome, kind := l.classify(f, out, done-f.due)
	cell := l.write(f, out, outcome, kind)
	cell.Latency.Record(done - f.due)
	l.slice.lateness.Record(f.ready - f.due)
	if !out.Sent.IsZero() {
		cell.Service.Record(out.Done.Sub(out.Sent))
		l.slice.queued.Record(out.Sent.Sub(l.start) - f.ready)
	}
	switch outcome {
	case result.Good, result.Late:
		l.proceed(f, done)
		return
	case result.Failed:
		if out.Err != nil && watch.Short(out.Err) {
			l.short++
		}
		l.keepFailure(f, kind, out.Status, out.Body, out.Err)
	}
	l.tryAgain(f, done, out.RetryAfter)
}

// classify names how an attempt ended: the words of result.Outcome, and the kind of what was not answered well.
func (l *lane) classify(f *flight, out *driver.Outcome, latency time.Duration) (result.Outcome, string) {
	switch {
	case out.Kind != "":
		return result.Failed, out.Kind
	case latency > f.deadline-f.due: // it came when nobody waited for it any longer
		return result.Failed, result.KindTimeout
	case out.Status == 429 || out.Status == 503 && out.HasRetry:
		return result.Shed, statusKind(out.Status)
	}
	if kind := verdict(f.session, out); kind != "" {
		return result.Failed, kind
	}
	if latency <= l.plan.Scenario.GoodWithin {
		return result.Good, ""
	}
	return result.Late, ""
}

// verdict is the kind of failure that an answer is: that of its status or of the check that did not hold; empty for a good
// one.
func verdict(session scenarios.Session, out *driver.Outcome) string {
	failed, judged := "", false
	if session != nil {
		failed, judged = session.Answer(scenarios.Answer{Status: out.Status, Head: out.Head, Body: out.Body})
	}
	switch {
	case !judged && (out.Status < 200 || out.Status > 299):
		return statusKind(out.Status)
	case failed != "":
		return result.KindCheck + failed
	}
	return ""
}

// statusKind is "status_503". The two that an overloaded service answers by the million cost no allocation.
func statusKind(status int) string {
	switch status {
	case 429:
		return "status_429"
	case 503:
		return "status_503"
	}
	return "status_" + strconv.Itoa(status)
}

// write books an attempt and records it; out is nil for one that was not sent. The cell is valid until the next one.
func (l *lane) write(f *flight, out *driver.Outcome, outcome result.Outcome, kind string) *result.Cell {
	l.record(f, out, outcome, kind)
	return l.book(f, outcome, kind)
}

// book counts an attempt in its cell, which is valid until the next one.
func (l *lane) book(f *flight, outcome result.Outcome, kind string) *result.Cell {
	cell := l.slice.cells.at(cellKey{
		due: int(f.due / time.Second), op: f.op.name, class: f.op.class, step: f.op.step,
		retry: f.retry(), follow: f.step > 0 && !f.retry(), outcome: outcome, kind: kind,
	})
	cell.Count++
	return cell
}

// record writes an attempt into the result log; out is nil for one that was not sent.
func (l *lane) record(f *flight, out *driver.Outcome, outcome result.Outcome, kind string) {
	if l.Results == nil {
		return
	}
	e := result.Entry{
		Seq: f.arrival.Seq, Attempt: f.attempt, Step: f.step, Op: f.op.number,
		Due: f.due, Ready: f.ready, Sent: -1, Done: -1, Outcome: outcome, Kind: kind,
	}
	if out != nil {
		e.Status, e.BytesIn, e.BytesOut = out.Status, out.BytesIn, out.BytesOut
		e.Done = out.Done.Sub(l.start)
		if !out.Sent.IsZero() {
			e.Sent = out.Sent.Sub(l.start)
		}
	}
	l.block.Append(&e)
	if l.block.Len() >= blockSize {
		l.closeBlock()
	}
}

// blockSize keeps a block of the result log in a core's cache until it is closed.
const blockSize = 64 << 10

func (l *lane) closeBlock() {
	if l.block.Len() > 0 {
		l.slice.results = append(l.slice.results, l.block.Close()...)
		l.block.Reset()
	}
}

// proceed goes on after an answer: to the next step of the session, or the person is served.
func (l *lane) proceed(f *flight, done time.Duration) {
	think := time.Duration(0)
	if f.session != nil {
		var more bool
		if think, more = f.session.Next(done - f.arrival.Due); more {
			f.step++
			f.attempt = 1
			f.due = done + think
			f.stepDue = f.due
			if l.stopped {
				l.release(f) // would have gone on
				return
			}
			f.request = scenarios.Request{} // a million who think need not hold it
			l.pausing.push(f)
			return
		}
		if l.journey(f) {
			l.end.Sessions.Completed++
		}
	}
	l.end.People.Served++
	l.end.People.TimeToSuccess.Record(done - f.arrival.Due)
	l.leave(f, done, think)
}

// tryAgain lets the person pause before a retry, or give up: out of attempts, out of patience before the pause ends, or with
// nothing left in the budget that this lane has for the actor.
// The jitter of a retry depends on seed, arrival, step and attempt alone.
func (l *lane) tryAgain(f *flight, done, retryAfter time.Duration) {
	l.chance.Seed(l.plan.Scenario.Seed^streamRetries<<56, f.arrival.Seq<<16^uint64(f.step)<<8^uint64(f.attempt))
	policy := l.plan.actors[f.arrival.actor].Retry
	pause, again := retry.Next(policy, f.attempt, retryAfter, rand.New(&l.chance))
	if end, ok := l.patience(f); ok && pause >= end-done {
		again = false
	}
	if again && policy.Budget > 0 { // asked last: a retry that is not made costs nothing
		again = l.budgets[f.arrival.actor].Retry(l.start.Add(done))
	}
	switch {
	case !again:
		l.giveUp(f)
	case l.stopped:
		l.release(f) // would have come again
	default:
		f.attempt++
		f.due = done + pause
		l.pausing.push(f)
	}
}

func (l *lane) giveUp(f *flight) {
	l.end.People.GaveUp++
	now, pause := l.now(), time.Duration(0)
	if f.session != nil {
		if l.journey(f) {
			l.end.Sessions.Broken++
		}
		pause, _ = f.session.Next(now - f.arrival.Due) // what is left of its pace
	}
	l.leave(f, now, pause)
}
