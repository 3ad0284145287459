package storetest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// A Victim is a database whose writer is killed.
type Victim struct {
	Open   Open
	Place  string                  // what the child process opens: a path or DSN
	Strike func(child *os.Process) // at a random point; the child is killed afterwards in any case
}

// perDatabase is how many times one database is killed before a new one takes its place.
const perDatabase = 5

// The environment of a child.
const (
	placeEnv = "PEAKDAY_STORETEST_PLACE"
	roundEnv = "PEAKDAY_STORETEST_ROUND"
)

// Kill runs a mixed load in a child process, this test binary with TestChild, kills it at a random point, opens the
// database again and checks it: every invariant holds, and every key that the child was told of is there. It does so
// at as many points as are given.
func Kill(t *testing.T, points int, create func(t testing.TB) Victim) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	var v Victim
	told := 0
	var keys []string
	for n := range points {
		if n%perDatabase == 0 {
			v, keys = create(t), nil
		}
		keys = append(keys, v.kill(t, n, time.Duration(random.Int64N(int64(400*time.Millisecond))))...)
		s := v.Open(t, store.Pool{Stripes: n % 3})
		survived(t, s, keys)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Fatalf("at point %d of %d", n+1, points)
		}
		if n%perDatabase == perDatabase-1 || n == points-1 {
			told += len(keys)
		}
	}
	t.Logf("killed at %d points; all of %d acknowledged effects were there", points, told)
}

// kill runs a child, strikes a while after its first acknowledgement, and gives the keys that it was told of.
func (v Victim) kill(t *testing.T, round int, after time.Duration) (keys []string) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.count=1")
	child.Env = append(os.Environ(), placeEnv+"="+v.Place, roundEnv+"="+fmt.Sprint(round))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var struck sync.WaitGroup
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if len(keys) == 0 {
			struck.Go(func() {
				time.Sleep(after)
				v.Strike(child.Process)
				_ = child.Process.Kill() // one that is gone is as wanted
			})
		}
		keys = append(keys, lines.Text())
	}
	struck.Wait()
	_ = child.Wait() // it was killed
	if len(keys) == 0 {
		t.Fatal("the child was told of nothing")
	}
	return keys
}

// Child is the body of TestChild, which only runs as the child of Kill: it says every key on its standard output when
// the effect is acknowledged, until it is killed.
func Child(t *testing.T, open func(place string) (store.Store, error)) {
	place := os.Getenv(placeEnv)
	if place == "" {
		t.Skip("only as a child")
	}
	s, err := open(place)
	if err != nil {
		t.Fatal(err)
	}
	var round int
	if _, err := fmt.Sscan(os.Getenv(roundEnv), &round); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for c := range 16 {
		wg.Go(func() {
			for n := range 10_000 {
				load(t, s, fmt.Sprintf("k-%d-%d-%d", round, c, n), (round*16+c)*10_000+n)
			}
		})
	}
	wg.Wait()
}

// load makes the n-th effect and says its key. It asks again with the same key when the store could not tell.
func load(t *testing.T, s store.Store, key string, n int) {
	do := [...]func(string, int) func(store.Tx) (store.Answer, error){push, settle, visit, plan}[n%4](key, n)
	for {
		_, _, err := store.Once(context.Background(), s, key, nil, do)
		switch {
		case err == nil:
			fmt.Println(key) // one write, which the kernel keeps when we are killed
			return
		case errors.Is(err, errRefused):
			return
		case errors.Is(err, store.ErrExists), errors.Is(err, store.ErrStale), errors.Is(err, store.ErrKeyReused):
			t.Errorf("key %s: %v", key, err)
			return
		}
		time.Sleep(10 * time.Millisecond) // the server is gone, for now
	}
}

// visit settles a claim from the medical account of one of four persons, whom it meets if need be.
func visit(key string, n int) func(store.Tx) (store.Answer, error) {
	person := uint64(n / 4 % 4)
	return func(tx store.Tx) (a store.Answer, err error) {
		p := store.Person{ID: person}
		found, err := tx.Get(&p)
		if err == nil && !found {
			err = meet(tx, int(person), int(person)+1)
			p = store.Person{ID: person}
			if err == nil {
				_, err = tx.Get(&p)
			}
		}
		if err != nil {
			return a, err
		}
		ref := fmt.Sprintf("H2/V%d", n)
		if err := take(person, ref, 3)(tx); err != nil {
			return a, err
		}
		posted, err := tx.Posted(ledger.EventSettled, ref)
		if err != nil {
			return a, err
		}
		if err := tx.Add(&store.Claim{Hospital: "H2", Visit: fmt.Sprintf("V%d", n), Person: person, Account: 3, Txn: posted.Seq}); err != nil {
			return a, err
		}
		return answered(tx, key, posted)
	}
}

// plan adds two items and changes them by a statement.
func plan(key string, n int) func(store.Tx) (store.Answer, error) {
	return func(tx store.Tx) (a store.Answer, err error) {
		batch := fmt.Sprint("B", n)
		for i := range 2 {
			if err := tx.Add(&store.Item{Entitlement: fmt.Sprint("EN-", n, "-", i), Period: 202301, Batch: batch, N: int64(i), State: "planned"}); err != nil {
				return a, err
			}
		}
		if _, err := tx.Change(store.MoveItems, batch, 0, 1, "planned", "locked"); err != nil {
			return a, err
		}
		return answered(tx, key, store.Posted{})
	}
}

// survived checks a database that was opened after a crash.
func survived(t *testing.T, s store.Store, keys []string) {
	t.Helper()
	wantSound(t, s)
	wantSum(t, s)
	err := s.View(t.Context(), func(v store.View) error {
		for _, key := range keys {
			if found, err := v.Get(&store.Answer{Key: key}); !found || err != nil {
				t.Errorf("key %s was acknowledged; it is there: %v, %v", key, found, err)
			}
		}
		planned := 0
		err := store.Each(v, func(i *store.Item) error {
			if i.State != "locked" {
				planned++
			}
			return nil
		})
		if planned > 0 {
			t.Errorf("%d items were added and not changed, as their update did", planned)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
