package main

import (
	"math"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestAStartGoesOnWithWhatIsMissing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "admission.json")
	empty, err := readRecord(file)
	if err != nil || len(empty.Pieces) != 0 {
		t.Fatalf("without a file: %v, %v", empty, err)
	}
	kept := &record{Law: "elastic", Pieces: map[string]piece{
		onSQLite: {Took: time.Minute, Table: "table", Cells: []cell{{Variant: "none", Recovery: nil, Settled: share(0)}}},
		slow:     {Cut: "interrupted", Table: "half"},
	}}
	if err := kept.write(file); err != nil {
		t.Fatal(err)
	}
	got, err := readRecord(file)
	if err != nil || !reflect.DeepEqual(got, kept) {
		t.Errorf("read back %+v, %v, want %+v", got, err, kept)
	}
	named := func(parts []part) (all []string) {
		for _, p := range parts {
			all = append(all, p.name)
		}
		return all
	}
	b := bench{wanted: regexp.MustCompile("")}
	if got, want := strings.Join(named(b.due(kept)), " "), "postgres change story p0 retries benchmarks"; got != want {
		t.Errorf("due are %s, want %s", got, want)
	}
	b = bench{wanted: regexp.MustCompile("^(sqlite)$"), only: true}
	if got := strings.Join(named(b.due(kept)), " "); got != "sqlite" {
		t.Errorf("asked for by name: %s, want sqlite, though it is kept", got)
	}
}

func TestThePlanFitsIntoItsMinutes(t *testing.T) {
	sum := 0.0
	for _, p := range parts {
		if !p.soak {
			sum += p.minutes
		}
	}
	if sum > mostMinutes {
		t.Errorf("%.1f minutes, want at most %d", sum, mostMinutes)
	}
}

// Second 0 is calm; in second 1 the storm, in which two of three come again; in seconds 2 to 9 one person each, whom the
// retries of the storm, which are answered in time, keep out until second 4.
const stormLog = `{"header":{"format":1}}
{"tick":{"at":0,"cells":[{"due":0,"class":"P0","outcome":"good","count":1},{"due":1,"class":"P0","outcome":"shed","count":3},{"due":1,"class":"P2","retry":true,"outcome":"failed","count":2}]}}
{"tick":{"at":3,"cells":[{"due":2,"class":"P2","outcome":"late","count":1},{"due":2,"class":"P2","retry":true,"outcome":"good","count":1},{"due":3,"class":"P2","outcome":"failed","count":1},{"due":3,"class":"P2","retry":true,"outcome":"good","count":1}]}}
{"tick":{"at":9,"cells":[{"due":4,"class":"P2","outcome":"good","count":1},{"due":5,"class":"P2","outcome":"good","count":1},{"due":6,"class":"P2","outcome":"good","count":1},{"due":7,"class":"P2","outcome":"good","count":1},{"due":8,"class":"P2","outcome":"good","count":1},{"due":9,"class":"P2","outcome":"good","count":1}]}}
{"end":{"invalid":["lateness p99 is 3s, limit 10ms: requests left late","stood still"]}}
`

func TestARunIsReadBySecondAndClass(t *testing.T) {
	l, err := readRun(strings.NewReader(stormLog))
	if err != nil || l.void != "lateness p99 is 3s, limit 10ms; stood still" {
		t.Fatalf("void %q, %v", l.void, err)
	}
	if got, want := l.between(0, 2, "P0"), (tally{First: 4, Tries: 4, Good: 1, Shed: 3, FirstGood: 1}); got != want {
		t.Errorf("P0 %+v, want %+v", got, want)
	}
	if got, want := l.between(1, 99, ""), (tally{First: 11, Tries: 15, Good: 8, Shed: 3, FirstGood: 6}); got != want {
		t.Errorf("from the storm on %+v, want %+v", got, want)
	}
	if got := spell(l.recovery(2, 10, anyTry)); got != "0 s" {
		t.Errorf("recovery of goodput %s, want 0 s", got)
	}
	if got := spell(l.recovery(2, 10, firstTry)); got != "2 s" {
		t.Errorf("recovery of newcomers %s, want 2 s", got)
	}
	if got := spell(l.recovery(2, 8, firstTry)); got != "never" {
		t.Errorf("recovery of newcomers %s, want never: five seconds did not follow", got)
	}
	if _, err := readRun(strings.NewReader(stormLog[:strings.Index(stormLog, `{"end"`)])); err == nil {
		t.Error("a run that was cut off was read as a whole one")
	}
}

func TestTheIntervalOfAShareIsWilsons(t *testing.T) {
	// R: prop.test(9995, 10000, correct = FALSE)$conf.int[1]
	for _, c := range []struct {
		k, n uint64
		want float64
	}{{9995, 10000, 0.998830}, {10000, 10000, 0.999616}, {0, 0, 0}} {
		if got := wilson(c.k, c.n); math.Abs(got-c.want) > 5e-6 {
			t.Errorf("%d of %d: at least %.6f, want %.6f", c.k, c.n, got, c.want)
		}
	}
}
