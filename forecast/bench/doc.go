// Bench says how good and how fast the forecasts are, and learns from many
// series what the forecaster needs to know of series in general.
//
//	make bench-forecast                                 all parts, into forecast/BENCHMARKS.md; 10 minutes
//	PEAKDAY_DATA=… go run ./forecast/bench m4 traffic   some parts; the others stay on the page as they were
//	PEAKDAY_DATA=… go run ./forecast/bench -choose      knots, power and members of forecast/ensemble; takes minutes
//
// What was measured is kept in the cache folder of the user, part by part, with
// its date, machine and command; the page is written from that.
//
// # The parts
//
// m4: the training part of M4's hourly series, m4_hourly/Hourly-train.csv in the
// folder of PEAKDAY_DATA; they are not shipped. Those whose id has an even FNV-1a
// hash choose constants, the others judge; constants that -choose does not print
// were tried by hand on the same half. Each is forecast for 48 hours from five
// origins, the last 48 hours before its end and the others a day earlier each,
// from nothing but what came before. OWA is over Naive2 at the same origins. It is
// not the OWA of the competition, whose test part is not here.
//
// tried: what other models would add to the standard tier, on every fourth series.
//
// traffic: windows of 48 hours of public traffic, from 528 to 960 hours of history,
// evenly over each series: twelve of each long one, two of NASA's, four of each of
// Twitter's, as many as the measurement had that set the goals; where its windows
// lay is not known. They had a say in the form of the ensemble.
//
// rivals: R's forecast package and Prophet beside peakday, each on one core, on
// every eighth of the judging series. Without R the part says so.
//
// days: public series of days and of weeks, beside R's forecast package, with and
// without models that are at home there. They chose nothing.
//
// speed, one, many: bin/peakday on made series, on all cores. Nothing else should
// run meanwhile.
//
// A ± is half of a 95 % confidence interval between series, or between windows of
// traffic: the five origins of one series overlap and are one observation.
package main
