package ets

import "math"

// begin takes the season from the averages of the cycles and level and slope from
// a line through the first points without it.
func begin(y []float64, f Form, period int) space {
	s := space{f: f, period: period}
	if f.Season != None {
		s.initial.Season = seasons(y, f.Season, period)
	}
	first := min(max(10, 2*period), len(y))
	s.initial.Level, s.initial.Slope = line(y, s.initial.Season, f.Season, first)
	if f.Trend == None {
		s.initial.Level += s.initial.Slope * float64(first+1) / 2
		s.initial.Slope = 0
	}
	s.scale = deviation(y)
	if s.scale == 0 {
		s.scale = max(math.Abs(s.initial.Level), 1) * 1e-3
	}
	return s
}

// seasons is the mean of each phase against the mean of its own cycle.
func seasons(y []float64, how Component, period int) []float64 {
	sum, count := make([]float64, period), make([]float64, period)
	for t := 0; t+period <= len(y); t += period {
		cycle := y[t : t+period]
		level := average(cycle)
		for i, v := range cycle {
			if how == Multiplicative {
				v /= level
			} else {
				v -= level
			}
			if !math.IsNaN(v) {
				sum[i] += v
				count[i]++
			}
		}
	}
	neutral := 0.0
	if how == Multiplicative {
		neutral = 1
	}
	for i := range sum {
		if count[i] == 0 {
			sum[i] = neutral
			continue
		}
		sum[i] /= count[i]
	}
	level := average(sum)
	for i := range sum {
		if how == Multiplicative {
			sum[i] = max(sum[i]/level, 1e-3)
		} else {
			sum[i] -= level
		}
	}
	if how == Multiplicative {
		level = average(sum)
		for i := range sum {
			sum[i] /= level
		}
	}
	return sum
}

// line is the regression of the first points, without their season, on 1, 2, …: its
// value at 0 and its slope.
func line(y, season []float64, how Component, first int) (level, slope float64) {
	var n, st, sv, stt, stv float64
	for i, v := range y {
		if n >= float64(first) {
			break
		}
		switch how {
		case Additive:
			v -= season[i%len(season)]
		case Multiplicative:
			v /= season[i%len(season)]
		}
		if math.IsNaN(v) {
			continue
		}
		t := float64(i + 1)
		n++
		st += t
		sv += v
		stt += t * t
		stv += t * v
	}
	if spread := n*stt - st*st; spread > 0 {
		slope = (n*stv - st*sv) / spread
	}
	return (sv - slope*st) / n, slope
}

// average of what is not missing; NaN if nothing is there.
func average(x []float64) float64 {
	sum, n := 0.0, 0.0
	for _, v := range x {
		if !math.IsNaN(v) {
			sum += v
			n++
		}
	}
	return sum / n
}

func deviation(y []float64) float64 {
	mean := average(y)
	sum, n := 0.0, 0.0
	for _, v := range y {
		if !math.IsNaN(v) {
			sum += (v - mean) * (v - mean)
			n++
		}
	}
	return math.Sqrt(sum / n)
}
