// Admission measures the admission layer for real and writes the figures into sut/admission/BENCHMARKS.md, between
//
//	<!-- real: begin -->
//	<!-- real: end -->
//
// What stands around them is written by others. It is make bench-admission; it needs bin/peakday, and two cores for it
// alone: 40 minutes. A part of it is run by name, and then only printed:
//
//	go run ./admission -only story
//	go run ./admission -quick
//
// # Steps
//
//  1. Sweeps: `peakday guard sweep` on SQLite, on PostgreSQL, with work that changes in the middle of a storm, and the story
//     of the slow database. failsafe-go stands beside the laws as a proxy of its own (./admission/opponent).
//  2. Benchmarks: passes of everything in turn, medians of the passes: what a decision costs beside what others' cost, what
//     a refusal costs the guard's process, what the guard adds below the capacity.
//  3. The goals, with by how much each is missed, and why (reasons.txt).
//
// With -soak the others of ./admission/opponent are driven, too: aegis, sentinel and x/time/rate read their own clock, so
// they cannot be simulated.
package main
