// Package sizing says how many instances a day needs.
//
//	plan, err := sizing.New(f, sizing.Options{Capacity: 80, Lift: 12.5, Spare: 1, Replicas: 40})
//
// For each quantile of the forecast peak, once as forecast and once with an
// event that multiplies it by Lift:
//
//	needed   = ceil(peak / capacity)
//	replicas = needed + spare             (N+1 with a spare of 1)
//
// and the risk that the peak is more than N instances can do, as a curve over
// N. The peaks come as the quantiles k/(n+1) of the forecast's distribution, so
// for a level that k of the n values exceed
//
//	P(peak > N × capacity) <= (k + 1) / (n + 1)
//
// It is never 0: with nothing above, all that n values can say is 1/(n+1).
//
// # What it assumes
//
// That instances add up: twice as many do twice as much, and the balancer
// gives each its share exactly. Neither holds for ever (a shared database, a
// random split), so the plan carries the sentence with it. A capacity that is a
// lower bound makes the plan too large, never too small.
package sizing
