package model

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// A Profile is a usual week, the day's shape plus what a day of the week adds,
// and another model of what is left. With a [Ridge] it comes back to what is usual.
//
// The day's shape is a mean that forgets; the week's deviations are means drawn
// to zero as if Shrink weights of zero had been seen.
type Profile struct {
	Label    string
	HalfLife float64 // steps, of the profile
	Shrink   float64
	Rest     Model // of what is left
}

// Name is the label.
func (m Profile) Name() string { return m.Label }

// Forecast makes a profile at each origin.
func (m Profile) Forecast(p *Problem, paths [][]float64) {
	rest := make([]float64, len(p.Values))
	for k, o := range p.Origins {
		usual := m.usual(p, o)
		for t := range o {
			rest[t] = p.Values[t] - usual[t%len(usual)]
		}
		m.Rest.Forecast(p.rest(rest, o), paths[k:k+1])
		for i := range paths[k] {
			paths[k][i] += usual[(o+i)%len(usual)]
		}
	}
}

// usual is the profile of a week, of a day where there is no week, or the mean.
func (m Profile) usual(p *Problem, origin int) []float64 {
	day := max(p.season(0), 1)
	week := max(p.season(1), day)
	if 2*week > origin {
		week = day
	}
	ofDay, dayWeight := make([]float64, day), make([]float64, day)
	ofWeek, weekWeight := make([]float64, week), make([]float64, week)
	decay := math.Exp2(-1 / m.HalfLife)
	for pass := range 2 {
		w := 1.0
		for t := origin - 1; t >= 0; t-- {
			switch {
			case p.filled(t):
			case pass == 0:
				ofDay[t%day] += w * p.Values[t]
				dayWeight[t%day] += w
			default:
				ofWeek[t%week] += w * (p.Values[t] - ofDay[t%day])
				weekWeight[t%week] += w
			}
			w *= decay
		}
		if pass == 0 {
			level := floats.Sum(ofDay) / max(floats.Sum(dayWeight), math.SmallestNonzeroFloat64)
			for i, w := range dayWeight {
				if w > 0 {
					ofDay[i] /= w
				} else {
					ofDay[i] = level // never observed
				}
			}
		}
	}
	for i := range ofWeek {
		ofWeek[i] = ofDay[i%day] + ofWeek[i]/max(weekWeight[i]+m.Shrink, math.SmallestNonzeroFloat64)
	}
	return ofWeek
}
