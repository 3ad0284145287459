package ensemble

import (
	"math"
	"slices"

	"github.com/peakday/peakday/forecast/series"
)

// quantiles lie around the point at multiples of the usual error of each step:
//
//	point ± σ_h · own(c)^w · all(c)^(1-w),   c = |2p - 1|
//
// own(c) is what share c of the series' own past errors, over their σ, stayed
// under (conformal, as it comes: rehearsals share weights and overlap); all(c)
// is what other series needed for c to hold on what they had not seen. Own
// errors have w = n/(n + 14) of the say, half with the usual 14 rehearsals:
// they know the series, and their quantile is of few, dependent values.
//
// Source of the score: Lei, G'Sell, Rinaldo, Tibshirani, Wasserman,
// Distribution-free predictive inference for regression, JASA 113 (2018),
// section 5.2, locally weighted conformal inference.
func (f *Forecast) quantiles(usual, own []float64) {
	others := OthersShare(len(f.Past))
	for _, p := range f.Levels {
		coverage := math.Abs(2*p - 1)
		width := math.Pow(Needed(coverage), others)
		if len(own) > 0 {
			width *= math.Pow(series.Quantile(own, coverage), 1-others)
		}
		width = math.Copysign(width, p-0.5)
		path := make([]float64, len(f.Point))
		for h, v := range f.Point {
			path[h] = max(0, v+width*usual[h])
		}
		f.Quantiles = append(f.Quantiles, path)
	}
}

// usual is the usual absolute error of each step ahead, and all past errors
// over theirs, sorted.
//
// Errors are divided by the root of the forecast, as those of counts are; a
// step learns from its neighbours, a little from the same hour of the next and
// the last season, and a little from all. The shares and the root were chosen
// by hand, by MSIS on the series with an even hash (see forecast/bench).
func (f *Forecast) usual(known []float64, seasons []int) (usual, own []float64) {
	usual = make([]float64, len(f.Point))
	if len(f.Past) == 0 {
		f.warn("%d values: too few observed to rehearse the forecast: all models count alike, and the quantiles are those of the change over a season", len(known))
		m := 1
		if len(seasons) > 0 && seasons[0] < len(known) {
			m = seasons[0]
		}
		change := 0.0
		for t := m; t < len(known); t++ {
			change += math.Abs(known[t]-known[t-m]) / float64(len(known)-m)
		}
		for h := range usual {
			usual[h] = change
		}
		return usual, nil
	}
	const (
		near      = 2 // steps to either side
		twinShare = 0.25
		allShare  = 0.1
		growth    = 0.1 // power of the distance: far errors are of fewer kinds and come out too small
	)
	root := f.root()
	sums, seen := make([]float64, len(usual)), make([]float64, len(usual))
	total, count := 0.0, 0.0
	for _, r := range f.Past {
		for h, y := range r.Actual {
			if !math.IsNaN(y) {
				e := math.Abs(y-r.Path[h]) / root(r.Path[h])
				sums[h] += e
				seen[h]++
				total += e
				count++
			}
		}
	}
	twin := len(usual) // none
	if len(seasons) > 0 {
		twin = seasons[0]
	}
	for h := range usual {
		sum, weight := 0.0, 0.0
		for d := -near; d <= near; d++ {
			for _, at := range []int{h + d - twin, h + d, h + d + twin} {
				if at < 0 || at >= len(usual) {
					continue
				}
				w := float64(near + 1 - max(d, -d))
				if at != h+d {
					w *= twinShare
				}
				sum += w * sums[at]
				weight += w * seen[at]
			}
		}
		usual[h] = total / max(count, 1)
		if weight > 0 {
			usual[h] = allShare*total/count + (1-allShare)*sum/weight
		}
		usual[h] *= math.Pow(2*(float64(h)+0.5)/float64(len(usual)), growth)
	}
	for _, r := range f.Past {
		for h, y := range r.Actual {
			if !math.IsNaN(y) {
				own = append(own, math.Abs(y-r.Path[h])/(usual[h]*root(r.Path[h])+math.SmallestNonzeroFloat32))
			}
		}
	}
	slices.Sort(own)
	for h, v := range f.Point {
		usual[h] *= root(v)
	}
	return usual, own
}

// root is what errors of a step of this height are divided by.
func (f *Forecast) root() func(height float64) float64 {
	const floor = 0.1 // of the mean forecast: smaller values are no more certain
	least := floor*mean(f.Point) + math.SmallestNonzeroFloat32
	return func(height float64) float64 { return math.Sqrt(max(height, least)) }
}

// A point of a learnt curve.
type knot struct{ p, value float64 }

// OthersShare is 1 - w, what other series have to say about the width of a
// quantile beside so many rehearsals: half with the usual number.
func OthersShare(rehearsals int) float64 {
	return mostOrigins / float64(mostOrigins+rehearsals)
}

// Needed is all(c): how many usual errors M4's hourly series were off at most
// in share c of the steps. Learnt on those whose id has an even hash, from five
// origins each, between the two tiers, by
//
//	go run ./forecast/bench -choose
func Needed(coverage float64) float64 {
	return interpolate([]knot{{0, 0}, {0.5, 0.67}, {0.8, 1.39}, {0.9, 1.89}, {0.95, 2.46}, {0.98, 3.6}, {0.99, 4.65}}, coverage)
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
