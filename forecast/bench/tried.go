package main

import (
	"fmt"
	"math"
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
	var halves [2]*choir
	for i := range halves {
		series, err := b.hourly(i == 0)
		if err != nil {
			return Part{}, err
		}
		var some []one
		for k := 0; k < len(series); k += every {
			some = append(some, series[k])
		}
		if halves[i], err = listen(some, models); err != nil {
			return Part{}, err
		}
	}
	var w strings.Builder
	fmt.Fprintf(&w, "What OWA would change by if a model joined the standard tier: of each idea the one that is best on the series that choose. What -choose took from these ideas is in the tier already. Every %dth series, %d and %d of them.\n\n", every, len(halves[0].naive2.scores), len(halves[1].naive2.scores))
	w.WriteString("| idea | its best model | where it was chosen | on the others | more time |\n|---|---|---|---|---|\n")
	says := halves[0].says(tier)
	time := halves[0].took(says)
	gain := func(c *choir, k int) backtest.Estimate {
		joined := slices.Clone(says)
		joined[k] = 1
		with, without := c.owas(tier, joined), c.owas(tier, says)
		for i := range with {
			with[i] -= without[i]
		}
		return backtest.Between(with)
	}
	for _, i := range all {
		best, chosen := -1, backtest.Estimate{Mean: backtest.Figure(math.Inf(1))}
		for k, m := range models {
			if says[k] > 0 || !slices.ContainsFunc(i.models, func(o model.Model) bool { return o.Name() == m.Name() }) {
				continue
			}
			if e := gain(halves[0], k); e.Mean < chosen.Mean {
				best, chosen = k, e
			}
		}
		judged := gain(halves[1], best)
		fmt.Fprintf(&w, "| %s | %s | %+.4f ± %.4f | %+.4f ± %.4f | %.0f %% |\n", i.name, models[best].Name(), chosen.Mean, chosen.Wide, judged.Mean, judged.Wide, 100*halves[0].milliseconds[best]/time)
	}
	return Part{Tables: w.String()}, nil
}
