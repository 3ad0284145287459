// Package population makes up insured people and their employers, each as a pure function of a seed and an index.
//
// Nothing is stored: [Population.Person] reckons person i when asked, the same every time, so a service can have ten
// million people and keep only what changed. No person is real and none can be taken for one: identity numbers lie in
// area codes 990000 to 999999, which GB/T 2260 never assigned, with a valid GB 11643 check digit.
//
//	p, err := population.New(20230101, 100_000)
//	who := p.Person(p.Pick(0)) // the first person of a shuffled order that meets everybody once
//	firm := p.Employer(who.Employer)
//
// # What it is shaped like
//
// Birth years bulge in 1962 to 1975, the cohorts that retire in the coming years, so that a forecaster can know them
// ahead. Wages are log-normal with σ = 0.55 and a median that puts one person in five on the contribution floor.
// Employer sizes are Pareto with α = 1.1, cut off at a fiftieth of the population. These shapes are designed after
// public summaries, not fitted to microdata. Everything stands as on 2023-01-01, the day [Opening].
//
// # What it leaves out
//
// Families, moves between regions and careers: a person has one employer, and a wage that is today's.
package population
