package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"sync"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/ets"
	"github.com/peakday/peakday/forecast/model"
	"github.com/peakday/peakday/forecast/series"
)

// candidates are the members of the standard tier and some that were not taken.
func candidates() []model.Model {
	few := model.Ridge{Lags: model.Few, HalfLife: 500, Penalty: 5}
	return append(ensemble.Standard().Members,
		model.InLogs(model.Smooth{Label: "smoothing, coarse", Grid: model.Coarse(), Keep: 1}),
		model.Smooth{Label: "smoothing, coarse", Grid: model.Coarse(), Keep: 1},
		model.Ridge{Label: "levels, all lags", Lags: model.Full, HalfLife: 500, Penalty: 1},
		model.InLogs(model.Ridge{Label: "week and step differences", Lags: model.Few, Difference: []int{1, -1}, HalfLife: 500, Penalty: 3}),
		model.InLogs(model.Regression{Label: "waves", Harmonics: []int{10, 6}, Mix: 0.5, HalfLife: 500, Rest: few}),
		model.InLogs(model.Decomposed{Label: "seasons out, smoothed", Rest: model.ETS{Form: ets.Form{Trend: ets.Damped}}}),
		model.InLogs(model.Decomposed{Label: "seasons out, Theta", Rest: model.Theta{}}),
	)
}

// pick prints the OWA over Naive2 by the power of the weights, and members one by
// one, each time the one that makes the combination best, as long as one does.
func (b bench) pick(w io.Writer, all []one) error {
	naive2, err := rollAll(all, backtest.Naive2(day, horizon))
	if err != nil {
		return err
	}
	reference := judge("Naive2", naive2)
	owa := func(m *memory, members []int, power float64) float64 {
		trials, failed := rollAll(all, m.method(members, power))
		if failed != nil {
			err = failed
		}
		return float64(judge("", trials).owa(reference).Mean)
	}
	for _, tier := range b.tiers {
		m := &memory{models: tier.Members, said: map[place][]model.Model{}}
		fmt.Fprintf(w, "%s: OWA by power:", tier.Name)
		for power := 1.0; power <= 8; power++ {
			fmt.Fprintf(w, " %v %.4f", power, owa(m, m.every(), power))
		}
		fmt.Fprintln(w)
	}
	m := &memory{models: candidates(), said: map[place][]model.Model{}}
	power := ensemble.Standard().Power
	fmt.Fprintf(w, "OWA with all %d candidates: %.4f; one by one:\n", len(m.models), owa(m, m.every(), power))
	var picked []int
	for best := math.Inf(1); err == nil; {
		next := -1
		for _, i := range m.every() {
			if slices.Contains(picked, i) {
				continue
			}
			if v := owa(m, append(slices.Clip(picked), i), power); v < best {
				next, best = i, v
			}
		}
		if next < 0 {
			break
		}
		picked = append(picked, next)
		fmt.Fprintf(w, "  %.4f with %s\n", best, m.models[next].Name())
	}
	return err
}

// A memory of what models said of every window: to combine them anew costs no fit.
type memory struct {
	models []model.Model
	mu     sync.Mutex
	said   map[place][]model.Model
}

// A place is where a window begins and how long it is.
type place struct {
	first *float64
	n     int
}

func (m *memory) every() []int {
	all := make([]int, len(m.models))
	for i := range all {
		all[i] = i
	}
	return all
}

// method is the combination of some of the models.
func (m *memory) method(members []int, power float64) backtest.Method {
	return func(known series.Series) (ensemble.Forecast, error) {
		at := place{&known.Values[0], len(known.Values)}
		m.mu.Lock()
		said := m.said[at]
		if said == nil {
			for _, each := range m.models {
				said = append(said, &remembered{Model: each})
			}
			m.said[at] = said
		}
		m.mu.Unlock()
		tier := ensemble.Tier{Power: power, Trim: 0.3}
		for _, i := range members {
			tier.Members = append(tier.Members, said[i])
		}
		return ensemble.New(known.Values, ensemble.Options{Horizon: horizon, Seasons: []int{day, week}, Tier: tier})
	}
}

// remembered asks a model once.
type remembered struct {
	model.Model
	paths [][]float64
}

// Forecast gives what the model said at first, which was of the same problem.
func (r *remembered) Forecast(p *model.Problem, paths [][]float64) {
	if r.paths == nil {
		r.Model.Forecast(p, paths)
		for _, path := range paths {
			r.paths = append(r.paths, slices.Clone(path))
		}
	}
	for k, path := range r.paths {
		copy(paths[k], path)
	}
}
