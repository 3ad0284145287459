package main

import (
	"fmt"
	"hash/fnv"
	"os"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/history"
)

const (
	horizon = 48
	day     = 24
	week    = 168
	origins = 5
)

// levels are 1-α/2 for the intervals that are judged and learnt.
func levels() []float64 { return []float64{0.025, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995} }

const lower95, upper95 = 0, 4 // places in levels

// A one is a series by its id.
type one struct {
	id     string
	values []float64
}

// chooses tells the series that may choose constants.
func (s one) chooses() bool {
	h := fnv.New32a()
	h.Write([]byte(s.id))
	return h.Sum32()%2 == 0
}

func read(name string) ([]one, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var all []one
	for h, err := range history.Each(file, name, history.Options{Format: history.M4}) {
		if err != nil {
			return nil, err
		}
		all = append(all, one{h.ID, h.Series.Values})
	}
	return all, nil
}

// A trial is a forecast of what is known, and what came.
type trial struct {
	series   int
	forecast ensemble.Forecast
	naive    []float64 // the last day again
	actual   []float64
	scale    float64 // of MASE
}

func forecastAll(all []one, choosing bool, tier ensemble.Tier) ([]trial, error) {
	var trials []trial
	for i, s := range all {
		if s.chooses() != choosing {
			continue
		}
		for k := range origins {
			n := len(s.values) - horizon - k*day
			known := s.values[:n:n]
			f, err := ensemble.New(known, ensemble.Options{Horizon: horizon, Seasons: []int{day, week}, Levels: levels(), Tier: tier})
			if err != nil {
				return nil, fmt.Errorf("series %s: %w", s.id, err)
			}
			naive := make([]float64, horizon)
			for h := range naive {
				naive[h] = known[n-day+h%day]
			}
			trials = append(trials, trial{i, f, naive, s.values[n : n+horizon], backtest.NaiveScale(known, day)})
		}
	}
	return trials, nil
}
