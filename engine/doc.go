// Package engine runs a plan: it sends every request when it is due, whatever the service does, and writes down how each
// one ended.
//
//	plan, err := engine.NewPlan(scenario, requests)
//	log.Header(...)                        // the caller opens the record with plan.Planned, plan.Hash, …
//	end, err := engine.Engine{Driver: nethttp.Driver{Options: driver.Options{Target: url}}, Log: log}.Run(ctx, plan)
//	log.End(*end)                          // … and closes it, with what the other processes used
//
// # Open loop
//
// Arrivals do not wait for answers (the open model of Schroeder, Wierman and Harchol-Balter, NSDI 2006). Every instant is
// counted from due, the instant in the plan, never from when the generator got round to it, so a generator or service
// that stalls shows up in the latency of all who should have been served meanwhile (coordinated omission, Tene).
//
//	due ──lateness──> ready ──queued──> sent ──service──> done
//	 └──────────────────── latency ───────────────────────┘
//
// A retry is due when its pause has ended. Its latency is counted from there; what its person waited from the first due
// is in the time to success.
//
// # Accounts
//
// planned = sent + dropped + lost, and sent + retries = good + late + shed + failed + unfinished. Both are checked at the
// end of each run. Each planned arrival is also one person, who is served, gives up, or is still waiting at the end; one
// whose first attempt was dropped or lost counts as waiting.
//
// # One goroutine
//
// One goroutine owns the loop: it sleeps until the next request is due or an outcome comes in, prepares one request ahead
// of its time, and never waits for the disk. Each second's record is handed to a second goroutine that writes it.
//
// # When a run is invalid
//
// Late sends, arrivals that were not sent or are not those of the plan, and accounts that do not add up make a run
// invalid: it says something about the generator and nothing about the service. Each reason stands in End.Invalid with its
// value and limit.
package engine
