// Package model makes point forecasts of a regular series with seasons: the
// members of an ensemble.
//
//	p := &model.Problem{Values: hourly, Seasons: []int{24, 168}, Origins: []int{600, len(hourly)}, Horizon: 48}
//	paths := [][]float64{make([]float64, 48), make([]float64, 48)}
//	model.InLogs(model.Ridge{Label: "ar", Lags: model.Round, HalfLife: 800, Penalty: 0.2}).Forecast(p, paths)
//
// What they build on:
//
//	Naive, Usual, Analogue    what came a season ago, at the same hour of some weeks, or after days like these
//	Ridge                     lags, round the seasons too
//	Smooth                    two seasons that every value corrects, and what is left of the last error
//	Profile, Decomposed       a usual week, or seasons by MSTL, and another model of what is left
//	Regression                waves, changes of slope and regressors, and another model of what is left
//	ETS, Theta, ARIMA         the packages of these names, fitted once
//
// # Why many origins at once
//
// A combination is worth what it knows of its members, and that it learns by
// letting each forecast the past, again and again, from nothing but what came
// before. Fitted one origin at a time that costs fifteen fits a member. But the
// sums of a regression, the state of a smoothing and the losses of its
// parameters grow from one origin to the next, so a [Model] answers for all
// origins in one pass. TestNoModelSeesTheFuture holds each to it.
//
// Models work on values or, by [InLogs], on their logarithms. They are not
// clipped and may be negative; who combines them sees to that.
package model
