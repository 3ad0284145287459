package gateway

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// A Gateway is a running reverse proxy with a guard in it.
type Gateway struct {
	guard         *Guard
	limits        Listener
	transport     *http.Transport
	public, admin *http.Server
	url, adminURL string
	draining      atomic.Bool
	upgrades      upgrades
	cut           context.CancelFunc // ends every request
	serving       sync.WaitGroup
}

// Start listens, and serves until Close. It returns an error if a listener
// cannot be had or the configuration is at fault; ctx bounds the listening
// only.
func Start(ctx context.Context, c Config) (*Gateway, error) {
	u := c.Upstream
	if u == nil {
		return nil, errors.New("upstream: found none, want a URL such as http://127.0.0.1:8080")
	}
	guard, err := New(c)
	if err != nil {
		return nil, err
	}
	log := guard.log
	gw := &Gateway{guard: guard, limits: c.Listener.withDefaults(), transport: c.Proxy.transport()}
	gw.upgrades.most = int64(gw.limits.Upgrades)

	public, err := listen(ctx, c.Addr)
	if err != nil {
		return nil, err
	}
	admin, err := listen(ctx, c.AdminAddr)
	if err != nil {
		public.Close()
		return nil, err
	}
	gw.url, gw.adminURL = "http://"+public.Addr().String(), "http://"+admin.Addr().String()

	proxy := c.Proxy.handler(u, gw.transport, guard.forwarding, &gw.upgrades, log)
	gw.public = gw.newServer(gw.front(gw.upgrades.handler(guard.handler(duplex(proxy), false))), log)
	requests, cut := context.WithCancel(context.WithoutCancel(ctx))
	gw.public.BaseContext = func(net.Listener) context.Context { return requests }
	gw.cut = cut
	gw.admin = gw.newServer(gw.adminHandler(), log)
	if public, err = gw.door(public, c); err != nil {
		cut()
		public.Close()
		admin.Close()
		return nil, err
	}
	gw.serving.Go(func() { gw.serve(gw.public, public, log) })
	gw.serving.Go(func() { gw.serve(gw.admin, admin, log) })
	return gw, nil
}

// door puts before the public server what a connection passes first.
func (gw *Gateway) door(l net.Listener, c Config) (net.Listener, error) {
	full := doorClosed
	if c.TLS.on() {
		full = nil // it would have to shake hands first
	}
	door := newDoorman(l, gw.limits, gw.guard.forwarding, full)
	gw.guard.metrics.registry.MustRegister(doorMetrics(door, &gw.upgrades)...)
	switch {
	case c.TLS.on():
		config, err := c.TLS.config()
		if err != nil {
			return l, err
		}
		gw.url = "https" + strings.TrimPrefix(gw.url, "http")
		return tls.NewListener(door, config), nil
	case gw.limits.NoFastPath:
		return door, nil
	}
	path := newFastPath(gw.guard.early, &gw.guard.metrics.refusing, &gw.limits, &gw.draining)
	gw.public.ConnState, gw.public.ConnContext = path.state, path.context
	return fastListener{door, path}, nil
}

func doorMetrics(d *doorman, u *upgrades) []prometheus.Collector {
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "peakday_guard_" + name, Help: help}, value)
	}
	return []prometheus.Collector{
		gauge("connections", "Connections of clients that are open.", func() float64 { return float64(d.count()) }),
		gauge("upgraded_connections", "Connections that were upgraded, or ask for it, and streams of events.", func() float64 { return float64(u.open.Load()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "peakday_guard_connections_refused_total", Help: "Connections beyond the limits."},
			func() float64 { return float64(d.turned.Load()) }),
	}
}

// doorClosed are the answers to connections beyond the limits. They differ in
// the time to come back, so that not all come back at once.
var doorClosed = func() (answers [][]byte) {
	for after := 2; after <= 10; after++ {
		body := fmt.Sprintf(`{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"As many connections are open as may be. `+
			`Come back after retry_after_s seconds.","reason":"connections","retry_after_s":%d}`+"\n", after)
		answers = append(answers, fmt.Appendf(nil, "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"+
			"Guard-Decision: shed;reason=connections\r\nRetry-After: %d\r\nContent-Length: %d\r\n\r\n%s", after, len(body), body))
	}
	return answers
}()

func (gw *Gateway) newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: gw.limits.Header,
		IdleTimeout:       gw.limits.Idle,
		MaxHeaderBytes:    gw.limits.HeaderBytes,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: mostStreams},
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// mostStreams is how many requests one HTTP/2 connection may have open; as many
// as RFC 9113 advises servers to allow at least.
const mostStreams = 100

var closeHeader = []string{"close"}

// front is what happens to a request before anybody asks what it wants.
func (gw *Gateway) front(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if gw.draining.Load() {
			w.Header()["Connection"] = closeHeader
		}
		if r.ProtoMajor == 2 && r.TLS == nil { // the preface of HTTP/2, which net/http takes for a request
			w.Header()["Connection"] = closeHeader
			problem(w, http.StatusHTTPVersionNotSupported, "HTTP/2 is spoken over TLS only.")
			return
		}
		if r.ProtoMajor == 2 && r.Host != "" && !hostname(r.Host) { // net/http looks at Host in HTTP/1 only
			problem(w, http.StatusBadRequest, "The name in :authority is no host.")
			return
		}
		if r.ProtoMajor == 2 {
			stream := newStreamWriter(w, &gw.limits)
			defer stream.within(0) // net/http has up to 4 KB left to write
			w = stream
		}
		if r.Body != nil && r.Body != http.NoBody {
			most := gw.mostBody(r)
			if most > 0 && r.ContentLength > int64(most) {
				w.Header()["Connection"] = closeHeader
				problem(w, http.StatusRequestEntityTooLarge, tooLarge)
				return
			}
			withBody(w, r, &gw.limits, most, next)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// mostBody is the largest body that the request may have, in bytes; 0 is no limit.
func (gw *Gateway) mostBody(r *http.Request) int {
	p := gw.guard.plan.Load()
	return cmp.Or(p.routes[p.matcher.match(r.Method, r.URL)].body, gw.limits.BodyBytes)
}

func (gw *Gateway) serve(s *http.Server, l net.Listener, log *slog.Logger) {
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		log.Error("gateway stopped serving", "address", l.Addr().String(), "error", err)
	}
}

// URL is the base of the guarded service.
func (gw *Gateway) URL() string { return gw.url }

// AdminURL is the base of /livez, /readyz, /metrics and /debug/guard.
func (gw *Gateway) AdminURL() string { return gw.adminURL }

// adminHandler adds the probes. Ready is false only while draining: a guard
// that sheds is at work, and taking it out would shed everything.
func (gw *Gateway) adminHandler() http.Handler {
	mux := gw.guard.Admin()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if gw.draining.Load() {
			problem(w, http.StatusServiceUnavailable, "The guard is draining.")
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

// Close drains: /readyz turns to 503, answers ask their clients to close the
// connection, and after Listener.Drain no connection is taken any more. Then it
// waits for the requests under way and for upgraded connections. When ctx ends
// first, it cuts off what is left and returns ctx's error.
func (gw *Gateway) Close(ctx context.Context) error {
	gw.draining.Store(true)
	if gw.limits.Drain > 0 {
		notice := time.NewTimer(gw.limits.Drain)
		select {
		case <-notice.C:
		case <-ctx.Done():
		}
		notice.Stop()
	}
	err := gw.public.Shutdown(ctx)
	upgraded := make(chan struct{})
	go func() { gw.upgrades.all.Wait(); close(upgraded) }()
	select {
	case <-upgraded:
	case <-ctx.Done():
		err = ctx.Err()
	}
	gw.cut()
	if err != nil {
		gw.public.Close()
	}
	<-upgraded
	gw.admin.Close()
	gw.serving.Wait()
	gw.transport.CloseIdleConnections()
	gw.guard.Close()
	return err
}
