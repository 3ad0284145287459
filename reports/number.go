package reports

import (
	"math"
	"strings"

	"github.com/peakday/peakday/reports/chart"
)

// unknown stands where nothing was measured.
const unknown = "–"

func count(n uint64) string { return chart.Thousands(float64(n)) }

func rate(n Number) string { return known(n, func(v float64) string { return chart.Number(v) + "/s" }) }

func seconds(n Number) string {
	return known(n, func(v float64) string {
		if v == 0 {
			return "0 s"
		}
		return chart.Seconds(v)
	})
}

func share(n Number) string {
	return known(n, func(v float64) string { return chart.Percent(v) })
}

func known(n Number, format func(float64) string) string {
	if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
		return unknown
	}
	return format(float64(n))
}

// inUnit writes a value in the unit of a budget's metric.
func inUnit(n Number, unit string) string {
	switch unit {
	case "s":
		return seconds(n)
	case "/s":
		return rate(n)
	}
	return share(n)
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

// capital begins a sentence.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
