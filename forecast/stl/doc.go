// Package stl splits a series into seasons, trend and remainder by loess.
//
//	parts, err := stl.Decompose(y, stl.Seasons(24, 168), stl.Options{})
//	// y[t] = parts.Seasonal[0][t] + parts.Seasonal[1][t] + parts.Trend[t] + parts.Remainder[t]
//
// With one season it is STL. Two loops:
//
//  1. inner, twice (once if robust): smooth each cycle-subseries (all Mondays at
//     nine, say) of the series without trend by loess over Season.Window cycles;
//     take what is slow out of it by three moving averages and a loess; the rest
//     is the season. Smooth the series without season by loess: the trend;
//  2. outer, 15 times if Options.Robust: a point far from season plus trend, by
//     more than six median absolute remainders, counts for nothing in the next
//     round, a near one almost fully.
//
// With several seasons it is MSTL: each season in turn, short ones first, is
// found by STL in the series without the others, twice over.
//
// Loess at jump points, a tenth of the window apart, is joined by straight lines,
// as in the authors' program: n·q/jump = 10·n steps for a window of q.
//
// # What it assumes
//
// Parts that add up (take logs first for parts that multiply) and at least two
// whole periods and a point of the longest season. Missing points (NaN) weigh
// nothing: seasons and trend run through the hole by what stands around it. Where
// a whole window is missing the straight line across the hole stands in.
//
// # What it leaves out
//
// Periods that are no whole number, Box-Cox, degree 2.
//
// # Sources
//
// R. B. Cleveland, W. S. Cleveland, J. McRae, I. Terpenning: STL, a
// seasonal-trend decomposition procedure based on loess. Journal of Official
// Statistics 6 (1990) 3-73. K. Bandara, R. Hyndman, C. Bergmeir: MSTL, a
// seasonal-trend decomposition algorithm for time series with multiple seasonal
// patterns, arXiv 2107.13462 (2021). Defaults are those of R's stl and of mstl in
// its package forecast, with which the tests compare.
package stl
