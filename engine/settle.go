package engine

import (
	"strconv"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/engine/retry"
)

// settle books one outcome and decides what its person does next.
func (r *run) settle(out *driver.Outcome) {
	f := r.flights[out.Slot]
	r.inFlight--
	f.flying = false
	done := out.Done.Sub(r.start)
	latency := done - f.due
	outcome, kind := classify(out, latency, r.plan.Scenario.GoodWithin, f.deadline-f.due)
	ready := out.Ready.Sub(r.start)
	cell := r.second.add(r.plan, f, outcome, kind)
	cell.Latency.Record(latency)
	r.second.lateness.Record(ready - f.due)
	if !out.Sent.IsZero() {
		cell.Service.Record(out.Done.Sub(out.Sent))
		r.second.queued.Record(out.Sent.Sub(out.Ready))
	}
	r.totals.count(outcome)
	r.Metrics.observe(f.arrival.Op, outcome, latency, ready-f.due)
	switch outcome {
	case result.Good, result.Late:
		r.end.People.Served++
		r.end.People.TimeToSuccess.Record(done - f.arrival.Due)
		r.release(f)
		return
	case result.Failed:
		r.keepFailure(f, kind, out.Status, out.Body, out.Err)
	}
	r.tryAgain(f, done, out.RetryAfter)
}

// classify names how an attempt ended: the words of result.Outcome, and the kind of what was not answered well.
func classify(out *driver.Outcome, latency, goodWithin, timeout time.Duration) (result.Outcome, string) {
	switch {
	case out.Kind != "":
		return result.Failed, out.Kind
	case latency > timeout: // it came when nobody waited for it any longer
		return result.Failed, result.KindTimeout
	case out.Status >= 200 && out.Status <= 299:
		if latency <= goodWithin {
			return result.Good, ""
		}
		return result.Late, ""
	}
	kind := "status_" + strconv.Itoa(out.Status)
	if out.Status == 429 || out.Status == 503 && out.HasRetry {
		return result.Shed, kind
	}
	return result.Failed, kind
}

// tryAgain lets the person pause before a retry, or give up: out of attempts, or out of patience before the pause ends.
func (r *run) tryAgain(f *flight, done, retryAfter time.Duration) {
	pause, again := retry.Next(r.plan.actors[f.arrival.actor].Retry, f.attempt, retryAfter, r.chance)
	if end, ok := r.patience(f); ok && pause >= end-done {
		again = false
	}
	switch {
	case !again:
		r.giveUp(f)
	case r.stopped:
		r.release(f) // would have come again
	default:
		f.attempt++
		f.due = done + pause
		r.pausing.push(f)
	}
}

func (r *run) giveUp(f *flight) {
	r.end.People.GaveUp++
	r.release(f)
}
