// Package gate holds a run against its promises and says pass, fail, inconclusive or invalid, and by how much.
//
//	report := gate.Judge(run, scenario.Budgets, scenario.Capacity)
//	os.Exit(gate.ExitCode(report.Verdict))
//
// Budgets are judged over the requests due in the judged span of the run. Oracles are budgets too, but they ask whether
// the instrument is right, not whether the service is: they look at the overload, from the first refusal to the end of
// the hold, and a missed one makes the measurement invalid.
//
// No sample is no pass, and neither is a quick error: no promise to be quick holds where nothing was answered.
//
// A run that was cut off cannot pass, because the part that is missing might have failed, and can fail only a promise
// not to be slow: what was in flight at the cut was slow, so latencies are no better than what is known of them, while
// shares and rates may be either. An interrupted run is not held to rates beyond its last whole second. An invalid run
// neither passes nor fails.
//
// A run that broke an abort rule has failed, with the rule as the reason: what was lost after it voids nothing, and its
// budgets are judged over what was sent. A run that ended when it had told enough is judged up to there.
//
// Spans are of whole seconds. Lateness is the generator's own and is looked at over the whole run.
//
// What it leaves out: whether two runs differ. A budget is a line drawn beforehand, not a comparison.
package gate
