// Package admission decides which requests a service takes when more come than
// it can serve, so that those it takes are answered in time and the others
// know at once, and know when to come back.
//
// A Guard stands before one backend. Each request goes through
//
//  1. What needs no guard: Calendar, Quota and Breaker, each a pure function of
//     its state and now. They are refused by Refusal.
//  2. Snapshot.Refuses, one comparison of the request's Level, without a lock: in
//     a storm nearly all ends here. Guard.Tick sets the threshold ten times a
//     second from the arrivals of the last tick; the caller publishes the Snapshot.
//  3. Guard.Admit: below the limit it is Admitted. At the limit it is Queued if
//     it can wait and still be answered by its Deadline; else it is refused,
//     with a Reason and a RetryAfter of its own.
//  4. The queue: a class below its reserve first, else the higher Class; within a
//     class the tenants in turn, by the seat-seconds they have had.
//  5. Guard.Done, when the backend has answered: the Law takes the latency and
//     moves the limit, the route's cost is learnt, the tenant is charged the
//     rest, and the next entries are let in, their deadline checked again.
//
// Everything is computed from arguments: no clock, no network, no goroutine, no
// lock. Who calls serialises the calls of a Guard; sut/gateway does it before a
// real service, a simulation in virtual time. Nothing on the way of a request
// allocates. A Guard takes any order of calls, missed ticks, and clocks that jump.
//
// # Why three kinds of queue
//
// The arrivals of each tick tell which classes can be served whole. Those that
// can (calm) have as long a queue as their deadlines bear, first come first
// served: with four fifths of the seats asked for by P0 its queue is now and then
// forty long, and soon over. Where half as much again comes as can be served
// (crowded), a queue never ends, and all that its length does is to make everybody
// late: it is an eighth of the limit, and last come first served, so that those
// who are served at all have hardly waited. What lies between keeps to a sixth of
// the time to spare. A crowded class is what the threshold cuts, never a calm one:
// it need not be exact, as the limit and the queue do the rest, and so it errs by
// letting a quarter too many pass.
//
// The usual sign of a standing queue, that it has not been empty for some time,
// does not do here: a calm class at four fifths often has such times, and if the
// queue is cut short then, it loses a sixth of its requests.
//
// # Laws
//
// A Law finds the limit, told nothing of the backend but the latencies of what
// leaves it. All are judged in virtual time by package simulate; BENCHMARKS.md
// has the tables.
//
//   - "elastic", the default, moves the limit a little now and then and looks
//     whether latency follows. Below the knee of the backend it does not, above it
//     latency grows in step. What it has seen is kept as a belief about the knee.
//   - "vegas" compares the mean latency R of a round of requests with a baseline B,
//     the latency when nothing waits, and takes N·(1-B/R) as the number that wait.
//   - "gradient2" and "aimd" are those of Netflix's library, to compare with.
//   - "fixed" is a number someone chose.
//
// # Why elastic keeps no latency
//
// A stored latency goes stale. When requests become heavier, a baseline makes all
// of the longer latency look like waiting, and the limit falls; when an overload
// lasts, a mean over it makes waiting look like service, and the limit climbs. In a
// difference between two windows, one after the other, the service cancels out, however
// long it is. The price is that a difference is noisier than a latency: where service
// times scatter, some hundred answers are needed to tell a knee from one a third away.
// So what is seen is weighed by its noise against what is believed already; a
// limit that was measured beforehand (LawConfig.Seed) is believed more than one that
// was not; and as a place too many costs little where a place too few costs its
// answers, the limit is what the knee is below of with nine chances in ten. A round
// of fixed constants, such as one step of the limit for each comparison, forgets its
// seed by chance alone: tried in the same simulation it lost up to two thirds of the
// goodput when requests became heavier.
//
// # Why the baseline of vegas moves as it does
//
// TCP Vegas takes the least latency ever seen as B, which the least of many noisy
// values makes too low even when nothing changes. So here B is of window means, and
// a lower one moves it only a quarter of the way; B rises when two windows prove it,
// a third more in flight that are not a tenth slower; and a limit that has stood still
// for a few windows is moved up and down in turn to make such windows.
//
// # Why a limit opens slowly
//
// A limit that grows is opened evenly over half a round. Opened at once, the new
// places are taken together, given back together, and taken together again by
// whoever comes in that instant: in between, the highest class finds no place.
// Backends whose requests all take the same time keep such bunches for ever.
//
// # What remains wrong
//
//   - elastic needs answers to learn: a backend that doubles in the middle of a
//     storm is followed in seconds where its requests are alike, and where they scatter
//     and forty a second are answered, hardly within a minute.
//   - A start inside a storm without a seed, before a backend that can do a third of
//     the first limit, keeps its goodput but makes its requests wait for up to a minute:
//     far above the knee the waiting of one window looks like that of the next.
//   - A backend whose latency does not depend on our load, because others load
//     it too, has no knee to be found; only LawConfig.Ceiling and refusals
//     by the backend then bound the limit. Constant timeouts are the same case,
//     unless they are reported as Dropped.
//   - elastic knows no knee above 4,107: a greater seed is its first limit, which comes
//     down to about 4,200 as soon as it is reached.
//   - One law sees all operations as one. When the mix changes, so does the mean,
//     and a window that lies across the change is misread.
//   - A window waits for 19 of 20 of its requests; if more of them hang, so does the law.
//   - Arrivals are counted in requests, so whether a class is crowded is wrong by as
//     much as its requests are heavier or lighter than the mean of all.
//   - Fairness between tenants begins at the threshold's other side: of a tenant who
//     sends nine tenths of a class, nine tenths pass. Only a Quota bounds that.
//   - Before the first answer nothing is known, and the limit alone decides.
//   - The place of a client that leaves is free at once, though the backend may
//     still be at work for it.
//
// # Sources
//
// Protego (NSDI 2023), on admitting more while it pays. Brakmo, Peterson: TCP Vegas
// (IEEE JSAC 1995), and its use for services in Netflix's concurrency-limits. Levels
// and threshold: DAGOR (SoCC 2018), Cinnamon (Uber, 2023). Start-time fair queueing
// (SIGCOMM 1996). GCRA: ITU-T I.371. Breakwater (OSDI 2020) and Google's SRE book,
// chapter 21, on refusing early and by class.
package admission
