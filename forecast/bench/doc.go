// Bench says how good the forecasts of many series are, and learns from them
// what the forecaster needs to know of series in general.
//
//	PEAKDAY_DATA=… go run ./forecast/bench           both tiers on the odd series, as a table
//	PEAKDAY_DATA=… go run ./forecast/bench -choose   the knots of forecast/ensemble from the even ones
//
// The series are the training part of M4's hourly ones, m4_hourly/Hourly-train.csv
// in the folder of PEAKDAY_DATA; they are not shipped. Those whose id has an even
// FNV-1a hash choose, the others judge. Each is forecast for 48 hours from five
// origins, the last 48 hours before its end and the others a day earlier each,
// from nothing but what came before.
//
// OWA needs a reference. Naive2 of the competition is known for the test part
// only, where seasonal naive has 0.6275 of it; so the table gives OWA with those
// constants and, to compare, the same over that of seasonal naive here.
//
// Intervals after ± are 1.96 standard errors between series: the five origins of
// one series overlap and are one observation.
package main
