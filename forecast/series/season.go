package series

import (
	"cmp"
	"slices"
	"time"
)

// A Season is a cycle that was found in a series.
type Season struct {
	Length int     // bins
	F      float64 // variance between the phases over the variance within them, at most 1e9
	P      float64 // chance of so large an F, or larger, without a season
	R      float64 // autocorrelation at the length, in [-1, 1], of ranks or values, once trend, longer waves and the seasons found before are out
}

const (
	// level is the chance of finding a season where none is, over all periods
	// that the length of the series can tell apart.
	level = 0.05
	// leastCycles of a season must have come: with fewer a trend or a slow wave looks like one.
	leastCycles = 4
	// mostCandidates is how many peaks of the periodogram are looked at.
	mostCandidates = 12
	// largestF is what a season without noise has.
	largestF = 1e9
	// mostSeasons is how many are found at most.
	mostSeasons = 4
	// longestSeries is how many of the newest bins are looked at: six weeks of minutes.
	longestSeries = 1 << 16
	// leastR is the autocorrelation under which a season, however sure, is of no
	// use to a forecast: the sidebands of a day that differs from day to day.
	leastR = 0.3
)

// FindSeasons finds the seasons of a series, shortest first; none is a nil
// slice. Throttled bins and holes are left out. It tests ranks, so that a
// few wild days decide nothing and scale does not matter.
//
//  1. Candidates are the hour, day and week where the step is known and
//     divides them, 24 and 168 where it is not, and the highest ordinates of the periodogram, each moved to
//     the nearest hill of the autocorrelation, which tells long periods apart
//     where the periodogram cannot (Vlachos, Yu, Castelli, On periodicity
//     detection and structural similarity, SDM 2005).
//  2. The shortest that passes is taken, or the day or week that it is within a hundredth of: its moving average is taken out and
//     its phases are compared by the F of a one-way analysis of variance, the
//     test for stable seasonality of X-11 (Shiskin, Young, Musgrave, 1967).
//     Noise that remembers has fewer degrees of freedom than bins; both are
//     divided by 1 + 2 Σ r², r the autocorrelation within the phases
//     (Bartlett, 1946). The level is 5 % over all ordinates of the periodogram,
//     and the autocorrelation at the length must be above 0.3, of the ranks or,
//     as of a day with one busy hour, of the values.
//  3. Its profile is taken out and the rest searched again. So 48 is not found
//     where 24 explains it, and 168 is found only for what the week adds.
//  4. A season is dropped if twice its length was found too, as near as half a
//     step of the periodogram tells: two rushes a day make 24 hours and not 12.
//     So is one that divides the day, if the day was found: it holds its hours.
//
// At least four cycles must have come. It costs a few transforms of the length
// of the series a season; of more than 65,536 bins it looks at the newest.
func FindSeasons(s Series) []Season {
	x := ranks(s)
	if x == nil {
		return nil
	}
	values := scaled(s)
	var found []Season
	for len(found) < mostSeasons {
		season := shortest(x, values, s.Step, found)
		if season.Length == 0 {
			break
		}
		found = append(found, season)
		x, values = without(x, season.Length), without(values, season.Length)
	}
	slices.SortFunc(found, func(a, b Season) int { return cmp.Compare(a.Length, b.Length) })
	day := s.Bins(24 * time.Hour)
	var kept []Season
	for i, short := range found {
		if !slices.ContainsFunc(found[i+1:], func(long Season) bool {
			return near(2*short.Length, long.Length, 2*len(x)) || long.Length == day && day%short.Length == 0
		}) {
			kept = append(kept, short)
		}
	}
	return kept
}

// near tells lengths that n bins cannot tell apart: frequencies within 1/n.
func near(m, length, n int) bool { return max(m-length, length-m) <= length*length/n }

// shortest season of ranks x and of values beside those found; a length of 0 if there
// is none.
func shortest(x, values []float64, step time.Duration, found []Season) Season {
	test := func(m int) (Season, bool) {
		season := stability(detrended(x, m), m)
		if season.P >= level/float64(len(x)/2) {
			return season, false
		}
		if season.R <= leastR {
			season.R = correlation(detrended(values, m), m) // one busy hour of a day is too few ranks
		}
		return season, season.R > leastR
	}
	// Of lengths nearer than the periodogram can tell apart the best is taken.
	var best Season
	for _, m := range candidates(x, step) {
		if best.Length > 0 && m > best.Length+1 && !near(best.Length, m, len(x)) {
			break
		}
		if slices.ContainsFunc(found, func(f Season) bool { return max(m-f.Length, f.Length-m) <= 1 || near(m, f.Length, len(x)) }) {
			continue
		}
		if season, ok := test(m); ok && season.F > best.F {
			best = season
		}
	}
	// What is a hundredth off a day or a week is that day or week.
	for _, m := range calendar(step) {
		if off := max(m-best.Length, best.Length-m); off > 0 && 100*off <= m {
			if season, ok := test(m); ok {
				return season
			}
		}
	}
	return best
}
