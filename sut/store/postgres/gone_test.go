package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/postgres"
	"github.com/peakday/peakday/sut/store/postgres/server/servertest"
)

func suspend(ctx context.Context, s store.Store, ref string) error {
	return s.Update(ctx, func(tx store.Tx) error {
		_, err := tx.Post(ledger.Suspended(ref, "990001", "B1", 100))
		return err
	})
}

func TestTheServerGoesAndComesBack(t *testing.T) {
	dsn := servertest.Database(t, start(t))
	s, err := postgres.Open(t.Context(), dsn, postgres.Options{Writers: 2, Readers: 1, StatementTimeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	look := func() error {
		return s.View(t.Context(), func(v store.View) error { _, err := v.Posted(ledger.EventSuspended, "B1/1"); return err })
	}
	if err := errors.Join(suspend(t.Context(), s, "B1/1"), look()); err != nil {
		t.Fatal(err)
	}

	t.Run("a row that somebody locks is waited for until the statement's time is over", func(t *testing.T) {
		conn, err := pgx.Connect(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		if _, err := conn.Exec(t.Context(), "BEGIN; LOCK TABLE txn"); err != nil {
			t.Fatal(err)
		}
		if err := suspend(t.Context(), s, "B1/2"); err == nil || !strings.Contains(err.Error(), "statement timeout") {
			t.Errorf("got %v, want the timeout of the statement", err)
		}
		if _, err := conn.Exec(t.Context(), "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
		if err := suspend(t.Context(), s, "B1/2"); err != nil {
			t.Errorf("when the lock is gone: %v", err)
		}
	})

	t.Run("a View is ended by the server at its deadline, and its connection stays", func(t *testing.T) {
		conn, err := pgx.Connect(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		connections := func() (pids []int32) {
			rows, _ := conn.Query(t.Context(), "SELECT pid FROM pg_stat_activity WHERE application_name = 'peakday' ORDER BY pid")
			if pids, err = pgx.CollectRows(rows, pgx.RowTo[int32]); err != nil {
				t.Fatal(err)
			}
			return pids
		}
		before := connections()
		if _, err := conn.Exec(t.Context(), "BEGIN; LOCK TABLE txn"); err != nil {
			t.Fatal(err)
		}
		for name, leaves := range map[string]bool{"who waits": false, "who has left": true} {
			begun := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond) // the setting is 300 ms
			if leaves {
				time.AfterFunc(20*time.Millisecond, cancel)
			}
			err := s.View(ctx, func(v store.View) error { _, err := v.Posted(ledger.EventSuspended, "B1/1"); return err })
			cancel()
			if took := time.Since(begun); !errors.Is(err, context.DeadlineExceeded) || took < 90*time.Millisecond || took > 290*time.Millisecond {
				t.Errorf("%s: %v after %v, want the deadline of 100 ms", name, err, took)
			}
		}
		begun := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 250*time.Millisecond)
		defer cancel()
		err = s.View(ctx, func(v store.View) error {
			if _, err := v.Get(&store.Batch{ID: "none"}); err != nil {
				return err
			}
			time.Sleep(time.Until(begun.Add(150 * time.Millisecond)))
			_, err := v.Posted(ledger.EventSuspended, "B1/1")
			return err
		})
		if took := time.Since(begun); !errors.Is(err, context.DeadlineExceeded) || took < 240*time.Millisecond || took > 440*time.Millisecond {
			t.Errorf("its second statement: %v after %v, want the deadline of 250 ms, not as much time as the first had", err, took)
		}
		begun = time.Now()
		patient, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		err = s.View(patient, func(v store.View) error { _, err := v.Posted(ledger.EventSuspended, "B1/1"); return err })
		if took := time.Since(begun); err == nil || errors.Is(err, context.DeadlineExceeded) || took > 2*time.Second {
			t.Errorf("with a deadline of 10 s: %v after %v, want the setting of 300 ms to hold", err, took)
		}
		if _, err := conn.Exec(t.Context(), "ROLLBACK"); err != nil {
			t.Fatal(err)
		}
		after := connections() // the keeper's may be new
		if slices.ContainsFunc(before, func(pid int32) bool { return !slices.Contains(after, pid) }) {
			t.Errorf("the connections were %v and are %v, want each of them there still", before, after)
		}
		if err := look(); err != nil {
			t.Errorf("when the lock is gone: %v", err)
		}
	})

	t.Run("connections that are lost are made again", func(t *testing.T) {
		if err := crash(dsn); err != nil {
			t.Fatal(err)
		}
		for _, do := range []func() error{look, func() error { return suspend(t.Context(), s, "B1/3") }} {
			failed := 0
			for do() != nil {
				if failed++; failed > 4 { // one for each connection, and one to spare
					t.Fatalf("still failing: %v", do())
				}
			}
		}
	})
}

func TestTwoServicesOnOneDatabaseKeepTheirLanes(t *testing.T) {
	dsn := servertest.Database(t, start(t))
	var stores [2]*postgres.Store
	var opening sync.WaitGroup
	for i := range stores {
		opening.Go(func() { // at once, on an empty database
			var err error
			if stores[i], err = postgres.Open(t.Context(), dsn, postgres.Options{Writers: 2}); err != nil {
				t.Error(err)
			}
		})
	}
	opening.Wait()
	if t.Failed() {
		return
	}
	const each = 40
	var wg sync.WaitGroup
	for i, s := range stores {
		defer s.Close()
		for c := range 4 {
			wg.Go(func() {
				for n := range each {
					if err := suspend(t.Context(), s, fmt.Sprintf("B%d/%d-%d", i, c, n)); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	lanes, last, count := make(map[int]bool), int64(0), 0
	err := stores[0].View(t.Context(), func(v store.View) error {
		return store.EachTxn(v, 0, store.Forever, func(s ledger.Stored) error {
			lane := ledger.Lane(s.Seq)
			if want := last + 1; lanes[lane] && s.Seq != want || !lanes[lane] && s.Seq != ledger.First(lane) {
				t.Errorf("transaction %d after %d", s.Seq, last)
			}
			lanes[lane], last = true, s.Seq
			count++
			return nil
		})
	})
	if err != nil || count != 2*4*each || len(lanes) < 2 || len(lanes) > 4 {
		t.Errorf("%d transactions in lanes %v, %v; want %d in 2 to 4", count, lanes, err, 2*4*each)
	}
}

func TestTextThatPostgreSQLCannotStoreFailsItsUpdateOnly(t *testing.T) {
	dsn := servertest.Database(t, start(t))
	s, err := postgres.Open(t.Context(), dsn, postgres.Options{Writers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var wg sync.WaitGroup
	for n := range 20 {
		wg.Go(func() {
			id := fmt.Sprintf("EN-%d", n)
			if n == 7 {
				id += "\x00"
			}
			err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Add(&store.Entitlement{ID: id}) })
			if (err != nil) != (n == 7) {
				t.Errorf("%q: %v", id, err)
			}
		})
	}
	wg.Wait()
}
