package ensemble

import (
	"math"
	"slices"

	"github.com/peakday/peakday/forecast/model"
	"github.com/peakday/peakday/forecast/series"
)

// quantiles lie around the point at multiples of the usual error of each step,
//
//	point ± width(|2p - 1|) · σ_h
func (f *Forecast) quantiles(usual, own []float64) {
	for _, p := range f.Levels {
		width := math.Copysign(width(math.Abs(2*p-1), own, len(f.Past)), p-0.5)
		path := make([]float64, len(f.Point))
		for h, v := range f.Point {
			path[h] = max(0, v+width*usual[h])
		}
		f.Quantiles = append(f.Quantiles, path)
	}
}

// width is how many usual errors the interval is wide to either side that holds
// share c of the values:
//
//	own(c)^(1-others) · Needed(c)^others,   others = OthersShare(rehearsals)
//
// own(c) is what share c of the series' own past errors, over their σ, stayed
// under (conformal, as it comes: rehearsals share weights and overlap). Own errors
// know the series, and their quantile is of few, dependent values. With two thirds
// of the say for them MSIS was 0.1 % smaller, no more than chance.
//
// Source of the score: Lei, G'Sell, Rinaldo, Tibshirani, Wasserman,
// Distribution-free predictive inference for regression, JASA 113 (2018),
// section 5.2, locally weighted conformal inference.
func width(c float64, own []float64, rehearsals int) float64 {
	others := OthersShare(rehearsals)
	width := math.Pow(Needed(c), others)
	if len(own) > 0 {
		width *= math.Pow(series.Quantile(own, c), 1-others)
	}
	return width
}

// usual is the usual absolute error σ of each step ahead, and past errors over
// theirs by rehearsal, NaN where nothing was observed.
//
//	σ_h = near_h · ( distance · height · spread )^(1/5)
//
// Errors grow with how far ahead a step is, with the forecast and with how far
// apart the members were; near_h is the mean of |past error| over that product, to
// four fifths at step h and two to either side, the nearest with most weight, to one
// fifth at all steps. The root and the shares were chosen by MSIS on M4's series with
// an even hash. On the others the spread makes the pinball loss at 0.95 smaller by
// 0.6 % and MSIS by 0.8 %. More weight for newer errors, and quantiles of each side for
// itself, gave nothing.
func (f *Forecast) usual(p *model.Problem) (usual []float64, errors [][]float64) {
	if len(f.Past) == 0 {
		return slices.Repeat([]float64{f.change(p)}, len(f.Point)), nil
	}
	const (
		near     = 2 // steps to either side
		allShare = 0.2
	)
	expected := f.expected()
	usual = make([]float64, len(f.Point))
	sums, seen := make([]float64, len(usual)), make([]float64, len(usual))
	total, count := 0.0, 0.0
	for _, r := range f.Past {
		by := make([]float64, len(usual))
		for h, y := range r.Actual {
			by[h] = (y - r.Path[h]) / expected(h, r.Path[h], r.spread[h])
			if e := math.Abs(by[h]); isNumber(e) {
				sums[h] += e
				seen[h]++
				total += e
				count++
			}
		}
		errors = append(errors, by)
	}
	for h := range usual {
		sum, weight := 0.0, 0.0
		for d := -near; d <= near; d++ {
			if at := h + d; at >= 0 && at < len(usual) {
				w := float64(near + 1 - max(d, -d))
				sum += w * sums[at]
				weight += w * seen[at]
			}
		}
		usual[h] = total / count
		if weight > 0 {
			usual[h] = allShare*total/count + (1-allShare)*sum/weight
		}
		for _, by := range errors {
			by[h] /= usual[h] + math.SmallestNonzeroFloat32
		}
		usual[h] *= expected(h, f.Point[h], f.spread[h])
	}
	return usual, errors
}

// change is the usual change over a season, for want of errors, where both ends of it
// were observed.
func (f *Forecast) change(p *model.Problem) float64 {
	y := p.Values
	f.warn("%d values: too few observed to rehearse the forecast: all models count alike, and the quantiles are those of the change over a season", len(y))
	m := 1
	if len(p.Seasons) > 0 && p.Seasons[0] < len(y) {
		m = p.Seasons[0]
	}
	var changes []float64
	for t := m; t < len(y); t++ {
		if p.Filled == nil || !p.Filled[t] && !p.Filled[t-m] {
			changes = append(changes, math.Abs(y[t]-y[t-m]))
		}
	}
	return mean(changes)
}

// expected is what the errors of a step are compared by.
func (f *Forecast) expected() func(h int, height, spread float64) float64 {
	const (
		floor  = 0.05 // of the mean forecast: lower steps, and those of which all say the same, are no more certain
		ground = 1e-9 // values are below 1
	)
	least := floor*mean(f.Point) + ground
	return func(h int, height, spread float64) float64 {
		return math.Pow(float64(h+1)*(height+least)*(spread+least), 1./5)
	}
}

// sizes of errors, sorted, those that are known.
func sizes(errors [][]float64) []float64 {
	var all []float64
	for _, e := range slices.Concat(errors...) {
		if isNumber(e) {
			all = append(all, math.Abs(e))
		}
	}
	slices.Sort(all)
	return all
}

// A point of a learnt curve.
type knot struct{ p, value float64 }

// OthersShare is what other series have to say beside n rehearsals of a series' own:
// 14/(14 + n), which is half with the most that there are.
func OthersShare(rehearsals int) float64 {
	return mostOrigins / float64(mostOrigins+rehearsals)
}

// Needed is how many usual errors M4's hourly series were off at most in share c of the
// steps. With own(c) for the series' own past errors, n rehearsals of them, the interval
// that is to hold c of the values is
//
//	point ± own(c)^(1-others) · Needed(c)^others usual errors,   others = OthersShare(n)
//
// Learnt on those whose id has an even hash, from five origins each, between the two
// tiers, by
//
//	go run ./forecast/bench -choose
func Needed(coverage float64) float64 {
	return interpolate([]knot{{0, 0}, {0.5, 0.67}, {0.8, 1.39}, {0.9, 1.91}, {0.95, 2.5}, {0.98, 3.56}, {0.99, 4.76}}, coverage)
}

// interpolate runs straight between the knots over -ln(1 - p), and on beyond the
// last: an exponential tail.
func interpolate(curve []knot, p float64) float64 {
	i := 1
	for i < len(curve)-1 && curve[i].p < p {
		i++
	}
	a, b := curve[i-1], curve[i]
	x := (math.Log1p(-a.p) - math.Log1p(-p)) / (math.Log1p(-a.p) - math.Log1p(-b.p))
	return a.value + x*(b.value-a.value)
}

func mean(x []float64) float64 {
	total := 0.0
	for _, v := range x {
		total += v
	}
	return total / max(float64(len(x)), 1)
}
