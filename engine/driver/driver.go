package driver

import (
	"time"

	"github.com/peakday/peakday/scenarios"
)

// A Driver speaks one protocol to one target.
type Driver interface {
	// Name is the driver's name in results.
	Name() string
	// Open starts a loop, on the goroutine that will own it: a driver may lock it to its thread until Close. Loops share
	// nothing that one of them could hold up.
	Open() (Loop, error)
}

// A Loop sends requests and gathers their outcomes; one goroutine owns it.
// A refused or failed request is an Outcome, not an error.
type Loop interface {
	// Submit starts a request and returns at once. The slot comes back in its outcome. The loop reads r until then.
	Submit(slot uint64, r *scenarios.Request)
	// Wait returns the outcomes that came in, as soon as there are any, or none once until has passed.
	// The slice is valid until the next call.
	Wait(until time.Time) []Outcome
	// Close abandons what is in flight and releases everything. No outcome comes after it.
	Close() error
}

// An Outcome is how one request went, on the wall clock of the process.
type Outcome struct {
	Slot       uint64
	Ready      time.Time     // the generator was able to send
	Sent       time.Time     // just before the write that carries the first byte; zero when nothing was written
	Done       time.Time     // after the last byte of the body, or at the failure
	Status     int           // 0 when no answer came
	RetryAfter time.Duration // the pause that the answer asked for, which may be 0; with HasRetry
	HasRetry   bool          // the answer carried Retry-After
	Kind       string        // of a failure in transport: dial, tls, reset, timeout, oversize, or request where it cannot be written; empty for an answer of any status
	Err        error         // with Kind
	Body       []byte        // the start of a body that was not 2xx; all of it where the request says Keep, valid until the next Wait
	Head       []byte        // where the request says Keep: the header lines, "Name: value\r\n" each, valid until the next Wait
	BytesOut   int64         // written, with the head where the driver sees it
	BytesIn    int64         // read, with the head where the driver sees it
}

// A Warmer is a Loop that can connect ahead of the first request.
type Warmer interface {
	// Warm opens connections until n are idle, and returns how many are when all is done, until has passed, or one is
	// refused; the error is the refusal.
	Warm(n int, until time.Time) (int, error)
}
