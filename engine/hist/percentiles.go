package hist

import (
	"bufio"
	"fmt"
	"io"
	"math"
)

// ticksPerHalf is how many rows WritePercentiles writes on each half of the way that remains to 100 %; the libraries of
// HdrHistogram use 5 unless told otherwise.
const ticksPerHalf = 5

// WritePercentiles writes the percentile distribution in the text format of HdrHistogram, with values in milliseconds as
// wrk2 and vegeta print them: columns Value, Percentile, TotalCount and 1/(1-Percentile), then three lines with #. The
// plotter of HdrHistogram reads it; its unit is milliseconds already.
//
// Each row gives the Quantile at the percentile of its last column but one. TotalCount is how many values lie in the buckets
// up to that one, as in HdrHistogram. The layout equals an HdrHistogram of 2 significant digits in nanoseconds up to an hour,
// which is where Buckets and SubBuckets come from. Source: HdrHistogram's
// outputPercentileDistribution and its C library's hdr_percentiles_print.
func (h *Histogram) WritePercentiles(w io.Writer) error {
	const ms = 1e6
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%12s %14s %12s %16s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)")
	var seen uint64
	row := 0
	for i, n := range h.each {
		seen += n
		for level := percentile(row); h.rank(level) <= seen; level = percentile(row) {
			fmt.Fprintf(out, "%12.3f %14.12f %12d %16.2f\n", float64(h.value(i))/ms, level, seen, 1/(1-level))
			row++
			if seen == h.n {
				break // the bucket of the maximum has one row beside that of 100 %
			}
		}
	}
	if h.n > 0 {
		fmt.Fprintf(out, "%12.3f %14.12f %12d %16s\n", float64(h.max)/ms, 1.0, h.n, "inf")
	}
	fmt.Fprintf(out, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", float64(h.Mean())/ms, h.deviation()/ms)
	fmt.Fprintf(out, "#[Max     = %12.3f, Total count    = %12d]\n", float64(h.max)/ms, h.n)
	fmt.Fprintf(out, "#[Buckets = %12d, SubBuckets     = %12d]\n", lastShift+1, 2<<subBits)
	return out.Flush()
}

// percentile is the level of a row: ticksPerHalf steps to 50 %, as many to 75 %, and so on.
func percentile(row int) float64 {
	half, step := row/ticksPerHalf, row%ticksPerHalf
	return 1 - math.Ldexp(1-float64(step)/(2*ticksPerHalf), -half)
}

// deviation is the standard deviation of the middles of the buckets, in nanoseconds.
func (h *Histogram) deviation() float64 {
	if h.n == 0 {
		return 0
	}
	var squares float64
	for i, n := range h.each {
		d := float64(h.value(i) - h.Mean())
		squares += float64(n) * d * d
	}
	return math.Sqrt(squares / float64(h.n))
}
