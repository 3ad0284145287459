package stats_test

import (
	"math"
	"strings"
	"testing"

	"github.com/peakday/peakday/internal/bench/stats"
)

type record struct{ Figures map[string][]float64 }

func TestARecordKeepsWhatWasNotMeasured(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	if _, err := stats.Load[record]("sut"); err == nil || !strings.Contains(err.Error(), "run the whole bench first") {
		t.Errorf("before any: %v, want to be told to run the bench", err)
	}
	if err := stats.Save("sut", &record{map[string][]float64{"p99": {math.NaN(), 3}}}); err != nil {
		t.Fatal(err)
	}
	if err := stats.Save("engine", &record{}); err != nil {
		t.Fatal(err)
	}
	r, err := stats.Load[record]("sut")
	if err != nil || len(r.Figures["p99"]) != 2 || !math.IsNaN(r.Figures["p99"][0]) || r.Figures["p99"][1] != 3 {
		t.Errorf("%+v, %v, want NaN and 3", r, err)
	}
}
