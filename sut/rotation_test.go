package sut_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/sqlite"
	"github.com/peakday/peakday/sut/vault"
)

func TestKeysRotateWhileServing(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	db := filepath.Join(t.TempDir(), "service.db")
	s := start(t, sut.Config{People: 50, DB: db})
	defer s.Close(context.Background())
	tr := requests(t, 50)
	settle := func(from, to uint64) {
		for seq := from; seq < to; seq++ {
			r, err := tr.At(seq, "claims.settle")
			if err != nil {
				t.Fatal(err)
			}
			if status, _, body, err := send(s.URL(), r); err != nil || status != http.StatusCreated {
				t.Fatalf("%d %s %v", status, body, err)
			}
		}
	}
	settle(0, 20)
	a, err := http.Post(s.AdminURL()+"/admin/keys/rotate", "", nil)
	if err != nil || a.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", a, err)
	}
	a.Body.Close()
	settle(20, 40)
	// The walk is over when nobody needs the old key any more.
	for deadline := time.Now().Add(20 * time.Second); sealedUnder(t, db, 2) > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d persons are still sealed under the old key", sealedUnder(t, db, 2))
		}
	}
	if n := sealedUnder(t, db, 3); n == 0 {
		t.Error("nobody is sealed under the new key")
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Without the old key everything opens.
	keys, err := os.ReadFile(db + ".keys")
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for line := range strings.Lines(string(keys)) {
		if !strings.HasPrefix(line, "2 ") {
			kept = append(kept, line)
		}
	}
	ring, err := vault.ReadRing(strings.NewReader(strings.Join(kept, "")))
	if err != nil {
		t.Fatal(err)
	}
	eachPerson(t, db, func(p *store.Person) error {
		name, err := ring.Open(nil, vault.Place{Table: "person", Column: "phone", Row: strconv.FormatUint(p.ID, 10)}, p.Phone)
		if err == nil && len(name) != 11 {
			t.Errorf("a phone of %d digits", len(name))
		}
		return err
	})
}

// TestResealingGoesOnAfterARestart leaves a service as a crash between the new key and the walk does.
func TestResealingGoesOnAfterARestart(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	db := filepath.Join(t.TempDir(), "service.db")
	s := start(t, sut.Config{People: 50, DB: db})
	tr := requests(t, 50)
	for seq := range uint64(20) {
		r, err := tr.At(seq, "claims.settle")
		fatal(t, err)
		if status, _, body, err := send(s.URL(), r); err != nil || status != http.StatusCreated {
			t.Fatalf("%d %s %v", status, body, err)
		}
	}
	fatal(t, s.Close(t.Context()))
	keys, err := os.Open(db + ".keys")
	fatal(t, err)
	ring, err := vault.ReadRing(keys)
	fatal(t, err)
	fatal(t, keys.Close())
	_, err = ring.Rotate(rand.Reader, func(keys []byte) error { return os.WriteFile(db+".keys", keys, 0o600) })
	fatal(t, err)
	if n := sealedUnder(t, db, 2); n == 0 {
		t.Fatal("nobody is sealed under the old key")
	}
	for range 2 { // the second start finds the job done
		s := start(t, sut.Config{People: 50, DB: db})
		for deadline := time.Now().Add(20 * time.Second); sealedUnder(t, db, 2) > 0; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d persons are still sealed under the old key", sealedUnder(t, db, 2))
			}
		}
		fatal(t, s.Close(t.Context()))
	}
	report, err := sut.Check(t.Context(), db)
	if err != nil || !report.Sound {
		t.Errorf("%+v, %v", report, err)
	}
	// A lost anchor file is found, and the next start says so.
	fatal(t, os.Remove(db+".anchors"))
	report, err = sut.Check(t.Context(), db)
	if f := report.Findings[len(report.Findings)-1]; err != nil || report.Sound || f.Name != "anchors" || !strings.Contains(f.First, "is gone") {
		t.Errorf("without its anchors: %+v, %v", f, err)
	}
	var log lockedBuffer
	s = start(t, sut.Config{People: 50, DB: db, Log: slog.New(slog.NewTextHandler(&log, nil))})
	fatal(t, s.Close(t.Context()))
	if said := string(log.bytes()); !strings.Contains(said, "anchor file of the audit log is gone") {
		t.Errorf("the start said %q", said)
	}
	var events bytes.Buffer
	if fatal(t, sut.ExportAudit(t.Context(), db, &events)); strings.Count(events.String(), `"op":"anchors.begin"`) != 1 {
		t.Errorf("the audit log does not say that its anchors were begun anew: %s", events.String())
	}
}

func sealedUnder(t *testing.T, db string, key byte) (n int) {
	t.Helper()
	eachPerson(t, db, func(p *store.Person) error {
		if bytes.HasPrefix(p.Phone, []byte{1, 0, 0, 0, key}) { // version and key id
			n++
		}
		return nil
	})
	return n
}

func eachPerson(t *testing.T, db string, do func(*store.Person) error) {
	t.Helper()
	s, err := sqlite.OpenExisting(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.View(t.Context(), func(v store.View) error { return store.Each(v, do) }); err != nil {
		t.Fatal(err)
	}
}
