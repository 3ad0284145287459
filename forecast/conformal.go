package forecast

import (
	"math"
	"slices"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/series"
)

// conformal is the p quantile of sorted past errors that the next one stays
// under with probability at least p, if it is exchangeable with them: the
// ceil((n+1)p)-th smallest. n errors support no p above n/(n+1); beyond it the
// largest is returned and supported is false. No errors give NaN.
//
// Source: Lei, G'Sell, Rinaldo, Tibshirani, Wasserman, Distribution-free
// predictive inference for regression, JASA 113 (2018), section 2.
func conformal(sorted []float64, p float64) (q float64, supported bool) {
	if len(sorted) == 0 {
		return math.NaN(), false
	}
	i := int(math.Ceil(float64(len(sorted)+1)*p - 1e-9)) // 0.9 of 10 is 9, whatever its last bit
	if i > len(sorted) {
		return sorted[len(sorted)-1], false
	}
	return sorted[max(i, 1)-1], true
}

// Probabilities are the quantiles a forecast gives.
func Probabilities() []float64 { return []float64{0.5, 0.9, 0.95, 0.99} }

// A rehearsal is what the model would have said at one past origin and how far
// off it was, in logs.
type rehearsal struct {
	paths [][]float64 // as the model gave them, one a probability
	peak  float64     // ln(largest bin / largest of the 0.5 path)
	error [][]float64 // ln(bin / path), one list a probability; unobserved bins left out
}

// rehearse fits the model at every origin to what came before it.
func rehearse(m Model, s series.Series, origins []int, day int) ([]rehearsal, error) {
	all := make([]rehearsal, len(origins))
	for k, o := range origins {
		fit, err := m.Fit(s.Until(o))
		if err != nil {
			return nil, err
		}
		actual := s.Values[o : o+day]
		for _, p := range Probabilities() {
			path := fit.Path(p, day)
			all[k].paths = append(all[k].paths, path)
			all[k].error = append(all[k].error, logErrors(actual, path))
		}
		all[k].peak = logPeak(actual, all[k].paths[0])
	}
	return all, nil
}

func logErrors(actual, path []float64) []float64 {
	errors := make([]float64, 0, len(actual))
	for i, y := range actual {
		if !math.IsNaN(y) {
			errors = append(errors, math.Log(y/path[i])) // -Inf for an empty bin sorts where it should
		}
	}
	return errors
}

func logPeak(actual, path []float64) float64 {
	y, _ := series.Max(actual)
	f, _ := series.Max(path)
	return math.Log(y / f)
}

// peakErrors are the sorted errors of the peak of some rehearsals.
func peakErrors(past []rehearsal) []float64 {
	errors := make([]float64, len(past))
	for i, r := range past {
		errors[i] = r.peak
	}
	slices.Sort(errors)
	return errors
}

// calibrate moves each path but the first, the point forecast, by the quantile
// of its past errors over all bins of all rehearsals, and keeps the paths in
// order (conformalised quantile regression: Romano, Patterson, Candès, NeurIPS
// 2019, in logs).
func calibrate(paths [][]float64, past []rehearsal) [][]float64 {
	moved := [][]float64{paths[0]}
	for i := 1; i < len(paths); i++ {
		var errors []float64
		for _, r := range past {
			errors = append(errors, r.error[i]...)
		}
		slices.Sort(errors)
		q, _ := conformal(errors, Probabilities()[i])
		path := make([]float64, len(paths[i]))
		for t, v := range paths[i] {
			path[t] = max(v*math.Exp(q), moved[i-1][t])
		}
		moved = append(moved, path)
	}
	return moved
}

// hindsight is the calibrated model at each origin, calibrated by the
// rehearsals whose day was over by then, and no other: the errors that set a
// bound are never those it is judged by.
func hindsight(origins []int, all []rehearsal) backtest.Method {
	at := map[int]int{}
	for k, o := range origins {
		at[o] = k
	}
	return func(known series.Series) (ensemble.Forecast, error) {
		k := at[known.Len()]
		errors := peakErrors(all[:k])
		median, _ := conformal(errors, 0.5)
		upper, supported := conformal(errors, boundP)
		if !supported {
			upper = math.NaN()
		}
		path := all[k].paths[0]
		peak, hour := series.Max(path)
		return ensemble.Forecast{Point: path, Maximum: ensemble.Maximum{
			Levels: []float64{0.5, backtest.Bound}, Quantiles: []float64{peak * math.Exp(median), peak * math.Exp(upper)}, Step: hour + 1,
		}}, nil
	}
}
