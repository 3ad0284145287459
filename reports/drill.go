package reports

import (
	"slices"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/capacity"
	"github.com/peakday/peakday/forecast/sizing"
	"github.com/peakday/peakday/reports/gate"
	"github.com/peakday/peakday/scenarios"
)

// A Drill is what was rehearsed. A report over runs alone has only scenario, capacity and variants.
type Drill struct {
	Scenario scenarios.Scenario
	Declared float64   // capacity, answers per second, as it was judged with; 0 means not declared
	Variants []Variant // in the order in which they ran
	NotRun   []string  // variants that were meant to follow: the last of them would have decided, so no budget does

	Forecast *forecast.Forecast // what the day was expected to be
	Day      *forecast.Day      // the forecast day that was driven
	Capacity *capacity.Capacity // of one instance, as measured
	Plan     *sizing.Plan       // what the day needs
	Warnings []string           // what the reader should know and no run says
}

// A Variant is one run and how it was judged.
type Variant struct {
	Run     *result.Run
	Budgets gate.Report
	Oracles gate.Report // without judgements unless it is the scenario's first variant
	Decides bool        // its budgets decide; those of the others are for comparison
}

// Judge holds runs of one scenario against its promises: oracles in the scenario's first variant, budgets in all. The
// run that stands last in the scenario's order decides; of runs that the scenario does not name, the last one given.
func Judge(s scenarios.Scenario, capacity float64, runs []*result.Run) []Variant {
	place := func(r *result.Run) int {
		return slices.IndexFunc(s.Variants, func(v scenarios.Variant) bool { return v.Name == r.Header.Variant })
	}
	variants := make([]Variant, len(runs))
	decides := 0
	for i, run := range runs {
		variants[i] = Variant{Run: run, Budgets: gate.Judge(run, s.Budgets, capacity)}
		oracles := s.Oracles
		if place(run) > 0 {
			oracles = nil
		}
		variants[i].Oracles = gate.Oracles(run, oracles, capacity)
		if place(run) >= place(runs[decides]) {
			decides = i
		}
	}
	if len(variants) > 0 {
		variants[decides].Decides = true
	}
	return variants
}

// Verdict is that of the deciding variant's budgets, unless an oracle was missed or one of the runs cannot be judged.
// Without a run it is inconclusive.
func (d Drill) Verdict() scenarios.Verdict {
	var verdicts []scenarios.Verdict
	if len(d.NotRun) > 0 {
		verdicts = append(verdicts, scenarios.Inconclusive)
	}
	for _, v := range d.Variants {
		validity, _ := gate.Validity(v.Run)
		verdicts = append(verdicts, validity, v.Oracles.Verdict)
		if v.Decides && len(d.NotRun) == 0 {
			verdicts = append(verdicts, v.Budgets.Verdict)
		}
	}
	return gate.Worst(verdicts...)
}
