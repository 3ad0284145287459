package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/internal/bench/stats"
)

func TestSpreadIsTheMedianAndTheEnds(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		values []float64
		want   stats.Spread
	}{
		{[]float64{3, 1, 2}, stats.Spread{Median: 2, Least: 1, Most: 3}},
		{[]float64{4, 1, 2, 3}, stats.Spread{Median: 2.5, Least: 1, Most: 4}},
		{[]float64{7, nan}, stats.Spread{Median: 7, Least: 7, Most: 7}},
	} {
		if got := stats.SpreadOf(c.values); got != c.want {
			t.Errorf("%v: got %v, want %v", c.values, got, c.want)
		}
	}
	if got := stats.SpreadOf([]float64{nan}); !math.IsNaN(got.Median) {
		t.Errorf("of nothing known: got %v, want NaN", got)
	}
}

func TestQuantilesAreOfNearestRank(t *testing.T) {
	sample := make([]float64, 1000)
	for i := range sample {
		sample[i] = float64(1000 - i)
	}
	if got, want := quantiles(sample), (Quantiles{500, 990, 999}); got != want {
		t.Errorf("of 1 to 1000: got %v, want %v", got, want)
	}
}

func TestVerdictSaysByHowMuch(t *testing.T) {
	for _, c := range []struct {
		median, limit float64
		least         bool
		want          string
	}{
		{0.95, 0.9, true, "reached"},
		{0.9, 0.9, true, "reached"},
		{0.81, 0.9, true, "missed by 10.0 %"},
		{0.3, 0.15, false, "missed by 100.0 %"},
		{0, 0, false, "reached"},
		{12, 0, false, "missed by 12.0"},
		{math.NaN(), 1, false, "not measured"},
	} {
		if got := stats.Verdict(c.median, c.limit, c.least); got != c.want {
			t.Errorf("%v against %v: got %q, want %q", c.median, c.limit, got, c.want)
		}
	}
}

// ran is a run of a second whose generator used so many µs for each of 1,000 requests.
func ran(row, tool string, repeat int, micros float64) Run {
	return Run{Place: smallPinned.Name, Row: row, Tool: tool, Repeat: repeat,
		Usage: Usage{Wall: time.Second, CPU: time.Duration(micros * 1e6), Peak: 20e6},
		Said:  Said{Requests: 1000, Logged: 1000, Latency: unsaid, Lateness: unsaid}}
}

func TestARatioIsFormedWithinARepeat(t *testing.T) {
	runs := []Run{ // the machine is three times as slow in the second repeat, and that is not peakday's fault
		ran(flatOut, "wrk", 0, 9), ran(flatOut, "peakday", 0, 10),
		ran(flatOut, "wrk", 1, 27), ran(flatOut, "peakday", 1, 30),
		ran(flatOut, "peakday", 2, 1), // without wrk beside it
	}
	s := stats.SpreadOf(goals[0].values(runs, smallPinned.Name))
	if math.Abs(s.Least-0.9) > 1e-9 || math.Abs(s.Most-0.9) > 1e-9 {
		t.Errorf("got %v, want 0.9 throughout", s)
	}
}

func TestAGoalIsJudgedByAllItsRepeats(t *testing.T) {
	missing := ran(rush, "peakday", 1, 8)
	missing.Missed = 3
	failing := ran(rush, "peakday", 1, 8)
	failing.Failed = 7
	for _, c := range []struct {
		name string
		runs []Run
		want string
	}{
		{"one repeat of three missed arrivals", []Run{ran(rush, "peakday", 0, 8), missing, ran(rush, "peakday", 2, 8)}, "missed by 3.00"},
		{"one repeat gave no figures", []Run{ran(rush, "peakday", 0, 8), {Place: smallPinned.Name, Row: rush, Tool: "peakday", Err: "exit 1"}}, "reached, in 1 of 2 repeats"},
		{"requests failed", []Run{ran(rush, "peakday", 0, 8), failing}, "reached, with 7 requests failed"},
		{"nothing was run", nil, "not measured"},
	} {
		for _, g := range goals {
			if g.Key != "50000-missed" {
				continue
			}
			if _, got := g.judge(c.runs, smallPinned.Name); got != c.want {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
		}
	}
}

func TestTheTableShowsAMissAndAsksForItsReason(t *testing.T) {
	r := &Record{Repeats: 1, Servers: map[string]string{smallPinned.Name: "nginx"}, Unmet: []string{"hey: no network."},
		Runs: []Run{ran(flatOut, "wrk", 0, 8), ran(flatOut, "peakday", 0, 10), ran(flatOut, "k6", 0, 60)}}
	r.Runs = append(r.Runs, Run{Place: smallPinned.Name, Row: calm, Tool: "vegeta", Err: "it | broke"})
	page := func(reasons map[string]string) string {
		var b strings.Builder
		if err := write(&b, r, reasons); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, want := range []string{
		"Not measured: hey: no network.\n",
		"| flat out: requests per generator CPU-second ÷ wrk | small answers, pinned | ≥ 0.900 × | 0.800 × | 0.800 .. 0.800 × | 1.25 × | missed by 11.1 % | to be said |\n",
		"| flat out: requests per generator CPU-second ÷ k6 | small answers, pinned | ≥ 5.00 × | 6.00 × | 6.00 .. 6.00 × | 1.25 × | reached |  |\n",
		"| flat out: requests per generator CPU-second ÷ vegeta | small answers, pinned | ≥ 2.80 × | - | - | 1.25 × | not measured |  |\n",
		"| flat out | peakday | 1000 | 10.0 | 10.0 .. 10.0 | 1.25 | - / - | - / - / - | 20.0 | 0 | 0 | 0.01 / 0.00 | all 1000 |\n",
		"| 5,000/s | vegeta | failed: it / broke |",
	} {
		if !strings.Contains(page(nil), want) {
			t.Errorf("the page lacks %q:\n%s", want, page(nil))
		}
	}
	if got := page(map[string]string{"flat-out-wrk": "one core is shared"}); !strings.Contains(got, "| missed by 11.1 % | one core is shared |") {
		t.Errorf("the page lacks the reason given:\n%s", got)
	}
}

func TestBenchmarksOfPackagesAreRead(t *testing.T) {
	const printed = `goos: linux
pkg: example.com/journey
BenchmarkStep-2   	  363829	      3150 ns/op	     120 B/op	       2 allocs/op
BenchmarkStep-2   	  363829	      3350 ns/op	     120 B/op	       2 allocs/op
BenchmarkAppend/slow-2         	   28873	      8619 ns/op	        29.01 Mresults/s	       0 B/op	       0 allocs/op
PASS
`
	figures := stats.GoFigures("./journey", []byte(printed))
	b := GoBench{Package: "./journey", Bench: "Step", Metric: "ns/op", Scale: 1}
	if got, want := stats.SpreadOf(b.values(figures)), (stats.Spread{Median: 3250, Least: 3150, Most: 3350}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	b = GoBench{Package: "./journey", Bench: "Append/slow", Metric: "Mresults/s", Scale: 1}
	if got := stats.SpreadOf(b.values(figures)).Median; got != 29.01 {
		t.Errorf("of a part of a benchmark: got %v, want 29.01", got)
	}
}

func TestABenchmarkThatFailsSaysWhere(t *testing.T) {
	const printed = "goos: linux\n--- FAIL: BenchmarkMemory\n    memory_test.go:90: 35 results, want 100\nFAIL\nexit status 1\n"
	if got, want := fault([]byte(printed)), "memory_test.go:90: 35 results, want 100"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEveryGoalNamesARowAndAKeyOfItsOwn(t *testing.T) {
	keys := map[string]bool{}
	for _, g := range goals {
		if rowOf(g.Row).Name == "" || g.Against.Row != "" && rowOf(g.Against.Row).Name == "" {
			t.Errorf("%s: %q or %q is no row", g.Key, g.Row, g.Against.Row)
		}
		if keys[g.Key] {
			t.Errorf("two goals are called %s", g.Key)
		}
		keys[g.Key] = true
	}
	for _, b := range goBenches {
		if keys[b.Key] {
			t.Errorf("two goals are called %s", b.Key)
		}
		keys[b.Key] = true
	}
}

func TestReasonsAreKeysAndText(t *testing.T) {
	if _, err := stats.ReadReasons("reasons.txt"); err != nil {
		t.Error(err)
	}
}
