// Package gpd extends a distribution beyond the largest value seen, by the
// generalised Pareto distribution of what lies over a high threshold.
//
//	t, err := gpd.Fit(errors, gpd.Options{Threshold: 0.95, Gap: 6})
//	level := t.Return(8760)        // exceeded once in 8,760 points on average
//	peak, ok := t.Max(0.99, 48)    // that the largest of 48 points stays under with 99 %
//
// Step by step:
//
//  1. the threshold is a quantile of the points;
//  2. points over it that lie fewer than Gap points apart are one cluster, of which
//     the largest counts: neighbours exceed together, and the theory wants peaks
//     that do not know of each other;
//  3. a [Distribution] with scale and shape is fitted to what the peaks have over the
//     threshold, by penalised maximum likelihood or by probability-weighted moments.
//     A shape > 0 has a tail like a power, 0 an exponential one, < 0 an end;
//  4. clusters come as in a Poisson process, so many in a point.
//
// # What it assumes
//
// Points of one kind: take out season and trend, and divide by the spread, first. A
// missing point (NaN) is no exceedance, its time passes but it is not counted as
// seen. Ten clusters at least; with ten the shape is mostly what the penalty says.
//
// # Why a penalty
//
// From 20 or 50 peaks the shape is found to ±0.2 at best, and what lies ten times
// beyond the data is off by factors. The penalty of [Usual] puts 95 % on shapes of
// -0.2 to 0.5, what traffic and floods are found to have; it loses to the data as
// these grow.
//
// # Sources
//
// J. Pickands: Statistical inference using extreme order statistics. Annals of
// Statistics 3 (1975) 119-131. J. Hosking, J. Wallis: Parameter and quantile
// estimation for the generalized Pareto distribution. Technometrics 29 (1987)
// 339-349. S. Coles, M. Dixon: Likelihood-based inference for extreme value models.
// Extremes 2 (1999) 5-23, for the penalty's idea. R. Smith, I. Weissman: Estimating
// the extremal index. JRSS B 56 (1994) 515-528, for runs. The tests compare with R's
// package evd.
package gpd
