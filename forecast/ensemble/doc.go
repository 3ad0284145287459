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
//  2. every member of the [Tier] forecasts from up to ten origins, a shortest
//     season apart, whose horizon is known, and from the end;
//  3. each gets the weight 1/error^p by how far it was off there; the
//     forecast of a step is the weighted median of the members, clipped to
//     three times what ever came;
//  4. the combination forecasts from the past origins too, each time with
//     weights in which that origin and its neighbours have no say, and its
//     errors there make the quantiles and those of the maximum.
//
// Every series is forecast from itself alone.
package ensemble
