package theta

import "math"

// Naive2 repeats the last value without its season and puts the season back:
// the reference of the M4 competition. The season is that of [Fit], looked for
// in three periods or more; without one it is the last value. Without any value
// the path is NaN.
//
// The competition's season multiplies always; here it adds where a value is 0,
// by which nothing can be divided.
//
// Source: Makridakis, Spiliotis, Assimakopoulos, The M4 Competition: 100,000 time
// series and 61 forecasting methods, International Journal of Forecasting 36
// (2020), section 2.3.
func Naive2(y []float64, period, h int) []float64 {
	var s season
	if len(y) >= 3*period && significant(y, period) {
		s = decompose(y, period)
	}
	last := math.NaN()
	for _, v := range s.adjust(y) {
		if !math.IsNaN(v) {
			last = v
		}
	}
	path := make([]float64, h)
	for i := range path {
		path[i] = last
	}
	s.restore(len(y), path, make([]float64, h))
	return path
}
