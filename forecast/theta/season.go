package theta

import "math"

// A season of the classical decomposition: one value a phase, counted from the
// first point.
type season struct {
	values []float64 // none: no season
	times  bool      // multiplies; else adds
}

// significant is the 90 % test on the correlation at lag m, given those at the
// lags before it (Bartlett's variance).
func significant(y []float64, m int) bool {
	n := len(y)
	if m < 2 || n <= 2*m {
		return false
	}
	mean, square, seen := 0.0, 0.0, 0.0
	for _, v := range y {
		if !math.IsNaN(v) {
			mean += v
			seen++
		}
	}
	mean /= seen
	for _, v := range y {
		if !math.IsNaN(v) {
			square += (v - mean) * (v - mean)
		}
	}
	if square == 0 {
		return false
	}
	sum, last := 0.0, 0.0
	for lag := 1; lag <= m; lag++ {
		c := 0.0
		for t := lag; t < n; t++ {
			if d := (y[t] - mean) * (y[t-lag] - mean); !math.IsNaN(d) {
				c += d
			}
		}
		last = c / square
		if lag < m {
			sum += last * last
		}
	}
	return math.Abs(last) > 1.6448536269514722*math.Sqrt((1+2*sum)/float64(n))
}

// decompose averages each phase of the series against its centred moving mean.
func decompose(y []float64, m int) season {
	s := season{values: make([]float64, m), times: true}
	for _, v := range y {
		if v <= 0 {
			s.times = false
		}
	}
	count := make([]float64, m)
	half := m / 2
	for t := half; t+half < len(y); t++ {
		v := s.against(y[t], centred(y[t-half:t+half+1], m))
		if !math.IsNaN(v) {
			s.values[t%m] += v
			count[t%m]++
		}
	}
	total := 0.0
	for i := range s.values {
		s.values[i] /= count[i]
		total += s.values[i]
	}
	for i := range s.values {
		s.values[i] = s.against(s.values[i], total/float64(m))
		if !(math.Abs(s.values[i]) >= 1e-4) && s.times || math.IsNaN(s.values[i]) {
			return season{} // it would divide by nothing, or has a phase never seen
		}
	}
	return s
}

// centred is the mean of m points; of an even m both ends count half.
func centred(window []float64, m int) float64 {
	sum := 0.0
	for _, v := range window {
		sum += v
	}
	if m%2 == 0 {
		sum -= (window[0] + window[len(window)-1]) / 2
	}
	return sum / float64(m)
}

func (s season) against(v, level float64) float64 {
	if s.times {
		return v / level
	}
	return v - level
}

// adjust is the series without its season.
func (s season) adjust(y []float64) []float64 {
	rest := make([]float64, len(y))
	for t, v := range y {
		rest[t] = v
		if len(s.values) > 0 {
			rest[t] = s.against(v, s.values[t%len(s.values)])
		}
	}
	return rest
}

// restore puts the season back from point n on.
func (s season) restore(n int, mean, variance []float64) {
	if len(s.values) == 0 {
		return
	}
	for h := range mean {
		v := s.values[(n+h)%len(s.values)]
		if !s.times {
			mean[h] += v
			continue
		}
		mean[h] *= v
		variance[h] *= v * v
	}
}
