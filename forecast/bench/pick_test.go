package main

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/model"
	"github.com/peakday/peakday/forecast/series"
)

// Combined from memory, models say what a tier of them forecasts.
func TestAChoirSaysWhatItsTierForecasts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	y := make([]float64, 700)
	for i := range y {
		y[i] = math.Round(100 + 60*math.Sin(2*math.Pi*float64(i)/day) + 20*rng.Float64())
	}
	all := []one{{"made", series.Series{Step: time.Hour, Values: y}}}
	tier := ensemble.Fast()
	tier.Members = tier.Members[2:]
	tier.Members[1].Say = 3
	trials, err := rollAll(all, own(tier))
	if err != nil {
		t.Fatal(err)
	}
	var models []model.Model
	for _, m := range ensemble.Fast().Members {
		models = append(models, m.Model)
	}
	c, err := listen(all, models)
	if err != nil {
		t.Fatal(err)
	}
	got, want := c.owa(tier, c.says(tier)), float64(judge("", trials).owa(c.naive2).Mean)
	if math.Abs(got-want) > 1e-9 || math.Abs(c.owa(tier, c.says(ensemble.Fast()))-want) < 1e-6 {
		t.Errorf("OWA %v from memory, %v asked anew", got, want)
	}
}
