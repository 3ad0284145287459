package ets

import (
	"fmt"
	"math"
	"slices"
)

// A Model has run through a series and stands at its end.
type Model struct {
	Form   Form
	Period int // of the season; 1 without
	Params Params

	Errors []float64 // e at each point, relative if the form's error is multiplicative; NaN where missing
	Sigma2 float64   // of e: sum of squares over points less parameters

	// LogLik leaves out the constant -n/2·(ln(2π/n) + 1), as in Hyndman et al., so
	// that it and AICc compare forms of this package on the same series only.
	LogLik, AICc float64

	level, slope float64
	season       []float64 // of the coming points
}

// Filter runs through y with the parameters given. Season in p has period values;
// y is as for Fit.
func Filter(y []float64, f Form, period int, p Params) (Model, error) {
	if err := f.check(y, period); err != nil {
		return Model{}, err
	}
	if f.Season == None {
		period, p.Season = 1, nil
	} else if len(p.Season) != period {
		return Model{}, fmt.Errorf("ets: %d initial seasons for a period of %d: want one each", len(p.Season), period)
	}
	m := Model{Form: f, Period: period, Params: p, Errors: make([]float64, len(y))}
	m.season = slices.Clone(p.Season)
	r := runner{f: f, y: y, season: m.season, errors: m.Errors}
	sum := r.run(p)
	if !sum.ok {
		return Model{}, fmt.Errorf("ets: %v expects a value ≤ 0 or none at all with these parameters; want parameters that keep it positive", f)
	}
	m.level, m.slope = r.level, r.slope
	m.rotate(len(y))
	k := float64(f.count(period))
	n := float64(sum.seen)
	m.Sigma2 = sum.squares / (n - k + 1)
	m.LogLik = -0.5 * sum.minus2
	m.AICc = sum.minus2 + 2*k + 2*k*(k+1)/(n-k-1)
	return m, nil
}

// rotate puts the season of the first coming point first.
func (m *Model) rotate(n int) {
	if len(m.season) == 0 {
		return
	}
	at := n % m.Period
	m.season = append(slices.Clone(m.season[at:]), m.season[:at]...)
}

// A runner runs a form through a series again and again. season is overwritten by
// each run, as are errors if not nil.
type runner struct {
	f            Form
	y            []float64
	season       []float64 // by t modulo the period
	errors       []float64
	level, slope float64
}

type sums struct {
	seen    int
	squares float64 // of e
	minus2  float64 // -2 ln likelihood
	ok      bool
}

// run leaves the states at the end in the runner.
func (r *runner) run(p Params) (s sums) {
	copy(r.season, p.Season)
	l, b, phi := p.Level, p.Slope, p.Phi
	switch r.f.Trend {
	case None:
		b, phi = 0, 0
		p.Beta = 0
	case Additive:
		phi = 1
	}
	relative := r.f.Error == Multiplicative
	times := r.f.Season == Multiplicative
	logs, scale := 0.0, 0.0
	for t, phase := 0, 0; t < len(r.y); t++ {
		q := l + phi*b
		expected := q
		switch r.f.Season {
		case Additive:
			expected += r.season[phase]
		case Multiplicative:
			expected *= r.season[phase]
		}
		l, b = q, phi*b
		e := r.y[t] - expected
		if !math.IsNaN(r.y[t]) {
			rest := e
			if relative {
				if expected <= 0 {
					return s
				}
				e /= expected
				logs += math.Log(expected)
			}
			scale = max(scale, math.Abs(expected))
			s.seen++
			s.squares += e * e
			switch {
			case times:
				old := r.season[phase]
				r.season[phase] += p.Gamma * rest / q
				rest /= old
			case r.f.Season == Additive:
				r.season[phase] += p.Gamma * rest
			}
			l += p.Alpha * rest
			b += p.Beta * rest
		}
		if r.errors != nil {
			r.errors[t] = e
		}
		if phase++; phase >= len(r.season) {
			phase = 0
		}
	}
	r.level, r.slope = l, b
	// A series followed exactly has no likelihood: errors under a rounding of the
	// largest value count as one.
	least := 1e-15
	if !relative {
		least *= max(scale, 1e-100)
	}
	n := float64(s.seen)
	s.minus2 = n*math.Log(max(s.squares, n*least*least)) + 2*logs
	s.ok = !math.IsNaN(s.minus2) && !math.IsInf(s.minus2, 0)
	return s
}
