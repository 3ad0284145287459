package client

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/peakday/peakday/engine/retry"
	"github.com/peakday/peakday/scenarios"
)

// A Transport is an http.RoundTripper around another one. The zero value is ready for use; it may be used by any number of
// goroutines and must not be copied after first use, nor its fields changed.
type Transport struct {
	Base     http.RoundTripper // sends; nil means http.DefaultTransport
	Retry    scenarios.Retry   // the zero value means 3 attempts, 100 ms and then 200 ms apart, up to twice that by chance; a Budget of 0 means a tenth
	Patience time.Duration     // no retry begins so long after the first attempt; 0 means 30 s

	mu       sync.Mutex // of what follows
	budget   retry.Budget
	throttle retry.Throttle
}

// ErrThrottled is the error of a request that was not sent, because the service sheds most of what this Transport sends.
var ErrThrottled = errors.New("not sent: the service refuses most requests of this client; come back later, or with fewer")

// A client of few requests may make one retry a second, whatever its share.
const floor = 1

// RoundTrip sends a request, and again if need be. It does not change the request, and its body is closed.
func (t *Transport) RoundTrip(first *http.Request) (*http.Response, error) {
	begun := time.Now()
	if !t.allow(begun) {
		closeBody(first)
		return nil, ErrThrottled
	}
	t.first()
	for attempt, r := 1, first; ; attempt++ {
		resp, err := t.base().RoundTrip(r)
		pause, again := t.again(first, begun, attempt, resp, err)
		if !again {
			return resp, err
		}
		if r, again = numbered(first, attempt+1); !again {
			return resp, err
		}
		if resp != nil {
			drain(resp.Body)
		}
		if err := wait(first.Context(), pause); err != nil {
			closeBody(r)
			return nil, err
		}
	}
}

// CloseIdleConnections passes on what http.Client.CloseIdleConnections asks for.
func (t *Transport) CloseIdleConnections() {
	if c, ok := t.base().(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

func (t *Transport) base() http.RoundTripper {
	if t.Base == nil {
		return http.DefaultTransport
	}
	return t.Base
}

// policy is what Retry means.
func (t *Transport) policy() scenarios.Retry {
	p := t.Retry
	if p == (scenarios.Retry{}) {
		p = scenarios.Retry{Attempts: 3, Backoff: scenarios.Exponential, Delay: 100 * time.Millisecond, Jitter: 1}
	}
	p.Budget = cmp.Or(p.Budget, 0.1)
	return p
}

func (t *Transport) allow(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.throttle.Allow(now, rand.New(chance{}))
}

// first counts a first attempt.
func (t *Transport) first() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.budget.Share, t.budget.Floor = t.policy().Budget, floor
	t.budget.First()
}

// again books how an attempt ended, and says whether another one comes and after which pause.
func (t *Transport) again(first *http.Request, begun time.Time, attempt int, resp *http.Response, err error) (time.Duration, bool) {
	now, after := time.Now(), retryAfter(resp)
	t.mu.Lock()
	defer t.mu.Unlock()
	if resp != nil {
		t.throttle.Answered(now, isShed(resp, after.Has))
	}
	if !mayAgain(first, resp, err) {
		return 0, false
	}
	random := rand.New(chance{})
	pause, again := retry.Next(t.policy(), attempt, after.From(now), random)
	if !again || pause >= t.end(first.Context(), begun).Sub(now) {
		return 0, false
	}
	// The budget is asked first and pays last: a no of the one must cost nothing of the other.
	if !t.budget.Has(now) || !t.throttle.Allow(now, random) {
		return 0, false
	}
	return pause, t.budget.Retry(now)
}

// end is when nobody waits any longer.
func (t *Transport) end(ctx context.Context, begun time.Time) time.Time {
	end := begun.Add(cmp.Or(t.Patience, 30*time.Second))
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(end) {
		return deadline
	}
	return end
}

// wait returns after the pause, or with an error as soon as ctx is over.
func wait(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// chance is the process's own, which needs no seed and no lock.
type chance struct{}

func (chance) Uint64() uint64 { return rand.Uint64() }
