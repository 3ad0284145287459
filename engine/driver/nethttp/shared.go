package nethttp

import (
	"context"
	"slices"
	"sync"
	"time"
)

// shared holds the HTTP/2 connections of a loop, which its workers use at once. There is one to an origin until the server
// allows no more streams on it.
type shared struct {
	mu      sync.Mutex
	links   []*link
	dialing map[origin]*attempt
	single  map[origin]bool // the server chose HTTP/1.1: each worker has a connection of its own
}

// An attempt is a dial that others wait for.
type attempt struct {
	done chan struct{}
	err  error // read after done
}

// reserve returns a link with room for a request, which Reserve has set aside on HTTP/2, and whether it is new. dial makes
// one where needed; while it runs for one worker, others wait for it and share its failure.
func (s *shared) reserve(ctx context.Context, to origin, dial func(context.Context, origin) (*link, error)) (k *link, fresh bool, err error) {
	for {
		s.mu.Lock()
		s.links = slices.DeleteFunc(s.links, func(k *link) bool { return k.Err() != nil })
		for _, k := range s.links {
			if k.origin == to && k.Reserve() == nil {
				s.mu.Unlock()
				return k, false, nil
			}
		}
		if s.single[to] {
			s.mu.Unlock()
			k, err := dial(ctx, to)
			return k, true, err
		}
		a := s.dialing[to]
		if a == nil {
			a = &attempt{done: make(chan struct{})}
			s.dialing[to] = a
			s.mu.Unlock()
			return s.dialFor(ctx, to, a, dial)
		}
		s.mu.Unlock()
		select {
		case <-a.done:
			if a.err != nil {
				return nil, true, a.err
			}
		case <-ctx.Done():
			return nil, true, ctx.Err()
		}
	}
}

func (s *shared) dialFor(ctx context.Context, to origin, a *attempt, dial func(context.Context, origin) (*link, error)) (*link, bool, error) {
	began := time.Now()
	k, err := dial(ctx, to)
	if err == nil && k.http2 {
		k.settle(time.Since(began))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err == nil && k.http2:
		if err = k.Reserve(); err == nil {
			s.links = append(s.links, k)
		} else { // it is closed already, or allows no stream at all
			k.Close()
			err = dialFailure(err, nil)
		}
	case err == nil:
		s.single[to] = true
	}
	if ctx.Err() == nil { // who gives up gives up alone: the next in line dials
		a.err = err
	}
	delete(s.dialing, to)
	close(a.done)
	return k, true, err
}

// settle waits for the server to say how many streams it allows, which it does within a round trip, and a dial took at
// least that. Until then net/http takes it for 100: where there are fewer, requests would wait for each other though more
// connections could carry them.
func (k *link) settle(dial time.Duration) {
	for end := time.Now().Add(max(dial, 10*time.Millisecond)); k.Available() == 100 && time.Now().Before(end); {
		time.Sleep(100 * time.Microsecond)
	}
}

func (s *shared) close() {
	for _, k := range s.links {
		k.Close()
	}
}
