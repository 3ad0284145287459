package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/ets"
	"github.com/peakday/peakday/forecast/model"
)

// tried is what ideas would give that the standard tier does without: of each, the
// model that makes OWA best on the series that choose when it joins with a say of 1,
// and what it does to the others.
func (b bench) tried() (Part, error) {
	const every = 4
	all := append(ideas(),
		idea{"ETS of what MSTL leaves", both(model.Decomposed{Label: "seasons out, ETS", Rest: model.ETS{Form: ets.Form{Trend: ets.Damped}}})},
		idea{"Theta of what MSTL leaves", both(model.Decomposed{Label: "seasons out, Theta", Rest: model.Theta{}})},
	)
	tier := ensemble.Standard()
	models := candidates([]ensemble.Tier{tier}, all)
	var halves [2]*pool
	for i := range halves {
		half, err := b.hourly(i == 0)
		if err != nil {
			return Part{}, err
		}
		var some []one
		for k := 0; k < len(half); k += every {
			some = append(some, half[k])
		}
		if halves[i], err = ask(some, models); err != nil {
			return Part{}, err
		}
	}
	chooses, judges := halves[0], halves[1]
	var w strings.Builder
	fmt.Fprintf(&w, "What OWA would change by if a model joined the standard tier: of each idea the one that is best on the series that choose. What -choose took from these ideas is in the tier already. Every %dth series, %d and %d of them.\n\n", every, len(chooses.naive2.scores), len(judges.naive2.scores))
	w.WriteString("| idea | its best model | where it was chosen | on the others | more time |\n|---|---|---|---|---|\n")
	for _, i := range all {
		best, chosen := chooses.newcomer(tier, i)
		if best < 0 {
			fmt.Fprintf(&w, "| %s | all in the tier | | | |\n", i.name)
			continue
		}
		judged := judges.joined(tier, best)
		fmt.Fprintf(&w, "| %s | %s | %+.4f ± %.4f | %+.4f ± %.4f | %.0f %% |\n", i.name, models[best].Name(), chosen.Mean, chosen.Wide, judged.Mean, judged.Wide, 100*chooses.milliseconds[best]/chooses.took(chooses.says(tier)))
	}
	return Part{Tables: w.String()}, nil
}

// newcomer is the model of an idea that makes OWA best by joining the tier, and by how
// much OWA changes; -1 if all its models are members.
func (p *pool) newcomer(tier ensemble.Tier, of idea) (best int, change backtest.Estimate) {
	best = -1
	for k, m := range p.models {
		if p.says(tier)[k] > 0 || !slices.ContainsFunc(of.models, func(o model.Model) bool { return o.Name() == m.Name() }) {
			continue
		}
		if e := p.joined(tier, k); best < 0 || e.Mean < change.Mean {
			best, change = k, e
		}
	}
	return best, change
}

// joined is by how much OWA changes if a model joins the tier with a say of 1.
func (p *pool) joined(tier ensemble.Tier, k int) backtest.Estimate {
	says := p.says(tier)
	without := p.owas(tier, says)
	says[k] = 1
	with := p.owas(tier, says)
	for i := range with {
		with[i] -= without[i]
	}
	return backtest.Between(with)
}
