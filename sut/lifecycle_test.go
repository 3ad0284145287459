package sut_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/peakday/peakday/sut"
)

// get returns status and body of a GET.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestServiceIsReadyWhenStartReturns(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	begin := time.Now()
	s := start(t, sut.Config{})
	took := time.Since(begin)
	defer s.Close(context.Background())
	t.Logf("ready after %s", took)
	if took > 2*time.Second { // 0.5 s is the aim on a quiet machine
		t.Errorf("ready after %s", took)
	}
	for path, want := range map[string]string{
		"/livez": "alive", "/readyz": "ready", "/version": "peakday", "/metrics": "peakday_sut_queue_requests 0",
	} {
		if status, body := get(t, s.AdminURL()+path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %.200s, want %s", path, status, body, want)
		}
	}
	if status, _ := get(t, s.URL()+"/readyz"); status != http.StatusNotFound {
		t.Errorf("/readyz on the public listener: %d, want 404", status)
	}
	if status, body := get(t, s.AdminURL()+"/v1/policies"); status != http.StatusNotFound || !strings.Contains(body, "urn:peakday:problem:not-found") {
		t.Errorf("/v1/policies on the admin listener: %d %s, want a 404 problem", status, body)
	}
}

func TestDemoCredentialsOpenASession(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	s := start(t, sut.Config{People: 10})
	defer s.Close(context.Background())
	d := s.Demo()
	body, url, found := strings.Cut(d.Curl, "' http")
	if _, body, _ = strings.Cut(body, "-d '"); !found || !json.Valid([]byte(body)) {
		t.Fatalf("no body and URL in %q", d.Curl)
	}
	res, err := http.Post("http"+url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		t.Errorf("%s: %d", d.Curl, res.StatusCode)
	}
}

func TestCloseDrains(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	s := start(t, sut.Config{People: 10, Profile: sut.Profile{Name: "slow", Workers: 1, Hold: 400 * time.Millisecond}})
	served := make(chan int, 1)
	go func() {
		res, err := http.Get(s.URL() + "/v1/policies")
		if err != nil {
			served <- 0
			return
		}
		res.Body.Close()
		served <- res.StatusCode
	}()
	time.Sleep(100 * time.Millisecond) // it is being served
	closed := make(chan error, 1)
	go func() { closed <- s.Close(t.Context()) }()
	time.Sleep(50 * time.Millisecond)
	if status, _ := get(t, s.AdminURL()+"/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("/readyz while draining: %d, want 503", status)
	}
	if status, _ := get(t, s.AdminURL()+"/livez"); status != http.StatusOK {
		t.Errorf("/livez while draining: %d, want 200", status)
	}
	if status := <-served; status != http.StatusOK {
		t.Errorf("the request in flight came to %d, want 200", status)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

func TestTemporaryDatabaseGoesWithTheService(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	t.Setenv("TMPDIR", t.TempDir())
	s := start(t, sut.Config{People: 10})
	if made, _ := filepath.Glob(filepath.Join(os.TempDir(), "peakday-sut-*")); len(made) != 1 {
		t.Fatalf("temporary directories %v, want one", made)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "peakday-sut-*")); len(left) != 0 {
		t.Errorf("%v stayed", left)
	}
}

func TestStartRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	other := filepath.Join(t.TempDir(), "other.db")
	s, err := sut.Start(t.Context(), sut.Config{People: 10, Seed: 2, DB: other})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	text := filepath.Join(t.TempDir(), "text.db")
	if err := os.WriteFile(text, bytes.Repeat([]byte("not a database\n"), 100), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		c    sut.Config
		want string
	}{
		{"a port in use", sut.Config{Addr: taken.Addr().String()}, "address already in use"},
		{"an admin port in use", sut.Config{AdminAddr: taken.Addr().String()}, "admin listener"},
		{"an admin listener for everybody", sut.Config{AdminAddr: "0.0.0.0:0"}, "of this machine alone"},
		{"no workers", sut.Config{Profile: sut.Profile{Name: "none"}}, "0 workers, want at least 1"},
		{"too many people", sut.Config{People: 1 << 40}, "want 1 to"},
		{"a directory that is not there", sut.Config{DB: "/nowhere/ledger.db"}, "/nowhere/ledger.db"},
		{"a file that is no database", sut.Config{DB: text}, "text.db"},
		{"a book of another population", sut.Config{DB: other, People: 10, Seed: 1}, "another population"},
	} {
		s, err := sut.Start(t.Context(), c.c)
		if err == nil {
			s.Close(t.Context())
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestLedgerSurvivesWithoutClose copies database and write-ahead log of a service that never closed, as a crash of
// the process would leave them, and proves that every acknowledged effect is in the copy.
func TestLedgerSurvivesWithoutClose(t *testing.T) {
	if testing.Short() {
		t.Skip("loads a server over TCP")
	}
	db := filepath.Join(t.TempDir(), "ledger.db")
	s := start(t, sut.Config{People: 200, DB: db})
	defer s.Close(context.Background())
	tr := requests(t, 200)
	const sent = 150
	var wg sync.WaitGroup
	for w := range 10 {
		wg.Go(func() {
			for i := range sent / 10 {
				r, err := tr.At(uint64(w*sent/10+i), "payments.push")
				if err != nil {
					t.Error(err)
					return
				}
				if status, _, body, err := send(s.URL(), r); err != nil || status != http.StatusCreated {
					t.Errorf("%d %s %v", status, body, err)
				}
			}
		})
	}
	wg.Wait()
	crashed := filepath.Join(t.TempDir(), "ledger.db")
	for _, suffix := range []string{"", "-wal", ".keys", ".anchors"} {
		data, err := os.ReadFile(db + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(crashed+suffix, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	report, err := sut.Check(t.Context(), crashed)
	if err != nil || !report.Sound {
		t.Fatalf("%+v, %v", report, err)
	}
	if effects := finding(report, "I7").Checked; effects != sent {
		t.Errorf("%d effects in the copy, %d were acknowledged", effects, sent)
	}
	// A service goes on from there.
	again := start(t, sut.Config{People: 200, DB: crashed})
	defer again.Close(context.Background())
	r, err := tr.At(0, "payments.push")
	if err != nil {
		t.Fatal(err)
	}
	if status, header, _, err := send(again.URL(), r); err != nil || status != http.StatusCreated || header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("a payment from before the crash: %d %v %v, want a replay", status, header, err)
	}
}

func finding(r sut.Report, name string) (f struct{ Checked int }) {
	for _, g := range r.Findings {
		if g.Name == name {
			f.Checked = g.Checked
		}
	}
	return f
}

// TestLedgerBalancesAfterAnything sends random operations from many clients at once, repetitions among them, and
// proves the book of the running service after every round.
func TestLedgerBalancesAfterAnything(t *testing.T) {
	if testing.Short() {
		t.Skip("loads a server over TCP")
	}
	type step struct {
		op  string
		seq uint64
	}
	ops := []string{"claims.settle", "payments.push", "claims.preview", "account.get"}
	db := filepath.Join(t.TempDir(), "ledger.db")
	s := start(t, sut.Config{People: 20, DB: db})
	defer s.Close(context.Background())
	tr := requests(t, 20)
	var mu sync.Mutex
	acknowledged := make(map[step][]byte)
	do := func(st step) {
		r, err := tr.At(st.seq, st.op)
		if err != nil {
			t.Error(err)
			return
		}
		status, _, body, err := send(s.URL(), r)
		if err != nil || !slices.Contains([]int{http.StatusOK, http.StatusCreated, http.StatusConflict}, status) {
			t.Errorf("%v: %d %s %v", st, status, body, err)
		}
		if status != http.StatusCreated {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if before, ok := acknowledged[st]; ok && !bytes.Equal(before, body) {
			t.Errorf("%v was answered %s, then %s", st, before, body)
		}
		acknowledged[st] = body
	}
	rounds := 0
	rapid.Check(t, func(rt *rapid.T) {
		if rounds++; rounds > 30 { // each is dozens of requests and a proof
			return
		}
		first := uint64(rounds * 15) // some of the last round's arrivals come again
		clients := rapid.SliceOfN(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
			return step{rapid.SampledFrom(ops).Draw(t, "op"), first + rapid.Uint64Range(0, 30).Draw(t, "seq")}
		}), 1, 20), 2, 8).Draw(rt, "clients")
		var wg sync.WaitGroup
		for _, steps := range clients {
			wg.Go(func() {
				for _, st := range steps {
					do(st)
				}
			})
		}
		wg.Wait()
		report, err := sut.Check(context.Background(), db)
		if err != nil || !report.Sound {
			rt.Fatalf("%+v, %v", report, err)
		}
		if got := finding(report, "I7").Checked; got != len(acknowledged) {
			rt.Fatalf("%d effects, %d acknowledged", got, len(acknowledged))
		}
	})
}

func TestCheckFindsTampering(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	db := filepath.Join(t.TempDir(), "ledger.db")
	s := start(t, sut.Config{People: 50, DB: db})
	tr := requests(t, 50)
	for seq := range uint64(20) {
		r, err := tr.At(seq, "claims.settle")
		if err != nil {
			t.Fatal(err)
		}
		if status, _, body, err := send(s.URL(), r); err != nil || status != http.StatusCreated {
			t.Fatalf("%d %s %v", status, body, err)
		}
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec(`UPDATE txn SET entries = replace(entries, ' -', ' -1') WHERE seq = 7`); err != nil {
		t.Fatal(err)
	}
	raw.Close()
	report, err := sut.Check(t.Context(), db)
	if err != nil || report.Sound {
		t.Fatalf("%+v, %v; want it found unsound", report, err)
	}
	for _, f := range report.Findings {
		if want := !slices.Contains([]string{"I1", "I2", "chain"}, f.Name); f.OK != want {
			t.Errorf("%+v, want OK %v", f, want)
		}
	}
}

func TestCheckLeavesOtherFilesAlone(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "other.db")
	raw, err := sql.Open("sqlite", other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Exec(`CREATE TABLE recipe (name TEXT)`); err != nil {
		t.Fatal(err)
	}
	raw.Close()
	before, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{other, "not a database of the service", "give the file that `peakday sut --db FILE` wrote"} {
		if _, err := sut.Check(t.Context(), other); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("somebody else's database: %v, want %q in it", err, want)
		}
	}
	if after, err := os.ReadFile(other); err != nil || !bytes.Equal(before, after) {
		t.Errorf("somebody else's database was changed, %v", err)
	}
	missing := filepath.Join(dir, "missing.db")
	if _, err := sut.Check(t.Context(), missing); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), missing) || !strings.Contains(err.Error(), "--db FILE") {
		t.Errorf("a missing file: %v, want one that does not exist, its name and the next step", err)
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("the missing file was made")
	}
}
