package result

import (
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// A Clock says from when an attempt is timed.
type Clock string

// The clocks.
const (
	ByDue  Clock = "due"  // latency: what a person felt
	BySent Clock = "sent" // service: what vegeta itself measures
)

// Interval is the time of an attempt by a clock: when it began and how long it took. An attempt that failed before it was
// sent, such as one that found no connection, began by BySent when it was ready. ok is false for one that never ended, or
// was dropped or lost: it has no time.
func (e *Entry) Interval(clock Clock) (from, took time.Duration, ok bool) {
	switch {
	case clock == ByDue:
		from = e.Due
	case e.Sent >= 0:
		from = e.Sent
	default:
		from = e.Ready
	}
	return from, e.Done - from, e.Done >= 0
}

// Vegeta is an attempt as vegeta records one. Seq, Method and URL are left to the caller: vegeta wants results numbered
// from 0 without a gap in the order of Timestamp. An attempt that failed in spite of a 2xx answer, by a check or because
// it came when nobody waited any more, has Code 0, which vegeta counts as failed too.
func (h *Header) Vegeta(e *Entry, clock Clock) vegeta.Result {
	from, took, _ := e.Interval(clock)
	r := vegeta.Result{
		Attack: h.Scenario, Code: uint16(e.Status), Timestamp: h.Started.Add(from), Latency: took,
		BytesIn: uint64(e.BytesIn), BytesOut: uint64(e.BytesOut), Error: e.Kind,
	}
	if e.Outcome == Failed && e.Status < 400 {
		r.Code = 0
	}
	return r
}
