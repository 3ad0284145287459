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

// Proxy says how requests reach the service. The zero value has the defaults.
type Proxy struct {
	KeepHost bool          `yaml:"keep_host,omitempty"` // the service sees the Host that the client asked for, not its own
	Dial     time.Duration `yaml:"dial,omitempty"`      // to connect to the service; 0 is 2 s
	Answer   time.Duration `yaml:"answer,omitempty"`    // from the request sent to the head of its answer; 0 is 1 min
}

// faults reports what is wrong, each with the path of its key under proxy.
func (p Proxy) faults(fs *faults) {
	if p.Dial < 0 {
		fs.add("proxy.dial", "found %v, want more than 0s, or 0s for the default", p.Dial)
	}
	if p.Answer < 0 {
		fs.add("proxy.answer", "found %v, want more than 0s, or 0s for the default", p.Answer)
	}
}

// idleUpstream is how many connections to the backend are kept open; more
// than the limit is ever likely to be, so that a storm does not dial.
const idleUpstream = 1024

func (p Proxy) withDefaults() Proxy {
	set(&p.Dial, 2*time.Second)
	set(&p.Answer, time.Minute)
	return p
}

func (p Proxy) transport() *http.Transport {
	p = p.withDefaults()
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: p.Dial}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		ExpectContinueTimeout: time.Second,
		ResponseHeaderTimeout: p.Answer,
		IdleConnTimeout:       time.Minute,
		MaxIdleConns:          idleUpstream,
		MaxIdleConnsPerHost:   idleUpstream,
		DisableCompression:    true, // pass bodies on as they are
	}
}

// handler passes requests on. A request that reached the service is not sent
// again, except by http.Transport when it is idempotent by its method, has no
// body, and the kept-alive connection it was sent on was closed before any
// answer: the service may close an idle connection at any time, and nobody
// could use connections again otherwise (RFC 9110, 9.2.2).
func (p Proxy) handler(upstream *url.URL, rt http.RoundTripper, from func() Forwarding, open *upgrades, log *slog.Logger) http.Handler {
	return &httputil.ReverseProxy{
		Transport: exchange{rt},
		Rewrite: func(pr *httputil.ProxyRequest) {
			pr.Out.URL.RawQuery = pr.In.URL.RawQuery // as it came: it is the service's to judge
			pr.SetURL(upstream)
			if p.KeepHost {
				pr.Out.Host = pr.In.Host
			}
			pr.Out.Trailer = pr.In.Trailer // filled in when the body has been read: a copy would stay empty
			from().stamp(pr.Out, pr.In)
		},
		ModifyResponse: func(r *http.Response) error {
			r.Header.Del("Guard-Decision") // ours stands already
			return open.admit(r)
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			fault := bodyFault(r)
			switch {
			case fault != nil:
				w.Header()["Connection"] = closeHeader // what is left of the body is not waited for
				problem(w, fault.status, fault.detail)
			case r.Context().Err() != nil: // the client left: nobody reads the answer
			case errors.Is(err, errManyOpen):
				disown(w)
				tooManyOpen(w)
			case timedOut(err):
				log.Debug("upstream", "error", err)
				problem(w, http.StatusGatewayTimeout, "The service behind the guard did not answer in time.")
			default:
				log.Debug("upstream", "error", err)
				if _, sent := errors.AsType[*exchangeError](err); !sent {
					// Such as an upgrade to another protocol than was asked for.
					// Who asks has a say in that, so it must not count against the
					// service: its breaker would open for everybody.
					disown(w)
				}
				problem(w, http.StatusBadGateway, "The service behind the guard could not be reached.")
			}
		},
		ErrorLog:   slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		BufferPool: &bufferPool{},
	}
}

// An exchange tells errors in the exchange with the service from those that
// httputil.ReverseProxy finds by itself, before or after.
type exchange struct{ http.RoundTripper }

// An exchangeError is one of the first kind.
type exchangeError struct{ error }

// Unwrap is for errors.Is.
func (e *exchangeError) Unwrap() error { return e.error }

// RoundTrip implements http.RoundTripper.
func (x exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := x.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, &exchangeError{err}
	}
	return resp, nil
}

func timedOut(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return errors.Is(err, context.DeadlineExceeded) || ok && timeout.Timeout()
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
