package reports

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/reports/chart"
)

func forecastSection(d Drill, doc Document) Section {
	f := doc.Forecast
	if f == nil {
		return Section{}
	}
	s := Section{Title: "Forecast"}
	h := f.History
	s.Text = append(s.Text, fmt.Sprintf("From %s: %s bins of %s over %s days, %s to %s; gaps: %s with %s bins, duplicate stamps: %s, lines without a value: %s. Model: %s.",
		h.Name, count(uint64(h.Bins)), lasting(f.StepSeconds), chart.Number(float64(h.Bins)*f.StepSeconds/(24*3600)), h.First.Format(time.DateOnly), h.Last.Format(time.DateOnly),
		count(uint64(h.Gaps)), count(uint64(h.GapBins)), count(uint64(h.Duplicates)), count(uint64(h.Missing)), f.Model))
	if h.Largest.PerBin > 0 {
		s.Text = append(s.Text, fmt.Sprintf("The largest bin that was ever counted: %s, which is %s, on %s.",
			chart.Number(h.Largest.PerBin), measured(Number(h.Largest.PerSecond), "/s"), h.Largest.At.Format("2006-01-02 at 15:04")))
	}
	if day := f.Drilled; day != nil {
		text := "Driven: the day at the " + chart.Percent(day.Quantile) + " quantile"
		if day.DaySeconds != 24*3600 {
			text += ", its 24 h in " + lasting(day.DaySeconds)
		}
		text += fmt.Sprintf(", its rates at a scale of 1 : %s: 1/s in the drill stands for %s/s in reality.", chart.Measured(day.Scale), chart.Measured(day.Scale))
		if day.Event > 0 {
			text += fmt.Sprintf(" The event takes its own time and lifts the peak to %s times the day's median quarter of an hour, %s in reality.",
				chart.Number(day.Event), measured(Number(day.Event*day.MedianRate), "/s"))
		}
		s.Text = append(s.Text, text)
	}
	s.Text = append(s.Text, f.Warnings...)
	peaks := Table{Title: "The coming day's peak, " + f.Start.Format(time.DateOnly), Head: []string{"quantile", "peak", "in a bin", "at"}}
	var notes []string
	for _, p := range f.Peaks {
		peaks.Rows = append(peaks.Rows, []string{quantileLabel(p.P, p.Supported), measured(Number(p.PerSecond), "/s"), chart.Measured(p.PerBin), p.At.Format("15:04")})
		if p.Note != "" {
			notes = append(notes, "At "+chart.Percent(p.P)+" stands the "+p.Note+".")
		}
	}
	peaks.Note = strings.Join(notes, " ")
	s.Tables = append(s.Tables, peaks)
	if len(f.Backtest) > 0 {
		s.Tables = append(s.Tables, backtestTable(f.Model, f.Backtest))
	}
	if p, ok := fanPicture(d); ok {
		s.Pictures = append(s.Pictures, p)
	}
	return s
}

func backtestTable(model string, scores []backtest.Score) Table {
	t := Table{Title: "How the method did on past days; of the peak error the median", Head: []string{"method", "days", "MASE", "WAPE", "peak error", "peak bound held"}, Note: beaten(model, scores)}
	for _, b := range scores {
		held := unknown
		if b.Bounded > 0 {
			held = fmt.Sprintf("%d of %d", b.Covered, b.Bounded)
		}
		t.Rows = append(t.Rows, []string{b.Method, fmt.Sprint(b.Origins), chart.Measured(float64(b.MASE)), chart.Measured(100*float64(b.WAPE)) + " %", chart.Measured(100*float64(b.PeakAPEMedian)) + " %", held})
	}
	return t
}

// beaten says in words where another method did better than the model; empty where none did.
func beaten(model string, scores []backtest.Score) string {
	own := slices.IndexFunc(scores, func(b backtest.Score) bool { return b.Method == model })
	if own < 0 {
		return ""
	}
	var texts []string
	for _, b := range scores {
		var better []string
		for _, column := range []struct {
			name         string
			score, model backtest.Figure
		}{{"MASE", b.MASE, scores[own].MASE}, {"WAPE", b.WAPE, scores[own].WAPE}, {"median peak error", b.PeakAPEMedian, scores[own].PeakAPEMedian}} {
			if column.score < column.model {
				better = append(better, column.name)
			}
		}
		if len(better) > 0 {
			texts = append(texts, b.Method+" has the smaller "+list(better))
		}
	}
	if len(texts) == 0 {
		return ""
	}
	return capital(strings.Join(texts, "; ")) + "."
}
