package sut_test

import (
	"cmp"
	"crypto/sha256"
	"database/sql"
	"fmt"
	mathrand "math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// A trace is all that a schedule left behind.
type trace struct {
	root    ledger.Hash // of the ledger
	audit   string      // the heads of the audit log
	rows    [sha256.Size]byte
	answers [sha256.Size]byte
}

func (l trace) String() string {
	return fmt.Sprintf("ledger %x, audit log %s, rows %x, answers %x", l.root[:4], l.audit, l.rows[:4], l.answers[:4])
}

// TestTheSameScheduleGivesTheSameLedger sends one schedule, one request after another, into fresh services with the same
// clock and nonces: the same ledger root, audit log, answers and rows, sealed fields among them, however many processors
// there are.
func TestTheSameScheduleGivesTheSameLedger(t *testing.T) {
	runs := 100
	if testing.Short() {
		runs = 10
	}
	f := newFixed(t)
	errands := schedule(1, 150)
	want := follow(t, f, errands)
	if want.root == ledger.Root(nil) {
		t.Fatal("the schedule posted nothing")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	const abreast = 5 // services wait for the disk most of the time
	for processors := 1; processors <= 2; processors++ {
		runtime.GOMAXPROCS(processors)
		var wg sync.WaitGroup
		for range abreast {
			wg.Go(func() {
				for range runs / 2 / abreast {
					if got := follow(t, f, errands); got != want {
						t.Errorf("on %d processors %v, the first time %v", processors, got, want)
					}
				}
			})
		}
		wg.Wait()
	}
	// The proof must be able to fail: what depends on the schedule differs for another one.
	if other := follow(t, f, schedule(2, 150)); other.root == want.root || other.audit == want.audit || other.rows == want.rows || other.answers == want.answers {
		t.Errorf("another schedule left the same behind: %+v", other)
	}
}

// follow serves a schedule in its order on a fresh service with seeded nonces.
func follow(t *testing.T, f fixed, errands []errand) (left trace) {
	t.Helper()
	d := newDesk(t, f, deskConfig{random: mathrand.NewChaCha8([32]byte{7})})
	answers := sha256.New()
	for _, e := range errands {
		w := d.run(t, e)
		fmt.Fprintf(answers, "%s %d %d %s\n", e.op, e.seq, w.Code, w.Body)
	}
	left.answers = [sha256.Size]byte(answers.Sum(nil))
	err := d.store.View(t.Context(), func(v store.View) error {
		heads, err := store.LedgerHeads(v)
		if err != nil {
			return err
		}
		left.root = ledger.Root(heads)
		var log []vault.Head
		log, err = store.AuditHeads(v)
		left.audit = fmt.Sprint(log)
		return err
	})
	fatal(t, err)
	fatal(t, d.store.Close())
	left.rows = digest(t, d.path)
	return left
}

// digest is a hash of every row of every table of a database, read past the store.
func digest(t *testing.T, path string) [sha256.Size]byte {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	fatal(t, err)
	defer db.Close()
	var tables []string
	rows, err := db.Query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%' ORDER BY name")
	fatal(t, err)
	for rows.Next() {
		var name string
		fatal(t, rows.Scan(&name))
		tables = append(tables, name)
	}
	fatal(t, rows.Err())
	all := sha256.New()
	for _, table := range tables {
		fmt.Fprintln(all, table)
		rows, err := db.Query("SELECT * FROM " + table)
		fatal(t, err)
		columns, err := rows.Columns()
		fatal(t, err)
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		var lines []string
		for rows.Next() {
			fatal(t, rows.Scan(into...))
			lines = append(lines, fmt.Sprintf("%q", values))
		}
		fatal(t, rows.Err())
		slices.Sort(lines)
		fmt.Fprintln(all, strings.Join(lines, "\n"))
	}
	return [sha256.Size]byte(all.Sum(nil))
}

// An effect is a transaction without what its place in the chain gives it: number and hash.
type effect struct {
	event         ledger.Event
	ref, reverses string
	entries       string
}

func (e effect) String() string {
	return fmt.Sprintf("%s %s %s\n%s", e.event, e.ref, e.reverses, e.entries)
}

// TestConcurrentScheduleHasTheSameEffects sends the schedule from 16 goroutines. A person's own requests stay in their
// order, as whoever waits for an answer before the next request keeps it: a bill is divided by what the year's earlier
// bills have used up, so two bills in the other order are two other divisions, both right. Everything between people is
// free. Left out of the comparison is what a place in the chain gives a transaction, its number and hash, and with them
// the receipts; nothing else.
func TestConcurrentScheduleHasTheSameEffects(t *testing.T) {
	f := newFixed(t)
	errands := schedule(3, 600)
	one := newDesk(t, f, deskConfig{})
	for _, e := range errands {
		one.run(t, e)
	}
	want := effects(t, one.store)
	rounds := 5
	if testing.Short() {
		rounds = 1
	}
	for range rounds {
		many := newDesk(t, f, deskConfig{})
		const clients = 16
		lists := make([][]errand, clients)
		for _, e := range errands {
			c := many.traffic.Person(e.seq) % clients
			lists[c] = append(lists[c], e)
		}
		var wg sync.WaitGroup
		for _, list := range lists {
			wg.Go(func() {
				for _, e := range list {
					many.run(t, e)
				}
			})
		}
		wg.Wait()
		got := effects(t, many.store)
		for i := range max(len(got), len(want)) {
			if i >= len(got) || i >= len(want) || got[i] != want[i] {
				t.Fatalf("effect %d of %d is\n%v\nwant, of %d,\n%v", i, len(got), at(got, i), len(want), at(want, i))
			}
		}
		sound(t, many.store)
	}
}

func at(list []effect, i int) effect {
	if i < len(list) {
		return list[i]
	}
	return effect{ref: "none"}
}

// effects are the transactions of a book in an order of their own.
func effects(t *testing.T, s store.Store) (list []effect) {
	t.Helper()
	err := s.View(t.Context(), func(v store.View) error {
		return store.EachTxn(v, 0, store.Forever, func(s ledger.Stored) error {
			list = append(list, effect{s.Txn.Event, s.Txn.Ref, s.Txn.Reverses, string(ledger.AppendEntries(nil, s.Txn.Entries))})
			return nil
		})
	})
	fatal(t, err)
	slices.SortFunc(list, func(a, b effect) int {
		return cmp.Or(cmp.Compare(a.event, b.event), cmp.Compare(a.ref, b.ref), cmp.Compare(a.entries, b.entries))
	})
	return list
}
