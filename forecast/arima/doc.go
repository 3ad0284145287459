// Package arima is a regression on waves with ARIMA errors: seasons as Fourier
// terms, what is left as a process that remembers its last few values and shocks.
//
//	hours := []arima.Season{{Period: 24, Harmonics: 8}, {Period: 168, Harmonics: 6}}
//	m, err := arima.Fit(y, arima.Order{P: 2, Q: 1, Constant: true}, hours)
//	m, err := arima.Select(y, hours) // orders by AICc
//	mean, variance := m.Forecast(48)
//
// The model of order p, d, q, with B the step back in time and e the shocks, is
//
//	y_t = constant + Σ a_k sin(2πkt/m) + b_k cos(2πkt/m) + n_t
//	(1 - φ_1 B - … - φ_p B^p)(1 - B)^d n_t = (1 + θ_1 B + … + θ_q B^q) e_t
//
// where the constant is a mean if d = 0 and a drift, times t, if d = 1.
//
//  1. Fit starts from a regression and from Hannan and Rissanen's estimate;
//  2. the exact Gaussian likelihood comes from a Kalman filter over the last
//     max(p, q+1) values, the first d points given. A missing point skips the
//     update and nothing else. Once gains stand still they are used as they are;
//  3. simplex search over partial correlations, so that every point tried is
//     stationary and invertible, in turn with generalised least squares for the
//     waves, until the likelihood stands still;
//  4. Select finds d by KPSS tests, then walks over p, q ≤ 5 and the constant
//     towards the least AICc.
//
// # Why waves and no seasonal lags
//
// A seasonal ARIMA of period 168 carries several hundred values in its filter, and
// its time grows with their square. A season of k waves costs 2k regressors,
// whatever its period. The price: the season is the same in every cycle.
//
// # What it assumes
//
// Regular steps; NaN is missing. With d > 0 what comes before the first d points
// in a row is not used.
//
// # Sources
//
// A. Harvey, G. Phillips: Maximum likelihood estimation of regression models with
// autoregressive-moving average disturbances. Biometrika 66 (1979) 49-58. R. Jones:
// Maximum likelihood fitting of ARMA models to time series with missing
// observations. Technometrics 22 (1980) 389-395. E. Hannan, J. Rissanen: Recursive
// estimation of mixed autoregressive-moving average order. Biometrika 69 (1982)
// 81-94. D. Kwiatkowski, P. Phillips, P. Schmidt, Y. Shin: Testing the null
// hypothesis of stationarity. Journal of Econometrics 54 (1992) 159-178.
// R. Hyndman, Y. Khandakar: Automatic time series forecasting. Journal of
// Statistical Software 27 (2008) 3. The tests compare with R's package forecast.
package arima
