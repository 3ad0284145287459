package sqlite

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/peakday/peakday/sut/invariant"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// commits counts the commits in a write-ahead log by its format, not by what we say we did: a frame's second word
// is not zero where it ends a transaction (sqlite.org/fileformat2.html, section 4.1).
func commits(t testing.TB, path string) (n int) {
	t.Helper()
	wal, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	const header, frame = 32, 24
	if len(wal) < header { // nothing written since the last checkpoint
		return 0
	}
	page := int(binary.BigEndian.Uint32(wal[8:]))
	for at := header; at+frame+page <= len(wal); at += frame + page {
		if binary.BigEndian.Uint32(wal[at+4:]) != 0 {
			n++
		}
	}
	return n
}

func suspend(s *Store, n int) error {
	return s.Update(context.Background(), func(tx store.Tx) error {
		_, err := tx.Post(ledger.Suspended(fmt.Sprintf("B1/%d", n), "990001", "B1", 100))
		return err
	})
}

func TestWaitingUpdatesShareACommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	s, err := Open(t.Context(), path, store.Pool{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	before := commits(t, path)

	// One update holds the writer until 60 others wait behind it.
	const waiting = 60
	var wg sync.WaitGroup
	held := make(chan struct{})
	wg.Go(func() {
		err := s.Update(context.Background(), func(tx store.Tx) error {
			close(held)
			for s.queue.Len() < waiting {
				runtime.Gosched()
			}
			_, err := tx.Post(ledger.Suspended("B1/first", "990001", "B1", 100))
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-held
	for n := range waiting {
		wg.Go(func() {
			if err := suspend(s, n); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := commits(t, path) - before; got != 2 {
		t.Errorf("%d commits for one update and %d behind it, want 2", got, waiting)
	}
}

func TestCommitsAreDurable(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"), store.Pool{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := <-s.idle // all connections are opened alike
	defer func() { s.idle <- c }()
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2"} { // 2 is FULL
		var got string
		q := store.Query("SELECT CAST(" + pragma + " AS TEXT) FROM pragma_" + pragma)
		if err := (view{c, t.Context()}).Select(q, []any{&got}, func() error { return nil }); err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", pragma, got, err, want)
		}
	}
}

func TestFullDiskFailsItsGroupAndNothingElse(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"), store.Pool{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	// SQLite takes a limit of pages for a full disk (SQLITE_FULL) and rolls back by itself.
	limit := func(pages int) {
		err := s.Update(t.Context(), func(t store.Tx) error {
			var set int64
			return t.Select(store.Query(fmt.Sprintf("PRAGMA max_page_count = %d", pages)), []any{&set}, func() error { return nil })
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit(80)
	stored, failed := 0, 0
	var mu sync.Mutex
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for n := range 200 {
				err := suspend(s, w*1000+n)
				mu.Lock()
				if err == nil {
					stored++
				} else {
					failed++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if stored == 0 || failed == 0 {
		t.Fatalf("%d stored, %d failed; want some of both", stored, failed)
	}
	limit(1 << 20)
	if err := suspend(s, 9999); err != nil {
		t.Fatalf("with space again: %v", err)
	}
	findings := check(t, s)
	for _, f := range findings {
		if f.Name == "chain" && (!f.OK || f.Checked != stored+1) {
			t.Errorf("%+v, want the %d that were acknowledged", f, stored+1)
		}
		if f.Name == "I2" && !f.OK {
			t.Errorf("%+v", f)
		}
	}
}

func TestTwoProcessesOnOneFileKeepOneChain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	var stores [2]*Store
	for i := range stores {
		var err error
		if stores[i], err = Open(t.Context(), path, store.Pool{}); err != nil {
			t.Fatal(err)
		}
		defer stores[i].Close()
	}
	var wg sync.WaitGroup
	for i, s := range stores {
		wg.Go(func() {
			for n := range 50 {
				if err := suspend(s, i*1000+n); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	findings := check(t, stores[0])
	for _, f := range findings {
		if f.Name == "chain" && (!f.OK || f.Checked != 100) {
			t.Errorf("%+v, want 100 in one chain", f)
		}
	}
}

func BenchmarkUpdate(b *testing.B) {
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("%d writers", writers), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "ledger.db")
			s, err := Open(b.Context(), path, store.Pool{})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			b.ReportAllocs()
			b.ResetTimer()
			var wg sync.WaitGroup
			for w := range writers {
				wg.Go(func() {
					for n := w; n < b.N; n += writers {
						if err := suspend(s, n); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "postings/s")
		})
	}
}

func BenchmarkAudit(b *testing.B) {
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "ledger.db"), store.Pool{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	const postings = 20_000
	err = s.Update(b.Context(), func(tx store.Tx) error {
		for n := range postings {
			if _, err := tx.Post(ledger.Suspended(fmt.Sprintf("B1/%d", n), "990001", "B1", 100)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		check(b, s)
	}
	b.ReportMetric(float64(b.N)*postings/b.Elapsed().Seconds(), "postings/s")
}

func check(t testing.TB, s *Store) []invariant.Finding {
	t.Helper()
	findings, err := invariant.Of(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return findings
}
