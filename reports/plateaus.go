package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/engine/steady"
	"github.com/peakday/peakday/reports/chart"
	"github.com/peakday/peakday/reports/gate"
	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/profile"
)

// PlateauFacts are what a stretch of constant load told: the time from due to answer of admitted requests, by the second in
// which they were due, without the warm-up.
type PlateauFacts struct {
	From    float64  `json:"from"` // whole seconds that lie inside, as far as they were driven
	To      float64  `json:"to"`
	Rate    float64  `json:"rate"`     // arrivals per second; of the closed model users
	LeftOut float64  `json:"left_out"` // seconds of warm-up at the start, by MSER-5
	Reason  string   `json:"reason"`   // why there is no interval at all; empty where there may be
	P50     Estimate `json:"p50"`
	P95     Estimate `json:"p95"`
	P99     Estimate `json:"p99"`
}

// An Estimate is a quantile in seconds and its 95 % interval by batch means.
type Estimate struct {
	Value   Number `json:"value"`
	Low     Number `json:"low"` // null without an interval
	High    Number `json:"high"`
	Batches int    `json:"batches"` // that the interval comes from; 0 without one
	Reason  string `json:"reason"`  // why there is none; empty where the plateau says it
}

// leastPlateau is the shortest plateau that is told of, and leastSettled how many seconds with answers it takes to tell its
// warm-up from the rest (steady.Cut).
const (
	leastPlateau = 10 * time.Second
	leastSettled = 50
)

// plateaus measures those of the scenario's shape. A run that was cut off has none: what was in flight then was slow, and is
// not known. Neither has one of recorded instants, whose shape is only a name.
func plateaus(run *result.Run, windows []result.Window, s scenarios.Scenario) []PlateauFacts {
	all := []PlateauFacts{}
	curve, _, err := profile.Of(s.Shape)
	if err != nil || run.End == nil || s.Arrivals == scenarios.Replay {
		return all
	}
	for _, p := range profile.Plateaus(curve) {
		p.To = gate.Told(run, p.To)
		from, to := steady.Windows(p, time.Second)
		if time.Duration(to-from)*time.Second < leastPlateau {
			continue
		}
		answers := make([]*hist.Histogram, to-from)
		for i := range answers {
			answers[i] = new(hist.Histogram)
			if from+i < len(windows) {
				answers[i] = &windows[from+i].Admitted
			}
		}
		all = append(all, plateau(float64(from), float64(to), p.Rate, answers))
	}
	return all
}

func plateau(from, to, rate float64, answers []*hist.Histogram) PlateauFacts {
	facts := PlateauFacts{From: from, To: to, Rate: rate}
	rest, settled := steady.Settled(answers)
	facts.LeftOut = float64(len(answers) - len(rest))
	answered := 0
	for _, w := range answers {
		if w.Count() > 0 {
			answered++
		}
	}
	switch {
	case settled:
	case answered < leastSettled:
		facts.Reason = fmt.Sprintf("too short to tell a warm-up from the rest, which takes %d s with answers", leastSettled)
	default:
		// Some of these were steady (package steady has figures), but in the others the warm-up is still in the quantiles.
		facts.Reason = "MSER-5 found no rest, so nothing is left out; hold the load longer, or lower it"
	}
	var all hist.Histogram
	for _, w := range rest {
		all.Merge(w)
	}
	estimate := func(q float64) Estimate {
		nan := Number(math.NaN())
		e := Estimate{Value: quantile(&all, q), Low: nan, High: nan}
		if !settled {
			return e
		}
		i, err := steady.QuantileInterval(rest, q, 0.95)
		if err != nil {
			e.Reason = err.Error()
			return e
		}
		e.Low, e.High, e.Batches = Number(i.Low.Seconds()), Number(i.High.Seconds()), i.Batches
		return e
	}
	facts.P50, facts.P95, facts.P99 = estimate(0.5), estimate(0.95), estimate(0.99)
	return facts
}

func plateauSection(doc Document) Section {
	s := Section{Title: "Plateaus"}
	for _, r := range doc.Runs {
		if len(r.Plateaus) == 0 {
			continue
		}
		t := Table{Head: []string{"held", "load", "left out", "p50", "p95", "p99", "batches"}}
		if len(doc.Runs) > 1 {
			t.Title = capital(r.Variant)
		}
		for _, p := range r.Plateaus {
			load := measured(Number(p.Rate), "/s")
			if r.Model == result.Closed {
				load = chart.Number(p.Rate) + " users"
			}
			t.Rows = append(t.Rows, []string{span(p.From, p.To), load, given(Number(p.LeftOut), "s"), p.P50.String(), p.P95.String(), p.P99.String(), p.batches()})
		}
		s.Tables = append(s.Tables, t)
	}
	if len(s.Tables) > 0 {
		s.Text = []string{"Time from due to answer of admitted requests while the load was held. Left out is the warm-up, by MSER-5; ± is half of the 95 % interval, from the quantiles of so many batches."}
		s.Text = append(s.Text, saidOnce(doc, missing)...)
	}
	return s
}

// String is the quantile with half its interval as a share of it.
func (e Estimate) String() string {
	text := measured(e.Value, "s")
	if e.Batches > 0 && e.Value > 0 {
		text += " ± " + chart.Measured(100*float64((e.High-e.Low)/2/e.Value)) + " %"
	}
	return text
}

// batches are those of the three intervals, once where they are the same.
func (p PlateauFacts) batches() string {
	var each []string
	for _, e := range []Estimate{p.P50, p.P95, p.P99} {
		if e.Batches == 0 {
			each = append(each, unknown)
			continue
		}
		each = append(each, fmt.Sprint(e.Batches))
	}
	return strings.Join(slices.Compact(each), ", ")
}

// missing says which intervals there are not, and why: what has the same reason together.
func missing(r RunFacts) (texts []string) {
	var reasons []string
	of := map[string][]string{}
	add := func(reason, what string) {
		if reason == "" {
			return
		}
		if of[reason] == nil {
			reasons = append(reasons, reason)
		}
		of[reason] = append(of[reason], what)
	}
	for _, p := range r.Plateaus {
		held := span(p.From, p.To)
		add(p.Reason, held)
		add(p.P50.Reason, "p50 of "+held)
		add(p.P95.Reason, "p95 of "+held)
		add(p.P99.Reason, "p99 of "+held)
	}
	for _, reason := range reasons {
		texts = append(texts, "No interval for "+list(of[reason])+": "+reason+".")
	}
	return texts
}
