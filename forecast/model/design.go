package model

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/peakday/peakday/forecast/series"
)

// A design is the columns of a [Regression], one value a step up to the last
// horizon's end, and the series itself about its mean as the last of them.
type design struct {
	columns [][]float64
	since   []int // step from which a regressor may be used, one for each column but the last
	center  float64
}

func (m Regression) design(p *Problem) *design {
	first, last := p.Origins[0], p.Origins[len(p.Origins)-1]
	d := &design{center: mean(p.Values[:first])}
	end := last + p.Horizon
	d.trend(m.Changes, first, end, p.Horizon)
	d.waves(m.Harmonics, p, end)
	for _, r := range p.Regressors {
		d.regressor(r, first, end)
	}
	target := make([]float64, end)
	copy(target, p.Values[:last])
	floats.AddConst(-d.center, target[:last])
	d.columns = append(d.columns, target)
	return d
}

func (d *design) add(since, end int, at func(t int) float64) {
	column := make([]float64, end)
	for t := range column {
		column[t] = at(t)
	}
	d.columns, d.since = append(d.columns, column), append(d.since, since)
}

// trend is a line and its changes. A slope that only the last steps speak for would
// be carried through the horizon by their noise, so a change may be used when as
// many steps lie behind it as a horizon has, and as lie between two changes.
func (d *design) trend(changes, first, end, horizon int) {
	scale := 1 / float64(first)
	d.add(0, end, func(t int) float64 { return scale * float64(t) })
	if changes < 1 {
		return
	}
	apart := max(first/changes, 1)
	behind := max(horizon, apart)
	for c := apart; c+behind <= end-horizon; c += apart {
		d.add(c+behind, end, func(t int) float64 { return scale * float64(max(0, t-c)) })
	}
}

// waves are sine and cosine of each harmonic of the seasons of which two lie
// before the first origin. The seventh of a week is the first of a day.
func (d *design) waves(harmonics []int, p *Problem, end int) {
	for i, waves := range harmonics {
		length := p.season(i)
		if length < 2 || 2*length > p.Origins[0] {
			continue
		}
		for k := 1; k <= min(waves, length/2); k++ {
			if shared(k, length, harmonics[:i], p) {
				continue
			}
			angle := func(t int) float64 { return 2 * math.Pi * float64(k*t%length) / float64(length) }
			d.add(0, end, func(t int) float64 { return math.Cos(angle(t)) })
			if 2*k < length {
				d.add(0, end, func(t int) float64 { return math.Sin(angle(t)) })
			}
		}
	}
}

// shared is whether a shorter season has the k-th wave of length.
func shared(k, length int, harmonics []int, p *Problem) bool {
	for i, waves := range harmonics {
		other := p.season(i)
		if n := k * other / length; n*length == k*other && n >= 1 && n <= min(waves, other/2) {
			return true
		}
	}
	return false
}

// regressor is one from outside, over its largest size. What is not known of it
// counts as its mean before the first origin; one of which nothing is known there
// is left out.
func (d *design) regressor(r series.Regressor, first, end int) {
	values := make([]float64, end)
	size := 0.0
	for t := range values {
		values[t] = math.NaN()
		if t < len(r.Values) && !math.IsInf(r.Values[t], 0) {
			values[t] = r.Values[t]
		}
		if math.Abs(values[t]) > size {
			size = math.Abs(values[t])
		}
	}
	sum, n := 0.0, 0.0
	for t := range values {
		if size > 0 {
			values[t] /= size
		}
		if t < first && !math.IsNaN(values[t]) {
			sum, n = sum+values[t], n+1
		}
	}
	if n == 0 {
		return
	}
	d.add(0, end, func(t int) float64 {
		if math.IsNaN(values[t]) {
			return sum / n
		}
		return values[t]
	})
}

// fit writes the sum of the columns times coefficients, the constant first, for the
// steps from up to to.
func (d *design) fit(coefficients, fit []float64, from, to int) {
	for t := from; t < to; t++ {
		fit[t] = coefficients[0]
	}
	for j, b := range coefficients[1:] {
		if b != 0 {
			floats.AddScaled(fit[from:to], b, d.columns[j][from:to])
		}
	}
}
