package traffic_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/library"
	"github.com/peakday/peakday/sut/agency"
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
			case key != "" && keys[key] && !strings.HasPrefix(op.Name, "payouts."): // which are a schedule's, who comes again
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

func TestDeclarationsHaveAboutTwentyLinesOnceForAnEmployerAndMonth(t *testing.T) {
	tr, lines, seen := newTraffic(t, 20_000), 0, make(map[string]bool)
	const files = 2000
	for seq := range uint64(files) {
		r := at(t, tr, seq, "declarations.submit")
		header, rest, _ := bytes.Cut(r.Body, []byte("\n"))
		n := bytes.Count(rest, []byte("\n"))
		var f agency.Filing
		if err := json.Unmarshal(header, &f); err != nil || f.Lines != n || n > 20 {
			t.Fatalf("%d lines behind %s; %v", n, header, err)
		}
		lines += n
		if name := f.Employer + f.Month.String(); seen[name] {
			t.Fatalf("%s again", name)
		} else {
			seen[name] = true
		}
	}
	if mean := float64(lines) / files; mean < 19 {
		t.Errorf("%.1f lines on average, want 19 to 20", mean)
	}
	tr.Lines = 3
	if r := at(t, tr, 1, "declarations.submit"); bytes.Count(r.Body, []byte("\n")) != 4 {
		t.Errorf("want a header and three lines: %s", r.Body)
	}
}

// Runs that begin a second, an hour or some days apart name other things.
func TestRunsDoNotMeet(t *testing.T) {
	seen := make(map[string]string)
	for _, apart := range []time.Duration{0, time.Second, time.Minute, time.Hour, 24 * time.Hour, 20 * 24 * time.Hour} {
		people, err := population.New(7, 20_000)
		if err != nil {
			t.Fatal(err)
		}
		book, err := rules.Open()
		if err != nil {
			t.Fatal(err)
		}
		tr, err := traffic.New(people, book, traffic.NewKeys(7), issued.Add(apart))
		if err != nil {
			t.Fatal(err)
		}
		for seq := range uint64(100) {
			for _, op := range []string{"claims.reverse", "benefits.decide", "enrolments.create", "transfers.create", "declarations.submit"} {
				r := at(t, tr, seq, op)
				name := op + r.Path + header(r, "Authorization")
				switch op {
				case "enrolments.create", "declarations.submit":
					line, _, _ := bytes.Cut(r.Body, []byte("sha256"))
					name = op + r.Path + string(line)
				case "transfers.create", "benefits.decide":
					name = op + r.Path + subject(t, r)
				}
				if first, found := seen[name]; found {
					t.Errorf("arrival %d of the run %s later: %s was in the run %s", seq, apart, name, first)
				}
				seen[name] = apart.String()
			}
		}
	}
}

// subject is whose token a request carries; empty for an officer's.
func subject(t *testing.T, r scenarios.Request) string {
	t.Helper()
	parts := strings.Split(header(r, "Authorization"), ".")
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var c traffic.Claims
	if err := json.Unmarshal(claims, &c); err != nil {
		t.Fatal(err)
	}
	if c.Role != "citizen" {
		return ""
	}
	return c.Subject
}

// BenchmarkMix is what a request costs in each mix, its token signed before.
func BenchmarkMix(b *testing.B) {
	for _, name := range library.Mixes() {
		b.Run(name, func(b *testing.B) {
			tr, mix := newTraffic(b, 100_000), draw(b, name, 20_000)
			for seq, op := range mix {
				at(b, tr, uint64(seq), op)
			}
			b.ReportAllocs()
			for seq := 0; b.Loop(); seq++ {
				at(b, tr, uint64(seq%len(mix)), mix[seq%len(mix)])
			}
		})
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
