// Package ets is exponential smoothing: a level, a slope and a season that each
// new point corrects a little.
//
//	m, err := ets.Fit(y, ets.Form{Error: ets.Additive, Trend: ets.Damped, Season: ets.Additive}, 7)
//	mean, variance := m.Forecast(14)
//
// At each point, with q = l + φb the level that is expected and e the error,
//
//	            season none       additive           multiplicative
//	expected    ŷ = q             q + s              q·s
//	error       e = y - ŷ if additive, e = (y - ŷ)/ŷ if multiplicative
//	level       l = q + αr        q + αr             q + αr/s        r = y - ŷ
//	slope       b = φb + βr       φb + βr            φb + βr/s
//	season                        s + γr             s + γr/q
//
// with φ = 1 for a plain trend and no b without one. The last season of the same
// phase is meant by s.
//
// [Filter] takes parameters as given, [Fit] finds those of the greatest likelihood,
// [Select] the form of the least AICc. Forecast means and variances are exact
// (given the parameters, Gaussian errors), for every form here.
//
// # What it assumes
//
// Regular steps and one season. A missing point (NaN) is passed over: what was
// expected is taken as what was. Multiplicative forms need every point > 0.
//
// # What it leaves out
//
// Multiplicative trends, and additive errors with a multiplicative season, which
// divides by what may be near zero. Parameters lie in the usual region, 0 < α < 1,
// 0 < β < α, 0 < γ < 1 - α, 0.8 ≤ φ ≤ 0.98. The season before the first point is
// fitted with the rest up to a period of 12; beyond, it is the average of the
// cycles, for so many unknowns are not found by search.
//
// # Sources
//
// R. Hyndman, A. Koehler, J. Ord, R. Snyder: Forecasting with Exponential
// Smoothing, Springer 2008, chapters 2, 5 and 6. The tests compare with R's
// package forecast.
package ets
