package vault

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
)

func keep([]byte) error { return nil }

func rotate(t testing.TB, r *Ring) {
	t.Helper()
	if _, err := r.Rotate(rand.Reader, keep); err != nil {
		t.Fatal(err)
	}
}

func TestRotationKeepsOldFieldsAndSealsUnderTheNewKey(t *testing.T) {
	ring, at := goldenRing(t), Place{"person", "name", "7"}
	old := seal(t, ring, at, "王芳")
	var file []byte
	id, err := ring.Rotate(rand.Reader, func(b []byte) error {
		file = bytes.Clone(b)
		if got, _ := keyID(seal(t, ring, at, "x")); got != 3 {
			t.Errorf("sealing under key %d while the new one is being saved, want 3 still", got)
		}
		return nil
	})
	if err != nil || id != 4 {
		t.Fatalf("got key %d and %v, want key 4", id, err)
	}
	if got, err := ring.Open(nil, at, old); err != nil || string(got) != "王芳" {
		t.Errorf("a field of before the rotation: got %q and %v", got, err)
	}
	fresh, changed, err := ring.Reseal(at, old, rand.Reader)
	if err != nil || !changed {
		t.Fatalf("reseal: changed %t and %v", changed, err)
	}
	if got, _ := keyID(fresh); got != 4 {
		t.Errorf("resealed under key %d, want 4", got)
	}
	if same, changed, err := ring.Reseal(at, fresh, rand.Reader); changed || err != nil || !bytes.Equal(same, fresh) {
		t.Errorf("a field under the current key: changed %t and %v, want it back as it is", changed, err)
	}

	// What was saved is a ring that opens all, and one without key 3 opens what was resealed.
	saved, err := ReadRing(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for _, sealed := range [][]byte{old, fresh} {
		if got, err := saved.Open(nil, at, sealed); err != nil || string(got) != "王芳" {
			t.Errorf("read back from the key file: got %q and %v", got, err)
		}
	}
	var kept []string
	for line := range strings.Lines(string(file)) {
		if !strings.HasPrefix(line, "3 ") {
			kept = append(kept, line)
		}
	}
	retired, err := ReadRing(strings.NewReader(strings.Join(kept, "")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := retired.Open(nil, at, old); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("a field under a retired key: got %v, want %v", err, ErrUnknownKey)
	}
	if got, err := retired.Open(nil, at, fresh); err != nil || string(got) != "王芳" {
		t.Errorf("a resealed field: got %q and %v", got, err)
	}
	if !bytes.Equal(retired.Signer(), goldenRing(t).Signer()) {
		t.Error("a rotation changed the signer: want it to stay, or old checkpoints no longer verify")
	}
}

func TestAFailedRotationChangesNothing(t *testing.T) {
	full := errors.New("disk full")
	for _, c := range []struct {
		name string
		do   func(*Ring) error
	}{
		{"saving fails", func(r *Ring) error {
			_, err := r.Rotate(rand.Reader, func([]byte) error { return full })
			return err
		}},
		{"randomness fails", func(r *Ring) error {
			_, err := r.Rotate(iotest.ErrReader(full), keep)
			return err
		}},
	} {
		ring := goldenRing(t)
		if err := c.do(ring); !errors.Is(err, full) {
			t.Errorf("%s: got %v, want %v", c.name, err, full)
		}
		if got, _ := keyID(seal(t, ring, Place{}, "")); got != 3 {
			t.Errorf("%s: sealing under key %d, want 3 still", c.name, got)
		}
	}
}

func TestKeyIDsRunOut(t *testing.T) {
	ring := goldenRing(t)
	lines := ring.keys.Load().lines
	lines[2].id = math.MaxUint32
	last, err := ringOf(lines)
	if err != nil {
		t.Fatal(err)
	}
	if id, err := last.Rotate(rand.Reader, keep); err == nil {
		t.Errorf("got key %d after the greatest id, want an error", id)
	}
}

// Run with -race: readers and writers go on while the ring rotates and a job reseals.
func TestRotationWhileReadersRun(t *testing.T) {
	ring := goldenRing(t)
	const readers, rotations = 4, 50
	var all sync.WaitGroup
	stop := make(chan struct{})
	for i := range readers {
		all.Go(func() {
			at := Place{"person", "name", fmt.Sprint(i)}
			want := strings.Repeat("x", i)
			sealed := seal(t, ring, at, want)
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				got, err := ring.Open(nil, at, sealed)
				if err != nil || string(got) != want {
					t.Errorf("reader %d, turn %d: got %q and %v", i, n, got, err)
					return
				}
				if sealed, _, err = ring.Reseal(at, sealed, rand.Reader); err != nil {
					t.Errorf("reader %d, turn %d: %v", i, n, err)
					return
				}
			}
		})
	}
	var rotating sync.WaitGroup
	for range 2 {
		rotating.Go(func() {
			for range rotations / 2 {
				rotate(t, ring)
			}
		})
	}
	rotating.Wait()
	close(stop)
	all.Wait()
	if got, _ := keyID(seal(t, ring, Place{}, "")); got != 3+rotations {
		t.Errorf("after %d rotations from key 3 the ring seals with key %d", rotations, got)
	}
}

func TestKeyFileIsReadBackAsWritten(t *testing.T) {
	var out bytes.Buffer
	if err := goldenRing(t).WriteKeys(&out); err != nil || out.String() != goldenKeys {
		t.Errorf("got %v and\n%swant\n%s", err, out.String(), goldenKeys)
	}
	fresh, err := NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := fresh.WriteKeys(&out); err != nil {
		t.Fatal(err)
	}
	back, err := ReadRing(&out)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := back.Open(nil, Place{}, seal(t, fresh, Place{}, "x")); err != nil || string(got) != "x" {
		t.Errorf("a field of the fresh ring, opened by the one read back: got %q and %v", got, err)
	}
	if fresh.Index("a", "b", "c") != back.Index("a", "b", "c") || !fresh.Signer().Equal(back.Signer()) {
		t.Error("index or signer differ after the key file was read back")
	}
}

func TestBadKeyFilesAreRefusedByLineAndKeptSecret(t *testing.T) {
	const (
		a = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
		b = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
	)
	for _, c := range []struct{ name, file, says string }{
		{"an empty file", "", "0 of state seal and 0 of state root"},
		{"no root", "1 " + a + " seal", "1 of state seal and 0 of state root"},
		{"no seal", "1 " + a + " root\n2 " + b + " open", "0 of state seal and 1 of state root"},
		{"two that seal", "1 " + a + " seal\n2 " + b + " seal", "2 of state seal"},
		{"a missing word", "# keys\n\n1 " + a, "line 3: 2 words"},
		{"a word more", "1 " + a + " root x", "line 1: 4 words"},
		{"an id of zero", "0 " + a + " root", "line 1: the first word is no key id"},
		{"an id too great", "4294967296 " + a + " root", "line 1: the first word is no key id"},
		{"the key where the id should be", a + " 1 root", "line 1: the first word is no key id"},
		{"the key where the state should be", "1 " + b + " " + a, "line 1: key 1 has an unknown state"},
		{"a short key", "1 " + a[4:] + " root", "line 1: key 1 is not 32 bytes"},
		{"stray bits in the last letter", "1 " + a[:42] + "9= root", "line 1: key 1 is not 32 bytes"},
		{"an id twice", "1 " + a + " root\n1 " + b + " seal", "line 2: key 1 stands here a second time"},
		{"a key twice", "1 " + a + " root\n2 " + a + " seal", "line 2: keys 1 and 2 are the same"},
		{"a line without end", strings.Repeat("x", 1<<17), "reading the key file"},
	} {
		ring, err := ReadRing(strings.NewReader(c.file))
		if ring != nil || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.says)
		}
		if s := fmt.Sprint(err); strings.Contains(s, a[:8]) || strings.Contains(s, b[:8]) {
			t.Errorf("%s: the error shows a key: %v", c.name, err)
		}
	}
}

func TestNoWayOfPrintingARingShowsAKey(t *testing.T) {
	ring := goldenRing(t)
	var log bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		fmt.Fprintf(&log, verb+"\n", ring)
	}
	slog.New(slog.NewTextHandler(&log, nil)).Info("ring", "ring", ring)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("ring", "ring", ring)
	for _, secret := range []string{"AAECAwQF", "000102030405", "QEFCQ0RF", "404142434445", "[0 1 2 3", "[64 65 66"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%s is in\n%s", secret, log.String())
		}
	}
	if want := "3 keys, sealing with key 3"; ring.String() != want {
		t.Errorf("got %q, want %q", ring, want)
	}
}

func FuzzReadRing(f *testing.F) {
	f.Add(goldenKeys)
	f.Add("1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= root\r\n")
	f.Add("# nothing\n\n 7 x seal")
	f.Fuzz(func(t *testing.T, file string) {
		ring, err := ReadRing(strings.NewReader(file))
		if err != nil {
			return
		}
		var once, twice bytes.Buffer
		if err := ring.WriteKeys(&once); err != nil {
			t.Fatal(err)
		}
		back, err := ReadRing(bytes.NewReader(once.Bytes()))
		if err != nil {
			t.Fatalf("read, written and refused: %v", err)
		}
		if err := back.WriteKeys(&twice); err != nil || once.String() != twice.String() {
			t.Fatalf("written twice and not the same, %v", err)
		}
	})
}
