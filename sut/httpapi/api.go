package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/traffic"
)

// Config is what an API needs; every field is required.
type Config struct {
	Agency *agency.Agency
	Keys   traffic.Keys
	Now    func() time.Time
	Log    *slog.Logger
}

// An API serves the public operations. It is safe for concurrent use.
type API struct {
	agency  *agency.Agency
	keys    traffic.Keys
	now     func() time.Time
	log     *slog.Logger
	tokens  *jwt.Parser
	running running // mutations in flight, by key
	handler http.Handler
}

var _ http.Handler = (*API)(nil)

// A handler answers one operation for an authenticated caller, or returns why not: a *Problem, a refusal of the
// agency, or a fault.
type handler func(w http.ResponseWriter, r *http.Request, who agency.Caller) error

// New makes an API.
func New(c Config) *API {
	a := &API{agency: c.Agency, keys: c.Keys, now: c.Now, log: c.Log, tokens: newParser(c.Now)}
	mux := http.NewServeMux()
	handlers := map[string]handler{
		"sessions.create":    a.createSession,
		"account.get":        a.account,
		"contributions.list": a.contributions,
		"claims.preview":     a.previewClaim,
		"claims.settle":      a.settleClaim,
		"payments.push":      a.pushPayment,
		"pension.estimate":   a.estimate,
		"policies.search":    a.policies,
	}
	for _, op := range traffic.Operations() {
		h, ok := handlers[op.Name]
		if !ok {
			panic("httpapi: no handler for " + op.Name)
		}
		mux.Handle(op.Pattern(), a.operation(op, h))
	}
	a.handler = problems(mux)
	return a
}

// ServeHTTP serves an operation, or says that there is none.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// problems serves mux. It answers unknown paths and methods, which the mux does in plain text, with problems.
func problems(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern == "" {
			h = unrouted(h, r)
		}
		h.ServeHTTP(w, r)
	})
}

// unrouted is the mux's own refusal as a problem.
func unrouted(refusal http.Handler, r *http.Request) http.Handler {
	seen := statusOnly{header: make(http.Header)}
	refusal.ServeHTTP(&seen, r)
	if seen.status == http.StatusMethodNotAllowed {
		allow := seen.header.Get("Allow")
		return problem(http.StatusMethodNotAllowed, "method-not-allowed", r.Method+" is not served here: want "+allow).with("Allow", allow)
	}
	return problem(http.StatusNotFound, "not-found", "no such path")
}

// statusOnly is a response that keeps status and header and forgets the body.
type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header         { return s.header }
func (s *statusOnly) WriteHeader(status int)      { s.status = status }
func (s *statusOnly) Write(b []byte) (int, error) { return len(b), nil }

// operation is what stands before every handler.
func (a *API) operation(op traffic.Operation, h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				a.fault(w, r, op, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
			}
		}()
		who, err := a.authenticate(op, r)
		if err == nil {
			err = h(w, r, who)
		}
		if err != nil {
			a.fail(w, r, op, err)
		}
	})
}

// fail answers an error with the problem it is.
func (a *API) fail(w http.ResponseWriter, r *http.Request, op traffic.Operation, err error) {
	if p, ok := errors.AsType[*Problem](err); ok {
		p.ServeHTTP(w, r)
	} else if refusal, ok := errors.AsType[*agency.Refusal](err); ok {
		p := refused(refusal)
		if p.Status == http.StatusUnauthorized {
			p.with("WWW-Authenticate", "Bearer")
		}
		p.ServeHTTP(w, r)
	} else if errors.Is(err, store.ErrKeyReused) {
		problem(http.StatusUnprocessableEntity, "key-reused", "the Idempotency-Key was used for another request: want a new one").ServeHTTP(w, r)
	} else if errors.Is(err, store.ErrClosed) || errors.Is(err, context.Canceled) {
		problem(http.StatusServiceUnavailable, "closing", "the service is closing").ServeHTTP(w, r)
	} else {
		a.fault(w, r, op, err)
	}
}

// fault answers 500 and logs the cause, which the caller does not see.
func (a *API) fault(w http.ResponseWriter, r *http.Request, op traffic.Operation, err error) {
	a.log.Error("operation failed", "operation", op.Name, "error", err)
	problem(http.StatusInternalServerError, "internal", "the service is at fault; the same request may be sent again").ServeHTTP(w, r)
}
