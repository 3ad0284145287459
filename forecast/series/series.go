package series

import (
	"math"
	"time"
)

// A Series is a history in bins of equal length. Bin i covers the time from
// At(i) up to At(i+1) and holds how much came in it.
//
// The zero value is an empty series.
type Series struct {
	Start  time.Time     // start of bin 0; its location decides what an hour of the week is
	Step   time.Duration // length of a bin; 0 for positions that no clock belongs to (M4), where At is Start always
	Values []float64     // one a bin, >= 0, NaN where nothing was observed

	States     []State     // one a bin, see State; nil: nothing is marked, a number is a value and NaN is missing
	Seasons    []int       // lengths in bins, shortest first; nil: nobody said, see FindSeasons
	Regressors []Regressor // known beside the values
}

// A Regressor is known for each bin and, where the model is to use it, for the
// bins of the forecast too: Values[i] belongs to bin i of the series and may
// run past its end. NaN is not known.
type Regressor struct {
	Name   string
	Values []float64
}

// From is the regressor of a series without its first n bins.
func (r Regressor) From(n int) Regressor {
	r.Values = r.Values[min(n, len(r.Values)):]
	return r
}

// Len is the number of bins, observed or not.
func (s Series) Len() int { return len(s.Values) }

// At is when bin i starts. It is defined for any i, past the end too.
func (s Series) At(i int) time.Time { return s.Start.Add(time.Duration(i) * s.Step) }

// End is when the last bin ends, which is when a forecast begins.
func (s Series) End() time.Time { return s.At(s.Len()) }

// Until is the series of the first n bins. It shares the values. Regressors
// stay whole: they are what was known ahead.
func (s Series) Until(n int) Series {
	s.Values = s.Values[:n:n]
	if s.States != nil {
		s.States = s.States[:n:n]
	}
	return s
}

// Bins is how many bins cover d; the rest of a broken bin is left out.
func (s Series) Bins(d time.Duration) int {
	if s.Step <= 0 {
		return 0
	}
	return int(d / s.Step)
}

// Missing counts the bins that have no value, be it for an outage.
func (s Series) Missing() int {
	n := 0
	for _, v := range s.Values {
		if math.IsNaN(v) {
			n++
		}
	}
	return n
}

// Max is the largest observed value and its bin, the first of equals. With
// nothing observed it is NaN and -1.
func Max(values []float64) (max float64, at int) {
	max, at = math.NaN(), -1
	for i, v := range values {
		if at < 0 && !math.IsNaN(v) || v > max {
			max, at = v, i
		}
	}
	return max, at
}

// Quantile is the p quantile of sorted values that hold no NaN, interpolated
// between the two nearest: type 7 of Hyndman and Fan (1996), the default of
// R's quantile. It is NaN of nothing; p is cut to [0, 1].
func Quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	h := math.Min(math.Max(p, 0), 1) * float64(len(sorted)-1)
	i := int(h)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (h-float64(i))*(sorted[i+1]-sorted[i])
}
