// Package engine runs a plan: it sends every request when it is due, whatever the service does, and writes down how each
// one ended.
//
//	plan, err := engine.NewPlan(ctx, scenario, requests)
//	end, err := engine.Engine{
//		Driver:  rawhttp.Driver{Options: driver.Options{Target: url}},
//		Started: func(at time.Time) error { return log.Header(…) }, // the caller opens the record …
//		Log:     log,
//	}.Run(ctx, plan)
//	log.End(*end)                                               // … and closes it
//
// # Steps
//
//  1. [NewPlan] makes a [Plan] of shape, mix and seed: for each [Arrival] its number, due instant, operation and person.
//     It is walked again as it is sent, and the same seed gives the same arrivals on one core or eight; a hash of them tells when not.
//  2. [Engine.Run] takes the session of setup to its end and makes a lane for each loop. A lane is a goroutine that owns a
//     [driver.Loop], every n-th arrival or user, and an n-th of the places in flight. No lane waits for another.
//  3. A flight is one attempt. The lane prepares the next one ahead of its time and submits it when it is due; where all
//     places are taken, the overload policy decides.
//  4. A [driver.Outcome] settles the flight: it becomes a [result.Outcome], is counted in a [result.Cell] and written to
//     the result log. Then its person goes on, tries again, or leaves.
//  5. Every 100 ms a lane hands in its slice: cells, histograms and a block of the result log.
//  6. One collector merges the slices to which no lane can add any more. It feeds [Metrics], holds what came in against
//     the abort rules, and makes a [result.Tick] of each second.
//  7. The scribe writes ticks and blocks, and shows [Progress]. No lane waits for a disk or a terminal; a disk that falls
//     many seconds behind ends the run.
//  8. When the last lane has ended, the collector adds up the accounts and has the watch judge the generator: that is the
//     [result.End]. The session of teardown comes after it.
//
// # Who decides when
//
// In the open model arrivals do not wait for answers. In the closed one a fixed number of users each wait for theirs,
// think, and ask again. Sessions are partly open: they arrive as in the open model, and each later step is due when the
// answer before it is there and the think time has passed ([Plan.Model]; Schroeder, Wierman and Harchol-Balter, NSDI 2006).
//
// Every instant is counted from due, never from when the generator got round to it, so a generator or service that stalls
// shows up in the latency of all who should have been served meanwhile (coordinated omission, Tene).
//
//	due ──lateness──> ready ──queued──> sent ──service──> done
//	 └──────────────────── latency ───────────────────────┘
//
// A retry is due when its pause has ended, a later step when its think time has, and a user's next request when the user has
// thought. Their latency is counted from there; what a person waited from the first due is in the time to success.
//
// The retries of an actor may have a budget (scenarios.Retry, package retry). It is one for all who are that actor, as that
// of an employer's software or a hospital's gateway, and each lane keeps it for its own arrivals.
//
// # When all places are taken
//
// No more than the scenario's max_in_flight are in flight, so drivers need no queue. What is due beyond that is dropped, or
// waits with at most so many others (queue), or for at most so long (late), or is sent all the same up to a second limit
// (spawn), as the phase says in which it is due (scenarios.Overload). Waiting is queued time, by policy, and not lateness.
// Who waits for longer than the client's timeout or patience is dropped.
//
// # Accounts
//
//	planned                     = sent + dropped + lost
//	sent + retries + follow-ups = good + late + shed + failed + unfinished
//	planned                     = served + gave up + waiting, in persons
//
// The first line counts first attempts, the second adds retries and the later steps of sessions. Dropped found no place,
// lost was due after the sending had stopped; a retry or later step that was dropped is in the cells alone. The first two
// are checked at the end of each run. In the closed model, and where the plan was cut short, planned is what was due.
//
// # How a run ends early
//
//   - A cancelled context is an interrupt: nothing more is sent, what is in flight is waited for as after the plan.
//     Closing [Engine.Abandon] ends that, too.
//   - An [Abort] as its cause is a fault of the instrument, such as a service that died. The rest is lost, the run invalid.
//   - A breach is an abort rule that a window of its length broke, looked at every 100 ms. The rest is lost, the
//     measurement is sound, and the run has failed.
//   - With [Engine.UntilConverged] the last plateau ends once its p99 is known well enough (package steady).
//
// # When a run is invalid
//
// It says something about the generator and nothing about the service, and each reason stands in End.Invalid with its
// value and limit: a check of package watch is not OK; over 1 % of the arrivals, retries or later steps were not sent; the
// arrivals are not those of the plan; the accounts do not add up; or an Abort.
//
// # What it leaves out
//
// One process on one machine sends. Addresses are guarded here ([CheckTarget], [Allow]) and secrets kept out of the
// record, but whether a plan fits the machine is for the caller to ask beforehand ([Plan.Needs], [Limits.Fit]).
package engine
