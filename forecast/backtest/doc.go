// Package backtest judges forecasts on what has already happened.
//
// The origin rolls over the history; from each, a horizon is forecast from
// nothing but what came before it and compared with what came:
//
//	history ........................|-- horizon --|
//	history ......................................|-- horizon --|
//
//	plan := backtest.Plan{Horizon: 48, Stride: 48, Least: 504, Most: 20}
//	trials, err := backtest.Roll(hourly, plan, backtest.SeasonalNaive(24, 48))
//	score := backtest.Judge("seasonal naive", trials, 24)
//
// A [Plan] lays the origins, [Roll] asks a [Method] at each, [Judge] makes a
// [Score] of its [Trial] values: the whole path by sMAPE, MASE and WAPE, the
// interval by coverage, MSIS and pinball loss, the peak by its size, its hour
// and how often it stayed below its bound. One number would hide what matters
// here: a forecast can be within 8 % on average and miss every peak.
//
// [SMAPE], [MASE], [OWA], [Pinball], [Coverage], [MSIS], [PeakError] and
// [PeakHourOff] judge one path, interval or peak each. [Between] and [Share]
// say how sure a mean and a share are.
//
// # What it assumes
//
// That windows are independent where an interval is given: with a Stride below
// the Horizon they overlap and are not. Seasons that were found in the whole
// history are known at the first origin too.
//
// Sources: Hyndman and Koehler, Another look at measures of forecast accuracy,
// International Journal of Forecasting 22 (2006), for MASE; Kolassa and Schütz,
// Advantages of the MAD/MEAN ratio over the MAPE, Foresight 6 (2007), for WAPE;
// Tashman, Out-of-sample tests of forecasting accuracy, International Journal of
// Forecasting 16 (2000), for the rolling origin.
package backtest
