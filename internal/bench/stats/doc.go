// Package stats is what the benches of peakday share: the machine they ran on, the spread of a figure over repeats, what a
// benchmark of a package printed, and how a figure is judged and written.
//
//	s := stats.SpreadOf([]float64{12100, 12900, 12400})
//	said := stats.Verdict(s.Median, 12000, true) // "reached"
package stats
