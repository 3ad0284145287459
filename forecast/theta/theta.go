package theta

import (
	"fmt"
	"math"

	"github.com/peakday/peakday/forecast/ets"
)

// A Model is the Theta method of 2000, fitted.
type Model struct {
	Alpha  float64   // of the smoothing, in (0, 1)
	Drift  float64   // half the slope of the line, a step
	Season []float64 // one value a phase from the first point on; nil: none found
	Sigma2 float64   // of the one-step errors without season

	period, points int
	first, level   float64 // of the smoothing, before the first point and after the last
	season         season
}

// Fit finds season, line and α. A period under 2 means no season. It needs five
// points that are not missing, |y| ≤ 1e100.
func Fit(y []float64, period int) (Model, error) {
	return smooth(y, period, func(rest []float64, f ets.Form) (ets.Model, error) { return ets.Fit(rest, f, 1) })
}

// Filter is the method on another series, usually one that goes on, with α and
// first level as they are: season and line are found anew, nothing is searched
// for. y is as for Fit.
func (m Model) Filter(y []float64) (Model, error) {
	return smooth(y, m.period, func(rest []float64, f ets.Form) (ets.Model, error) {
		return ets.Filter(rest, f, 1, ets.Params{Alpha: m.Alpha, Level: m.first})
	})
}

// smooth takes out the season, leaves the smoothing of the rest to simple and
// finds the line.
func smooth(y []float64, period int, simple func(rest []float64, f ets.Form) (ets.Model, error)) (Model, error) {
	s, rest, err := prepare(y, period)
	if err != nil {
		return Model{}, err
	}
	level, err := simple(rest, ets.Form{Error: ets.Additive})
	if err != nil {
		return Model{}, fmt.Errorf("theta: smoothing the series without season: %w", err)
	}
	last, _ := level.Forecast(1)
	return Model{Alpha: level.Params.Alpha, Drift: slope(rest) / 2, Season: s.values, Sigma2: level.Sigma2,
		period: period, points: len(y), first: level.Params.Level, level: last[0], season: s}, nil
}

// Forecast is the mean and the variance of each of the h coming points. The
// variance is that of the smoothing, σ²(1 + (h-1)α²).
func (m Model) Forecast(h int) (mean, variance []float64) {
	mean, variance = make([]float64, max(h, 0)), make([]float64, max(h, 0))
	begun := -math.Expm1(float64(m.points)*math.Log1p(-m.Alpha)) / m.Alpha
	for j := range mean {
		mean[j] = m.level + m.Drift*(float64(j)+begun)
		variance[j] = m.Sigma2 * (1 + float64(j)*m.Alpha*m.Alpha)
	}
	m.season.restore(m.points, mean, variance)
	return mean, variance
}

// limit keeps sums of squares within float64.
const limit = 1e100

// prepare takes the season out of what may be fitted.
func prepare(y []float64, period int) (s season, rest []float64, err error) {
	seen := 0
	for t, v := range y {
		if math.Abs(v) > limit {
			return s, nil, fmt.Errorf("theta: point %d is %g: want at most %g in size", t, v, limit)
		}
		if !math.IsNaN(v) {
			seen++
		}
	}
	if seen < 5 {
		return s, nil, fmt.Errorf("theta: %d points that are not missing: want 5 or more", seen)
	}
	if significant(y, period) {
		s = decompose(y, period)
	}
	return s, s.adjust(y), nil
}

// slope is that of the regression on 0, 1, ….
func slope(y []float64) float64 {
	var n, st, sv, stt, stv float64
	for i, v := range y {
		if math.IsNaN(v) {
			continue
		}
		t := float64(i)
		n++
		st += t
		sv += v
		stt += t * t
		stv += t * v
	}
	return (n*stv - st*sv) / (n*stt - st*st)
}
