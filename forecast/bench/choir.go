package main

import (
	"errors"
	"slices"
	"time"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/model"
	"github.com/peakday/peakday/forecast/series"
)

// A choir is what many models said of the windows of some series: each was asked
// once, so that to combine some of them costs no fit.
type choir struct {
	models       []model.Model
	milliseconds []float64 // of a model for a window, median
	windows      []heard
	naive2       judged
}

// heard is what all models said of a window, and what came.
type heard struct {
	voices []ensemble.Voice
	actual []float64
	scale  float64 // of MASE
}

func listen(all []one, models []model.Model) (*choir, error) {
	naive2, err := rollAll(all, backtest.Naive2(day, horizon))
	if err != nil {
		return nil, err
	}
	c := &choir{models: models, naive2: judge("Naive2", naive2)}
	c.windows = make([]heard, len(c.naive2.trials))
	took, failed := make([][]float64, len(models)), make([]error, len(c.windows))
	for k := range took {
		took[k] = make([]float64, len(c.windows))
	}
	each(len(c.windows), func(i int) {
		t := c.naive2.trials[i]
		var tier ensemble.Tier
		for k, m := range models {
			tier.Members = append(tier.Members, ensemble.Member{Model: stopwatch{m, &took[k][i]}, Say: 1})
		}
		c.windows[i] = heard{actual: t.Actual, scale: backtest.NaiveScale(t.Known.Values, day)}
		c.windows[i].voices, failed[i] = ensemble.Voices(t.Known.Values, ensemble.Options{Horizon: horizon, Seasons: []int{day, week}, Tier: tier})
	})
	for _, of := range took {
		slices.Sort(of)
		c.milliseconds = append(c.milliseconds, series.Quantile(of, 0.5))
	}
	return c, errors.Join(failed...)
}

// A stopwatch tells how long its model took.
type stopwatch struct {
	model.Model
	milliseconds *float64
}

func (s stopwatch) Forecast(p *model.Problem, paths [][]float64) {
	start := time.Now()
	s.Model.Forecast(p, paths)
	*s.milliseconds = 1000 * time.Since(start).Seconds()
}

// says are what each model has to say in a tier, 0 if it is no member.
func (c *choir) says(tier ensemble.Tier) []float64 {
	says := make([]float64, len(c.models))
	for k, m := range c.models {
		for _, member := range tier.Members {
			if member.Name() == m.Name() {
				says[k] = member.Say
			}
		}
	}
	return says
}

// took is how many milliseconds the models that have a say take for a window.
func (c *choir) took(says []float64) (sum float64) {
	for k, say := range says {
		if say > 0 {
			sum += c.milliseconds[k]
		}
	}
	return sum
}

// owa is that of the models with a say, combined as the tier does, over Naive2.
func (c *choir) owa(tier ensemble.Tier, says []float64) float64 {
	return float64(backtest.Between(c.owas(tier, says)).Mean)
}

// owas has one for each series.
func (c *choir) owas(tier ensemble.Tier, says []float64) []float64 {
	of, to := float64(c.naive2.by(smape).Mean), float64(c.naive2.by(mase).Mean)
	owas := make([]float64, len(c.naive2.scores))
	windows := len(c.windows) / len(owas) // each series is as long as the plan wants
	each(len(owas), func(i int) {
		for _, w := range c.windows[i*windows : (i+1)*windows] {
			var voices []ensemble.Voice
			for k, say := range says {
				if say > 0 {
					voices = append(voices, ensemble.Voice{Path: w.voices[k].Path, Error: w.voices[k].Error, Say: say})
				}
			}
			path, _ := tier.Combine(voices)
			owas[i] += backtest.OWA(backtest.SMAPE(w.actual, path), backtest.MASE(w.actual, path, w.scale), of, to) / float64(windows)
		}
	})
	return owas
}
