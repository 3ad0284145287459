package scenarios

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A Budget is one promise about a run: `[scope] metric op value[*capacity]`.
//
//	admitted p95 <= 3s
//	P0 success >= 99.9%
//	claims.settle p99.9 <= 250ms
//	goodput >= 0.90*capacity
//
// Scope is a class (P0) or an operation (claims.settle), or nothing for all. A quantile or the mean is taken over every
// request that ended; "admitted" before it keeps 2xx answers and timeouts, "answered" only 2xx answers.
type Budget struct {
	Scope      string  // class or operation; empty means all
	Over       string  // "", "admitted" or "answered": the population of a quantile or mean
	Metric     Metric  // what is measured
	Quantile   float64 // in (0, 1), for the metrics Quantile and Lateness
	AtMost     bool    // true for <=, false for >=
	Value      float64 // seconds, per second, or a share in [0, 1], by Metric
	OfCapacity bool    // Value is a multiple of the capacity
	Text       string  // as written
}

// A Metric is what a budget measures.
type Metric string

// The metrics. Shares are of requests sent, first attempts and retries alike, unless said otherwise.
const (
	Latency  Metric = "latency"  // a quantile of done - due, seconds
	Mean     Metric = "mean"     // mean of done - due, seconds
	Lateness Metric = "lateness" // a quantile of ready - due, seconds: the generator's own fault
	Goodput  Metric = "goodput"  // good answers a second
	Answered Metric = "answered" // good and late answers a second
	Success  Metric = "success"  // share answered
	ShedRate Metric = "shed"     // share refused on purpose
	Failures Metric = "failed"   // share that failed
	Timeouts Metric = "timeouts" // share of the admitted that timed out
)

// Unit names the unit of a metric's values: "s", "/s" or "share".
func (m Metric) Unit() string {
	switch m {
	case Latency, Mean, Lateness:
		return "s"
	case Goodput, Answered:
		return "/s"
	}
	return "share"
}

// ParseBudget reads one budget; the error says what was found and what was wanted.
func ParseBudget(text string) (Budget, error) {
	fail := func(format string, args ...any) (Budget, error) {
		return Budget{}, fmt.Errorf("budget %q: %s; want [scope] metric <=|>= value, such as \"admitted p95 <= 3s\"", text, fmt.Sprintf(format, args...))
	}
	b := Budget{Text: strings.Join(strings.Fields(text), " ")}
	left, right, found := strings.Cut(b.Text, "<=")
	b.AtMost = found
	if !found {
		if left, right, found = strings.Cut(b.Text, ">="); !found {
			return fail("no <= or >=")
		}
	}
	words := strings.Fields(left)
	if len(words) == 0 {
		return fail("no metric")
	}
	metric := words[len(words)-1]
	words = words[:len(words)-1]
	if q, ok := parseQuantile(metric); ok {
		b.Metric, b.Quantile = Latency, q
		if len(words) > 0 && words[len(words)-1] == string(Lateness) {
			b.Metric, words = Lateness, words[:len(words)-1]
		}
	} else {
		switch Metric(metric) {
		case Mean, Goodput, Answered, Success, ShedRate, Failures, Timeouts:
			b.Metric = Metric(metric)
		default:
			return fail("unknown metric %q, want p50 … p99.9, lateness p99, mean, goodput, answered, success, shed, failed or timeouts", metric)
		}
	}
	if n := len(words); n > 0 && (words[n-1] == "admitted" || words[n-1] == "answered") {
		if b.Metric != Latency && b.Metric != Mean {
			return fail("%q goes before a quantile or the mean only", words[n-1])
		}
		b.Over, words = words[n-1], words[:n-1]
	}
	if len(words) > 1 {
		return fail("more than one scope: %q", strings.Join(words, " "))
	}
	if len(words) == 1 {
		if b.Metric == Lateness {
			return fail("lateness is the generator's and has no scope")
		}
		if b.Scope = words[0]; !isScope(b.Scope) {
			return fail("%q is no scope, want a class P0 to P3 or an operation", b.Scope)
		}
	}
	if err := b.parseValue(strings.TrimSpace(right)); err != nil {
		return fail("%s", err)
	}
	return b, nil
}

var (
	scopeName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]*$`)
	digits    = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
)

// isScope says whether a name can stand before a metric without being taken for a word of the grammar.
func isScope(name string) bool {
	switch Metric(name) {
	case Latency, Mean, Lateness, Goodput, Answered, Success, ShedRate, Failures, Timeouts, "admitted", "capacity":
		return false
	}
	_, isQuantile := parseQuantile(name)
	return !isQuantile && scopeName.MatchString(name)
}

func parseQuantile(word string) (float64, bool) {
	number, ok := strings.CutPrefix(word, "p")
	if !ok {
		return 0, false
	}
	q, err := percent(number)
	return q, err == nil && q > 0 && q < 1
}

// percent reads a number of hundredths. Dividing by 100 would make 99.9 into 0.9990000000000001, which 999 of 1000 misses.
func percent(number string) (float64, error) {
	if !digits.MatchString(number) {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(number+"e-2", 64)
}

func plainNumber(number string) (float64, error) {
	if !digits.MatchString(number) {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(number, 64)
}

func (b *Budget) parseValue(text string) error {
	number, capacity := strings.CutSuffix(strings.ReplaceAll(text, " ", ""), "*capacity")
	unit := b.Metric.Unit()
	if capacity && unit != "/s" {
		return fmt.Errorf("only goodput and answered are compared with the capacity")
	}
	b.OfCapacity = capacity
	var err error
	switch {
	case capacity:
		b.Value, err = plainNumber(number)
	case unit == "s":
		var d time.Duration
		d, err = time.ParseDuration(number)
		b.Value = d.Seconds()
	case unit == "/s":
		b.Value, err = plainNumber(strings.TrimSuffix(number, "/s"))
	default:
		if hundredths, ok := strings.CutSuffix(number, "%"); ok {
			b.Value, err = percent(hundredths)
		} else {
			b.Value, err = plainNumber(number)
		}
		if err == nil && (b.Value < 0 || b.Value > 1) {
			return fmt.Errorf("share %q is not between 0%% and 100%%", text)
		}
	}
	if err != nil || b.Value < 0 {
		return fmt.Errorf("value %q: want %s", text, map[string]string{
			"s": "a duration such as 300ms", "/s": "a rate such as 80/s or 0.90*capacity", "share": "a share such as 99.9%"}[unit])
	}
	return nil
}

// A Verdict is how a judgement ends.
type Verdict string

// The verdicts. No sample is no pass.
const (
	Pass         Verdict = "pass"
	Fail         Verdict = "fail"
	Inconclusive Verdict = "inconclusive"
	Invalid      Verdict = "invalid"
)

// Limit is the bound in the metric's own unit; ok is false when it needs a capacity that nobody declared.
func (b Budget) Limit(capacity float64) (limit float64, ok bool) {
	if !b.OfCapacity {
		return b.Value, true
	}
	return b.Value * capacity, capacity > 0
}

// Evaluate judges a measured value taken from n samples, in the metric's unit. A budget without samples, or measured
// against a capacity that nobody declared, is inconclusive.
func (b Budget) Evaluate(value float64, n uint64, capacity float64) Verdict {
	limit, ok := b.Limit(capacity)
	switch {
	case !ok || n == 0 || value != value:
		return Inconclusive
	case b.AtMost && value <= limit, !b.AtMost && value >= limit:
		return Pass
	}
	return Fail
}
