package nethttp

import (
	"context"
	"time"
)

// warmAtOnce bounds the connections that are being opened: more would overrun the server's queue of half-open ones, and
// what is dropped there comes back a second later.
const warmAtOnce = 64

// Warm implements driver.Warmer. Over HTTP/2 it opens connections until n requests can be on their way at once.
func (l *loop) Warm(n int, until time.Time) (int, error) {
	n = min(n, l.options.Idle)
	if l.options.HTTP2 && !l.options.Close {
		if ready, err := l.warmShared(n, until); err != nil || ready > 0 || n == 0 {
			return ready, err
		}
	}
	crew := make([]*worker, n)
	for i := range crew {
		crew[i] = l.worker()
	}
	answers := make(chan error, n)
	ready, given := 0, 0
	var refusal error
	for heard := 0; heard < given || refusal == nil && given < n; {
		if refusal == nil && given < n && given-heard < warmAtOnce {
			crew[given].jobs <- job{until: until, warm: answers}
			given++
			continue
		}
		heard++
		if err := <-answers; err == nil {
			ready++
		} else if refusal == nil && time.Now().Before(until) {
			refusal = err
		}
	}
	l.mu.Lock()
	l.free = append(l.free, crew...)
	l.mu.Unlock()
	return ready, refusal
}

// warmShared reserves n places on HTTP/2 connections and gives them back. None and no error: the server speaks HTTP/1.1.
func (l *loop) warmShared(n int, until time.Time) (ready int, err error) {
	ctx, cancel := context.WithDeadline(l.ctx, until)
	defer cancel()
	var reserved []*link
	defer func() {
		for _, k := range reserved {
			k.Release()
		}
	}()
	for len(reserved) < n {
		k, _, err := l.shared.reserve(ctx, l.origin, l.dial)
		if err != nil && ctx.Err() != nil {
			return len(reserved), nil
		}
		if err != nil {
			return len(reserved), err
		}
		if !k.http2 {
			return 0, k.Close()
		}
		reserved = append(reserved, k)
	}
	return n, nil
}
