package nethttp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/scenarios"
)

// A Driver sends to one target over net/http.
type Driver struct{ driver.Options }

// Name is "nethttp".
func (Driver) Name() string { return "nethttp" }

// Open starts a loop with connections of its own. It does not connect yet; the error is about the options.
func (d Driver) Open() (driver.Loop, error) {
	return open(d.Options, net.DefaultResolver.LookupNetIP, connectTCP)
}

type (
	resolve = func(ctx context.Context, network, host string) ([]netip.Addr, error)
	connect = func(ctx context.Context, from netip.Addr, to netip.AddrPort) (net.Conn, error)
)

// open is Open with the two ways to the network, which tests replace.
func open(o driver.Options, resolve resolve, connect connect) (*loop, error) {
	target, err := check(o)
	if err != nil {
		return nil, err
	}
	o = o.WithDefaults()
	l := &loop{
		options: o,
		target:  target,
		origin:  originOf(target),
		prefix:  strings.TrimSuffix(target.EscapedPath(), "/"),
		epoch:   time.Now(),
		connect: connect,
		shared:  shared{dialing: map[origin]*attempt{}, single: map[origin]bool{}},
		wake:    make(chan struct{}, 1),
		timer:   time.NewTimer(time.Hour),
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	l.names = names{resolve: resolve, keep: o.DNSFor, ctx: l.ctx, running: &l.running, known: map[string]*lookup{}}
	l.transport = &http.Transport{
		DialContext:            l.dialContext,
		TLSClientConfig:        o.TLS.Clone(),
		DisableCompression:     true,
		MaxResponseHeaderBytes: o.MaxHead,
		IdleConnTimeout:        o.IdleFor, // of HTTP/2; workers see to their own
		Protocols:              new(http.Protocols),
	}
	l.transport.Protocols.SetHTTP1(!o.HTTP2 || target.Scheme == "https")
	l.transport.Protocols.SetHTTP2(o.HTTP2)
	l.transport.Protocols.SetUnencryptedHTTP2(o.HTTP2 && target.Scheme == "http")
	if o.Proxy != nil {
		l.transport.Proxy = http.ProxyURL(o.Proxy)
	}
	return l, nil
}

// check returns the target, or what is wrong with the options.
func check(o driver.Options) (*url.URL, error) {
	target, err := url.Parse(o.Target)
	if err != nil {
		return nil, fmt.Errorf("target %q: %w", o.Target, err)
	}
	if target.Scheme != "http" && target.Scheme != "https" || target.Host == "" {
		return nil, fmt.Errorf("target %q: want http://HOST:PORT or https://HOST:PORT", o.Target)
	}
	for from, to := range o.ConnectTo {
		for _, side := range []string{from, to} {
			if _, _, err := net.SplitHostPort(side); err != nil {
				return nil, fmt.Errorf("connect to %q instead of %q: want HOST:PORT for both", to, from)
			}
		}
	}
	if p := o.Proxy; p != nil {
		switch {
		case p.Scheme != "http" && p.Scheme != "https" && p.Scheme != "socks5" || p.Host == "":
			return nil, fmt.Errorf("proxy %s: want http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT", p.Redacted())
		case len(o.ConnectTo) > 0:
			return nil, errors.New("a proxy connects by itself: give either a proxy or where to connect to")
		case o.HTTP2 && target.Scheme == "http" && p.Scheme != "socks5":
			return nil, errors.New("HTTP/2 without TLS does not pass an HTTP proxy: leave out one of them, or use https or socks5")
		}
	}
	return target, nil
}

// loop shares two lists with its workers, those who wait for work and what came in, under one lock held for moments.
type loop struct {
	options    driver.Options // with their defaults
	target     *url.URL
	origin     origin
	prefix     string
	epoch      time.Time // instants cross goroutines as nanoseconds since
	connect    connect
	turn       atomic.Uint64 // of the addresses of a name
	sourceTurn atomic.Uint64
	names      names
	transport  *http.Transport
	shared     shared
	ctx        context.Context
	cancel     context.CancelFunc
	running    sync.WaitGroup
	workers    []*worker // all of them; the owner's

	timer *time.Timer
	given []driver.Outcome // what the last Wait returned; the owner's
	wake  chan struct{}    // holds a token when came is no longer empty

	mu   sync.Mutex
	free []*worker // the last to finish is the first to work: its stack and connection are warm
	bare []*worker // free, without a connection, as more than Options.Idle are free
	came []driver.Outcome
}

func (l *loop) Submit(slot uint64, r *scenarios.Request) {
	l.worker().jobs <- job{slot: slot, request: r} // has room: the worker is free
}

// worker takes one that has nothing to do, or starts one.
func (l *loop) worker() *worker {
	l.mu.Lock()
	for _, list := range []*[]*worker{&l.free, &l.bare} {
		if last := len(*list) - 1; last >= 0 {
			w := (*list)[last]
			*list = (*list)[:last]
			l.mu.Unlock()
			return w
		}
	}
	l.mu.Unlock()
	w := &worker{loop: l, jobs: make(chan job, 1)}
	l.workers = append(l.workers, w)
	l.running.Go(w.run)
	return w
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

// finish is called by a worker: out is there, w is free. It says whether w may keep its connection.
func (l *loop) finish(w *worker, out driver.Outcome) (keep bool) {
	l.mu.Lock()
	l.came = append(l.came, out)
	if keep = len(l.free) < l.options.Idle; keep {
		l.free = append(l.free, w)
	} else {
		l.bare = append(l.bare, w)
	}
	first := len(l.came) == 1
	l.mu.Unlock()
	if first {
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
	return keep
}

func (l *loop) Close() error {
	l.cancel()
	for _, w := range l.workers {
		close(w.jobs)
	}
	l.running.Wait()
	l.workers = nil
	l.timer.Stop()
	l.shared.close()
	return nil
}
