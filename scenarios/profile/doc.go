// Package profile draws offered load over time: λ(t) in arrivals per second, and its exact integral.
//
// A [Profile] is made of pieces in closed form: [Line] (a hold or a ramp), [Decay] (a half-life), [Concat], which puts
// pieces one after the other, and [Sum], which adds them up. [Plateaus] finds where the load is constant. [Of] builds the profile of a scenario's shape and marks the event in it.
//
//	p, marks, err := profile.Of(scenario.Shape)
//	p.Count(p.Length())          // arrivals in all
//	p.Rate(marks.HoldFrom)       // the peak
//
// # Why the count is exact
//
// Arrivals are placed where the count passes whole numbers, so an error in the integral is an error in the plan. Every
// piece is integrated by formula, in a form whose terms are never negative: nothing cancels where the rate is near zero,
// and rounding does not make the count fall.
package profile
