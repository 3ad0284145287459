package sut

import (
	"context"
	"errors"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/peakday/peakday/sut/gateway"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/postgres"
	"github.com/peakday/peakday/sut/store/sqlite"
)

// A protection is the admission layer inside the service: the guard before its
// routes, the gate before reads of its database, and how long writes wait there.
// The zero value lets everything pass.
type protection struct {
	guard  *gateway.Guard
	reads  *gateway.DB
	writes *gateway.DBWait
}

// protect makes what the configuration asks for, nothing if it is nil. The gate of
// reads has one permit less than the database has connections for them: that one
// is for what the service does beside its callers. Writes have no gate. A writer
// commits together all that wait for it, 64 or 256 of them: fewer permits would
// make its groups smaller, and so many bound nothing that the guard's limit has
// not bound before. They wait in the store's queue, which who gives up leaves
// without harm; that wait is measured.
func protect(c *gateway.Config, dsn string) (p protection, err error) {
	if c == nil {
		return p, nil
	}
	readers := sqlite.Readers
	if IsDSN(dsn) {
		readers = postgres.Readers
	}
	p.reads, p.writes = gateway.NewDB("read", readers-1), gateway.NewDBWait("update")
	p.guard, err = gateway.New(*c)
	return p, err
}

// before puts the guard before a handler.
func (p protection) before(next http.Handler) http.Handler {
	if p.guard == nil {
		return next
	}
	return p.guard.Middleware(next)
}

// store is s with the gate before what its callers read of it, and a clock to
// what they write.
func (p protection) store(s store.Store) store.Store {
	if p.guard == nil {
		return s
	}
	return gated{s, p.reads, p.writes}
}

// Reread has the guard inside the service read its configuration again from where it came; a fault changes nothing.
func (s *Service) Reread() error {
	if s.protection.guard == nil {
		return errors.New("this service has no guard inside; start it with one")
	}
	return s.protection.guard.Reread()
}

// close has the guard write to the log what it is owed.
func (p protection) close() {
	if p.guard != nil {
		p.guard.Close()
	}
}

// register shows the metrics of both.
func (p protection) register(reg prometheus.Registerer) {
	if p.guard != nil {
		reg.MustRegister(p.guard, p.reads, p.writes)
	}
}

// admin adds the pages of the guard to those of the service.
func (p protection) admin(service http.Handler) http.Handler {
	if p.guard == nil {
		return service
	}
	mux := http.NewServeMux()
	mux.Handle("/", service)
	pages := p.guard.Admin()
	mux.Handle("/debug/guard", pages)
	mux.Handle("/debug/guard/", pages)
	mux.Handle("/admin/reload", pages)
	return mux
}

// gated is a store whose Views wait for a permit, and whose Updates are timed.
type gated struct {
	store.Store
	reads  *gateway.DB
	writes *gateway.DBWait
}

// View implements store.Store.
func (g gated) View(ctx context.Context, do func(store.View) error) error {
	leave, err := g.reads.Enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	return g.Store.View(ctx, do)
}

// Update implements store.Store.
func (g gated) Update(ctx context.Context, do func(store.Tx) error) error {
	begun := g.writes.Queued()
	defer begun() // of one that gives up
	return g.Store.Update(ctx, func(tx store.Tx) error {
		begun()
		return do(tx)
	})
}
