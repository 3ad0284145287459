package model

import "fmt"

// A Naive repeats the last season: the i-th, 0 for the shortest. Where the
// known part is shorter than it, the last value.
type Naive struct{ Season int }

// Name is seasonal naive and the place of its season.
func (m Naive) Name() string { return fmt.Sprintf("seasonal naive %d", m.Season+1) }

// Forecast repeats.
func (m Naive) Forecast(p *Problem, paths [][]float64) {
	for k, o := range p.Origins {
		repeat(p.Values[:o], p.season(m.Season), paths[k])
	}
}

// repeat continues what is known by its last season.
func repeat(known []float64, season int, path []float64) {
	n := len(known)
	if season < 1 || season > n {
		season = min(n, 1)
	}
	for i := range path {
		if season > 0 {
			path[i] = known[n-season+i%season]
		} else {
			path[i] = 0
		}
	}
}
