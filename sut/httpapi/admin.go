package httpapi

import (
	"context"
	"io"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/traffic"
	"github.com/peakday/peakday/sut/vault"
	"github.com/peakday/peakday/sut/workflow"
)

// An Admin is what the operators' listener shows and does. It has no credentials of its own: whoever reaches the
// listener is an operator, so it is bound to an address that the public cannot reach, and it never stands behind the
// worker pool, so that it answers while the public side is overloaded.
//
// Of what is nil the paths are not there. What changes something leaves an event in the audit log.
type Admin struct {
	Metrics prometheus.Gatherer // /metrics
	Ready   func() bool         // /readyz, 503 once it is false
	Now     func() time.Time

	Store  store.Store            // /admin/ledger/head, /admin/ledger/export, /admin/audit/head
	Rules  *rules.Book            // /admin/policy-packs
	People *population.Population // /admin/population
	Keys   *traffic.Keys          // /admin/tokens
	Agency *agency.Agency         // /admin/outbox, /admin/outbox/delivered, /admin/transfers/advance

	Audit       func(context.Context, io.Writer) error        // /admin/audit/export, lines that vault.Verify reads
	Checkpoints func(context.Context, io.Writer) error        // /admin/audit/checkpoints, the anchor file that it reads beside them
	Check       func(context.Context) (any, error)            // /admin/check, what `peakday sut check` says of the database
	Drain       func()                                        // /admin/drain: /readyz fails from now on, what comes is served all the same
	Hold        func(time.Duration)                           // /admin/hold: a request holds its worker at least so long from now on
	Rotate      func(context.Context) (key uint32, err error) // /admin/keys/rotate: a new key seals from now on
}

// Handler serves the listener.
func (a Admin) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, state{"alive"}) })
	mux.HandleFunc("GET /readyz", a.readyz)
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.Metrics, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, readVersion()) })
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	if a.Store != nil {
		mux.Handle("GET /admin/ledger/head", asked(a.ledgerHead))
		mux.Handle("GET /admin/ledger/export", streamed(a.exportLedger))
		mux.Handle("GET /admin/audit/head", asked(a.auditHead))
	}
	if a.Audit != nil {
		mux.Handle("GET /admin/audit/export", streamed(a.Audit))
	}
	if a.Checkpoints != nil {
		mux.Handle("GET /admin/audit/checkpoints", streamed(a.Checkpoints))
	}
	if a.Rules != nil {
		mux.Handle("GET /admin/policy-packs", asked(a.policyPacks))
	}
	if a.People != nil {
		mux.Handle("GET /admin/population", asked(a.population))
	}
	if a.Keys != nil {
		mux.Handle("POST /admin/tokens", a.tries(a.token))
	}
	if a.Agency != nil {
		a.schedule(mux)
	}
	if a.Check != nil {
		mux.Handle("GET /admin/check", asked(a.Check))
	}
	if a.Drain != nil {
		mux.Handle("POST /admin/drain", a.does("admin.drain", func(context.Context) (any, error) { a.Drain(); return state{"draining"}, nil }))
	}
	if a.Hold != nil {
		mux.Handle("POST /admin/hold", a.tries(a.hold))
	}
	if a.Rotate != nil {
		mux.Handle("POST /admin/keys/rotate", a.does("admin.keys.rotate", func(ctx context.Context) (any, error) {
			key, err := a.Rotate(ctx)
			return struct {
				Key uint32 `json:"key"`
			}{key}, err
		}))
	}
	return http.NewCrossOriginProtection().Handler(problems(mux)) // a page in an operator's browser is no operator
}

type state struct {
	Status string `json:"status"`
}

func (a Admin) readyz(w http.ResponseWriter, r *http.Request) {
	if !a.Ready() {
		problem(http.StatusServiceUnavailable, "draining", "the service is closing and takes no new work").ServeHTTP(w, r)
		return
	}
	reply(w, http.StatusOK, state{"ready"})
}

// asked answers with a value.
func asked[T any](get func(context.Context) (T, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := get(r.Context())
		if err != nil {
			atFault(err).ServeHTTP(w, r)
			return
		}
		reply(w, http.StatusOK, v)
	})
}

// atFault is an error as an operator sees it: in full.
func atFault(err error) *Problem {
	return problem(http.StatusInternalServerError, "internal", err.Error())
}

// streamed answers with lines of JSON. An error after the first of them cuts the connection, so that half an export
// cannot be taken for a whole one.
func streamed(export func(context.Context, io.Writer) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		w.Header().Set("Cache-Control", "no-store")
		begun := begun{Writer: w}
		switch err := export(r.Context(), &begun); {
		case err == nil:
		case begun.yes:
			panic(http.ErrAbortHandler)
		default:
			atFault(err).ServeHTTP(w, r)
		}
	})
}

// begun tells whether anything was written.
type begun struct {
	io.Writer
	yes bool
}

func (b *begun) Write(p []byte) (int, error) {
	b.yes = true
	return b.Writer.Write(p)
}

// does runs what changes the service and writes it into the audit log.
func (a Admin) does(op string, do func(context.Context) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := do(r.Context())
		if err == nil {
			err = a.audit(r.Context(), op, "service")
		}
		if err != nil {
			atFault(err).ServeHTTP(w, r)
			return
		}
		reply(w, http.StatusOK, v)
	})
}

func (a Admin) audit(ctx context.Context, op, subject string) error {
	if a.Store == nil {
		return nil
	}
	return a.Store.Update(ctx, func(tx store.Tx) error {
		return tx.Audit(vault.Event{
			At: a.Now().UnixMilli(), Actor: "operator", Role: workflow.Operator.String(), Op: op, Subject: subject, Outcome: "done",
		})
	})
}
