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

// A pool is what many models forecast of the windows of some series: each was asked
// once, so that to combine some of them costs no fit.
type pool struct {
	models       []model.Model
	milliseconds []float64 // of a model for a window, median
	windows      []answers
	naive2       judged
}

// answers are what all models forecast of a window, and what came.
type answers struct {
	voices []ensemble.Voice
	actual []float64
	scale  float64 // of MASE
}

func ask(all []one, models []model.Model) (*pool, error) {
	naive2, err := rollAll(all, backtest.Naive2(day, horizon))
	if err != nil {
		return nil, err
	}
	p := &pool{models: models, naive2: judge("Naive2", naive2)}
	p.windows = make([]answers, len(p.naive2.trials))
	took, failed := make([][]float64, len(models)), make([]error, len(p.windows))
	for k := range took {
		took[k] = make([]float64, len(p.windows))
	}
	each(len(p.windows), func(i int) {
		t := p.naive2.trials[i]
		var tier ensemble.Tier
		for k, m := range models {
			tier.Members = append(tier.Members, ensemble.Member{Model: timed{m, &took[k][i]}, Say: 1})
		}
		p.windows[i] = answers{actual: t.Actual, scale: backtest.NaiveScale(t.Known.Values, day)}
		p.windows[i].voices, failed[i] = ensemble.Voices(t.Known.Values, ensemble.Options{Horizon: horizon, Seasons: []int{day, week}, Tier: tier})
	})
	for _, of := range took {
		slices.Sort(of)
		p.milliseconds = append(p.milliseconds, series.Quantile(of, 0.5))
	}
	return p, errors.Join(failed...)
}

// A timed model tells how long its model took.
type timed struct {
	model.Model
	milliseconds *float64
}

func (s timed) Forecast(p *model.Problem, paths [][]float64) {
	start := time.Now()
	s.Model.Forecast(p, paths)
	*s.milliseconds = 1000 * time.Since(start).Seconds()
}

// says are what each model has to say in a tier, 0 if it is no member.
func (p *pool) says(tier ensemble.Tier) []float64 {
	says := make([]float64, len(p.models))
	for k, m := range p.models {
		for _, member := range tier.Members {
			if member.Name() == m.Name() {
				says[k] = member.Say
			}
		}
	}
	return says
}

// took is how many milliseconds the models that have a say take for a window.
func (p *pool) took(says []float64) (sum float64) {
	for k, say := range says {
		if say > 0 {
			sum += p.milliseconds[k]
		}
	}
	return sum
}

// owa is that of the models with a say, combined as the tier does, over Naive2.
func (p *pool) owa(tier ensemble.Tier, says []float64) float64 {
	return float64(backtest.Between(p.owas(tier, says)).Mean)
}

// owas has one for each series.
func (p *pool) owas(tier ensemble.Tier, says []float64) []float64 {
	of, to := float64(p.naive2.by(smape).Mean), float64(p.naive2.by(mase).Mean)
	owas := make([]float64, len(p.naive2.scores))
	windows := len(p.windows) / len(owas) // each series is as long as the plan wants
	each(len(owas), func(i int) {
		for _, w := range p.windows[i*windows : (i+1)*windows] {
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
