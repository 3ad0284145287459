package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/queue"
	"github.com/peakday/peakday/sut/vault"
)

const (
	maxGroup = 64 // Updates in one commit; bounds how long the first of them waits
	maxLanes = 1024
	attempts = 10 // at an Update that loses each time
)

// connectTimeout is how long a server may take to accept a connection.
const connectTimeout = 5 * time.Second

// A writer owns a connection, and by it a lane.
type writer struct {
	*conn
	config *pgconn.Config
	pool   store.Pool
	lane   int
	txn    chain[ledger.Hash]
	audit  chain[vault.Hash]
}

// ready connects where there is no connection, or none any more.
func (w *writer) ready() error {
	if !w.gone() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	c, err := connect(ctx, w.config)
	if err != nil {
		return err
	}
	w.conn = c
	if err := w.takeLane(ctx); err != nil {
		return errors.Join(err, w.close())
	}
	return nil
}

// takeLane takes the first lane that no connection of any process has, and reads where its chains end. The lock is the
// session's: a lane is free again when the server knows that its connection is gone.
func (w *writer) takeLane(ctx context.Context) error {
	for lane := range maxLanes {
		k, err := w.call(ctx, sqlLane, lockLane, lane)
		if err != nil {
			return err
		}
		if err := w.trip(ctx, k); err != nil {
			return err
		}
		var taken bool
		if err := scan([]any{&taken}, k.rows[0], k.columns); err != nil {
			return err
		}
		if taken {
			w.lane = lane
			if w.txn, err = head[ledger.Hash](ctx, w.conn, "txn", lane); err != nil {
				return err
			}
			if w.audit, err = head[vault.Hash](ctx, w.conn, "audit", lane); w.audit.hash == (vault.Hash{}) {
				w.audit.hash = vault.Start(store.AuditLog)
			}
			return err
		}
	}
	return fmt.Errorf("all %d lanes of the ledger are taken: end a service that writes to this database", maxLanes)
}

func head[H ~[32]byte](ctx context.Context, c *conn, kind string, lane int) (h chain[H], err error) {
	h.seq = ledger.First(lane) - 1
	k, err := c.call(ctx, sqlHead, kind, lane)
	if err != nil {
		return h, err
	}
	if err := c.trip(ctx, k); err != nil || len(k.rows) == 0 {
		return h, err
	}
	var hash []byte
	err = scan([]any{&h.seq, &hash}, k.rows[0], k.columns)
	copy(h.hash[:], hash)
	return h, err
}

// commit runs jobs and tells every caller, most in one transaction. Where another writer was first, nothing of the group
// stays and each half is run again: the one that lost is soon alone, and the others are together still.
func (w *writer) commit(jobs []*queue.Job) {
	for len(jobs) > 0 {
		if err := w.ready(); err != nil {
			answer(jobs, err)
			return
		}
		g := newGroup(w, jobs)
		err := g.run()
		if err == nil && g.wrote() {
			err = w.transact(g, true)
		}
		switch {
		case err == nil:
			g.answer()
			if len(jobs) == 1 && len(g.again) == 1 { // it cannot run in a group
				answer(jobs, w.alone(jobs[0]))
				return
			}
			jobs = g.again
		case !ofOne(err):
			answer(jobs, w.lost(err))
			return
		case len(jobs) == 1:
			answer(jobs, w.alone(jobs[0]))
			return
		default:
			w.commit(jobs[:len(jobs)/2])
			jobs = jobs[len(jobs)/2:]
		}
	}
}

// transact sends what the group wrote and makes it durable, or takes it back.
func (w *writer) transact(g *group, begin bool) error {
	if err := g.send(begin); err != nil {
		return w.rollback(err)
	}
	if _, err := w.do(context.Background(), sqlCommit); err != nil {
		return fmt.Errorf("committing; whether it is kept shows when the key is sent again: %w", err)
	}
	w.txn, w.audit = g.txn, g.audit
	return nil
}

func (w *writer) rollback(err error) error {
	if w.gone() {
		return err
	}
	if _, fault := w.do(context.Background(), sqlRollback); fault != nil {
		return errors.Join(err, fault, w.close())
	}
	return err
}

// alone runs one Update in a transaction of its own. From the second time on what it reads is locked: it waits for the
// others instead of losing to them again. A conflict that comes twice on the same row is then its own.
func (w *writer) alone(j *queue.Job) (err error) {
	where := ""
	for attempt := range attempts {
		if err = w.ready(); err != nil {
			return err
		}
		err = w.once(j, attempt > 0)
		lost, ok := errors.AsType[*conflict](err)
		if !ok || lost.where != "" && lost.where == where {
			break
		}
		where = lost.where
	}
	if err != nil && !ofOne(err) && code(err) != "" {
		return w.lost(err)
	}
	return err
}

func (w *writer) once(j *queue.Job, locks bool) error {
	if _, err := w.do(context.Background(), sqlBegin); err != nil {
		return w.lost(err)
	}
	g := newGroup(w, []*queue.Job{j})
	g.lone, g.locks = true, locks
	if err := g.run(); err != nil {
		return asConflict(w.rollback(err))
	}
	if err := g.updates[0].err; err != nil {
		return w.rollback(err)
	}
	return w.transact(g, false)
}

// lost ends the connection after an error that is no Update's: the next group begins with a new one.
func (w *writer) lost(err error) error {
	w.close() // its error says no more
	return fmt.Errorf("PostgreSQL did not take the update: %w", err)
}

func answer(jobs []*queue.Job, err error) {
	for _, j := range jobs {
		j.Answer(err)
	}
}

// answer tells every Update of a group that was committed, but for those that run again.
func (g *group) answer() {
	for _, u := range g.updates {
		if u.err != errAlone {
			u.job.Answer(u.err)
		}
	}
}
