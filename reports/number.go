package reports

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/peakday/peakday/reports/chart"
	"github.com/peakday/peakday/scenarios"
)

// unknown stands where nothing was measured.
const unknown = "–"

func count(n uint64) string { return chart.Thousands(float64(n)) }

// given writes a value that somebody chose: a limit, a capacity. The unit is a budget's: "s", "/s" or "share".
func given(n Number, unit string) string { return in(n, unit, chart.Number, chart.Percent) }

// measured writes a value that was measured, to three significant digits. A share close to one has its nines and two
// digits of what is missing: 99.951 %.
func measured(n Number, unit string) string {
	return in(n, unit, chart.Measured, func(v float64) string {
		if v >= 0.99 && v < 1 {
			miss := math.Max(100*(1-v), 1e-6)
			return strconv.FormatFloat(100*v, 'f', 1-int(math.Floor(math.Log10(miss))), 64) + " %"
		}
		return chart.Measured(100*v) + " %"
	})
}

func in(n Number, unit string, number, share func(float64) string) string {
	v := float64(n)
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return unknown
	case unit == "s":
		return chart.Seconds(v, number)
	case unit == "/s":
		return number(v) + "/s"
	}
	return share(v)
}

// span writes the seconds from one instant to another.
func span(from, to float64) string { return chart.Number(from) + " to " + chart.Number(to) + " s" }

// lasting writes a length of time that somebody chose in the largest unit that leaves it whole: 1 min, 24 h, 12 s; from
// three days on in days.
func lasting(seconds float64) string {
	const day = 24 * 3600
	if seconds >= 3*day && math.Mod(seconds, day) == 0 {
		return chart.Number(seconds/day) + " days"
	}
	for _, unit := range []struct {
		seconds float64
		name    string
	}{{3600, " h"}, {60, " min"}} {
		if seconds > 0 && math.Mod(seconds, unit.seconds) == 0 {
			return chart.Number(seconds/unit.seconds) + unit.name
		}
	}
	return given(Number(seconds), "s")
}

// list joins names: a, b and c.
func list(names []string) string {
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], ", ") + " and " + names[n]
	}
	return strings.Join(names, "")
}

// bytesIn writes a size in the binary unit that suits it.
func bytesIn(n uint64) string {
	v, unit := float64(n), "bytes"
	for _, larger := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if v < 1024 {
			break
		}
		v, unit = v/1024, larger
	}
	return chart.Number(v) + " " + unit
}

// plural counts things.
func plural(n uint64, name string) string {
	if n == 1 {
		return "1 " + name
	}
	return count(n) + " " + name + "s"
}

// capital begins a sentence; a budget stays as it was written.
func capital(s string) string {
	head, _, _ := strings.Cut(s, ": ")
	if _, err := scenarios.ParseBudget(head); err == nil || s == "" {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
