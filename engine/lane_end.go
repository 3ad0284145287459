package engine

import (
	"context"
	"errors"
	"time"

	"github.com/peakday/peakday/engine/result"
)

// over reports whether all is done, or the time to drain has passed.
func (l *lane) over(now time.Duration) bool {
	select {
	case <-l.Abandon:
		if !l.stopped {
			l.stop(context.Canceled, now)
		}
		return true
	default:
	}
	if l.sending(now) {
		return false
	}
	return l.inFlight == 0 && l.overload.queue.len() == 0 && l.pausing.first() == nil || now >= l.lastDue+l.plan.Scenario.Drain
}

// stop ends the sending before the plan does. In the drain, which goes on as it was, it only ends the retries.
func (l *lane) stop(cause error, now time.Duration) {
	if l.sending(now) {
		l.lastDue = now
	}
	drain := l.lastDue
	l.stopped = true
	l.clearQueue()
	abort, aborted := errors.AsType[Abort](cause)
	_, broken := errors.AsType[breach](cause)
	l.interrupted = !aborted && !broken && !errors.Is(cause, converged{})
	if aborted {
		l.aborted = []string{"sending was stopped: " + abort.Reason}
	}
	if l.losing = (aborted || broken) && l.coming != nil; l.losing {
		l.firstLost = l.coming.arrival
	}
	l.coming, l.pausing, l.lastDue = nil, nil, drain
	if errors.Is(cause, errUnwritten) {
		l.lastDue = now - l.plan.Scenario.Drain // nothing more is waited for
	}
}

// finish books what is still in flight and hands in the last slice.
func (l *lane) finish() {
	for _, f := range l.flights {
		if f.flying {
			l.write(f, nil, result.Unfinished, "")
			l.slice.lateness.Record(f.ready - f.due)
		}
	}
	l.clearQueue()
	l.lose()
	l.slice.last = true
	l.handIn()
}
