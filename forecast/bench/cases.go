package main

import (
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/forecast/series"
)

const (
	horizon = 48
	day     = 24
	week    = 168
)

// plan of M4: five origins, a day apart. The shortest series has 700 values.
func plan() backtest.Plan {
	return backtest.Plan{Horizon: horizon, Stride: day, Least: 2 * week, Most: 5}
}

// levels are 1-α/2 for the intervals that are judged and learnt.
func levels() []float64 { return []float64{0.025, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995} }

// own is peakday's forecast.
func own(tier ensemble.Tier) backtest.Method {
	return func(known series.Series) (ensemble.Forecast, error) {
		return ensemble.New(known.Values, ensemble.Options{Horizon: horizon, Seasons: []int{day, week}, Levels: levels(), Tier: tier})
	}
}

// A one is a series by its id.
type one struct {
	id     string
	series series.Series
}

// chooses tells the series that may choose constants.
func (s one) chooses() bool {
	h := fnv.New32a()
	h.Write([]byte(s.id))
	return h.Sum32()%2 == 0
}

// hourly are M4's series that choose constants, or the others.
func (b bench) hourly(choosing bool) ([]one, error) {
	if b.data == "" {
		return nil, errors.New("PEAKDAY_DATA is not set: want the folder that holds m4_hourly/Hourly-train.csv")
	}
	name := filepath.Join(b.data, "m4_hourly", "Hourly-train.csv")
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
		h.Series.Step = time.Hour
		if s := (one{h.ID, h.Series}); s.chooses() == choosing {
			all = append(all, s)
		}
	}
	return all, nil
}

// rollAll asks the method at every origin of every series, on all cores, and
// returns the trials of each series.
func rollAll(all []one, method backtest.Method) ([][]backtest.Trial, error) {
	trials, failed := make([][]backtest.Trial, len(all)), make([]error, len(all))
	each(len(all), func(i int) {
		if trials[i], failed[i] = backtest.Roll(all[i].series, plan(), method); failed[i] != nil {
			failed[i] = fmt.Errorf("series %s: %w", all[i].id, failed[i])
		}
	})
	return trials, errors.Join(failed...)
}

// each calls do with 0 to n-1, on all cores.
func each(n int, do func(i int)) {
	var workers sync.WaitGroup
	turns := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range turns {
				do(i)
			}
		})
	}
	for i := range n {
		turns <- i
	}
	close(turns)
	workers.Wait()
}
