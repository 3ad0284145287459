// Package hist counts durations in log-linear histograms whose quantiles have a stated relative error.
//
//	var h hist.Histogram
//	h.Record(812 * time.Millisecond)
//	h.Quantile(0.99)
//
// Durations below 256 ns have a bucket each; above, every octave is cut into 128 equal buckets, so that the middle of a
// bucket is within RelativeError (0.39 %) of anything recorded in it. Merging adds counts and a sum in whole nanoseconds, so
// the order of merges cannot change any figure, not by a bit.
//
// # Memory
//
// A run holds a histogram for every second, operation and outcome, so it takes memory for what it counts and not for its
// range. While it records, buckets come in chunks of 32, two bytes each until one of them overflows: a few like answers take
// under 400 bytes, answers spread over three octaves under 2 KB. Pack turns it into a string of a byte or two for each
// bucket in use, which is also how it comes out of a file; recording into it unpacks it.
//
// # Exports
//
// WritePercentiles writes the text that the plotter of HdrHistogram reads, Native the parts of a Prometheus native
// histogram, MarshalJSON the form of .run files.
//
// # Why not a library
//
// HdrHistogram allocates its whole range ahead, and sketches such as t-digest give merges that depend on their order. The
// idea of log-linear buckets is HdrHistogram's (Tene).
package hist
