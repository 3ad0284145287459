package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/forecast/series"
)

// A source is a public series of traffic in the folder of PEAKDAY_DATA, and how many
// windows of it are judged, evenly over it.
type source struct {
	name, file, value string
	windows           int
}

// sources have as many windows as the measurement had that set the goals. They had
// a say in how members are weighed and how wide the maximum is, none in the knots.
func sources() []source {
	all := []source{
		{"bike share", "seasonal/bikeshare_dc_hourly_until_2018.csv", "count", 12},
		{"electricity", "seasonal/electricity_hourly_until_2014-09.csv", "y", 12},
		{"road traffic", "seasonal/metro_interstate_traffic_volume_hourly.csv", "traffic_volume", 12},
		{"taxi", "web/nab/nyc_taxi.csv", "value", 12},
		{"World Cup 98", "web/worldcup98_minute_until_1998-07-02.csv", "", 12},
		{"NASA", "web/nasa_http_1995_minute_until_08-14.csv", "requests", 2},
	}
	for _, name := range []string{"AAPL", "AMZN", "CRM", "FB", "GOOG", "IBM"} {
		all = append(all, source{"Twitter " + name, "web/nab/Twitter_volume_" + name + ".csv", "value", 4})
	}
	return all
}

const (
	shortest, longest = 528, 960 // hours of history before an origin
	mostMissing       = 10       // a tenth of a window
)

// traffic forecasts windows of 48 hours of real traffic. A window of which
// more than a tenth was not observed is left out.
func (b bench) traffic() (Part, error) {
	if b.data == "" {
		return Part{}, errors.New("PEAKDAY_DATA is not set: want the folder that holds seasonal and web")
	}
	var w strings.Builder
	var goals []Goal
	w.WriteString("Windows of 48 hours, evenly over each series. They had a say in how the ensemble weighs its members and how wide its maximum is, none in its knots.\n\n")
	var windows []window
	for _, tier := range b.tiers {
		fmt.Fprintf(&w, "| %s tier | windows | MASE | of the day before | of the week before | peak off, median | 95 %% bound held |\n|---|---|---|---|---|---|---|\n", tier.Name)
		var all []backtest.Score
		windows = nil
		for _, s := range sources() {
			hourly, err := s.read(b.data, time.Hour)
			if err != nil {
				return Part{}, err
			}
			var scores [3][]backtest.Score
			for i, method := range []backtest.Method{own(tier), backtest.SeasonalNaive(day, horizon), backtest.SeasonalNaive(week, horizon)} {
				if scores[i], err = inWindows(hourly, s.windows, method); err != nil {
					return Part{}, fmt.Errorf("%s: %w", s.name, err)
				}
			}
			best, err := inHindsight(hourly, s.windows, tier)
			if err != nil {
				return Part{}, fmt.Errorf("%s: %w", s.name, err)
			}
			held := 0
			for i, score := range scores[0] {
				held += score.Covered
				windows = append(windows, window{s.name, score, scores[1][i], best[i]})
			}
			fmt.Fprintf(&w, "| %s | %d | %.3f | %.3f | %.3f | %.1f %% | %d |\n", s.name, len(scores[0]),
				of(scores[0], mase).Mean, of(scores[1], mase).Mean, of(scores[2], mase).Mean, 100*median(scores[0], peakError), held)
			all = append(all, scores[0]...)
		}
		e, peak := of(all, mase), 100*median(all, peakError)
		fmt.Fprintf(&w, "| all | %d | %s | | | %.1f %% | |\n\n", len(all), cell("%.3f", e, 1), peak)
		goals = []Goal{ // of the last tier, which is the standard one
			{"real traffic, MASE", atMost(0.76), atMost(0.70), float64(e.Mean), float64(e.Wide), "%.3f"},
			{"real traffic, error of the size of the peak, median", atMost(9), atMost(7.5), peak, 0, "%.1f %%"},
		}
	}
	return Part{Goals: goals, Why: why(&w, windows), Tables: w.String()}, nil
}

// inWindows judges each window alone, by what came in the hours before it.
func inWindows(hourly series.Series, windows int, method backtest.Method) ([]backtest.Score, error) {
	var scores []backtest.Score
	n := hourly.Len() - horizon - shortest
	for k := range windows {
		o := shortest + n*(k+1)/windows
		from := max(0, o-longest)
		known, actual := series.Series{Values: hourly.Values[from:o]}, series.Series{Values: hourly.Values[o : o+horizon]}
		if mostMissing*known.Missing() > known.Len() || mostMissing*actual.Missing() > horizon {
			continue
		}
		window := series.Series{Start: hourly.At(from), Step: time.Hour, Values: hourly.Values[from : o+horizon]}
		trials, err := backtest.Roll(window, backtest.Plan{Horizon: horizon, Stride: horizon, Least: o - from}, method)
		if err != nil {
			return nil, err
		}
		scores = append(scores, backtest.Judge("", trials, day))
	}
	return scores, nil
}

func (s source) read(folder string, step time.Duration) (series.Series, error) {
	file, err := os.Open(filepath.Join(folder, filepath.FromSlash(s.file)))
	if err != nil {
		return series.Series{}, err
	}
	defer file.Close()
	h, err := history.Read(file, s.file, history.Options{Format: history.CSV, Value: s.value})
	if err != nil {
		return series.Series{}, err
	}
	if h.Series.Step == step {
		return h.Series, nil
	}
	coarse, _, err := h.Series.Resample(step, 0.5)
	return coarse, err
}

// of is the mean of a figure over scores.
func of(scores []backtest.Score, figure func(backtest.Score) float64) backtest.Estimate {
	var all []float64
	for _, s := range scores {
		all = append(all, figure(s))
	}
	return backtest.Between(all)
}

// median is that of the scores that have the figure.
func median(scores []backtest.Score, figure func(backtest.Score) float64) float64 {
	var all []float64
	for _, s := range scores {
		if v := backtest.Figure(figure(s)); v.Known() {
			all = append(all, float64(v))
		}
	}
	slices.Sort(all)
	return series.Quantile(all, 0.5)
}
