package series

import (
	"fmt"
	"math"
	"time"
)

// Resample adds bins up to bins of a coarser step, which must be a whole
// multiple of the series' own. The coarse bins begin at whole steps after the
// midnight before the series (in its location), or with bin 0 where its own
// bins do not meet midnight; a day of them is 24 hours, whatever the clock does.
//
// A coarse bin of which every fine bin was counted is their sum. With one that
// was throttled it is throttled, and its value the sum of what was counted: a
// lower bound still. Where at least the share least, in (0, 1], was counted, the
// mean of the counted stands for the rest; estimated says in how many bins.
// Under that share it is an outage if any part of it was, and else missing.
//
// Regressors are averaged, what runs past the end too. Seasons are lengths in
// bins and so not kept.
func (s Series) Resample(step time.Duration, least float64) (coarse Series, estimated int, err error) {
	if s.Step <= 0 || step < s.Step || step%s.Step != 0 {
		return Series{}, 0, fmt.Errorf("resampling a step of %v to %v: want a whole multiple", s.Step, step)
	}
	per, lead := int(step/s.Step), 0
	y, m, d := s.Start.Date()
	if since := s.Start.Sub(time.Date(y, m, d, 0, 0, 0, 0, s.Start.Location())); since%s.Step == 0 {
		lead = int(since%step) / int(s.Step)
	}
	coarse = Series{Start: s.At(-lead), Step: step, Values: make([]float64, (lead+s.Len()+per-1)/per)}
	for c := range coarse.Values {
		first := max(0, c*per-lead)
		last := min(s.Len(), (c+1)*per-lead)
		value, state, guessed := s.total(first, last, per, least)
		coarse.Values[c] = value
		if state == Outage || state == Throttled {
			if coarse.States == nil {
				coarse.States = make([]State, len(coarse.Values))
			}
			coarse.States[c] = state
		}
		if guessed {
			estimated++
		}
	}
	for _, r := range s.Regressors {
		coarse.Regressors = append(coarse.Regressors, r.mean(per, lead))
	}
	return coarse, estimated, nil
}

// total of the bins from first up to last, which are all there is of per.
func (s Series) total(first, last, per int, least float64) (value float64, state State, guessed bool) {
	seen, out, throttled := 0, false, false
	for i := first; i < last; i++ {
		switch s.State(i) {
		case Outage:
			out = true
			continue
		case Missing:
			continue
		case Throttled:
			throttled = true
		}
		seen++
		value += s.Values[i]
	}
	switch {
	case throttled:
		return value, Throttled, false
	case seen == per:
		return value, Value, false
	case seen > 0 && float64(seen) >= least*float64(per):
		return value * float64(per) / float64(seen), Value, true
	case out:
		return math.NaN(), Outage, false
	}
	return math.NaN(), Missing, false
}

// mean over every per bins, of which the first group lacks lead; NaN where none is known.
func (r Regressor) mean(per, lead int) Regressor {
	coarse := Regressor{Name: r.Name, Values: make([]float64, (lead+len(r.Values)+per-1)/per)}
	for c := range coarse.Values {
		sum, n := 0.0, 0
		for _, v := range r.Values[max(0, c*per-lead):min(len(r.Values), (c+1)*per-lead)] {
			if !math.IsNaN(v) {
				sum += v
				n++
			}
		}
		coarse.Values[c] = sum / float64(n)
	}
	return coarse
}
