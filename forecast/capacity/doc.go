// Package capacity measures what one instance can do, from a run.
//
// [Measure] finds the largest rate of good answers that an instance kept up
// for 16 seconds while the latency budgets held. It measures and does not
// model: nothing is extrapolated beyond what the run has shown. Without latency
// budgets it is the largest rate of good answers, and what the run calls good is
// all that limits their latency.
//
// # Why answers are counted when they end
//
// Budgets look at requests by the second in which they were due, throughput by
// the second in which they ended. While a queue fills, more becomes due than is
// served: of the requests due in the first 16 seconds of an overload, 80/s of
// capacity with three seconds of queue answers 19 seconds' worth in time, and
// would seem to do 95/s. What ends in a second is what the instance did in it.
//
// # What it cannot see
//
// A run that never turned anything away, was never late and never failed did
// not reach the capacity. The result is then a lower bound and says so. A
// service whose rate swings is measured at its best 16 seconds; the longer the
// overload, the more spans there are to be best of.
package capacity
