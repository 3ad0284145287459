package traffic_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/traffic"
)

var issued = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func newTraffic(t testing.TB, people int) *traffic.Traffic {
	t.Helper()
	p, err := population.New(7, people)
	if err != nil {
		t.Fatal(err)
	}
	book, err := rules.Open()
	if err != nil {
		t.Fatal(err)
	}
	tr, err := traffic.New(p, book, traffic.NewKeys(7), issued)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func at(t testing.TB, tr *traffic.Traffic, seq uint64, op string) scenarios.Request {
	t.Helper()
	r, err := tr.At(seq, op)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func header(r scenarios.Request, name string) string {
	for _, h := range r.Header {
		if h.Name == name {
			return h.Value
		}
	}
	return ""
}

func TestSameArrivalIsTheSameRequest(t *testing.T) {
	one, two := newTraffic(t, 1000), newTraffic(t, 1000)
	for _, op := range traffic.Operations() {
		for seq := range uint64(50) {
			a, b := at(t, one, seq, op.Name), at(t, two, seq, op.Name)
			if !reflect.DeepEqual(a, b) {
				t.Fatalf("%s of arrival %d:\n%+v\n%+v", op.Name, seq, a, b)
			}
		}
	}
}

func TestPersonIsTheSameForEveryOperation(t *testing.T) {
	tr := newTraffic(t, 1000)
	seen := make(map[uint64]bool)
	for seq := range uint64(1000) {
		want := tr.Person(seq)
		seen[want] = true
		for _, op := range traffic.Operations() {
			if got := at(t, tr, seq, op.Name).Person; got != want {
				t.Fatalf("%s of arrival %d is of person %d, the arrival of %d", op.Name, seq, got, want)
			}
		}
	}
	if len(seen) != 1000 {
		t.Errorf("1000 arrivals are of %d people, want everybody once", len(seen))
	}
}

func TestMutationsHaveKeysOfTheirOwn(t *testing.T) {
	tr := newTraffic(t, 100)
	keys := make(map[string]bool)
	for _, op := range traffic.Operations() {
		for seq := range uint64(300) {
			key := header(at(t, tr, seq, op.Name), "Idempotency-Key")
			switch {
			case (key != "") != op.Mutates:
				t.Fatalf("%s of arrival %d has key %q, mutates is %v", op.Name, seq, key, op.Mutates)
			case key != "" && keys[key]:
				t.Fatalf("%s of arrival %d shares its key %q", op.Name, seq, key)
			}
			keys[key] = true
		}
	}
}

func TestUnknownOperationIsRefused(t *testing.T) {
	if _, err := newTraffic(t, 10).At(0, "claims.undo"); err == nil {
		t.Error("got nil, want an error")
	}
}

func TestKeysDifferBySeed(t *testing.T) {
	a, b := traffic.NewKeys(1), traffic.NewKeys(2)
	if a.Public().Equal(b.Public()) || a.PIN("990000200001010017") == b.PIN("990000200001010017") {
		t.Error("two seeds share a secret")
	}
}

func BenchmarkAt(b *testing.B) {
	tr := newTraffic(b, 100_000)
	for _, op := range traffic.Operations() {
		b.Run(op.Name, func(b *testing.B) {
			b.ReportAllocs()
			var seq uint64
			for b.Loop() {
				if _, err := tr.At(seq, op.Name); err != nil {
					b.Fatal(err)
				}
				seq++
			}
		})
	}
}
