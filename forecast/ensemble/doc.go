// Package ensemble forecasts a series by several models, each heard as much as
// its past forecasts of that series were worth, and says how sure it is.
//
//	f, err := ensemble.New(hourly, ensemble.Options{
//		Horizon: 48, Seasons: []int{24, 168}, Levels: []float64{0.025, 0.975}, Tier: ensemble.Standard(),
//	})
//	f.Point, f.Quantiles[1], f.Maximum.Quantiles[2]
//
// How it is made:
//
//  1. holes are filled from their seasons ([model.Problem] keeps them from being learnt from);
//  2. every member of the [Tier] forecasts from up to fourteen origins, a
//     shortest season apart, whose horizon is known, and from the end;
//  3. each gets the weight say/error^p by how far it was off there (geometric mean); the
//     forecast of a step is the mean of the middle of the members by weight,
//     each clipped to three times what ever came;
//  4. the combination forecasts from the past origins too, each time with
//     weights in which that origin and its neighbours have no say, and its
//     errors there, by how far apart the members were, make the quantiles and
//     those of the maximum, above which no path lies; a generalised Pareto
//     distribution continues the largest to the 0.99 quantile.
//
// Every series is forecast from itself alone. What is known of series in
// general, the tiers and the curves [Needed] and [NeededByMaximum], was learnt
// once on half of M4's hourly series and is the same for all. On the other half
// both tiers come to 0.53 of the OWA of seasonal naive, the 95 % interval holds
// for 94 % and the 95 % quantile of the maximum for 95 %, 13 % above it
// (go run ./forecast/bench, November 2026).
//
// # What it assumes
//
// That the errors of the coming steps are like those of the last weeks, and that
// traffic is like M4's where a series is too short to tell. On made processes
// whose noise is the same everywhere it is a little too sure (see the test of
// coverage). It knows no holidays and no events but by
// [Options].Regressors and the tier [Informed]: windows in which Twitter's
// volume jumped were off by a third in their peak.
package ensemble
