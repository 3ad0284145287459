package sut_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/peakday/peakday/internal/cli"
	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/store/postgres/server/servertest"
	"github.com/peakday/peakday/sut/traffic"
)

// killPeople is small, so that requests meet each other's rows.
const killPeople = 300

// A killStore is a kind of database under a service that is killed.
type killStore struct {
	name string
	db   func(t *testing.T) string // a new one, as Config.DB takes it
}

func killStores() []killStore {
	return []killStore{
		{"sqlite", func(t *testing.T) string { return filepath.Join(t.TempDir(), "ledger.db") }},
		{"postgres", func(t *testing.T) string { return servertest.Database(t, servertest.Start(t)) }}, // which lives on
	}
}

// What a process wrote before kill -9 the kernel still has, so this proves order and recovery, not that the disk was
// waited for: that is read off the system calls in package sqlite's tests.

// TestKilledServiceKeepsWhatItAcknowledged kills the service, a process of its own, at random instants under a load of
// every operation. Each time every invariant holds, and the next service on the database answers every acknowledged key
// with the bytes that were acknowledged.
func TestKilledServiceKeepsWhatItAcknowledged(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes")
	}
	for _, s := range killStores() {
		t.Run(s.name, func(t *testing.T) { killAt(t, s, 4) })
	}
}

// TestSoakKill does it at 200 instants on each store, on a new database after every 25.
func TestSoakKill(t *testing.T) {
	if os.Getenv("PEAKDAY_SOAK") == "" {
		t.Skip("takes minutes: set PEAKDAY_SOAK=1")
	}
	for _, s := range killStores() {
		t.Run(s.name, func(t *testing.T) {
			for range 8 {
				killAt(t, s, 25)
			}
		})
	}
}

// An acknowledgement is an answer that a client has.
type acknowledgement struct {
	errand
	status int
	body   []byte
}

func killAt(t *testing.T, s killStore, points int) {
	db := s.db(t)
	files := db
	if sut.IsDSN(db) {
		files = filepath.Join(t.TempDir(), "service")
	}
	tr := requests(t, killPeople)
	var next atomic.Uint64 // no arrival comes twice
	var all []acknowledgement
	for point := range points {
		service := startVictim(t, db, files)
		instant := rand.N(300 * time.Millisecond)
		acknowledged, unknown := loadUntilKilled(t, service, tr, &next, instant)
		report, err := sut.Check(t.Context(), db)
		if err != nil || !report.Sound {
			t.Fatalf("point %d, killed after %v: %+v, %v", point, instant, report, err)
		}
		again := startVictim(t, db, files)
		replay(t, again, tr, acknowledged)
		// What nobody had an answer to happened once or not at all: asked again it is done once, and stays so.
		replay(t, again, tr, settle(t, again, tr, unknown))
		again.kill()
		all = append(all, acknowledged...)
		t.Logf("point %d: killed after %v, %d acknowledged, %d without an answer", point, instant, len(acknowledged), len(unknown))
	}
	if len(all) == 0 {
		t.Fatal("nothing was acknowledged at any point")
	}
	last := startVictim(t, db, files)
	defer last.kill()
	replay(t, last, tr, all)
	report, err := sut.Check(t.Context(), db)
	if err != nil || !report.Sound {
		t.Fatalf("after all: %+v, %v", report, err)
	}
}

// loadUntilKilled sends every operation from eight clients and kills the service after a time. Mutations that were
// answered with success are acknowledged; of those that were sent and not answered nothing is known.
func loadUntilKilled(t *testing.T, service *victim, tr *traffic.Traffic, next *atomic.Uint64, after time.Duration) (acknowledged []acknowledgement, unknown []errand) {
	t.Helper()
	var mutations []traffic.Operation
	ops := traffic.Operations()
	for _, op := range ops {
		if op.Mutates {
			mutations = append(mutations, op)
		}
	}
	var mu sync.Mutex
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for {
				seq := next.Add(1)
				op := mutations[seq/2%uint64(len(mutations))]
				if seq%2 == 0 {
					op = ops[seq/2%uint64(len(ops))]
				}
				e := errand{op.Name, seq}
				status, body, err := service.send(tr, e)
				if status >= http.StatusInternalServerError {
					t.Errorf("%v: %d %s", e, status, body)
				}
				mu.Lock()
				switch {
				case err != nil && op.Mutates:
					unknown = append(unknown, e)
				case err == nil && op.Mutates && status < 300:
					acknowledged = append(acknowledged, acknowledgement{e, status, body})
				}
				mu.Unlock()
				if err != nil {
					return // it is dead
				}
			}
		})
	}
	time.Sleep(after)
	service.kill()
	clients.Wait()
	return acknowledged, unknown
}

// replay sends what was acknowledged again: each must be answered as before, and as a repetition.
func replay(t *testing.T, service *victim, tr *traffic.Traffic, acknowledged []acknowledgement) {
	t.Helper()
	for _, what := range lost(service, tr, acknowledged) {
		t.Error(what)
	}
}

// lost says what of that which was acknowledged is not there, or is there with another answer.
func lost(service *victim, tr *traffic.Traffic, acknowledged []acknowledgement) (list []string) {
	var mu sync.Mutex
	each(acknowledged, func(a acknowledgement) {
		status, body, replayed, err := service.ask(tr, a.errand)
		if err != nil || status != a.status || !replayed || !bytes.Equal(body, a.body) {
			mu.Lock()
			defer mu.Unlock()
			list = append(list, fmt.Sprintf("%v was acknowledged with %d %s\nand is, replayed %v, %d %s %v", a.errand, a.status, a.body, replayed, status, body, err))
		}
	})
	return list
}

// TestLostAcknowledgementsAreFound gives the proof a database that has lost the last thing it acknowledged: a copy from
// just before it.
func TestLostAcknowledgementsAreFound(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes")
	}
	db, files := filepath.Join(t.TempDir(), "ledger.db"), filepath.Join(t.TempDir(), "service")
	tr := requests(t, killPeople)
	first := startVictim(t, db, files)
	kept := settle(t, first, tr, []errand{{"claims.settle", 1}, {"payments.push", 2}})
	first.kill()
	old := filepath.Join(t.TempDir(), "ledger.db")
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(db + suffix)
		fatal(t, err)
		fatal(t, os.WriteFile(old+suffix, data, 0o600))
	}
	second := startVictim(t, db, files)
	acknowledged := append(kept, settle(t, second, tr, []errand{{"payments.push", 3}})...)
	second.kill()
	if len(acknowledged) != 3 {
		t.Fatalf("%d acknowledged, want 3", len(acknowledged))
	}
	third := startVictim(t, old, files)
	defer third.kill()
	if list := lost(third, tr, acknowledged); len(list) != 1 || !strings.HasPrefix(list[0], "{payments.push 3}") {
		t.Errorf("lost %q, want payments.push 3", list)
	}
}

// settle asks again for what has no known outcome. Those that succeed are acknowledged now.
func settle(t *testing.T, service *victim, tr *traffic.Traffic, unknown []errand) (acknowledged []acknowledgement) {
	t.Helper()
	for _, e := range unknown {
		status, body, err := service.send(tr, e)
		if err != nil || status >= http.StatusInternalServerError {
			t.Errorf("%v, asked again: %d %s %v", e, status, body, err)
		}
		if status < 300 {
			acknowledged = append(acknowledged, acknowledgement{e, status, body})
		}
	}
	return acknowledged
}

// each calls do for every item, eight at a time.
func each[T any](list []T, do func(T)) {
	var wg sync.WaitGroup
	var taken atomic.Int64
	for range 8 {
		wg.Go(func() {
			for {
				i := int(taken.Add(1)) - 1
				if i >= len(list) {
					return
				}
				do(list[i])
			}
		})
	}
	wg.Wait()
}

// A victim is the service as a process: this test's binary, with its configuration in the environment.
type victim struct {
	url     string
	client  *http.Client
	process *exec.Cmd
	stdin   io.Closer
	once    sync.Once
}

const victimConfig = "PEAKDAY_TEST_SERVICE"

// TestMain is the service where the environment says so, peakday itself where a drill starts it by that name, else the
// tests.
func TestMain(m *testing.M) {
	switch config := os.Getenv(victimConfig); {
	case config != "":
		os.Exit(beVictim(config))
	case os.Args[0] == "peakday":
		os.Exit(cli.Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// beVictim serves until it is killed, or until whoever started it is gone.
func beVictim(config string) int {
	var c sut.Config
	if err := json.Unmarshal([]byte(config), &c); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	s, err := sut.Start(context.Background(), c)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(s.URL())
	io.Copy(io.Discard, os.Stdin)
	return 0
}

// startVictim starts a service and waits until it says where it listens. files is where its key and anchor files begin.
func startVictim(t *testing.T, db, files string) *victim {
	t.Helper()
	config, err := json.Marshal(sut.Config{DB: db, Keys: files + ".keys", Anchors: files + ".anchors", People: killPeople, Seed: seed})
	fatal(t, err)
	v := &victim{
		client:  &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}, Timeout: 30 * time.Second},
		process: exec.Command(os.Args[0], "-test.run=^$"),
	}
	v.process.Env = append(os.Environ(), victimConfig+"="+string(config))
	v.process.Stderr = os.Stderr
	v.stdin, err = v.process.StdinPipe()
	fatal(t, err)
	out, err := v.process.StdoutPipe()
	fatal(t, err)
	fatal(t, v.process.Start())
	t.Cleanup(v.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the service said %q: %v", line, err)
	}
	v.url = strings.TrimSpace(line)
	return v
}

// kill ends the process as kill -9 does, and waits for its end.
func (v *victim) kill() {
	v.once.Do(func() {
		v.process.Process.Kill()
		v.process.Wait() // its error is that it was killed
		v.stdin.Close()
		v.client.CloseIdleConnections()
	})
}

func (v *victim) send(tr *traffic.Traffic, e errand) (status int, body []byte, err error) {
	status, body, _, err = v.ask(tr, e)
	return status, body, err
}

// ask sends an errand and says whether the answer is one of before. Errands of a payout share keys: while another one is
// served it asks again.
func (v *victim) ask(tr *traffic.Traffic, e errand) (status int, body []byte, replayed bool, err error) {
	r, err := tr.At(e.seq, e.op)
	if err != nil {
		return 0, nil, false, err
	}
	status, header, body, err := sendBy(v.client, v.url, r)
	for err == nil && status == http.StatusConflict && bytes.Contains(body, []byte(":key-in-flight")) {
		time.Sleep(time.Millisecond)
		status, header, body, err = sendBy(v.client, v.url, r)
	}
	return status, body, header.Get("Idempotent-Replayed") == "true", err
}
