package sut_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/traffic"
	"github.com/peakday/peakday/sut/vault"
)

// What may differ between the first and the last repetitions.
const (
	// An answer holds a few numbers that count: the transaction, months, a balance. Each gets at most four digits more in
	// 10,000 repetitions.
	moreBytes = 24
	// The times of the first and the last tenth, against what the machine itself took in the same tenths: it may be
	// busier at the end than at the beginning.
	slower = 2.0
	// Below this a time says more about the clock and the collector than about the operation.
	leastTime = 20 * time.Microsecond
)

// What the machine is measured by: an operation that reads nothing stored, and for what is written a page on the same disk.
const (
	controlRead  = "pension.estimate"
	controlWrite = "a page, synced"
)

// TestRepetitionsDoNotGrow repeats every operation for one person, who is the whole population, round after round, so
// that each has the history of all others behind it. The last repetitions must read and write as many records as the
// first ones, answer as many bytes, and take as long. A person at work and a retired one: not every operation is for both.
func TestRepetitionsDoNotGrow(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	repeat(t, 400)
}

// TestSoakRepetitionsDoNotGrow is the same with ten thousand.
func TestSoakRepetitionsDoNotGrow(t *testing.T) {
	if os.Getenv("PEAKDAY_SOAK") == "" {
		t.Skip("takes minutes: set PEAKDAY_SOAK=1")
	}
	repeat(t, 10_000)
}

func repeat(t *testing.T, rounds int) {
	f := newFixed(t)
	for _, status := range []population.Status{population.Active, population.Retired} {
		t.Run(string(status), func(t *testing.T) {
			counts := &counting{}
			d := newDesk(t, f, deskConfig{people: 1, seed: alone(t, status), wrap: func(s store.Store) store.Store {
				counts.Store = s
				return counts
			}})
			repetitions := make(map[string][]repetition)
			disk, err := os.Create(filepath.Join(t.TempDir(), "page"))
			fatal(t, err)
			defer disk.Close()
			for round := range uint64(rounds) {
				repetitions[controlWrite] = append(repetitions[controlWrite], writePage(t, disk))
				for _, op := range traffic.Operations() {
					r, err := d.traffic.At(round, op.Name)
					fatal(t, err)
					in := received(r)
					counts.work = work{}
					begin := time.Now()
					w := d.do(in)
					took := time.Since(begin)
					if w.Code >= http.StatusInternalServerError {
						t.Fatalf("%s of round %d: %d %s", op.Name, round, w.Code, w.Body)
					}
					repetitions[op.Name] = append(repetitions[op.Name], repetition{w.Code, w.Body.Len(), counts.work, took})
				}
			}
			for _, fault := range grown(t.Logf, repetitions) {
				t.Error(fault)
			}
			sound(t, counts.Store)
		})
	}
}

// TestGrowthIsFound gives the comparison operations that grow in one respect each.
func TestGrowthIsFound(t *testing.T) {
	const rounds = 1000
	flat := func(int) repetition { return repetition{200, 300, work{5, 2}, time.Millisecond} }
	for _, c := range []struct {
		name string
		make func(round int) repetition
		want string
	}{
		{"the same every time", flat, ""},
		{"a byte more in ten rounds", func(i int) repetition { r := flat(i); r.bytes += i / 10; return r }, "bytes at first"},
		{"a row more in five hundred rounds", func(i int) repetition { r := flat(i); r.work.rows += i / 500; return r }, "the store did"},
		{"a call more in five hundred rounds", func(i int) repetition { r := flat(i); r.work.calls += i / 500; return r }, "the store did"},
		{"time in proportion to the rounds", func(i int) repetition { r := flat(i); r.took *= time.Duration(i); return r }, "times as long"},
		{"refused after a while", func(i int) repetition { r := flat(i); r.status += i / 500; return r }, "cannot be compared"},
	} {
		repetitions := make(map[string][]repetition)
		for i := range rounds {
			repetitions[controlRead] = append(repetitions[controlRead], flat(i))
			repetitions[controlWrite] = append(repetitions[controlWrite], flat(i))
			repetitions["claims.settle"] = append(repetitions["claims.settle"], c.make(i))
		}
		faults := grown(func(string, ...any) {}, repetitions)
		if c.want == "" && len(faults) > 0 || c.want != "" && (len(faults) != 1 || !strings.Contains(faults[0], c.want)) {
			t.Errorf("%s: found %q, want %q", c.name, faults, c.want)
		}
	}
}

// alone is a seed whose only person has a status.
func alone(t *testing.T, status population.Status) uint64 {
	t.Helper()
	for s := range uint64(1000) {
		p, err := population.New(s+1, 1)
		fatal(t, err)
		if who := p.Person(0); who.Status == status && who.Medical > 0 {
			return s + 1
		}
	}
	t.Fatalf("nobody is %s and alone", status)
	return 0
}

// A repetition is what one request came to.
type repetition struct {
	status, bytes int
	work          work
	took          time.Duration
}

// grown says which operations came to more at last than at first.
func grown(logf func(string, ...any), repetitions map[string][]repetition) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	n := len(repetitions[controlRead])
	part := max(n/10, 100) // so many that every kind of question and of answer is among them
	warm := part           // pages of lists fill up, keys and statements are prepared
	early := func(list []repetition) []repetition { return list[warm : warm+part] }
	late := func(list []repetition) []repetition { return list[n-part:] }
	pace := func(control string) float64 {
		return max(1, times(share(late(repetitions[control]), 2), share(early(repetitions[control]), 2)))
	}
	reading, writing := pace(controlRead), pace(controlWrite)
	for _, op := range slices.Sorted(maps.Keys(repetitions)) {
		list := repetitions[op]
		first, last := early(list), late(list)
		if a, b := statuses(first), statuses(last); !slices.Equal(a, b) {
			fault("%s: answered %v at first, %v at last: the two cannot be compared", op, a, b)
		}
		// The deterministic part: what was asked of the store.
		if a, b := most(first), most(last); b.calls > a.calls || b.rows > a.rows {
			fault("%s: the store did %+v at first, %+v at last, with %d repetitions behind it", op, a, b, n)
		}
		if a, b := longest(first), longest(last); b > a+moreBytes {
			fault("%s: answers of up to %d bytes at first, %d at last, want at most %d more", op, a, b, moreBytes)
		}
		a, b := share(first, 2), share(last, 2)
		logf("%-20s %v, %d and %d bytes, %v, %v and %v", op, statuses(last), longest(first), longest(last), most(last), a, b)
		machine := reading
		if last[0].work.calls > 0 {
			machine = max(reading, writing) // readers wait for the disk that writers keep busy
		}
		// What grows does so for the fastest tenth too, which the machine's other work disturbs least.
		ratio := min(times(b, a), times(share(last, 10), share(first, 10)))
		if ratio > slower*machine && op != controlRead && op != controlWrite {
			fault("%s: took %v at first, %v at last: %.1f times as long, where the machine took %.1f times as long", op, a, b, ratio, machine)
		}
	}
	return faults
}

// writePage is the disk's own share of a mutation: 4 KB, synced.
func writePage(t *testing.T, f *os.File) repetition {
	t.Helper()
	begin := time.Now()
	_, err := f.WriteAt(make([]byte, 4096), 0)
	fatal(t, err)
	fatal(t, f.Sync())
	return repetition{took: time.Since(begin)}
}

func statuses(list []repetition) (found []int) {
	for _, r := range list {
		if !slices.Contains(found, r.status) {
			found = append(found, r.status)
		}
	}
	slices.Sort(found)
	return found
}

func most(list []repetition) (w work) {
	for _, r := range list {
		w.calls, w.rows = max(w.calls, r.work.calls), max(w.rows, r.work.rows)
	}
	return w
}

func longest(list []repetition) (n int) {
	for _, r := range list {
		n = max(n, r.bytes)
	}
	return n
}

// share is the time that one in n repetitions was done in: the median for 2.
func share(list []repetition, n int) time.Duration {
	times := make([]time.Duration, len(list))
	for i, r := range list {
		times[i] = r.took
	}
	slices.Sort(times)
	return times[len(times)/n]
}

func times(later, earlier time.Duration) float64 {
	return float64(max(later, leastTime)) / float64(max(earlier, leastTime))
}

// work is what a request asked of the store: how often, and how many rows came and went.
type work struct{ calls, rows int }

func (w work) String() string { return fmt.Sprintf("%d calls for %d rows", w.calls, w.rows) }

// A counting store counts the work of the request that is served. One goroutine uses it.
type counting struct {
	store.Store
	work work
}

func (c *counting) View(ctx context.Context, do func(store.View) error) error {
	return c.Store.View(ctx, func(v store.View) error { return do(&countingView{v, &c.work}) })
}

func (c *counting) Update(ctx context.Context, do func(store.Tx) error) error {
	return c.Store.Update(ctx, func(tx store.Tx) error { return do(&countingTx{countingView{tx, &c.work}, tx}) })
}

type countingView struct {
	store.View
	work *work
}

func (v *countingView) Get(r store.Record) (bool, error) {
	v.work.calls++
	return v.View.Get(r)
}

func (v *countingView) Select(q store.Query, dest []any, each func() error, args ...any) error {
	v.work.calls++
	return v.View.Select(q, dest, func() error {
		v.work.rows++
		return each()
	}, args...)
}

func (v *countingView) Balance(a ledger.Account) (ledger.Fen, error) {
	v.work.calls++
	return v.View.Balance(a)
}

func (v *countingView) Posted(e ledger.Event, ref string) (store.Posted, error) {
	v.work.calls++
	return v.View.Posted(e, ref)
}

// A countingTx reads through the counting view and counts what is written.
type countingTx struct {
	countingView
	tx store.Tx
}

func (t *countingTx) Add(rows ...store.Record) error {
	t.work.calls++
	t.work.rows += len(rows)
	return t.tx.Add(rows...)
}

func (t *countingTx) Set(r store.Record) error {
	t.work.calls++
	t.work.rows++
	return t.tx.Set(r)
}

func (t *countingTx) Change(q store.Query, args ...any) (int64, error) {
	t.work.calls++
	n, err := t.tx.Change(q, args...)
	t.work.rows += int(n)
	return n, err
}

func (t *countingTx) Post(txn ledger.Txn) (store.Posted, error) {
	t.work.calls++
	t.work.rows += len(txn.Entries)
	return t.tx.Post(txn)
}

func (t *countingTx) Audit(e vault.Event) error {
	t.work.calls++
	return t.tx.Audit(e)
}

func (t *countingTx) Count(report, bucket string, n int64, sum ledger.Fen) error {
	t.work.calls++
	return t.tx.Count(report, bucket, n, sum)
}
