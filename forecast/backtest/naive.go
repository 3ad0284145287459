package backtest

import (
	"math"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/series"
	"github.com/peakday/peakday/forecast/theta"
)

// SeasonalNaive forecasts each bin by the last observed bin a whole number of
// seasons before it, NaN where there is none. The season is in bins, at least 1.
func SeasonalNaive(season, horizon int) Method {
	return func(known series.Series) (ensemble.Forecast, error) {
		path := make([]float64, horizon)
		for i := range path {
			path[i] = math.NaN()
			for at := known.Len() + i - season; at >= 0; at -= season {
				if at < known.Len() && !math.IsNaN(known.Values[at]) {
					path[i] = known.Values[at]
					break
				}
			}
		}
		return ensemble.Forecast{Point: path}, nil
	}
}

// Naive2 is [theta.Naive2], the reference of OWA.
func Naive2(season, horizon int) Method {
	return func(known series.Series) (ensemble.Forecast, error) {
		return ensemble.Forecast{Point: theta.Naive2(known.Values, season, horizon)}, nil
	}
}
