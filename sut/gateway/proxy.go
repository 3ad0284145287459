package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"
)

// idleUpstream is how many connections to the backend are kept open; more
// than the limit is ever likely to be, so that a storm does not dial.
const idleUpstream = 1024

func newTransport() *http.Transport {
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: 2 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: time.Minute,
		IdleConnTimeout:       time.Minute,
		MaxIdleConns:          idleUpstream,
		MaxIdleConnsPerHost:   idleUpstream,
		DisableCompression:    true, // pass bodies on as they are
	}
}

func newProxy(upstream *url.URL, rt http.RoundTripper, log *slog.Logger) http.Handler {
	return &httputil.ReverseProxy{
		Transport: rt,
		Rewrite: func(pr *httputil.ProxyRequest) {
			pr.SetURL(upstream)
			pr.SetXForwarded()
		},
		ModifyResponse: func(r *http.Response) error {
			r.Header.Del("Guard-Decision") // ours stands already
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() != nil {
				return // the client left: nobody reads the answer
			}
			log.Debug("upstream", "error", err)
			if timeout, ok := errors.AsType[net.Error](err); errors.Is(err, context.DeadlineExceeded) || ok && timeout.Timeout() {
				problem(w, http.StatusGatewayTimeout, "The service behind the guard did not answer in time.")
				return
			}
			problem(w, http.StatusBadGateway, "The service behind the guard could not be reached.")
		},
		ErrorLog:   slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		BufferPool: &bufferPool{},
	}
}

// bufferPool implements httputil.BufferPool.
type bufferPool struct{ pool sync.Pool }

func (p *bufferPool) Get() []byte {
	if b, ok := p.pool.Get().(*[]byte); ok {
		return *b
	}
	return make([]byte, 32<<10)
}

func (p *bufferPool) Put(b []byte) { p.pool.Put(&b) }
