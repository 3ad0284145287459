// Package reports tells people and programs what a drill showed.
//
//		drill := reports.Drill{Scenario: scenario, Variants: reports.Judge(scenario, capacity, runs)}
//		err := reports.Write(w, "html", reports.Build(drill))
//
//	 1. Judge holds every run against the scenario's budgets and oracles (package gate).
//	 2. Build turns the Drill, which is what happened, into a Document, which is what is said about it: facts with stable
//	    JSON names, and sections of tables and pictures for people. It is the same for a whole drill, for runs alone and
//	    for a run that was cut off; what is not known is left out, and what is partial is called so.
//	 3. A format writes the Document. Formats lists them; a new one is one function, one line there and one golden.
//
// # What is told of a run
//
// Its accounts, which add up: planned = sent + dropped + lost, and sent + retries + follow_ups = good + late + shed +
// failed + unfinished, for the whole and for each phase. The times of all its
// requests: latency, service, queued and lateness. What it came to by operation and by step of its journeys. Whether it can be trusted, with everything
// that was watched of the generator. And of each plateau of its load of 10 s or more the quantiles without the warm-up,
// with an interval where the plateau is long enough and came to rest, and where not, why (package steady).
//
// # Units
//
// The JSON document has times in seconds, rates per second, shares from 0 to 1 and sizes in bytes. A number that nobody
// could measure is null. Measured numbers have six significant digits, more than the histograms behind them carry.
package reports
