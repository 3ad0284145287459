package reports

import (
	"fmt"
	"io"
	"math"
	"time"

	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/reports/chart"
)

// WriteBacktest writes how a forecast of a history did on its past, as text: the
// path, the peak, and what that means for who plans by it.
func WriteBacktest(w io.Writer, h forecast.Facts, c backtest.Comparison) error {
	s := Section{Title: "Backtest", Text: []string{historyText(h)}}
	if c.Origins == 0 {
		s.Text = append(s.Text, warnings(c.Warnings)...)
		return writeSections(w, s)
	}
	s.Text = append(s.Text, fmt.Sprintf("%d windows of %s, from %s to %s, each forecast from nothing but what came before it.", c.Origins, lasting(c.HorizonSeconds),
		c.First.Format("2006-01-02 15:04"), c.Last.Add(time.Duration(c.HorizonSeconds*float64(time.Second))).Format("2006-01-02 15:04")))
	s.Text = append(s.Text, warnings(c.Warnings)...)
	path := Table{Title: "The whole path", Head: []string{"method", "sMAPE", "MASE", "÷ naive", "OWA", "1 - WAPE", "in the 95 % interval", "MSIS", "pinball"},
		Note: "÷ naive is MASE over that of the method in the second line, OWA is over Naive2; below 1 is better. 1 - WAPE says nothing of peaks."}
	peak := Table{Title: "The peak", Head: []string{"method", "off by, mean", "median", "hour within 1 h", "95 % bound held", "its headroom"}}
	for _, m := range c.Methods {
		row := []string{m.Method, known(m.SMAPE, 1, " %"), known(m.MASE, 1, ""), known(m.OverNaive, 1, ""), known(m.OWA, 1, ""), known(1-m.WAPE, 100, " %")}
		if m.Spread == nil {
			row = append(row, unknown, unknown, unknown)
		} else {
			row = append(row, known(m.Spread.Coverage.Mean, 100, "")+" ± "+known(m.Spread.Coverage.Wide, 100, " %"), known(m.Spread.MSIS, 1, ""), known(m.Spread.Pinball, 1, ""))
		}
		path.Rows = append(path.Rows, row)
		held, headroom := unknown, unknown
		if m.Bounded > 0 {
			held, headroom = fmt.Sprintf("%d of %d", m.Covered, m.Bounded), known(m.Headroom, 100, " %")
		}
		peak.Rows = append(peak.Rows, []string{m.Method, known(m.PeakAPEMean, 100, " %"), known(m.PeakAPEMedian, 100, " %"), known(m.PeakHourWithin, 100, " %"), held, headroom})
	}
	s.Tables = []Table{path, peak}
	return writeSections(w, s, Section{Title: "What it means", Text: meaning(c)})
}

// meaning is for who plans and does not judge forecasts.
func meaning(c backtest.Comparison) []string {
	own, simple := c.Methods[0], c.Methods[1]
	for _, m := range c.Methods[2:] {
		if m.MASE < simple.MASE {
			simple = m
		}
	}
	var text []string
	if own.Bounded > 0 && own.Headroom.Known() {
		text = append(text, fmt.Sprintf("Sized for the 95 %% bound, there would have been enough in %d of %d windows, with %s to spare on average; %d windows are evidence for anything between %s and %s of the time.",
			own.Covered, own.Bounded, known(own.Headroom, 100, " %"), own.Bounded, known(own.HeldLow, 100, " %"), known(own.HeldHigh, 100, " %")))
	}
	if own.HeldHigh < backtest.Bound {
		text = append(text, "That is less often than it says: plan for more than the bound.")
	}
	if own.PeakAPEMedian.Known() {
		peak := fmt.Sprintf("The expected peak was off by %s in half of the windows or less", known(own.PeakAPEMedian, 100, " %"))
		if own.PeakHourWithin.Known() {
			peak += fmt.Sprintf(", and came at the expected hour, or the one beside it, in %s of them", known(own.PeakHourWithin, 100, " %"))
		}
		text = append(text, peak+".")
	}
	switch ratio := own.MASE / simple.MASE; {
	case !ratio.Known():
	case ratio < 1:
		text = append(text, fmt.Sprintf("Step by step its errors are %.2f times those of %s, the best of the simple rules.", float64(ratio), simple.Method))
	default:
		text = append(text, fmt.Sprintf("Step by step it is no better than %s, whose errors it has %.2f times: for the path the simple rule would do.", simple.Method, float64(ratio)))
	}
	return text
}

// known is a figure in a unit, or that it is not known.
func known(f backtest.Figure, scale float64, unit string) string {
	if !f.Known() {
		return unknown
	}
	return chart.Measured(math.Round(1e6*scale*float64(f))/1e6) + unit
}
