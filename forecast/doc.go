// Package forecast says how high the next day's peak may be.
//
// A history goes in, the coming 24 hours come out:
//
//	h, err := history.ReadCSV(file, "peak.csv", history.Options{})
//	f, err := forecast.New(forecast.Models()[0], h)
//	day, err := f.Day(0.95) // shape of a day whose peak is the 95 % quantile
//
// A peak is the largest bin at the history's resolution. It is given per bin
// and per second; what happens within a bin is not known.
//
// How it is made:
//
//  1. a [Model] is fitted to the history and gives its paths ([HourOfWeek]);
//  2. the same model is fitted at a past origin every day, from the fifteenth
//     on (the newest 199), to what was known there, and its errors are kept in
//     logs;
//  3. the errors of the peak, ln(actual / forecast), move the forecast peak:
//     the ceil((n+1)p)-th smallest of n makes the p quantile (split conformal).
//     n origins support p up to n/(n+1); beyond it the forecast peak times the
//     largest past error is given and marked. It may be more than any bin of
//     the history ([Facts] has the largest);
//  4. the errors of the bins move the upper paths in the same way; the 0.5 path
//     is the model's own point forecast;
//  5. the origins from the tenth on are judged, each calibrated by earlier days
//     only, against seasonal naive on the same days.
//
// # What it assumes
//
// That the errors of the coming day are exchangeable with those of the past
// days. They are not when the world changes. On the World Cup history shipped
// with the library the quiet month before the first match is among the days that
// calibrate, match days are not told from others, and the path is off by 40 %
// (WAPE) for it, while the 90 % quantile of the peak held on 35 of 40 days. The
// backtest stands beside every forecast, and a warning tells of a quantile that
// did not hold. An event that no day of the history has seen is not in the
// forecast at all: it is laid on top, as a factor.
//
// # Why the peak is calibrated by itself
//
// The highest of pointwise 95 % bounds is not a 95 % bound of the highest:
// on the 414 hourly series of the M4 competition it held for 85 %, and the
// directly calibrated ratio of peaks for 94 %.
package forecast
