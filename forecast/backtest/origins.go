package backtest

import (
	"slices"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/series"
)

// A Plan says where the origins of a backtest lie. All lengths are in bins.
type Plan struct {
	Horizon int // of each forecast, at least 1
	Stride  int // from each origin to the next, at least 1; from Horizon on windows do not overlap
	Least   int // known before the first origin
	Most    int // origins, the newest; 0: all there are
}

// Origins are the bins at which forecasts begin, oldest first: whole strides
// before the last that has its horizon known. A stride of whole seasons so gives
// each the phase of the coming forecast. A window of which half was not observed
// is no test and is left out.
func (p Plan) Origins(s series.Series) []int {
	var origins []int
	for o := s.Len() - p.Horizon; p.Horizon > 0 && p.Stride > 0 && o >= p.Least && (p.Most == 0 || len(origins) < p.Most); o -= p.Stride {
		window := series.Series{Values: s.Observed(o, o+p.Horizon)}
		if 2*window.Missing() < p.Horizon {
			origins = append(origins, o)
		}
	}
	slices.Reverse(origins)
	return origins
}

// A Method forecasts what comes after a series. Of the forecast Point is asked
// for; quantile paths and the maximum are judged if there are any.
type Method func(known series.Series) (ensemble.Forecast, error)

// A Trial is what a method said at an origin, and what came.
type Trial struct {
	Known    series.Series
	Actual   []float64 // NaN was not observed, or is only a lower bound
	Forecast ensemble.Forecast
}

// Roll asks a method at every origin. It is shown what came before and nothing
// else.
func Roll(s series.Series, p Plan, method Method) ([]Trial, error) {
	var trials []Trial
	for _, o := range p.Origins(s) {
		known := s.Until(o)
		f, err := method(known)
		if err != nil {
			return nil, err
		}
		trials = append(trials, Trial{known, s.Observed(o, o+p.Horizon), f})
	}
	return trials, nil
}
