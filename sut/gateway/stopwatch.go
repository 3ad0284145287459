package gateway

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// A stopwatch adds up time, that which runs included. It is safe for concurrent
// use: a proxy reads the body of a request beside the handler.
type stopwatch struct {
	mu    sync.Mutex
	since time.Time // zero while it stands
	total time.Duration
}

func (s *stopwatch) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since = time.Now()
}

func (s *stopwatch) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total += time.Since(s.since)
	s.since = time.Time{}
}

// read is the time so far; that of no stopwatch is 0.
func (s *stopwatch) read() time.Duration {
	if s == nil {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.since.IsZero() {
		return s.total
	}
	return s.total + time.Since(s.since)
}

// timed is the request with a stopwatch of the time spent in reading its body,
// nil if it has none.
func timed(r *http.Request) (*http.Request, *stopwatch) {
	if b := bodyOf(r); b != nil {
		return r, &b.stopwatch
	}
	if r.Body == nil || r.Body == http.NoBody {
		return r, nil
	}
	b := &timedBody{ReadCloser: r.Body}
	in := *r // a copy: net/http looks at the body of its own
	in.Body = b
	return &in, &b.stopwatch
}

// A timedBody is that of a request before middleware; the proxy has its own.
type timedBody struct {
	io.ReadCloser
	stopwatch
}

// Read implements io.Reader.
func (b *timedBody) Read(p []byte) (int, error) {
	b.start()
	defer b.stop()
	return b.ReadCloser.Read(p)
}
