package model

import (
	"cmp"
	"math"
	"slices"
)

// An Analogue looks for past days that were like the last ones and repeats what
// followed them: the mean of the nearest Count, each moved to today's level and
// weighted by 1/distance. It says nothing of what has never been.
type Analogue struct {
	Label string
	Days  int // of the shortest season, compared
	Count int
}

// Name is the label.
func (m Analogue) Name() string { return m.Label }

// levelCost is what a difference of level costs beside one of shape: the
// continuations are moved to today's level, so it matters less than shape.
const levelCost = 0.15

// Forecast compares at the same phase of the shortest season.
func (m Analogue) Forecast(p *Problem, paths [][]float64) {
	day := max(p.season(0), 1)
	window := m.Days * day
	for k, o := range p.Origins {
		known := p.Values[:o]
		var found []match
		for t := o - (p.Horizon+day-1)/day*day; t >= window; t -= day {
			found = append(found, match{t, apart(known[t-window:t], known[o-window:], day)})
		}
		if len(found) < m.Count {
			repeat(known, p.cycle(o), paths[k])
			continue
		}
		slices.SortStableFunc(found, func(a, b match) int { return cmp.Compare(a.distance, b.distance) })
		found = found[:m.Count]
		level := mean(known[o-day:])
		clear(paths[k])
		total := 0.0
		least := math.SmallestNonzeroFloat32 + found[len(found)-1].distance*1e-6
		for _, f := range found {
			w := 1 / math.Sqrt(f.distance+least)
			move := level - mean(known[f.at-day:f.at])
			for i := range paths[k] {
				paths[k][i] += w * (known[f.at+i] + move)
			}
			total += w
		}
		for i := range paths[k] {
			paths[k][i] /= total
		}
	}
}

type match struct {
	at       int
	distance float64
}

// apart is the squared distance of two windows about their means, a day ago
// counting half of now, and a share of that of the means.
func apart(a, b []float64, day int) float64 {
	ma, mb := mean(a), mean(b)
	decay := math.Exp2(-1 / float64(day))
	sum, w, weights := 0.0, 1.0, 0.0
	for i := len(a) - 1; i >= 0; i-- {
		d := (a[i] - ma) - (b[i] - mb)
		sum += w * d * d
		weights += w
		w *= decay
	}
	return sum + levelCost*weights*(ma-mb)*(ma-mb)
}
