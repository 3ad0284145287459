// Package forecast says how high the peak to come may be, when, and how sure
// that is.
//
// A history goes in, the time after it comes out:
//
//	h, err := history.ReadCSV(file, "peak.csv", history.Options{})
//	fitted, err := forecast.Model{}.Fit(h)
//	f, err := fitted.Forecast(48*time.Hour, nil)
//	f.Peaks[2].PerSecond          // what the peak stays under with 95 %
//	day, err := f.Day(0.95)       // the shape of a day with that peak, to drive
//
// A peak is the largest bin at the history's resolution. It is given per bin
// and per second; what happens within a bin is not known.
//
// How it is made:
//
//  1. [Model.Fit] cuts the history into steps: its bins or, where they are
//     shorter than a quarter of an hour, the highest bin of each quarter. Holes,
//     outages and throttled bins are not observed. It finds the seasons, where
//     the history does not say them;
//  2. [Fitted.Forecast] lets many models forecast from past origins and weighs
//     them by how they did (package ensemble), which gives the point forecast,
//     its quantiles and the distribution of the largest step;
//  3. what comes out is told in counts a bin: [Forecast] has the paths, the
//     [Peak] at each quantile and its likely [Hour], the [Component] values that
//     add up to the point, and the [Rehearsal] of the method on the days just
//     past. `peakday backtest` judges it more strictly.
//
// # Why steps of a quarter of an hour
//
// Minutes over a day are 1,440 steps, too many for models that learn how each
// step follows from those before; and sums over quarters would smooth away the
// peak that is asked for. The highest bin of each quarter keeps it: the largest
// of the highest is the largest. The price is that the paths are of these
// highest bins, and lie above the mean.
//
// # What it assumes
//
// That the days to come are like those that were, and that traffic is like M4's
// where the history is too short to tell. On the World Cup history shipped with
// the library, whose match days are a hundred times its quiet days and told by no
// season, the peak is above its quantiles more often than they say (see BENCHMARKS.md).
// A warning tells where the rehearsal finds the like. An event that no day of the
// history has seen is not in the forecast at all: it is laid on top, as a factor.
//
// What is known ahead of the days to come, such as which of them are closed, a
// [series.Regressor] of the history tells; no file brings one yet.
//
// Where the clocks of the series' zone change, days go by the clock: 9 o'clock
// stays 9 o'clock. A backtest and a batch count hours evenly and are an hour off
// for some time after such a change; so may be the forecast of a history that ends
// in an hour that comes twice, which warns. Bins longer than the change are left as they are.
//
// A history of less than four days is forecast as the day before, and says so.
package forecast
