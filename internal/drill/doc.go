// Package drill rehearses a scenario: the same arrivals at the same service, variant after variant, each in fresh
// processes with a fresh database.
//
//	scenario = drill.Lay(scenario, day)                   // 1. the forecast day under the event
//	d, err := drill.New(ctx, scenario, "", drill.Beside(name)) // 2. the plan, its hash and its requests
//	err = d.Fit()                                         // 3. can this machine send it?
//	to := drill.Record{Run: file, Results: log}           // 4. its seconds and its end; every attempt
//	err = d.Run(ctx, scenario.Variants[0], to)
//
// The engine is this process. The service and the guard are children: this same binary, called as `peakday sut` and
// `peakday guard`, on ports of their own that they announce in one line of JSON on stdout. They die with this process,
// however it dies.
//
// # Which driver sends
//
// The table in drivers.go holds every driver, the cheapest first. Choose takes the first that can do what the options ask
// for, unless one is named, and the record says which and why. Loops are as few as the plan's fullest second needs.
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
