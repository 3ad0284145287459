// Package backtest judges forecasts on days that have already happened.
//
// From a rolling origin, one a day, a day is forecast from nothing but what
// came before it and compared with what came:
//
//	history ........................|---- day ----|
//	history ......................................|---- day ----|
//
// [Evaluate] returns a [Score]: MASE and WAPE for the whole path, the relative
// error of the day's peak, and how often the peak stayed below its upper
// bound. One number would hide what matters here: a forecast can be within
// 8 % on average and miss every peak.
//
// [SMAPE], [MASE], [OWA], [Pinball], [Coverage], [MSIS], [PeakError] and
// [PeakHourOff] judge one path, interval or peak each.
//
// A forecast that calibrates itself on past errors must, at each origin, use
// only errors that were known there. The caller sees to that; Evaluate hands
// it the origin and nothing after it.
//
// Sources: Hyndman and Koehler, Another look at measures of forecast accuracy,
// International Journal of Forecasting 22 (2006), for MASE; Kolassa and Schütz,
// Advantages of the MAD/MEAN ratio over the MAPE, Foresight 6 (2007), for WAPE.
package backtest
