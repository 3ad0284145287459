package gpd

import (
	"fmt"
	"math"
	"slices"

	"github.com/peakday/peakday/forecast/simplex"
)

// A Penalty draws the shape towards Mean: the log likelihood less
// (ξ - Mean)²/(2·SD²). An SD of 0 or +Inf is none.
type Penalty struct{ Mean, SD float64 }

// Usual has 95 % of shapes in -0.2 to 0.5.
func Usual() Penalty { return Penalty{Mean: 0.15, SD: 0.175} }

// least is the number of excesses under which nothing is said.
const least = 10

// MaximumLikelihood fits a distribution to ten or more excesses > 0 that are not
// all the same, shape in (-1, 2): beyond -1 the likelihood has no largest value.
func MaximumLikelihood(excesses []float64, p Penalty) (Distribution, error) {
	x, mean, err := scaled(excesses)
	if err != nil {
		return Distribution{}, err
	}
	if p.SD < 0 || math.IsNaN(p.Mean+p.SD) {
		return Distribution{}, fmt.Errorf("gpd: a penalty of %g ± %g: want a deviation of 0 or more", p.Mean, p.SD)
	}
	cost := func(at []float64) float64 {
		d := Distribution{Scale: math.Exp(at[0]), Shape: at[1]}
		if d.Shape <= -1 || d.Shape >= 2 {
			return math.Inf(1)
		}
		c := -d.LogLik(x)
		if p.SD > 0 {
			off := (d.Shape - p.Mean) / p.SD
			c += off * off / 2
		}
		return c
	}
	best, low := []float64(nil), math.Inf(1)
	for _, start := range [][]float64{{0, 0}, {-0.5, 0.5}, {math.Log(0.5 * slices.Max(x)), -0.4}} {
		at, value := simplex.Minimize(cost, start, []float64{0.2, 0.1}, 1000)
		if value < low {
			best, low = at, value
		}
	}
	return Distribution{Scale: mean * math.Exp(best[0]), Shape: best[1]}, nil
}

// WeightedMoments fits by the mean and the mean weighted by the share of larger
// excesses (Hosking, Wallis 1987), under the conditions of MaximumLikelihood. Good
// for shapes under 0.5 and quick; where the end found would cut off the largest
// excess, the scale is raised until it does not.
func WeightedMoments(excesses []float64) (Distribution, error) {
	x, mean, err := scaled(excesses)
	if err != nil {
		return Distribution{}, err
	}
	slices.Sort(x)
	n := float64(len(x))
	a := 0.0
	for i, v := range x {
		a += (1 - (float64(i+1)-0.35)/n) * v / n
	}
	d := Distribution{Scale: 2 * a / (1 - 2*a), Shape: 2 - 1/(1-2*a)}
	if end := -d.Shape * x[len(x)-1]; d.Scale <= end {
		d.Scale = end * (1 + 1e-9)
	}
	d.Scale *= mean
	return d, nil
}

// scaled is a copy over its mean.
func scaled(excesses []float64) (x []float64, mean float64, err error) {
	if len(excesses) < least {
		return nil, 0, fmt.Errorf("gpd: %d excesses: want %d or more", len(excesses), least)
	}
	for i, v := range excesses {
		if !(v > 0) || v > limit {
			return nil, 0, fmt.Errorf("gpd: excess %d is %g: want more than 0, at most %g", i, v, limit)
		}
		mean += v / float64(len(excesses))
	}
	if low, high := slices.Min(excesses), slices.Max(excesses); high-low <= 1e-9*high {
		return nil, 0, fmt.Errorf("gpd: all %d excesses are about %g: want some that differ", len(excesses), low)
	}
	for _, v := range excesses {
		x = append(x, v/mean)
	}
	return x, mean, nil
}

// limit keeps sums within float64.
const limit = 1e100
