package sut_test

import (
	"cmp"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/peakday/peakday/scenarios"
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

// TestConcurrentScheduleHasTheSameEffects sends the schedule from 16 goroutines. What is about one employer and its people
// stays in its order, as whoever waits for an answer before the next request keeps it: a bill is divided by what the
// year's earlier bills have used up, and a month's money is matched or waits by what was declared before it, so that in
// another order other effects are right. Everything between employers is free. A payout is of everybody who is retired, so
// its steps go before all else. Left out of the comparison is what a place in the chain gives a transaction, its number and hash, and with them
// the receipts; nothing else.
func TestConcurrentScheduleHasTheSameEffects(t *testing.T) {
	f := newFixed(t)
	all := schedule(3, 600)
	errands := slices.DeleteFunc(slices.Clone(all), isPayout)
	payouts := slices.DeleteFunc(all, func(e errand) bool { return !isPayout(e) })
	one := newDesk(t, f, deskConfig{})
	for _, e := range slices.Concat(payouts, errands) {
		one.run(t, e)
	}
	want := effects(t, one.store)
	rounds := 5
	if testing.Short() {
		rounds = 1
	}
	for range rounds {
		many := newDesk(t, f, deskConfig{})
		for _, e := range payouts {
			many.run(t, e)
		}
		const clients = 16
		lists := make([][]errand, clients)
		for i, group := range groups(t, many, errands) {
			lists[group%clients] = append(lists[group%clients], errands[i])
		}
		busy := 0
		for _, list := range lists {
			if len(list) > len(errands)/3 {
				t.Fatalf("one client has %d of %d errands: nothing is concurrent", len(list), len(errands))
			}
			busy += min(len(list), 1)
		}
		if busy < clients/2 {
			t.Fatalf("%d of %d clients have anything to do", busy, clients)
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

func isPayout(e errand) bool { return strings.HasPrefix(e.op, "payouts.") }

// groups numbers the errands so that two which are about the same employer, or one of its people, have the same number.
func groups(t *testing.T, d *desk, errands []errand) []int {
	t.Helper()
	parent := make([]int, d.people.Employers())
	for i := range parent {
		parent[i] = i
	}
	root := func(e int) int {
		for parent[e] != e {
			e = parent[e]
		}
		return e
	}
	first := make([]int, len(errands))
	for i, e := range errands {
		r, err := d.traffic.At(e.seq, e.op)
		fatal(t, err)
		about := d.about(t, r)
		first[i] = about[0]
		for _, other := range about {
			parent[root(other)] = root(about[0])
		}
	}
	for i := range first {
		first[i] = root(first[i])
	}
	return first
}

// named finds what a request names: identity numbers, ids of people and employers, and people in ids of the opening.
var named = regexp.MustCompile(`\b(\d{17}[\dX]|[PE]\d+)\b|\b(?:BC|TR|CE|H\d{4})-B?(\d+)-`)

// about is the employers that a request has to do with: the sender's, and those of whom it names.
func (d *desk) about(t *testing.T, r scenarios.Request) (employers []int) {
	t.Helper()
	text := r.Path + " " + string(r.Body)
	for _, h := range r.Header {
		if token, bearer := strings.CutPrefix(h.Value, "Bearer "); bearer {
			claims, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
			fatal(t, err)
			var c struct{ Role, Sub string }
			fatal(t, json.Unmarshal(claims, &c))
			switch i, err := strconv.Atoi(c.Sub); {
			case c.Role == "citizen":
				fatal(t, err)
				employers = append(employers, d.people.EmployerOf(i))
			case c.Role == "employer":
				text += " " + c.Sub
			}
		}
	}
	for _, m := range named.FindAllStringSubmatch(text, -1) {
		if i, ok := d.people.Find(m[1]); ok {
			employers = append(employers, d.people.EmployerOf(i))
		} else if i, ok := d.people.PersonByID(m[1]); ok {
			employers = append(employers, d.people.EmployerOf(i))
		} else if e, ok := d.people.EmployerByID(m[1]); ok {
			employers = append(employers, e)
		} else if i, err := strconv.Atoi(m[2]); err == nil && i < d.people.Size() {
			employers = append(employers, d.people.EmployerOf(i))
		}
	}
	if employers == nil { // a search
		employers = []int{0}
	}
	return employers
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
