// Package series holds a history as evenly spaced bins.
//
// A [Series] is what forecasting works on: a start, a step and one value a
// bin. A bin that nobody observed is NaN, never zero: an outage of the
// measurement is not a quiet hour, and a model that reads it as one learns a
// night that was not there. How a file of stamps becomes such a grid, and what
// was odd about it, is told by package history.
//
// Values are counts of a bin (requests in that minute), so a rate per second
// is the value over the step.
package series
