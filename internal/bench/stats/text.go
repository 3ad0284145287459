package stats

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
)

// Verdict is whether a median reaches a limit, and if not, by how much it misses.
func Verdict(median, limit float64, least bool) string {
	switch {
	case math.IsNaN(median):
		return "not measured"
	case least && median >= limit, !least && median <= limit:
		return "reached"
	case limit == 0:
		return "missed by " + Number(median)
	}
	return "missed by " + Round(100*math.Abs(median/limit-1), 1) + " %"
}

// Reason is shown with a miss only. One that was not given yet is asked for.
func Reason(said, given string) string {
	if !strings.HasPrefix(said, "missed") {
		return ""
	}
	return cmp.Or(given, "to be said")
}

// ReadReasons reads why goals were missed: lines "key: the reason", empty lines and lines with # before.
func ReadReasons(name string) (map[string]string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	reasons := map[string]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, reason, ok := strings.Cut(line, ": ")
		if !ok {
			return nil, fmt.Errorf("%s: %q: want \"key: the reason\"", name, line)
		}
		reasons[key] = reason
	}
	return reasons, nil
}

// Cell is text that does not break the table.
func Cell(text string) string {
	return strings.NewReplacer("|", "/", "\n", " ").Replace(text)
}

// Must is a limit as the table says it: least says which side of it is good.
func Must(limit float64, least bool, unit string) string {
	if least {
		return "≥ " + With(limit, unit)
	}
	return "≤ " + With(limit, unit)
}

// With is a number and its unit.
func With(v float64, unit string) string {
	if unit == "" || math.IsNaN(v) {
		return Number(v)
	}
	return Number(v) + " " + unit
}

// Number has three digits that count, and no exponent; what is not known is a dash.
func Number(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v), math.IsInf(v, 0):
		return "-"
	case a >= 100, a == 0:
		return Round(v, 0)
	case a >= 10:
		return Round(v, 1)
	case a >= 1:
		return Round(v, 2)
	}
	return Round(v, 3)
}

// Round is a number with so many digits behind the point; NaN is a dash.
func Round(v float64, digits int) string {
	if math.IsNaN(v) {
		return "-"
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}
