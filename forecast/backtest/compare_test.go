package backtest

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/series"
)

func TestPlanOf(t *testing.T) {
	for _, c := range []struct {
		name    string
		seasons []int
		horizon int
		want    Plan
	}{
		{"windows of two days stand end to end", []int{24, 168}, 48, Plan{48, 48, 384, 9}},
		{"windows of six hours keep the hour of the day", []int{24}, 6, Plan{6, 24, 54, 9}},
		{"windows of thirty hours begin every other day", []int{24}, 30, Plan{30, 48, 78, 9}},
		{"without seasons any place is like the end", nil, 5, Plan{5, 5, 10, 9}},
	} {
		if got := PlanOf(series.Series{Seasons: c.seasons}, c.horizon, 9); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// made is hours with days and noise, from Sunday on.
func made(hours int) series.Series {
	rng := rand.New(rand.NewPCG(1, 2))
	s := series.Series{Start: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Step: time.Hour, Seasons: []int{24}}
	for t := range hours {
		s.Values = append(s.Values, math.Round(100+60*math.Sin(2*math.Pi*float64(t)/24)+8*rng.NormFloat64()))
	}
	return s
}

// Noise alone is left to be wrong about: seasonal naive hears it twice, so its
// error is √2 times that of the truth, and an ensemble is between them.
func TestCompareOnNoiseRoundADay(t *testing.T) {
	s := made(24 * 40)
	c, err := Compare("made", s, PlanOf(s, 24, 20), Named{"fast", func(known series.Series) (ensemble.Forecast, error) {
		return ensemble.New(known.Values, ensemble.Options{Horizon: 24, Seasons: known.Seasons, Levels: []float64{0.025, 0.95, 0.975}, Tier: ensemble.Fast()})
	}})
	if err != nil || c.Origins != 20 || len(c.Warnings) > 0 || len(c.Methods) != 3 {
		t.Fatalf("%+v, %v", c, err)
	}
	own, naive, naive2 := c.Methods[0], c.Methods[1], c.Methods[2]
	if own.OverNaive < 0.68 || own.OverNaive > 0.85 || own.OWA > 0.85 {
		t.Errorf("%v of naive, OWA %v: want a little above 0.71", own.OverNaive, own.OWA)
	}
	if naive.OverNaive != 1 || naive2.OWA != 1 || naive.Bounded != 0 || naive.HeldLow.Known() {
		t.Errorf("%+v, %+v: want the references to be 1 of themselves, without bounds", naive, naive2)
	}
	if cover := float64(own.Spread.Coverage.Mean); cover < 0.9 || cover > 0.99 {
		t.Errorf("the 95 %% interval held %v", cover)
	}
	if own.Bounded != 20 || own.Covered < 17 || own.HeldLow > own.HeldHigh {
		t.Errorf("bound held %d of %d, in [%v, %v]", own.Covered, own.Bounded, own.HeldLow, own.HeldHigh)
	}
}

// Of two seasons the shorter is the reference of all.
func TestCompareTakesTheShortestSeasonForReference(t *testing.T) {
	s := made(24 * 40)
	s.Seasons = []int{24, 168}
	c, err := Compare("made", s, PlanOf(s, 24, 9), Named{"last value", SeasonalNaive(1, 24)})
	if err != nil || len(c.Methods) != 4 {
		t.Fatalf("%+v, %v", c, err)
	}
	for i, want := range []string{"last value", "seasonal naive 24 h", "seasonal naive 168 h", "Naive2"} {
		if m := c.Methods[i]; m.Method != want || m.OverNaive != m.MASE/c.Methods[1].MASE || m.MASE == c.Methods[1].MASE && i > 1 {
			t.Errorf("method %d is %s with %v of naive: want %s beside seasonal naive 24 h", i, m.Method, m.OverNaive, want)
		}
	}
}

func TestCompareWarnsOfLittle(t *testing.T) {
	perfect := Named{"perfect", func(known series.Series) (ensemble.Forecast, error) {
		return ensemble.Forecast{Point: []float64{5, 5}}, nil
	}}
	for _, c := range []struct {
		name   string
		values []float64
		want   string
	}{
		{"no window", []float64{5, 5, 5}, "3 steps of history: want 6"},
		{"no window observed", []float64{5, 5, 5, nan, nan, 5, 5, nan}, "more than half observed"},
		{"few windows", []float64{5, 5, 5, 5, 5, 5, 5, 5}, "2 windows are few"},
	} {
		got, err := Compare("h", half(c.values...), PlanOf(half(c.values...), 2, 9), perfect)
		if err != nil || len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], c.want) {
			t.Errorf("%s: %q, %v, want %q", c.name, got.Warnings, err, c.want)
		}
		if text, err := json.Marshal(got); err != nil || strings.Contains(string(text), "NaN") || strings.Contains(string(text), ":null,\"methods") {
			t.Errorf("%s: %s, %v", c.name, text, err)
		}
	}
}
