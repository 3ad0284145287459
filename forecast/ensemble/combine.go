package ensemble

import (
	"cmp"
	"math"
	"slices"

	"github.com/peakday/peakday/forecast/model"
	"github.com/peakday/peakday/forecast/series"
)

// A combination is what every member said at every origin, and how far off it
// was where that is known.
type combination struct {
	problem *model.Problem
	tier    Tier
	paths   [][][]float64 // by member, by origin
	errors  [][]float64   // by member, by rehearsal, see off
}

func newCombination(p *model.Problem, tier Tier) *combination {
	c := &combination{problem: p, tier: tier}
	tops := tops(p)
	for _, m := range tier.Members {
		paths := grid(len(p.Origins), p.Horizon)
		m.Forecast(p, paths)
		tame(p, tops, paths)
		errors := make([]float64, len(p.Origins)-1)
		for k := range errors {
			errors[k] = c.off(paths[k], k)
		}
		c.paths = append(c.paths, paths)
		c.errors = append(c.errors, errors)
	}
	return c
}

// off is how far a path was off at a rehearsal, over what was observed: the sum
// of the symmetric relative error, which hears the nights, and the absolute
// error over the mean, which hears the peaks. On M4 hourly weights by both were
// better in either than weights by one. It is NaN if nothing was observed.
func (c *combination) off(path []float64, rehearsal int) float64 {
	p := c.problem
	relative, absolute, level, n := 0.0, 0.0, 0.0, 0.0
	for i, f := range path {
		t := p.Origins[rehearsal] + i
		if p.Filled != nil && p.Filled[t] {
			continue
		}
		y := p.Values[t]
		e := math.Abs(y - f)
		if e > 0 {
			relative += 2 * e / (y + f)
		}
		absolute += e
		level += y
		n++
	}
	if n == 0 {
		return math.NaN()
	}
	const ground = 1e-9 // values are below 1
	return relative/n + absolute/(level+ground)
}

// A Voice is what a member says of the steps to come, and how much it is to be
// believed: all that a combination asks of it.
type Voice struct {
	Path  []float64
	Error float64 // mean over the rehearsals of the log of how far off it was
	Say   float64 // of the member
}

// voices are those of all members at an origin. Their errors are the geometric
// means over the rehearsals but those that without names: in the mean of the errors
// themselves one wild day would choose alone.
func (c *combination) voices(origin int, without func(rehearsal int) bool) []Voice {
	const ground = 1e-4 // smaller errors are as good as none
	all := make([]Voice, len(c.errors))
	for m, errors := range c.errors {
		n := 0.0
		for k, e := range errors {
			if isNumber(e) && !without(k) {
				all[m].Error += math.Log(e + ground)
				n++
			}
		}
		all[m].Error /= max(n, 1)
		all[m].Path, all[m].Say = c.paths[m][origin], c.tier.Members[m].Say
	}
	return all
}

// final is what members say from the last origin.
func (c *combination) final() []Voice {
	return c.voices(len(c.problem.Origins)-1, func(int) bool { return false })
}

// Combine is the weighted middle of the voices, at least one, step by step, and their
// weights: say/error^Power, which add up to 1.
func (t Tier) Combine(voices []Voice) (path, weights []float64) {
	weights = make([]float64, len(voices))
	least, sum := math.Inf(1), 0.0
	for _, v := range voices {
		least = min(least, v.Error)
	}
	for m, v := range voices {
		weights[m] = v.Say * math.Exp(t.Power*(least-v.Error))
		sum += weights[m]
	}
	for m := range weights {
		weights[m] /= sum
	}
	path = make([]float64, len(voices[0].Path))
	votes := make([]vote, len(voices))
	for i := range path {
		for m, v := range voices {
			votes[m] = vote{v.Path[i], weights[m]}
		}
		path[i] = t.middle(votes)
	}
	return path, weights
}

// spread is how far the voices are from the path on average, step by step.
func spread(voices []Voice, path, weights []float64) []float64 {
	spread := make([]float64, len(path))
	for m, voice := range voices {
		for i, v := range voice.Path {
			spread[i] += weights[m] * math.Abs(v-path[i])
		}
	}
	return spread
}

type vote struct{ value, weight float64 }

// middle is the weighted mean of the votes without the lowest and the highest. It
// sorts them.
func (t Tier) middle(votes []vote) float64 {
	slices.SortFunc(votes, func(a, b vote) int { return cmp.Compare(a.value, b.value) })
	from, sum, weight := 0.0, 0.0, 0.0
	for _, v := range votes {
		to := from + v.weight
		if inside := min(to, 1-t.Trim) - max(from, t.Trim); inside > 0 {
			sum += inside * v.value
			weight += inside
		}
		from = to
	}
	return sum / weight
}

// A Rehearsal is what the combination would have said at a past origin, and
// what came; NaN was not observed.
type Rehearsal struct {
	Path, Actual []float64

	spread []float64 // of the voices at each step, before scale
}

// Peak is the largest value that came. It is known unless nothing was observed, or
// a step that was not had been forecast higher: that one may have been the peak. So
// may a throttled step that was forecast low, which goes unnoticed.
func (r Rehearsal) Peak() (size float64, known bool) {
	size, at := series.Max(r.Actual)
	for h, y := range r.Actual {
		if math.IsNaN(y) && r.Path[h] > size {
			return size, false
		}
	}
	return size, at >= 0
}

// rehearse forecasts from every past origin with the weights that it, its
// neighbours and all whose horizon overlaps its own had no part in: a combination
// that has seen its own errors looks too sure.
func (c *combination) rehearse() []Rehearsal {
	p := c.problem
	var past []Rehearsal
	for k := range len(p.Origins) - 1 {
		actual := slices.Clone(p.Values[p.Origins[k] : p.Origins[k]+p.Horizon])
		for i := range actual {
			if p.Filled != nil && p.Filled[p.Origins[k]+i] {
				actual[i] = math.NaN()
			}
		}
		if !slices.ContainsFunc(actual, isNumber) {
			continue // nobody knows how it did
		}
		voices := c.voices(k, func(other int) bool {
			apart := p.Origins[k] - p.Origins[other]
			return max(k-other, other-k) <= 1 || max(apart, -apart) < p.Horizon
		})
		path, weights := c.tier.Combine(voices)
		past = append(past, Rehearsal{path, actual, spread(voices, path, weights)})
	}
	return past
}

func grid(rows, columns int) [][]float64 {
	all := make([]float64, rows*columns)
	g := make([][]float64, rows)
	for i := range g {
		g[i] = all[i*columns : (i+1)*columns : (i+1)*columns]
	}
	return g
}

// most is how many times its largest value so far a series may become.
const most = 3

// tame keeps the paths of a model between 0 and three times tops, the largest
// value before each origin. What is no number becomes the last value.
func tame(p *model.Problem, tops []float64, paths [][]float64) {
	for k, o := range p.Origins {
		for i, v := range paths[k] {
			if math.IsNaN(v) {
				v = p.Values[o-1]
			}
			paths[k][i] = min(max(v, 0), most*tops[k])
		}
	}
}

// tops are the largest values before each origin.
func tops(p *model.Problem) []float64 {
	tops := make([]float64, len(p.Origins))
	top, seen := 0.0, 0
	for k, o := range p.Origins {
		for ; seen < o; seen++ {
			top = max(top, p.Values[seen])
		}
		tops[k] = top
	}
	return tops
}
