package scenarios

import (
	"math"
	"strings"
	"testing"
)

func TestParseBudgetReadsTheGrammar(t *testing.T) {
	tests := []struct {
		name, text string
		want       Budget // Text is checked apart
	}{
		{"a quantile of all", "p95 <= 3s", Budget{Metric: Latency, Quantile: 0.95, AtMost: true, Value: 3}},
		{"a quantile with a fraction is exact", "p99.9 <= 250ms", Budget{Metric: Latency, Quantile: 0.999, AtMost: true, Value: 0.25}},
		{"admitted only", "admitted p95 <= 3s", Budget{Over: "admitted", Metric: Latency, Quantile: 0.95, AtMost: true, Value: 3}},
		{"an operation", "claims.settle p50 <= 1m30s", Budget{Scope: "claims.settle", Metric: Latency, Quantile: 0.5, AtMost: true, Value: 90}},
		{"an operation and a population", "claims.settle answered p50 <= 1s", Budget{Scope: "claims.settle", Over: "answered", Metric: Latency, Quantile: 0.5, AtMost: true, Value: 1}},
		{"a mean", "answered mean >= 25.2s", Budget{Over: "answered", Metric: Mean, Value: 25.2}},
		{"a share is exact: 99.9 % is 999 of 1000", "P0 success >= 99.9%", Budget{Scope: "P0", Metric: Success, Value: 0.999}},
		{"a share as a number", "success >= 0.999", Budget{Metric: Success, Value: 0.999}},
		{"a rate", "goodput >= 72/s", Budget{Metric: Goodput, Value: 72}},
		{"a rate without its unit", "goodput >= 72", Budget{Metric: Goodput, Value: 72}},
		{"a multiple of the capacity", "goodput >= 0.90*capacity", Budget{Metric: Goodput, Value: 0.9, OfCapacity: true}},
		{"with spaces in the value", "answered <= 1.05 * capacity", Budget{Metric: Answered, Value: 1.05, OfCapacity: true, AtMost: true}},
		{"lateness", "lateness p99 <= 5ms", Budget{Metric: Lateness, Quantile: 0.99, AtMost: true, Value: 0.005}},
		{"nothing refused", "shed <= 0%", Budget{Metric: ShedRate, AtMost: true}},
		{"without spaces around the comparison", "failed<=1%", Budget{Metric: Failures, AtMost: true, Value: 0.01}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseBudget(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if test.want.Text = got.Text; got != test.want {
				t.Errorf("%q: got %+v, want %+v", test.text, got, test.want)
			}
		})
	}
}

func TestParseBudgetRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", "no <= or >="},
		{"another comparison", "p95 < 3s", "no <= or >="},
		{"no metric", "<= 3s", "no metric"},
		{"an unknown metric", "latency <= 3s", `unknown metric "latency"`},
		{"the whole as a quantile", "p100 <= 3s", `unknown metric "p100"`},
		{"a quantile in disguise", "p0x1p4 <= 3s", `unknown metric "p0x1p4"`},
		{"two scopes", "P0 claims p95 <= 3s", `more than one scope: "P0 claims"`},
		{"a scope of lateness", "P0 lateness p99 <= 5ms", "lateness is the generator's"},
		{"a mean of lateness", "lateness mean <= 5ms", `"lateness" is no scope`},
		{"a metric as a scope", "goodput p95 <= 3s", `"goodput" is no scope`},
		{"a scope that is no name", "#1 p95 <= 3s", `"#1" is no scope`},
		{"a population of a share", "admitted success >= 99%", `"admitted" goes before a quantile or the mean only`},
		{"a latency without unit", "p95 <= 3", `value "3": want a duration such as 300ms`},
		{"a negative latency", "p95 <= -3s", `value "-3s"`},
		{"a share over the whole", "success >= 99.9", `share "99.9" is not between 0% and 100%`},
		{"a rate that is no number", "goodput >= many", `value "many": want a rate such as 80/s`},
		{"an infinite rate", "goodput >= Inf", `value "Inf": want a rate`},
		{"a latency of capacity", "p95 <= 2*capacity", "only goodput and answered"},
		{"two comparisons", "p95 <= 3s <= 4s", `value "3s <= 4s"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, err := ParseBudget(test.text)
			if err == nil {
				t.Fatalf("%q reads as %+v", test.text, b)
			}
			if !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "want ") {
				t.Errorf("%q: got %q, want it to say %q", test.text, err, test.want)
			}
		})
	}
}

func TestEvaluateHasNoVerdictWithoutSamples(t *testing.T) {
	tests := []struct {
		name, budget string
		value        float64
		n            uint64
		capacity     float64
		want         Verdict
	}{
		{"under the limit", "p95 <= 3s", 2.9, 10, 0, Pass},
		{"at the limit", "p95 <= 3s", 3, 10, 0, Pass},
		{"over the limit", "p95 <= 3s", 3.1, 10, 0, Fail},
		{"999 of 1000 keep 99.9 %", "success >= 99.9%", 999. / 1000, 1000, 0, Pass},
		{"998 of 1000 do not", "success >= 99.9%", 998. / 1000, 1000, 0, Fail},
		{"no samples", "p95 <= 3s", 0, 0, 0, Inconclusive},
		{"not a number", "p95 <= 3s", math.NaN(), 10, 0, Inconclusive},
		{"no capacity declared", "goodput >= 0.90*capacity", 100, 10, 0, Inconclusive},
		{"a share of the capacity", "goodput >= 0.90*capacity", 72, 10, 80, Pass},
		{"less than it", "goodput >= 0.90*capacity", 71.9, 10, 80, Fail},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, err := ParseBudget(test.budget)
			if err != nil {
				t.Fatal(err)
			}
			if got := b.Evaluate(test.value, test.n, test.capacity); got != test.want {
				t.Errorf("%s of %v: got %s, want %s", test.budget, test.value, got, test.want)
			}
		})
	}
}

// FuzzParseBudget: no text panics, and what is read says again what it read.
func FuzzParseBudget(f *testing.F) {
	for _, text := range []string{"P0 success >= 99.9%", "admitted p95 <= 3s", "goodput >= 0.90*capacity", "lateness p99<=5ms", "x answered mean >= 1h"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := ParseBudget(text)
		if err != nil {
			return
		}
		again, err := ParseBudget(b.Text)
		if err != nil || again != b {
			t.Errorf("%q reads as %+v, and its text as %+v, %v", text, b, again, err)
		}
		if b.Value < 0 || math.IsInf(b.Value, 0) || b.Value != b.Value {
			t.Errorf("%q: value %v", text, b.Value)
		}
	})
}
