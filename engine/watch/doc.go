// Package watch tells what the generator's own process and machine did during a run, beside one table of limits.
//
//	w := watch.Start()                                  // before the first arrival
//	w.Sample()                                          // about once a second, by whoever collects
//	account := w.Close()                                // after the last answer
//	checks := account.Checks(watch.Seen{Lateness: &h}, watch.Standard(10*time.Millisecond))
//
// [Watch] touches the world: it reads /proc, control groups, getrusage and the Go runtime. [Account] only adds samples up and
// judges them. What a machine does not tell, such as /proc off Linux, is a line of the table that says so and is OK.
//
// # What voids a run
//
// A line that is not OK makes the run invalid. Some lines prove by themselves that the sending had a gap:
//
//   - lateness p99: requests left later than they were due;
//   - stood still: a goroutine that looks at the clock every 50 ms did not get to for 250 ms more. It does nothing that could
//     block, so the whole process was stopped (SIGSTOP, a machine that slept) or starved. In a long run this may touch too few
//     requests to move lateness p99, and it moves the highest quantiles of latency all the same;
//   - clock step: the wall clock moved against the monotonic one by 250 ms between two samples;
//   - out of resources: requests failed for want of a descriptor, a port or memory here, as [Short] tells from their errors;
//   - throttled: the kernel stopped the process for its CPU quota, for more than 1 % of the time.
//
// The others have harmless causes as well: a core may be full and every request still leave in time. They are measured
// always, and over their limit they are not OK only in a run where one of the lines above was; there they are the reason.
// So a busy, noisy machine raises no alarm while requests leave when they are due.
//
// # Why these limits
//
// What stops the sending for less than 1 % of the time can delay less than 1 % of evenly spread requests: it cannot
// move a 99th percentile. That is the limit of every line that is a share of time. 250 ms is five ticks; on two shared
// cores that others used up the tick came 46 ms late at worst in 20 runs, whose lateness p99 reached 77 ms (November
// 2026, go test -v -run Clean). 90 % of the cores leaves no room for arrivals that come together. The limit of lateness
// is the run's own setting.
//
// # What it does not see
//
// CPU that neighbours take inside the caches and memory channels; a hypervisor that does not report stolen time; a network
// card that drops. Sockets are counted for the whole network namespace, not for the target alone: that is cheap at any number
// of connections, and since the line only explains it cannot void a run by itself.
package watch
