// Package series holds a history as evenly spaced bins.
//
// A [Series] is what forecasting works on: a start, a step and one value a
// bin. How a file of stamps becomes such a grid, and what was odd about it, is
// told by package history. Values are counts of a bin (requests in that
// minute), so a rate per second is the value over the step.
//
// Each bin has a [State], and a hole is never zero: an outage of the
// measurement is not a quiet hour, and a model that reads it as one learns a
// night that was not there.
//
//	value      a number     what came
//	missing    NaN          nobody counted
//	outage     NaN          the service was down; what would have come is not known
//	throttled  a number     a lower bound: some were refused
//
// A model that knows no states sees NaN for a hole and the lower bound for a
// throttled bin, and should say so where there are any.
//
//	s.Mark(from, to, series.Outage)
//	hours, estimated, err := s.Resample(time.Hour, 0.5)
//	for _, season := range series.FindSeasons(hours) {
//		fmt.Println(season.Length) // 24, 168
//	}
package series
