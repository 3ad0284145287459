package gateway

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// ErrDatabaseBusy is that of work which would wait for the database until its
// deadline has passed. It is a 503 with a time to retry.
var ErrDatabaseBusy = errors.New("the database has more to do than it can in time; ask again later")

// A DB bounds the work that is at a database at one time, before that work takes
// a connection: as many permits as the pool has connections, or a few less, so
// that nobody waits in the pool, where a wait cannot be seen, bounded or given
// up without hurting. pgx closes the connection of a query that is cancelled,
// and in a storm opens new ones beyond the pool (jackc/pgx issue 2425); work
// that waits here has no connection to close. What is at the database already
// is ended by the database's own statement timeout, not by a cancel.
//
//	db := gateway.NewDB("read", 8)
//	leave, err := db.Enter(ctx)
//	if err != nil {
//		return err // ErrDatabaseBusy, or the context's
//	}
//	defer leave()
//
// A DB is safe for concurrent use.
type DB struct {
	work string
	wait histogram

	mu      sync.Mutex
	permits int       // free
	size    int       // of all
	held    float64   // seconds that a permit is held, smoothed
	queue   list.List // of chan struct{}, in order of arrival; closed with the permit
	refused uint64
}

// NewDB makes a gate with so many permits, at least 1. Its metrics are labelled
// with the work that it bounds, such as read.
func NewDB(work string, permits int) *DB {
	permits = max(1, permits)
	return &DB{work: work, permits: permits, size: permits}
}

// Enter waits for a permit, in order of arrival. It returns ErrDatabaseBusy at
// once if the wait would outlast ctx's deadline, judged by how long permits have
// been held lately, and when it does. leave gives the permit back; it must be
// called once.
func (d *DB) Enter(ctx context.Context) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	began := time.Now()
	d.mu.Lock()
	if d.permits > 0 {
		d.permits--
		d.mu.Unlock()
		d.wait.observe(0)
		return d.leaver(began), nil
	}
	if until, ok := ctx.Deadline(); ok {
		if expected := d.held * float64(d.queue.Len()+1) / float64(d.size); began.Add(time.Duration(expected * float64(time.Second))).After(until) {
			d.refused++
			d.mu.Unlock()
			return nil, ErrDatabaseBusy
		}
	}
	come := make(chan struct{})
	turn := d.queue.PushBack(come)
	d.mu.Unlock()
	select {
	case <-come:
	case <-ctx.Done():
		d.wait.observe(time.Since(began)) // the longest waits of all
		d.mu.Lock()
		defer d.mu.Unlock()
		select {
		case <-come: // it came between the two: somebody else's now
			d.pass()
		default:
			d.queue.Remove(turn)
		}
		d.refused++
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil, ErrDatabaseBusy
		}
		return nil, ctx.Err()
	}
	now := time.Now()
	d.wait.observe(now.Sub(began))
	return d.leaver(now), nil
}

// leaver gives back a permit that was had since then.
func (d *DB) leaver(since time.Time) func() {
	return func() {
		took := time.Since(since).Seconds()
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.held == 0 {
			d.held = took
		}
		d.held += (took - d.held) / 16
		d.pass()
	}
}

// pass hands a permit to the first who waits.
func (d *DB) pass() {
	turn := d.queue.Front()
	if turn == nil {
		d.permits++
		return
	}
	close(d.queue.Remove(turn).(chan struct{}))
}

// String is the gate at this instant, for people.
func (d *DB) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return fmt.Sprintf("%d of %d permits taken, %d wait", d.size-d.permits, d.size, d.queue.Len())
}

var (
	dbWaitDesc    = desc("db_wait_seconds", "Time that work waited until the database began with it, or until it gave up.", "work")
	dbRefusedDesc = desc("db_refused_total", "Work that was turned away since the database could not do it in time, or that gave up.", "work")
	dbTakenDesc   = desc("db_permits_taken", "Permits to ask the database that are taken.", "work")
	dbPermitsDesc = desc("db_permits", "Permits to ask the database that there are.", "work")
)

// Describe implements prometheus.Collector. It describes nothing, so that the
// gates of several kinds of work can stand in one registry.
func (d *DB) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (d *DB) Collect(ch chan<- prometheus.Metric) {
	d.mu.Lock()
	refused, taken, size := d.refused, d.size-d.permits, d.size
	d.mu.Unlock()
	ch <- d.wait.metric(dbWaitDesc, 0, d.work)
	ch <- prometheus.MustNewConstMetric(dbRefusedDesc, prometheus.CounterValue, float64(refused), d.work)
	ch <- prometheus.MustNewConstMetric(dbTakenDesc, prometheus.GaugeValue, float64(taken), d.work)
	ch <- prometheus.MustNewConstMetric(dbPermitsDesc, prometheus.GaugeValue, float64(size), d.work)
}
