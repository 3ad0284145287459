// Package selftest proves on the machine at hand that what the tool reports is true.
//
// A drill is believed because of its instrument. This package drives a server of its own, whose answers are known
// beforehand, through each driver, and holds three clocks against one another: when the plan wanted a request (due), when
// the tool says that it left (sent), and when the server's kernel says that it came (arrived). Its steps:
//
//	stall    1,000/s, even, for 30 s; for one second nothing is answered, then everything at once.
//	         Of all requests the share (1-x)/30 waits longer than x seconds, so p99 is 0.70 s and p99.9 0.97 s.
//	         A tool that starts its watch when it sends, and sends when a connection is free, reports next to nothing:
//	         coordinated omission.
//	poisson  1,000/s at random for 10 s: given their number, the plan's expected count up to each arrival is even.
//	ladder   rising rates, until one is missed: what this generator can offer with lateness p99 within a run's limit.
//
// Stall and poisson also compare the arrivals with the plan (Kolmogorov's distance, counts of each second) and with `sent`.
//
//	report, err := selftest.Run(ctx, selftest.Config{Quick: true})
//	err = selftest.Write(os.Stdout, report)
//
// # Why the clocks can be compared
//
// The server is a process of its own on the same machine. CLOCK_MONOTONIC counts from the boot for all processes, and Go's
// monotonic readings are that clock less a constant, which is measured once. On Linux the server's stamps are not its own
// but those that the kernel puts on a packet as it comes in (SO_TIMESTAMPNS): a server stamps when its thread has been
// woken, and on a busy machine that takes longer than everything the tool does. The kernel stamps in wall time, which
// is ahead of the time since boot by a constant unless the clock is set, and that is checked. Elsewhere the stamp is taken
// after the read, so that "from the sending to the arrival" includes the wake-up of the server.
//
// # What it leaves out
//
// Generator and server share the machine's cores, as they do in a drill of the bundled service, so the ladder is what can
// be offered to such a neighbour; a service on another machine leaves the generator more. Networks, TLS and proxies are not
// tested.
package selftest
