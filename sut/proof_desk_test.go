package sut_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/httpapi"
	"github.com/peakday/peakday/sut/invariant"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/sqlite"
	"github.com/peakday/peakday/sut/traffic"
	"github.com/peakday/peakday/sut/vault"
)

// noon is the clock of a desk that is given none.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// A desk is the service in process, without listeners: what stands behind the worker pool, over a fresh SQLite file.
type desk struct {
	api     http.Handler
	people  *population.Population
	traffic *traffic.Traffic
	keys    traffic.Keys
	store   store.Store // as the agency sees it
	path    string      // of the database
}

// deskConfig is what the proofs differ in. The zero value has 100 people, crypto/rand and a clock that stands.
type deskConfig struct {
	people int
	seed   uint64
	random io.Reader
	log    io.Writer                     // gets every record, debug ones too; nil: none
	wrap   func(store.Store) store.Store // nil: as it is
	now    func() time.Time
}

// fixed is what services share and none of them changes.
type fixed struct {
	book    *rules.Book
	outlets *population.Outlets
}

func newFixed(t testing.TB) fixed {
	t.Helper()
	book, err := rules.Open()
	fatal(t, err)
	return fixed{book, population.NewOutlets(seed)}
}

func newDesk(t testing.TB, f fixed, c deskConfig) *desk {
	t.Helper()
	c.seed, c.people = cmp.Or(c.seed, seed), cmp.Or(c.people, 100)
	if c.random == nil {
		c.random = rand.Reader
	}
	if c.now == nil {
		c.now = func() time.Time { return noon }
	}
	log := slog.New(slog.DiscardHandler)
	if c.log != nil {
		log = slog.New(slog.NewJSONHandler(c.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	d := &desk{keys: traffic.NewKeys(c.seed), path: filepath.Join(t.TempDir(), "ledger.db")}
	var err error
	d.people, err = population.New(c.seed, c.people)
	fatal(t, err)
	d.traffic, err = traffic.New(d.people, f.book, d.keys, noon)
	fatal(t, err)
	file, err := sqlite.Open(t.Context(), d.path, store.Pool{})
	fatal(t, err)
	t.Cleanup(func() { file.Close() })
	d.store = file
	if c.wrap != nil {
		d.store = c.wrap(file)
	}
	ring, err := vault.NewRing(c.random)
	fatal(t, err)
	a := &agency.Agency{
		People: d.people, Outlets: f.outlets, Rules: f.book, Store: d.store, Vault: ring, Random: c.random, PIN: d.keys.PIN,
	}
	fatal(t, a.Found(t.Context(), noon, c.seed))
	d.api = httpapi.New(httpapi.Config{Agency: a, Keys: d.keys, Now: c.now, Log: log})
	return d
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// serve answers a request of the traffic.
func (d *desk) serve(r scenarios.Request) *httptest.ResponseRecorder { return d.do(received(r)) }

func (d *desk) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	d.api.ServeHTTP(w, r)
	return w
}

// received is a request of the traffic as the handler sees it.
func received(r scenarios.Request) *http.Request {
	in := httptest.NewRequest(r.Method, r.Path, bytes.NewReader(r.Body))
	if r.Body == nil {
		in = httptest.NewRequest(r.Method, r.Path, nil)
	}
	for _, h := range r.Header {
		in.Header.Set(h.Name, h.Value)
	}
	return in
}

// sound fails the test unless every invariant holds.
func sound(t testing.TB, s store.Store) {
	t.Helper()
	findings, err := invariant.Of(context.Background(), s)
	fatal(t, err)
	for _, f := range findings {
		if !f.OK {
			t.Error(f)
		}
	}
}

// An errand is one request of a schedule.
type errand struct {
	op  string
	seq uint64
}

// schedule is n errands over every operation that there is traffic for, the same for the same seed. One in ten
// repeats an errand of before.
func schedule(seed uint64, n int) []errand {
	r := mathrand.New(mathrand.NewPCG(seed, 0x70726f6f66)) // "proof"
	ops := traffic.Operations()
	list := make([]errand, 0, n)
	for i := range n {
		if i > 0 && r.IntN(10) == 0 {
			list = append(list, list[r.IntN(i)])
			continue
		}
		list = append(list, errand{ops[i%len(ops)].Name, uint64(i)})
	}
	return list
}

// run serves an errand and fails the test at the service's own faults; a refusal is an answer.
func (d *desk) run(t testing.TB, e errand) *httptest.ResponseRecorder {
	t.Helper()
	r, err := d.traffic.At(e.seq, e.op)
	fatal(t, err)
	w := d.serve(r)
	if w.Code >= http.StatusInternalServerError {
		t.Errorf("%s of arrival %d: %d %s", e.op, e.seq, w.Code, w.Body)
	}
	return w
}
