package ensemble

import (
	"fmt"
	"math"
	"slices"

	"github.com/peakday/peakday/forecast/model"
	"github.com/peakday/peakday/forecast/series"
)

// Options say what to forecast.
type Options struct {
	Horizon int       // steps, at least 1
	Seasons []int     // lengths in steps, > 1, shortest first; none is allowed
	Levels  []float64 // probabilities of the quantile paths, from 1e-9 to 1 - 1e-9, rising; none is allowed
	Tier    Tier      // Standard(), Fast() or, where there are regressors, Informed()

	// Regressors are known ahead: what they say of the horizon follows on what they
	// said of the values. The members of Informed hear them, no others.
	Regressors []series.Regressor
}

// A Forecast is what comes after a series.
type Forecast struct {
	Point   []float64   // one a step, >= 0: as likely passed as not
	Weights []float64   // share of each member of the tier; they add up to 1
	Past    []Rehearsal // that weights and quantiles were learnt from, oldest first

	Levels    []float64   // as asked for
	Quantiles [][]float64 // one path a level, >= 0; none crosses another
	Maximum   Maximum

	Warnings []string

	spread   []float64 // of the voices at each step, before scale
	exponent int       // of the power of two above all values known
}

// New forecasts what comes after values, counts of equal steps in which NaN is
// missing. It is serial, and the same arguments give the same forecast. What it
// cannot do well it does simply, and warns; it refuses values that are no
// counts and options that mean nothing.
func New(values []float64, o Options) (Forecast, error) {
	var f Forecast
	c, err := f.ask(values, o)
	if err != nil {
		return Forecast{}, err
	}
	voices := c.final()
	f.Point, f.Weights = o.Tier.Combine(voices)
	f.spread = spread(voices, f.Point, f.Weights)
	for i, v := range f.Point {
		f.Point[i] = onGrid(v)
	}
	f.Past = c.rehearse()
	if n := len(f.Past); n > 0 && n < fewOrigins {
		f.warn("%d past forecasts to learn from: the quantiles are mostly those that other series needed", n)
	}
	known := c.problem.Values
	usual, errors := f.usual(c.problem)
	own := sizes(errors)
	f.quantiles(usual, own)
	f.maximum(usual, own, errors)
	top, _ := series.Max(known)
	highest, _ := series.Max(f.Point)
	switch q := f.Maximum.Quantiles[len(f.Maximum.Quantiles)-1]; {
	case highest == 0 && top > 0:
		f.rare(c.problem)
	case q > 2*top:
		f.warn("the 0.99 quantile of the maximum is %.1f times the largest value known: it is extrapolated", q/top)
	}
	f.scale()
	return f, nil
}

// Voices are what each member of the tier says. [Tier.Combine] makes of them what New
// forecasts, but for its rounding, or what it would of some, without asking them again.
func Voices(values []float64, o Options) ([]Voice, error) {
	var f Forecast
	c, err := f.ask(values, o)
	if err != nil {
		return nil, err
	}
	voices := c.final()
	for m, v := range voices {
		voices[m].Path = slices.Clone(v.Path) // alone, without those of the rehearsals
		for i, y := range v.Path {
			voices[m].Path[i] = math.Ldexp(y, f.exponent)
		}
	}
	return voices, nil
}

// ask lets all members forecast from all origins, of the values over the power of
// two above them: squares of 10^300 are no numbers.
func (f *Forecast) ask(values []float64, o Options) (*combination, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	f.Levels = o.Levels
	known, filled, err := f.known(values, o.Seasons)
	if err != nil {
		return nil, err
	}
	top, _ := series.Max(known)
	_, f.exponent = math.Frexp(top)
	for i, v := range known {
		known[i] = math.Ldexp(v, -f.exponent)
	}
	origins := append(rehearsals(len(known), o), len(known))
	p := &model.Problem{Values: known, Filled: filled, Seasons: o.Seasons, Origins: origins, Horizon: o.Horizon}
	for _, r := range o.Regressors {
		p.Regressors = append(p.Regressors, r.From(len(values)-len(known)))
	}
	return newCombination(p, o.Tier), nil
}

// edge of the probabilities that anything may be said of: once in a billion steps.
const edge = 1e-9

func (o Options) check() error {
	switch {
	case o.Horizon < 1:
		return fmt.Errorf("horizon %d: want at least one step", o.Horizon)
	case len(o.Tier.Members) == 0:
		return fmt.Errorf("a tier without models: want Fast() or Standard()")
	}
	for i, m := range o.Seasons {
		if m < 2 || i > 0 && m <= o.Seasons[i-1] {
			return fmt.Errorf("seasons %v: want lengths of at least 2 steps, shortest first", o.Seasons)
		}
	}
	for i, p := range o.Levels {
		if !(p >= edge && p <= 1-edge) || i > 0 && p <= o.Levels[i-1] {
			return fmt.Errorf("levels %v: want probabilities from %g to 1 - %[2]g, rising", o.Levels, edge)
		}
	}
	return nil
}

func (f *Forecast) warn(format string, args ...any) {
	f.Warnings = append(f.Warnings, fmt.Sprintf(format, args...))
}

// scale gives the values back their size.
func (f *Forecast) scale() {
	paths := append([][]float64{f.Point, f.Maximum.Quantiles}, f.Quantiles...)
	for _, r := range f.Past {
		paths = append(paths, r.Path, r.Actual)
	}
	for _, path := range paths {
		for i, v := range path {
			path[i] = math.Ldexp(v, f.exponent)
		}
	}
}

const (
	// leastOrigins is how many rehearsals weights are learnt from at least.
	leastOrigins = 2
	// fewOrigins are so few that it is told: others have three quarters of the say.
	fewOrigins = 5
	// mostOrigins are rehearsed, a shortest season apart, so that each begins
	// where the forecast begins.
	mostOrigins = 14
)

// rehearsals are origins whose whole horizon is known, rising. Before the first
// lies the longest season, a shortest one and a horizon, if that leaves enough
// origins; else the longest is given up.
func rehearsals(n int, o Options) []int {
	step := 1
	if len(o.Seasons) > 0 {
		step = o.Seasons[0]
	}
	for k := len(o.Seasons) - 1; ; k-- {
		least := step + 2
		if k >= 0 {
			least = o.Seasons[k] + step + min(o.Horizon, 2*step)
		}
		count := min((n-o.Horizon-least)/step+1, mostOrigins)
		if n-o.Horizon < least {
			count = 0
		}
		if count >= leastOrigins || k < 0 {
			origins := make([]int, count)
			for i := range origins {
				origins[i] = n - o.Horizon - (count-1-i)*step
			}
			return origins
		}
	}
}
