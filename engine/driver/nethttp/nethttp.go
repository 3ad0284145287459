package nethttp

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/scenarios"
)

// A Driver sends to one target over net/http.
type Driver struct{ driver.Options }

// Name is "nethttp".
func (Driver) Name() string { return "nethttp" }

// Open starts a loop with connections of its own. It does not connect yet; the error is about Target.
func (d Driver) Open() (driver.Loop, error) {
	target, err := url.Parse(d.Target)
	if err != nil {
		return nil, fmt.Errorf("target %q: %w", d.Target, err)
	}
	if target.Scheme != "http" && target.Scheme != "https" || target.Host == "" {
		return nil, fmt.Errorf("target %q: want http://HOST:PORT or https://HOST:PORT", d.Target)
	}
	l := &loop{
		target:  target,
		prefix:  strings.TrimSuffix(target.EscapedPath(), "/"),
		maxBody: cmp.Or(d.MaxBody, 8<<20),
		epoch:   time.Now(),
		wake:    make(chan struct{}, 1),
		timer:   time.NewTimer(time.Hour),
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	idle := cmp.Or(d.Idle, 8192)
	makeRoom(idle)
	dial := dialer{until: l.ctx, tls: d.TLS}
	l.transport = &http.Transport{
		DialContext:         dial.plain,
		DialTLSContext:      dial.secure,
		DisableCompression:  true,
		MaxIdleConnsPerHost: idle,
		TLSNextProto:        map[string]func(string, *tls.Conn) http.RoundTripper{}, // no HTTP/2
	}
	return l, nil
}

// loop shares two lists with its workers, those who wait for work and what came in, under one lock held for moments.
type loop struct {
	target    *url.URL
	prefix    string
	maxBody   int64
	epoch     time.Time // instants cross goroutines as nanoseconds since
	transport *http.Transport
	ctx       context.Context
	cancel    context.CancelFunc
	running   sync.WaitGroup
	workers   []*worker // all of them; the owner's

	timer *time.Timer
	given []driver.Outcome // what the last Wait returned; the owner's
	wake  chan struct{}    // holds a token when came is no longer empty

	mu   sync.Mutex
	free []*worker // the last to finish is the first to work: its stack and connection are warm
	came []driver.Outcome
}

func (l *loop) Submit(slot uint64, r *scenarios.Request) {
	l.mu.Lock()
	var w *worker
	if last := len(l.free) - 1; last >= 0 {
		w, l.free = l.free[last], l.free[:last]
	}
	l.mu.Unlock()
	if w == nil {
		w = newWorker(l)
		l.workers = append(l.workers, w)
		l.running.Go(w.run)
	}
	w.jobs <- job{slot, r} // has room: the worker is free
}

func (l *loop) Wait(until time.Time) []driver.Outcome {
	for {
		l.mu.Lock()
		l.given, l.came = l.came, l.given[:0]
		l.mu.Unlock()
		left := time.Until(until)
		if len(l.given) > 0 || left <= 0 {
			return l.given
		}
		l.timer.Reset(left)
		select {
		case <-l.wake:
		case <-l.timer.C:
		}
	}
}

// finish is called by a worker: out is there, w is free.
func (l *loop) finish(w *worker, out driver.Outcome) {
	l.mu.Lock()
	l.came = append(l.came, out)
	l.free = append(l.free, w)
	first := len(l.came) == 1
	l.mu.Unlock()
	if first {
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

func (l *loop) Close() error {
	l.cancel()
	for _, w := range l.workers {
		close(w.jobs)
	}
	l.running.Wait()
	l.workers = nil
	l.timer.Stop()
	l.transport.CloseIdleConnections()
	return nil
}
