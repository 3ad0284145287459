package main

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/peakday/peakday/internal/bench/stats"
)

func TestEveryRowIsMeasuredOnceAndHasAnEnd(t *testing.T) {
	given := map[string]int{}
	for _, m := range measurements {
		for _, key := range m.keys {
			given[key]++
		}
	}
	for _, row := range rows {
		if given[row.Key] != 1 {
			t.Errorf("%s is given by %d measurements, want 1", row.Key, given[row.Key])
		}
		delete(given, row.Key)
	}
	for key := range given {
		t.Errorf("%s is measured and is no row", key)
	}
	for _, scenario := range []string{flatOut, openLoop, pushes} {
		text, err := os.ReadFile(scenario)
		if err != nil || !strings.Contains(string(text), "hold: "+(warmup+measured).String()) {
			t.Errorf("%s: %v; want it to hold for warm-up and measured part, %v", scenario, err, warmup+measured)
		}
	}
}

// Five attempts: one in the warm-up, one that ends after the measured part, a batch, a refused one and one that is good.
const log = `1000000000000000000,200,1000000,1,2,,,x,0,,http://a/#account.get,
1000000015000000000,200,20000000000,1,2,,,x,1,,http://a/#account.get,
1000000016000000000,200,500000000,1,2,,,x,2,,http://a/#declarations.submit,
1000000017000000000,503,1000000,1,2,,,x,3,,http://a/#account.get,
1000000018000000000,201,2000000,1,2,,,x,4,,http://a/#claims.settle,
`

func TestFiguresAreOfTheMeasuredPart(t *testing.T) {
	attempts, err := readAttempts(strings.NewReader(log))
	if err != nil || len(attempts) != 5 || attempts[2].op != "declarations.submit" || attempts[1].due != warmup {
		t.Fatalf("%+v, %v", attempts, err)
	}
	l := load{attempts: attempts}
	if got, want := l.rate(), 2/measured.Seconds(); got != want { // the batch and the last
		t.Errorf("%v answers a second, want %v", got, want)
	}
	if got := l.refused(); got != 25 {
		t.Errorf("%v %% refused of four in the measured part, want 25", got)
	}
	if l.lost = 1; l.refused() != 40 {
		t.Errorf("%v %% refused with one more lost, want 40", l.refused())
	}
	if got := l.latency(1. / 4); got != 2 {
		t.Errorf("least latency of four without the batch: %v ms, want 2", got)
	}
	if got := l.latency(0.75); got != 5000 {
		t.Errorf("a refused request took %v ms, want the patience of 5000", got)
	}
	if got := (load{}).latency(0.5); !math.IsNaN(got) {
		t.Errorf("latency of nothing: %v", got)
	}
}

func TestALogThatIsNoneIsAnError(t *testing.T) {
	for _, text := range []string{"1,200\n", strings.Replace(log, "200", "good", 1)} {
		if _, err := readAttempts(strings.NewReader(text)); err == nil {
			t.Errorf("%.30q was read", text)
		}
	}
}

func TestTheShareIsWhatPprofKept(t *testing.T) {
	got, err := readShare([]byte("Active filters:\n   focus=^crypto/\nShowing nodes accounting for 1.02s, 16.32% of 6.25s total\n"))
	if err != nil || got != 16.32 {
		t.Errorf("got %v, %v, want 16.32", got, err)
	}
	if _, err := readShare([]byte("nothing")); err == nil {
		t.Error("no share, and no error")
	}
}

func TestABenchmarkGivesTheFiguresOfItsRows(t *testing.T) {
	got, err := estimate.read([]byte("BenchmarkEstimator-2  1000  4000 ns/op  0 B/op  0 allocs/op\nPASS\n"))
	if err != nil || got["estimate"] != 250_000 || got["estimate-allocs"] != 0 {
		t.Errorf("got %v, %v", got, err)
	}
	if got := strings.Join(sqlitePayments.args(), " "); !strings.Contains(got, "-bench ^BenchmarkPayments$/^pool_in_0_stripes$ ") {
		t.Errorf("found by %s", got)
	}
	if _, err := payout.read([]byte("BenchmarkPayoutBatch-2 1 4000 ns/op\n")); err == nil {
		t.Error("figures are missing, and no error")
	}
}

func TestTheTableShowsAMissWithItsReason(t *testing.T) {
	var b strings.Builder
	r := &Record{Machine: stats.Machine{CPU: "a CPU"}, Figures: map[string][]float64{"sqlite": {19_000, 18_000, 21_000}, "push-rate": {5000}, "open-p99": {10}}}
	if err := write(&b, r, map[string]string{"sqlite": "a slow disk"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| ≥ 20000 /s | 19000 /s | 18000 .. 21000 /s | 3 | missed by 5.0 % |", "| a slow disk |",
		"| - | 5000 /s | 5000 .. 5000 /s | 1 | - |", "| ≤ 20.0 ms | 10.0 ms | 10.0 .. 10.0 ms | 1 | reached |", "| not measured |",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}
