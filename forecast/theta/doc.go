// Package theta forecasts by the Theta method: a smoothed level and a part of the
// straight line through the series, after its season is taken out.
//
//	m, err := theta.Fit(y, 7)        // half the line's slope, as in the M3 competition
//	d, err := theta.FitDynamic(y, 7) // the share of the line fitted, the line drawn anew at each point
//	mean, variance := m.Forecast(14)
//
// What they do:
//
//  1. The season is looked for by the correlation at one period (90 % test). If there
//     is one it is averaged out of the ratios to a moving mean, or of the differences
//     where a point is ≤ 0;
//  2. Fit smooths what is left with one parameter α to a level l and adds half the
//     slope b of its regression line: l + b/2·(h - 1 + (1 - (1-α)^n)/α);
//  3. FitDynamic fits α, the first level and θ, the curvature of the line that is
//     smoothed: the line counts 1 - 1/θ, and is that of the points so far;
//  4. the season is put back.
//
// A daily or weekly series with a trend is what it is good at; on hourly series with
// days and weeks it is poor.
//
// # What it assumes
//
// Regular steps. A missing point (NaN) is left out of season and line, and where
// the level comes to it what was expected is taken as what was.
//
// # Sources
//
// V. Assimakopoulos, K. Nikolopoulos: The theta model, a decomposition approach to
// forecasting. International Journal of Forecasting 16 (2000) 521-530. R. Hyndman,
// B. Billah: Unmasking the Theta method. IJF 19 (2003) 287-290. J. Fiorucci,
// T. Pellegrini, F. Louzada, F. Petropoulos, A. Koehler: Models for optimising the
// theta method and their relationship to state space models. IJF 32 (2016)
// 1151-1161 (DOTM). The tests compare Fit with thetaf of R's package forecast;
// its variances leave the season out, these have it.
package theta
