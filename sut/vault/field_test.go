package vault

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

func seal(t testing.TB, r *Ring, at Place, plaintext string) []byte {
	t.Helper()
	sealed, err := r.Seal(nil, at, []byte(plaintext), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestSealedFieldsOpenInTheirPlace(t *testing.T) {
	ring := goldenRing(t)
	rapid.Check(t, func(t *rapid.T) {
		at := Place{rapid.String().Draw(t, "table"), rapid.String().Draw(t, "column"), rapid.String().Draw(t, "row")}
		plaintext := rapid.SliceOf(rapid.Byte()).Draw(t, "plaintext")
		before := rapid.SliceOf(rapid.Byte()).Draw(t, "before")
		sealed, err := ring.Seal(bytes.Clone(before), at, plaintext, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if len(sealed) != len(before)+overhead+len(plaintext) || !bytes.HasPrefix(sealed, before) {
			t.Fatalf("%d bytes sealed after %d are %d, want them appended with %d more", len(plaintext), len(before), len(sealed), overhead)
		}
		opened, err := ring.Open(bytes.Clone(before), at, sealed[len(before):])
		if err != nil || !bytes.Equal(opened, append(before, plaintext...)) {
			t.Fatalf("got %x and %v, want %x after %x", opened, err, plaintext, before)
		}
	})
}

func TestEveryFlippedBitIsRefused(t *testing.T) {
	ring, at := goldenRing(t), Place{"person", "id_number", "7"}
	sealed := seal(t, ring, at, "990000199001010012")
	for i := range 8 * len(sealed) {
		bad := bytes.Clone(sealed)
		bad[i/8] ^= 1 << (i % 8)
		got, err := ring.Open(nil, at, bad)
		if !errors.Is(err, ErrTampered) && !errors.Is(err, ErrUnknownKey) || got != nil {
			t.Errorf("bit %d flipped: got %q and %v, want a refusal", i, got, err)
		}
	}
	for n := range sealed {
		if _, err := ring.Open(nil, at, sealed[:n]); !errors.Is(err, ErrTampered) {
			t.Errorf("cut to %d bytes: got %v, want %v", n, err, ErrTampered)
		}
	}
	if _, err := ring.Open(nil, at, append(sealed, 0)); !errors.Is(err, ErrTampered) {
		t.Errorf("a byte more: got %v, want %v", err, ErrTampered)
	}
}

func TestATextInClearIsNotSealed(t *testing.T) {
	sealed := seal(t, goldenRing(t), Place{"person", "name", "7"}, "")
	for _, c := range []struct {
		name string
		b    []byte
		want bool
	}{
		{"a sealed field, though of nothing", sealed, true},
		{"one that is cut", sealed[:len(sealed)-1], false},
		{"a version of later", append([]byte{2}, sealed[1:]...), false},
		{"a long text in clear", []byte("Wang Fang, 420500199001011234, 13800000000"), false},
		{"nothing", nil, false},
	} {
		if got := Sealed(c.b); got != c.want {
			t.Errorf("%s: sealed %t, want %t", c.name, got, c.want)
		}
	}
}

func TestASealedFieldOpensInNoOtherPlace(t *testing.T) {
	ring := goldenRing(t)
	places := []Place{
		{"person", "name", "7"}, {"person", "name", "8"}, {"person", "phone", "7"}, {"employer", "name", "7"},
		{"person", "name7", ""}, {"personname", "", "7"}, {"person", "", "name7"}, {"", "personname", "7"}, {"7", "name", "person"}, {},
	}
	for _, from := range places {
		sealed := seal(t, ring, from, "王芳")
		for _, to := range places {
			got, err := ring.Open(nil, to, sealed)
			if from == to && (err != nil || string(got) != "王芳") {
				t.Errorf("%s: got %q and %v", from, got, err)
			}
			if from != to && !errors.Is(err, ErrTampered) {
				t.Errorf("%s moved to %s: got %q and %v, want %v", from, to, got, err, ErrTampered)
			}
		}
	}
}

func TestOpenSaysWhatToDoAndNothingOfTheContent(t *testing.T) {
	ring, at := goldenRing(t), Place{"person", "name", "7"}
	sealed := seal(t, ring, at, "Wang Fang")
	unknown, newer, changed := bytes.Clone(sealed), bytes.Clone(sealed), bytes.Clone(sealed)
	unknown[4], newer[0], changed[20] = 9, 2, changed[20]^1
	for _, c := range []struct {
		name   string
		sealed []byte
		want   error
		says   string
	}{
		{"a key that the file lost", unknown, ErrUnknownKey, "put the line of key 9 back into the key file"},
		{"a root key seals nothing", append([]byte{1, 0, 0, 0, 1}, sealed[5:]...), ErrUnknownKey, "key 1 "},
		{"a version of later", newer, ErrTampered, "its version is 2, want 1"},
		{"a changed field", changed, ErrTampered, "restore the row from a backup"},
		{"an empty field", nil, ErrTampered, "0 bytes, want at least 33"},
	} {
		_, err := ring.Open(nil, at, c.sealed)
		if !errors.Is(err, c.want) || !strings.Contains(fmt.Sprint(err), c.says) || !strings.HasPrefix(fmt.Sprint(err), "person.name of row 7: ") {
			t.Errorf("%s: got %v, want %v and %q", c.name, err, c.want, c.says)
		}
		if strings.Contains(fmt.Sprint(err), "Wang") {
			t.Errorf("%s: the error holds the plaintext: %v", c.name, err)
		}
	}
}

func TestSealWithoutRandomnessFails(t *testing.T) {
	empty := errors.New("no entropy")
	got, err := goldenRing(t).Seal(nil, Place{"person", "name", "7"}, []byte("x"), iotest.ErrReader(empty))
	if got != nil || !errors.Is(err, empty) {
		t.Errorf("got %x and %v, want the error of the source and nothing sealed", got, err)
	}
}

func TestNoTwoSealsAreAlike(t *testing.T) {
	ring, at, seen := goldenRing(t), Place{"person", "name", "7"}, make(map[string]bool)
	for range 1000 {
		seen[string(seal(t, ring, at, "王芳"))] = true
	}
	if len(seen) != 1000 {
		t.Errorf("1000 seals of one value gave %d different fields", len(seen))
	}
}

func TestIndexTellsEqualValuesOfOneColumnAndNothingElse(t *testing.T) {
	ring := goldenRing(t)
	if _, err := ring.Rotate(rand.Reader, func([]byte) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if ring.Index("person", "id", "1") != goldenRing(t).Index("person", "id", "1") {
		t.Error("a rotation changed the index: want it to stay, or no person is found any more")
	}
	seen := make(map[Index]string)
	for _, v := range [][3]string{
		{"person", "id", "1"}, {"person", "id", "2"}, {"person", "phone", "1"}, {"employer", "id", "1"}, {"person", "id1", ""}, {"personid", "", "1"},
	} {
		x := ring.Index(v[0], v[1], v[2])
		if other, ok := seen[x]; ok {
			t.Errorf("%q and %s have one index", v, other)
		}
		seen[x] = fmt.Sprintf("%q", v)
	}
	other, err := NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if other.Index("person", "id", "1") == ring.Index("person", "id", "1") {
		t.Error("two rings give one index: want it to depend on the key")
	}
}

func FuzzOpen(f *testing.F) {
	ring, at := goldenRing(f), Place{"person", "name", "7"}
	sealed, err := ring.Seal(nil, at, []byte("王芳"), bytes.NewReader(make([]byte, nonceSize))) // the same in each worker
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add(sealed[:overhead])
	f.Add([]byte{1, 0, 0, 0, 3})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		opened, err := ring.Open(nil, at, b)
		if err == nil && !bytes.Equal(b, sealed) {
			t.Fatalf("%x opens as %q and was never sealed", b, opened)
		}
		if _, _, again := ring.Reseal(at, b, rand.Reader); err == nil && again != nil {
			t.Fatalf("%x opens and is not resealed: %v", b, again)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	ring, at, id := goldenRing(b), Place{"person", "id_number", "1234567"}, []byte("990000199001010012")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ring.Seal(nil, at, id, rand.Reader); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	ring, at := goldenRing(b), Place{"person", "id_number", "1234567"}
	sealed := seal(b, ring, at, "990000199001010012")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ring.Open(nil, at, sealed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIndex(b *testing.B) {
	ring := goldenRing(b)
	b.ReportAllocs()
	for b.Loop() {
		ring.Index("person", "id_number", "990000199001010012")
	}
}
