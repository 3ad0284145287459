package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/model"
	"github.com/peakday/peakday/forecast/series"
)

// noisy is a made series of four weeks.
func noisy() []one {
	rng := rand.New(rand.NewPCG(1, 1))
	y := make([]float64, 700)
	for i := range y {
		y[i] = math.Round(100 + 60*math.Sin(2*math.Pi*float64(i)/day) + 20*rng.Float64())
	}
	return []one{{"made", series.Series{Step: time.Hour, Values: y}}}
}

// Combined from memory, models say what a tier of them forecasts.
func TestAPoolForecastsWhatItsTierDoes(t *testing.T) {
	all := noisy()
	tier := ensemble.Fast()
	tier.Members = tier.Members[2:]
	tier.Members[1].Say = 3
	trials, err := rollAll(all, own(tier))
	if err != nil {
		t.Fatal(err)
	}
	p, err := ask(all, candidates([]ensemble.Tier{ensemble.Fast()}, nil))
	if err != nil {
		t.Fatal(err)
	}
	got, want := p.owa(tier, p.says(tier)), float64(judge("", trials).owa(p.naive2).Mean)
	if math.Abs(got-want) > 1e-9 || math.Abs(p.owa(tier, p.says(ensemble.Fast()))-want) < 1e-6 {
		t.Errorf("OWA %v from memory, %v asked anew", got, want)
	}
	left := idea{"left out", both(ensemble.Fast().Members[1].Model, tier.Members[0].Model)}
	if k, change := p.newcomer(tier, left); k < 0 || float64(change.Mean) != float64(p.joined(tier, k).Mean) || p.says(tier)[k] > 0 {
		t.Errorf("model %d joins and changes OWA by %v: want one that is no member", k, change)
	}
	if k, _ := p.newcomer(tier, idea{"members", []model.Model{tier.Members[0].Model, tier.Members[1].Model}}); k != -1 {
		t.Errorf("model %d of the tier joins it: want none", k)
	}
}

// A member under another name would be offered to its own tier.
func TestCandidatesDiffer(t *testing.T) {
	models := candidates([]ensemble.Tier{ensemble.Fast(), ensemble.Standard()}, ideas())
	p, err := ask(noisy(), models)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range p.windows[0].voices {
		for o, other := range p.windows[0].voices[:k] {
			if slices.Equal(v.Path, other.Path) {
				t.Errorf("%s and %s forecast the same", models[o].Name(), models[k].Name())
			}
		}
	}
}
