package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/peakday/peakday/forecast/backtest"
)

// m4 judges both tiers on the series that chose nothing.
func (b bench) m4() (Part, error) {
	all, err := b.hourly(false)
	if err != nil {
		return Part{}, err
	}
	var said []judged
	for _, by := range []struct {
		name   string
		method backtest.Method
	}{{"Naive2", backtest.Naive2(day, horizon)}, {"seasonal naive", backtest.SeasonalNaive(day, horizon)}} {
		trials, err := rollAll(all, by.method)
		if err != nil {
			return Part{}, err
		}
		said = append(said, judge(by.name, trials))
	}
	naive2 := said[0]
	var goals []Goal
	for _, tier := range b.tiers {
		trials, err := rollAll(all, own(tier))
		if err != nil {
			return Part{}, err
		}
		j := judge(tier.Name, trials)
		said = append(said, j)
		goals = j.goals(naive2) // of the last tier, which is the standard one
	}
	text := fmt.Sprintf("%d series of the training part of M4 hourly, %d origins each, %d hours ahead.\n\n", len(all), plan().Most, horizon)
	return Part{Goals: goals, Tables: text + table(said, naive2) + spread(said)}, nil
}

// A judged method: a score of each series, and all trials.
type judged struct {
	name   string
	scores []backtest.Score
	trials []backtest.Trial
}

func judge(name string, trials [][]backtest.Trial) judged {
	j := judged{name: name}
	for _, of := range trials {
		j.add(of, day)
	}
	return j
}

// add is the trials of one more series; the season is that of MASE.
func (j *judged) add(of []backtest.Trial, season int) {
	j.scores = append(j.scores, backtest.Judge(j.name, of, season))
	j.trials = append(j.trials, of...)
}

// by is the mean over series.
func (j judged) by(figure func(s backtest.Score) float64) backtest.Estimate {
	return of(j.scores, figure)
}

// owa takes the means of the reference as known.
func (j judged) owa(naive2 judged) backtest.Estimate {
	of, to := float64(naive2.by(smape).Mean), float64(naive2.by(mase).Mean)
	return j.by(func(s backtest.Score) float64 { return backtest.OWA(smape(s), mase(s), of, to) })
}

// medianPeak is the median error of the size of the peak over all windows.
func (j judged) medianPeak() float64 {
	var each []backtest.Score
	for _, t := range j.trials {
		each = append(each, backtest.Judge("", []backtest.Trial{t}, day))
	}
	return median(each, peakError)
}

// ofSpread is a figure of the quantile paths, NaN for a method without any.
func ofSpread(figure func(s backtest.Spread) backtest.Figure) func(s backtest.Score) float64 {
	return func(s backtest.Score) float64 {
		if s.Spread == nil {
			return math.NaN()
		}
		return float64(figure(*s.Spread))
	}
}

func coverage(s backtest.Spread) backtest.Figure { return s.Coverage.Mean }
func msis(s backtest.Spread) backtest.Figure     { return s.MSIS }
func pinball(s backtest.Spread) backtest.Figure  { return s.Pinball }
func smape(s backtest.Score) float64             { return float64(s.SMAPE) }
func mase(s backtest.Score) float64              { return float64(s.MASE) }
func peakError(s backtest.Score) float64         { return float64(s.PeakAPEMean) }
func hourWithin(s backtest.Score) float64        { return float64(s.PeakHourWithin) }
func held(s backtest.Score) float64              { return float64(s.Covered) / float64(s.Bounded) }
func headroom(s backtest.Score) float64 {
	if s.Bounded == 0 {
		return math.NaN()
	}
	return float64(s.Headroom)
}

func (j judged) goals(naive2 judged) []Goal {
	goal := func(what string, must, ambition Range, e backtest.Estimate, times float64, format string) Goal {
		return Goal{what, must, ambition, times * float64(e.Mean), times * float64(e.Wide), format}
	}
	percent := "%.1f %%"
	worst := slices.Min(append(j.deciles(), j.blocks()...))
	return []Goal{
		goal("M4 hourly, OWA over Naive2 (the goal is for the test part)", atMost(0.380), atMost(0.360), j.owa(naive2), 1, "%.3f"),
		goal("MSIS at 95 %", atMost(6), atMost(5.3), j.by(ofSpread(msis)), 1, "%.2f"),
		goal("coverage at 95 %", Range{94, 96}, Range{94.5, 95.5}, j.by(ofSpread(coverage)), 100, percent),
		{"worst coverage of a decile of volatility or a block of 6 h", atLeast(88), atLeast(92), 100 * worst, 0, percent},
		goal("95 % quantile of the maximum held", Range{93, 97}, Range{94, 96}, j.by(held), 100, percent),
		goal("its headroom, mean", atMost(16), atMost(12), j.by(headroom), 100, percent),
		goal("error of the size of the peak, mean", atMost(7.5), atMost(6.5), j.by(peakError), 100, percent),
		{"the same, median", atMost(2.7), atMost(2.2), 100 * j.medianPeak(), 0, percent},
		goal("hour of the peak within 1 h", atLeast(80), atLeast(85), j.by(hourWithin), 100, percent),
	}
}

// table puts methods side by side.
func table(all []judged, naive2 judged) string {
	var w strings.Builder
	w.WriteString("| method | sMAPE | MASE | OWA over Naive2 | MSIS | coverage of 95 % | pinball at 0.95 | peak off, mean | median | hour within 1 h | 95 % bound held | its headroom |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, j := range all {
		cells := []string{j.name,
			cell("%.2f", j.by(smape), 1),
			cell("%.3f", j.by(mase), 1),
			cell("%.3f", j.owa(naive2), 1),
			cell("%.2f", j.by(ofSpread(msis)), 1),
			cell("%.1f", j.by(ofSpread(coverage)), 100),
			cell("%.3f", j.by(ofSpread(pinball)), 1),
			cell("%.1f", j.by(peakError), 100),
			fmt.Sprintf("%.1f", 100*j.medianPeak()),
			cell("%.0f", j.by(hourWithin), 100),
			cell("%.1f", j.by(held), 100),
			cell("%.1f", j.by(headroom), 100),
		}
		w.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return w.String() + "\nsMAPE, coverage, peak, hour, bound and headroom are in percent; the pinball loss is over the scale of MASE.\n"
}

func cell(format string, e backtest.Estimate, times float64) string {
	switch {
	case !e.Mean.Known():
		return "-"
	case !e.Wide.Known():
		return fmt.Sprintf(format, times*float64(e.Mean))
	}
	return fmt.Sprintf(format+" ± "+format, times*float64(e.Mean), times*float64(e.Wide))
}

// spread tells where the interval of 95 % holds.
func spread(all []judged) string {
	var w strings.Builder
	for _, j := range all {
		if len(j.trials) > 0 && len(j.trials[0].Forecast.Levels) > 0 {
			fmt.Fprintf(&w, "\nCoverage of 95 %%, %s, in percent\n\n- by decile of volatility, the calmest first: %s\n- by block of 6 hours: %s\n", j.name, shares(j.deciles()), shares(j.blocks()))
		}
	}
	return w.String()
}

func shares(all []float64) string {
	var words []string
	for _, v := range all {
		words = append(words, fmt.Sprintf("%.1f", 100*v))
	}
	return strings.Join(words, ", ")
}

// deciles are the coverage of tenths of the windows, from those before which
// seasonal naive was off least, relative to their mean, to the wildest.
func (j judged) deciles() []float64 {
	volatility := func(t backtest.Trial) float64 {
		sum := 0.0
		for _, y := range t.Actual {
			sum += y
		}
		return backtest.NaiveScale(t.Known.Values, day) * float64(len(t.Actual)) / max(sum, math.SmallestNonzeroFloat32)
	}
	sorted := slices.SortedStableFunc(slices.Values(j.trials), func(a, b backtest.Trial) int { return cmp.Compare(volatility(a), volatility(b)) })
	var shares []float64
	for d := range 10 {
		shares = append(shares, covered(sorted[d*len(sorted)/10:(d+1)*len(sorted)/10], 0, horizon))
	}
	return shares
}

// blocks are the coverage of each six hours of the horizon.
func (j judged) blocks() []float64 {
	var shares []float64
	for from := 0; from < horizon; from += 6 {
		shares = append(shares, covered(j.trials, from, from+6))
	}
	return shares
}

// covered is the share of the steps of all windows within the interval.
func covered(trials []backtest.Trial, from, to int) float64 {
	sum := 0.0
	for _, t := range trials {
		sum += t.Coverage(from, to)
	}
	return sum / float64(len(trials))
}
