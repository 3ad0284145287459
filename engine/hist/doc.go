// Package hist counts durations in log-linear histograms whose quantiles have a stated relative error.
//
//	var h hist.Histogram
//	h.Record(812 * time.Millisecond)
//	h.Quantile(0.99)
//
// Durations below 256 ns have a bucket each; above, every octave is cut into 128 equal buckets, so that the middle of a
// bucket is within RelativeError (0.39 %) of anything recorded in it. Merging adds counts, so the order of merges cannot
// change any quantile, nor the mean while the sum stays below 2^53 ns. Memory grows with the range in use, not with the
// number of records: 28 s beside 1 ms is some 15 KB, a second of answers near 28 s under 1 KB.
//
// # Why not a library
//
// HdrHistogram allocates its whole range ahead (a run holds one histogram a second, operation and outcome), and sketches
// such as t-digest give merges that depend on their order. The idea of log-linear buckets is HdrHistogram's (Tene).
package hist
