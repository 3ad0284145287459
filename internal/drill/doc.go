// Package drill rehearses a scenario: the same arrivals at the same service, variant after variant, each in fresh
// processes with a fresh database.
//
//	scenario = drill.Lay(scenario, day)            // 1. the forecast day under the event
//	d, err := drill.New(scenario, "", drill.Beside(name)) // 2. the plan, its hash and its requests
//	err = d.Fit()                                  // 3. can this machine send it?
//	err = d.Run(ctx, scenario.Variants[0], drill.Record{Run: file})
//
// The engine is this process. The service and the guard are children: this same binary, called as `peakday sut` and
// `peakday guard`, on ports of their own that they announce in one line of JSON on stdout. They die with this process,
// however it dies.
//
// # What the guard is told
//
// Where to send, the class of each route, and the deadline (good_within). A copy of the scenario cut down to that is its
// whole configuration, so nothing in a drill can hint at how much the service can do.
//
// # The service is part of the instrument
//
// After each run of the bundled service its ledger is checked. Money that does not add up makes the run invalid, as a
// late generator does.
package drill
