package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/gateway"
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
	router  *router
	serve   []handler // in the order of the router's routes
	tokens  *tokens
	running running // mutations in flight, by key
}

var _ http.Handler = (*API)(nil)

// An exchange is a request on its way through the API.
type exchange struct {
	w   http.ResponseWriter
	r   *http.Request
	op  traffic.Operation
	id  string // what stands for {id} in the path
	who agency.Caller

	digest string // of the body, that the caller's signature covers; empty: none
}

// A handler answers an authenticated exchange, or returns why not: a *Problem, a refusal of the agency, or a fault.
type handler func(*exchange) error

// New makes an API.
func New(c Config) *API {
	a := &API{agency: c.Agency, keys: c.Keys, now: c.Now, log: c.Log, router: newRouter(), tokens: newTokens(c.Keys.Public(), c.Now)}
	handlers := a.handlers()
	for _, op := range a.router.routes {
		h, ok := handlers[op.Method+" "+op.Path]
		if !ok {
			panic("httpapi: no handler for " + op.Name)
		}
		a.serve = append(a.serve, h)
	}
	return a
}

// ServeHTTP serves an operation, or says that there is none.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == DocumentPath && r.Method == http.MethodGet {
		serveDocument(w)
		return
	}
	route, id, none := a.router.find(r.Method, r.URL.EscapedPath())
	if none != nil {
		none.ServeHTTP(w, r)
		return
	}
	x := &exchange{w: w, r: r, op: a.router.routes[route], id: id}
	defer func() {
		if p := recover(); p != nil {
			a.fault(x, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	if err := a.answer(x, a.serve[route]); err != nil {
		a.fail(x, err)
	}
}

// answer is what stands before every handler: the deadline, then who asks.
func (a *API) answer(x *exchange, h handler) (err error) {
	end, err := bound(x, a.now())
	if err != nil {
		return err
	}
	defer end()
	if x.who, err = a.authenticate(x); err != nil {
		return err
	}
	return h(x)
}

// fail answers an error with the problem it is.
func (a *API) fail(x *exchange, err error) {
	if p := problemOf(err); p != nil {
		p.ServeHTTP(x.w, x.r)
	} else {
		a.fault(x, err)
	}
}

// problemOf is an error that is the caller's to deal with; nil for a fault.
func problemOf(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if refusal, ok := errors.AsType[*agency.Refusal](err); ok {
		return refused(refusal)
	}
	switch {
	case errors.Is(err, store.ErrKeyReused):
		return problem(http.StatusUnprocessableEntity, "key-reused", "the Idempotency-Key was used for another request: want a new one")
	case errors.Is(err, store.ErrExists):
		return problem(http.StatusConflict, "exists", "another request has just made the same thing: look it up")
	case errors.Is(err, store.ErrText):
		return problem(http.StatusBadRequest, "bad-text", "a text of the request: want UTF-8 without NUL bytes")
	case errors.Is(err, store.ErrStale):
		return problem(http.StatusServiceUnavailable, "contended", "too many requests change the same thing: repeat this one").with("Retry-After", "1")
	case errors.Is(err, gateway.ErrDatabaseBusy):
		return problem(http.StatusServiceUnavailable, "busy", gateway.ErrDatabaseBusy.Error()).with("Retry-After", strconv.Itoa(1+rand.IntN(3)))
	case errors.Is(err, context.DeadlineExceeded):
		return tooLate()
	case errors.Is(err, store.ErrClosed), errors.Is(err, context.Canceled):
		return problem(http.StatusServiceUnavailable, "closing", "the service is closing")
	}
	return nil
}

// fault answers 500 and logs the cause, which the caller does not see.
func (a *API) fault(x *exchange, err error) {
	a.log.Error("operation failed", "operation", x.op.Name, "error", err)
	problem(http.StatusInternalServerError, "internal", "the service is at fault; the same request may be sent again").ServeHTTP(x.w, x.r)
}
