package selftest

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/scenarios"
)

func TestACheckHoldsWithinItsBounds(t *testing.T) {
	for _, test := range []struct {
		name  string
		check Check
		holds bool
		want  string
	}{
		{"a quantile at the edge of two hundredths", within("q", 700*time.Millisecond, 714*time.Millisecond, 0.02), true, "700ms ± 2 %"},
		{"a quantile that is too high", within("q", 700*time.Millisecond, 715*time.Millisecond, 0.02), false, "700ms ± 2 %"},
		{"a quantile that is too low, as by coordinated omission", within("q", 700*time.Millisecond, time.Millisecond, 0.02), false, "700ms ± 2 %"},
		{"nothing missing", atMost("missing", "count", 0, 0), true, "0"},
		{"one missing", atMost("missing", "count", 1, 0), false, "0"},
		{"what was not measured", atMost("apart", "s", math.NaN(), 1e-4), false, "≤ 100µs"},
	} {
		if got := test.check.Verdict == scenarios.Pass; got != test.holds || test.check.want() != test.want {
			t.Errorf("%s: holds %v, want %v; shown as %q, want %q", test.name, got, test.holds, test.check.want(), test.want)
		}
	}
}

func TestTheReportEndsInItsVerdict(t *testing.T) {
	good, bad := atMost("missing", "count", 0, 0), atMost("missing", "count", 3, 0)
	good.Step, good.Driver, bad.Step, bad.Driver = "stall", "rawhttp", "poisson", "rawhttp"
	ladder := Ladder{Driver: "rawhttp", Limit: 0.005, Offers: 2000, Rungs: []Rung{
		{Rate: 1000, Kept: true}, {Rate: 2000, LatenessP99: 0.00012, Kept: true}, {Rate: 5000, LatenessP99: 0.1},
	}}
	for _, test := range []struct {
		checks  []Check
		verdict scenarios.Verdict
		code    int
		words   string
	}{
		{[]Check{good, shown("beside", "s", 1)}, scenarios.Pass, 0, "All 1 checks hold"},
		{[]Check{good, shown("beside", "s", 1)}, scenarios.Pass, 0, "over rawhttp up to 2,000/s with lateness p99 120µs"},
		{[]Check{good, bad}, scenarios.Invalid, 5, "1 of 2 checks do not hold"},
		{[]Check{good, bad}, scenarios.Invalid, 5, "missing 3, want 0"},
	} {
		r := &Report{Checks: test.checks, Ladders: []Ladder{ladder}}
		r.conclude()
		var out bytes.Buffer
		if err := Write(&out, r); err != nil {
			t.Fatal(err)
		}
		_, last, _ := strings.Cut(strings.Join(strings.Fields(out.String()), " "), "VERDICT ")
		if r.Verdict != test.verdict || r.ExitCode != test.code || !strings.Contains(last, test.words) {
			t.Errorf("%s (%d), ends in %q; want %s (%d) and %q", r.Verdict, r.ExitCode, last, test.verdict, test.code, test.words)
		}
	}
}

func TestSecondsHaveThreeDigits(t *testing.T) {
	for n, want := range map[reports.Number]string{0: "0s", 4.2e-8: "42ns", 1.23456e-5: "12.3µs", 0.000999: "999µs", 0.70049: "700ms", 61.27: "1m1.3s"} {
		if got := seconds(n); got != want {
			t.Errorf("%g: %s, want %s", float64(n), got, want)
		}
	}
}
