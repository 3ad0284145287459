// Bench measures how fast the reference service is on this machine, client included, and writes the table.
//
//	make bench-sut                           everything, into sut/BENCHMARKS.md; less than a quarter of an hour
//	cd internal/bench && go run ./service -rows mix      some of it, printed only
//	cd internal/bench && go run ./service -render        writes the table of the last whole run again, with the reasons of reasons.txt
//
// # How it measures
//
//  1. A [Row] is a figure with its goal, a line of the table of values in rows.go. The rows that one measurement gives are
//     measured together.
//  2. What a user of the service meets is measured from outside: peakday sut in a process of its own, peakday run in
//     another, both on the same cores (load.go). The figures are reckoned from the log of every attempt, after a warm-up:
//     tokens that were seen before are known, as they are in a service that has run for a while.
//  3. What happens inside is measured by the benchmarks of the packages (package.go).
//  4. The median of the repeats decides. A missed goal is written as missed.
//
// # What it does not say
//
// Everything shares the machine: the requests a second are those of service and client together. The shares of the
// cryptography are of samples of the service's CPU in the flat-out run.
package main
