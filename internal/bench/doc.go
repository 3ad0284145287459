// Bench measures what peakday costs beside wrk, vegeta, k6, fortio and hey, on this machine, and writes the table.
//
//	make bench-engine                        everything, into engine/BENCHMARKS.md; main.go prints how long it takes
//	cd internal/bench && go run . -quick     a minute, one short repeat, printed only
//	cd internal/bench && go run . -render    writes the table of the last whole run again, with the reasons of reasons.txt
//
// # How it measures
//
//  1. [Opponents] are built from the Go proxy or installed from Debian, into the user's cache. What cannot be had is named
//     in the table and left out.
//  2. A [Place] is a server and a pinning: small JSON answers by nginx with one worker, then a mix of 0.2 to 16 KB by the
//     built-in server of mix.go, each with server and generator on a core of their own and once more unpinned.
//  3. In a place, every repeat runs every [Row] with every tool of it, in an order that turns by one each repeat, so that a
//     noisy minute does not fall on one tool. The whole generator process counts, start included: user and system time as
//     wait4 gives them, memory as the kernel's high-water mark, read every 100 ms.
//  4. What a tool says about itself is read by its parser (wrk.go, vegeta.go, ...). Peakday's results are decoded from its
//     log on disk afterwards, and counted.
//  5. A [Goal] is what must be reached, a line of one table of values in goals.go. It is judged by the median of the
//     repeats; a ratio is formed within a repeat. The bench is never loosened: a missed goal is written as missed.
//
// # What it does not say
//
// The server shares the machine. Its own CPU stands in every row: where it is full, requests a second are the server's, and
// only the CPU a request costs the generator is the generator's. Latency is what each tool calls so: from due in peakday,
// from the send in all others, which is why theirs looks better under load. Peakday's live progress is in its observed and
// unobserved runs alike, since it cannot be turned off.
//
// # Why a module of its own
//
// The opponents must not enter peakday's go.mod. Vegeta is a tool of this one, which is the way to build it where a proxy
// serves its exact version only. The others are built by go install, each with the dependencies it names itself.
package main
