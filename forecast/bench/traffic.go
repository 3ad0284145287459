package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/forecast/series"
)

// A source is a public series of traffic in the folder of PEAKDAY_DATA.
type source struct{ name, file, value string }

// sources chose no constant.
func sources() []source {
	all := []source{
		{"bike share", "seasonal/bikeshare_dc_hourly_until_2018.csv", "count"},
		{"electricity", "seasonal/electricity_hourly_until_2014-09.csv", "y"},
		{"road traffic", "seasonal/metro_interstate_traffic_volume_hourly.csv", "traffic_volume"},
		{"taxi", "web/nab/nyc_taxi.csv", "value"},
		{"World Cup 98", "web/worldcup98_minute_until_1998-07-02.csv", ""},
		{"NASA", "web/nasa_http_1995_minute_until_08-14.csv", "requests"},
	}
	for _, name := range []string{"AAPL", "AMZN", "CRM", "FB", "GOOG", "IBM"} {
		all = append(all, source{"Twitter " + name, "web/nab/Twitter_volume_" + name + ".csv", "value"})
	}
	return all
}

const (
	shortest, longest = 528, 960 // hours of history before an origin
	windows           = 8        // of a series, evenly over it
	mostMissing       = 10       // a tenth of a window
)

// traffic forecasts windows of 48 hours of real traffic. A window of which
// more than a tenth was not observed is left out.
func traffic(w io.Writer, folder string, tier ensemble.Tier) error {
	fmt.Fprintf(w, "\n| %s tier on real traffic, 48 h | windows | MASE | of the day before | of the week before | peak off by, median | 95 %% bound held |\n|---|---|---|---|---|---|---|\n", tier.Name)
	var all, apes []float64
	for _, s := range sources() {
		hourly, err := s.read(folder)
		if err != nil {
			return err
		}
		var own, ofDay, ofWeek, errors []float64
		held := 0
		n := hourly.Len() - horizon - shortest
		for k := range windows {
			o := shortest + n*(k+1)/windows
			known, actual := hourly.Values[max(0, o-longest):o], hourly.Values[o:o+horizon]
			past, future := series.Series{Values: known}, series.Series{Values: actual}
			if mostMissing*past.Missing() > len(known) || mostMissing*future.Missing() > horizon {
				continue
			}
			f, err := ensemble.New(known, ensemble.Options{Horizon: horizon, Seasons: []int{day, week}, Tier: tier})
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			scale := backtest.NaiveScale(known, day)
			own = append(own, backtest.MASE(actual, f.Point, scale))
			ofDay = append(ofDay, backtest.MASE(actual, naive(past, day), scale))
			ofWeek = append(ofWeek, backtest.MASE(actual, naive(past, week), scale))
			errors = append(errors, backtest.PeakError(actual, f.Maximum.Quantiles[0]))
			if top, _ := series.Max(actual); top <= f.Maximum.Quantiles[2] {
				held++
			}
		}
		slices.Sort(errors)
		fmt.Fprintf(w, "| %s | %d | %.3f | %.3f | %.3f | %.1f %% | %d |\n", s.name, len(own), average(own), average(ofDay), average(ofWeek), 100*series.Quantile(errors, 0.5), held)
		all, apes = append(all, own...), append(apes, errors...)
	}
	slices.Sort(apes)
	fmt.Fprintf(w, "| all | %d | %.3f | | | %.1f %% | |\n", len(all), average(all), 100*series.Quantile(apes, 0.5))
	return nil
}

func (s source) read(folder string) (series.Series, error) {
	file, err := os.Open(filepath.Join(folder, filepath.FromSlash(s.file)))
	if err != nil {
		return series.Series{}, err
	}
	defer file.Close()
	h, err := history.Read(file, s.file, history.Options{Format: history.CSV, Value: s.value})
	if err != nil {
		return series.Series{}, err
	}
	if h.Series.Step == time.Hour {
		return h.Series, nil
	}
	hourly, _, err := h.Series.Resample(time.Hour, 0.5)
	return hourly, err
}

func naive(past series.Series, season int) []float64 {
	f, _ := backtest.SeasonalNaive(season, horizon)(past)
	return f.Point
}

func average(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
