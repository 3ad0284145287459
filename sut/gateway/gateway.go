package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// A Gateway is a running reverse proxy with a guard in it.
type Gateway struct {
	guard         *Guard
	transport     *http.Transport
	public, admin *http.Server
	url, adminURL string
	draining      atomic.Bool
	serving       sync.WaitGroup
}

// Start listens, and serves until Close. It returns an error if a listener
// cannot be had or the configuration is at fault; ctx bounds the listening
// only.
func Start(ctx context.Context, c Config) (*Gateway, error) {
	u := c.Upstream
	if u == nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("upstream %q: want a URL such as http://127.0.0.1:8080", u.Redacted())
	}
	if u.User != nil {
		return nil, fmt.Errorf("upstream %q: want it without user and password, which the guard would drop; clients send their own Authorization", u.Redacted())
	}
	log := c.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	guard, err := New(c)
	if err != nil {
		return nil, err
	}
	gw := &Gateway{guard: guard, transport: newTransport()}

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

	gw.public = newServer(guard.Middleware(newProxy(c.Upstream, gw.transport, log)), log)
	gw.admin = newServer(gw.adminHandler(), log)
	gw.serving.Go(func() { gw.serve(gw.public, public, log) })
	gw.serving.Go(func() { gw.serve(gw.admin, admin, log) })
	return gw, nil
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", addr)
}

func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
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

// Close stops taking connections and waits for the requests under way. When
// ctx ends first, it cuts them off and returns ctx's error.
func (gw *Gateway) Close(ctx context.Context) error {
	gw.draining.Store(true)
	err := gw.public.Shutdown(ctx)
	if err != nil {
		gw.public.Close()
	}
	gw.admin.Close()
	gw.serving.Wait()
	gw.transport.CloseIdleConnections()
	return err
}
