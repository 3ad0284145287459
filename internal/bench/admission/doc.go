// Admission measures the admission layer for real and writes the figures into sut/admission/BENCHMARKS.md, between
//
//	<!-- real: begin -->
//	<!-- real: end -->
//
// What stands around them is written by others. It is make bench-admission; it needs bin/peakday, and two cores for it
// alone: 38 minutes, which it says part by part before it begins.
//
// The page is written after every part, of all that is kept; a part that was cut off keeps the storms that were measured.
// A start after an unfinished one goes on with what is missing, and one after a whole one begins anew.
//
//	go run ./admission              # all, or what is missing
//	go run ./admission -anew        # all, whatever is kept
//	go run ./admission -only story  # this part again; the others stay
//	go run ./admission -render      # the page of what is kept
//	go run ./admission -quick       # does all of it run? 8 minutes, kept and published is nothing
//
// # Parts
//
//  1. Sweeps: `peakday guard sweep` on SQLite, on PostgreSQL, with work that changes in the middle of a storm, and the story
//     of the slow database. failsafe-go stands beside the laws as a proxy of its own (./admission/opponent).
//  2. Storms: `peakday run` on a service of 32 workers behind the guard: whether P0 is served at 300 times the capacity, and
//     how soon clients that try again three times are well after it.
//  3. Benchmarks: passes of everything in turn, medians of the passes: what a decision costs beside what others' cost, what
//     a refusal costs the guard's process, what the guard adds below the capacity.
//
// Above them stand the goals, with by how much each is missed, and why (reasons.txt).
//
// With -soak the others of ./admission/opponent are driven: aegis, sentinel and x/time/rate read their own clock, so
// they cannot be simulated.
//
// # Why P0 takes minutes
//
// Of 300 times the capacity, P0 asks for 0.78 of the capacity, a 385th. 10,000 requests of P0 are 3.8 million requests in
// all, whatever the capacity is; at 15,000/s, which two cores send and refuse, that is 265 s.
package main
