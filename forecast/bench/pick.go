package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/ets"
	"github.com/peakday/peakday/forecast/model"
)

// An idea is models that the tiers may do without or not.
type idea struct {
	name   string
	models []model.Model
}

// ideas are those that the standard tier has the time for.
func ideas() []idea {
	never := math.Inf(1)
	few := model.Ridge{Lags: model.Few, HalfLife: 500, Penalty: 5}
	days := model.Ridge{Lags: model.Round, Difference: []int{0}, HalfLife: 1500, Penalty: 3}
	named := func(label string, halfLife float64) string {
		name := fmt.Sprintf("%s, half-life %v", label, halfLife)
		if halfLife == never {
			name = label + ", never forgetting"
		}
		members := map[string]string{ // what the tiers have goes by its name there
			"day differences, half-life 1500":         "day differences",
			"day and step differences, half-life 500": "day and step differences",
			"day and step differences, half-life 100": "day and step differences, short memory",
			"levels, all lags, half-life 500":         "levels, all lags",
			"usual hour, never forgetting":            "usual hour, long memory",
		}
		return cmp.Or(members[name], name)
	}
	ridge := func(label string, lags model.LagSet, difference []int, halfLife, penalty float64) model.Ridge {
		return model.Ridge{Label: named(label, halfLife), Lags: lags, Difference: difference, HalfLife: halfLife, Penalty: penalty}
	}
	var memory []model.Model
	for _, halfLife := range []float64{100, 200, 500, 1500, never} {
		memory = append(memory,
			ridge("day differences", model.Round, []int{0}, halfLife, 3),
			ridge("day and step differences", model.Round, []int{0, -1}, halfLife, 10),
			ridge("levels, all lags", model.Full, nil, halfLife, 1),
			model.Profile{Label: named("usual hour", halfLife), HalfLife: halfLife, Shrink: 1, Rest: few},
		)
	}
	return []idea{
		{"other half-lives", both(memory...)},
		{"a longer season: lags round two and three weeks", both(
			ridge("day differences, weeks back", fortnight, []int{0}, 1500, 3),
			ridge("levels, weeks back", fortnight, nil, 500, 1))},
		{"differences over a week, more lags", both(
			ridge("week differences", model.Few, []int{1}, 500, 3),
			ridge("week and step differences", model.Few, []int{1, -1}, 500, 3),
			ridge("day differences, all lags", model.Full, []int{0}, 1500, 10))},
		{"other smoothing, days and weeks", both(
			model.Smooth{Label: "smoothing, the ten best", Grid: model.Fine(100), Keep: 10},
			model.Analogue{Label: "three days like the last", Days: 3, Count: 5},
			model.Usual{Label: "median of weeks, moved by three days", Weeks: 4, Level: 3})},
		{"a regression on waves", both(model.Regression{Label: "waves", Harmonics: []int{10, 6}, Mix: 0.5, HalfLife: 500, Rest: few})},
		{"a fourth MSTL", both(model.Decomposed{Label: "seasons out, days", Rest: days})},
		{"ETS with the season of a day", []model.Model{model.InLogs(model.ETS{Label: "ETS", Form: ets.Form{Trend: ets.Damped, Season: ets.Additive}})}},
	}
}

// both is models on values and on their logarithms.
func both(models ...model.Model) (all []model.Model) {
	for _, m := range models {
		all = append(all, m, model.InLogs(m))
	}
	return all
}

// fortnight has lags round two and three weeks too, where the series is that long.
func fortnight(day, week int) []int {
	lags := model.Round(day, week)
	for _, weeks := range []int{2, 3} {
		lags = append(lags, weeks*week-1, weeks*week, weeks*week+1)
	}
	return lags
}

// pick prints the OWA over Naive2 by power and by trim, and how to change the members
// of each tier one by one, as long as OWA falls by enough: many small steps would end
// in a crowd that fits these series and no others. All may take a tenth longer.
func (b bench) pick(w io.Writer, all []one) error {
	const enough, longer = 0.0001, 1.1
	p, err := ask(all, candidates(b.tiers, ideas()))
	if err != nil {
		return err
	}
	for _, tier := range b.tiers {
		says := p.says(tier)
		owa, budget := p.owa(tier, says), longer*p.took(says)
		fmt.Fprintf(w, "%s: OWA %.4f, models %.1f ms\n  by power:", tier.Name, owa, p.took(says))
		for power := 1.0; power <= 8; power++ {
			fmt.Fprintf(w, " %v %.4f", power, p.owa(ensemble.Tier{Power: power, Trim: tier.Trim}, says))
		}
		fmt.Fprint(w, "\n  by trim:")
		for _, trim := range []float64{0, 0.1, 0.2, 0.3, 0.4, 0.49} {
			fmt.Fprintf(w, " %v %.4f", trim, p.owa(ensemble.Tier{Power: tier.Power, Trim: trim}, says))
		}
		fmt.Fprintln(w)
		for {
			k, say, least := p.change(tier, says, budget)
			if least > owa-enough {
				break
			}
			says[k], owa = say, least
			fmt.Fprintf(w, "  %.4f, %.1f ms if %s counts %v\n", owa, p.took(says), p.models[k].Name(), say)
		}
	}
	return nil
}

// change is what is best to be taken in, left out or to count twice or half, and
// the OWA that it leads to.
func (p *pool) change(tier ensemble.Tier, says []float64, budget float64) (model int, say, owa float64) {
	owa = math.Inf(1)
	tried := slices.Clone(says)
	for k, now := range says {
		choices := []float64{0, now / 2, now * 2}
		if now == 0 {
			choices = []float64{1}
		}
		for _, tried[k] = range choices {
			if p.took(tried) > budget {
				continue
			}
			if v := p.owa(tier, tried); v < owa {
				model, say, owa = k, tried[k], v
			}
		}
		tried[k] = now
	}
	return model, say, owa
}

// candidates are the members of tiers, and ideas; each name once.
func candidates(tiers []ensemble.Tier, ideas []idea) (all []model.Model) {
	add := func(m model.Model) {
		if !slices.ContainsFunc(all, func(o model.Model) bool { return o.Name() == m.Name() }) {
			all = append(all, m)
		}
	}
	for _, tier := range tiers {
		for _, m := range tier.Members {
			add(m.Model)
		}
	}
	for _, i := range ideas {
		for _, m := range i.models {
			add(m)
		}
	}
	return all
}
