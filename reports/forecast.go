package reports

import (
	"fmt"
	"math"
	"time"

	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/series"
	"github.com/peakday/peakday/reports/chart"
)

// Forecast is the document of a forecast alone. Steps are the history that it was made from, for the picture.
func Forecast(f forecast.Forecast, steps series.Series) Document {
	d := Drill{Forecast: &f}
	doc := Build(d)
	doc.Head, doc.Title, doc.Sentence, doc.Verdict = "forecast", f.History.Name, forecastSentence(f), ""
	s := forecastSection(d, doc)
	s.Pictures = forecastPictures(f, steps)
	doc.Sections = []Section{s}
	return doc
}

// forecastSentence is for who reads one sentence: the peak, how sure, when.
func forecastSentence(f forecast.Forecast) string {
	said := unitOf(f).of
	low, high := f.Peaks[0], f.Peaks[len(f.Peaks)-1]
	bounds := []string{"under " + said(high.PerBin) + " with " + chart.Percent(high.P)}
	if low.PerBin < high.PerBin {
		bounds = []string{"under " + said(low.PerBin) + " with " + chart.Percent(low.P), bounds[0]}
	}
	return fmt.Sprintf("In the %s from %s the peak stays %s probability.",
		lasting(float64(len(f.Point))*f.StepSeconds), f.Start.Format("2006-01-02 15:04"), list(bounds))
}

// A unit is what the counts of a bin are told in: requests a second or, where these are hard to imagine, as they are.
type unit struct {
	bins float64 // that one of it has
	name string  // of an axis
	of   func(perBin float64) string
}

func unitOf(f forecast.Forecast) unit {
	bin := f.History.BinSeconds
	if bin > 3600 || f.Peaks[len(f.Peaks)-1].PerSecond < 1 {
		name := "in " + lasting(bin)
		return unit{1, "requests " + name, func(v float64) string { return chart.Measured(v) + " " + name }}
	}
	return unit{bin, "requests a second", func(v float64) string { return measured(Number(v/bin), "/s") }}
}

func forecastSection(d Drill, doc Document) Section {
	f := doc.Forecast
	if f == nil {
		return Section{}
	}
	s := Section{Title: "Forecast", Text: []string{historyText(f.History), forecastText(f)}}
	if f.Drilled != nil {
		s.Text = append(s.Text, drivenText(*f.Drilled))
	}
	s.Text = append(s.Text, warnings(f.Warnings)...)
	peaks := Table{Title: fmt.Sprintf("The peak of the %s from %s", lasting(f.Seconds), f.Start.Format("2006-01-02 15:04")), Head: []string{"quantile", "peak", "in a bin"}, Note: hoursText(f)}
	for _, p := range f.Peaks {
		peaks.Rows = append(peaks.Rows, []string{chart.Percent(p.P), measured(Number(p.PerSecond), "/s"), chart.Measured(p.PerBin)})
	}
	s.Tables = append(s.Tables, peaks,
		sharesTable("What the highest point is made of", "part", f.Components, "Change is what the models expect beyond level and seasons."),
		sharesTable("The models that were heard most", "model", f.Models[:min(len(f.Models), 5)], ""))
	s.Text = append(s.Text, rehearsalText(f.Rehearsal))
	if p, ok := fanPicture(d); ok {
		s.Pictures = append(s.Pictures, p)
	}
	return s
}

// historyText says what the forecast was made from: how many bins of which length, and what their values are worth.
func historyText(h forecast.Facts) string {
	name := h.Name
	if h.Series != "" {
		name += " " + h.Series
	}
	end := h.Last.Add(time.Duration(h.BinSeconds * float64(time.Second)))
	text := fmt.Sprintf("History %s (%s): %s of %s, from %s to %s, read as %s: %s observed", name, h.Format, plural(uint64(h.Bins), "bin"), lasting(h.BinSeconds),
		h.First.Format("2006-01-02 15:04"), end.Format("2006-01-02 15:04 MST"), h.Measure, count(uint64(h.Observed)))
	for _, state := range []struct {
		bins int
		name string
	}{{h.Bins - h.Observed - h.Outage - h.Throttled, "missing"}, {h.Outage, "in an outage"}, {h.Throttled, "throttled"}} {
		if state.bins > 0 {
			text += fmt.Sprintf(", %s %s", count(uint64(state.bins)), state.name)
		}
	}
	return text + "."
}

// warnings are told from what else is said.
func warnings(all []string) []string {
	var marked []string
	for _, w := range all {
		marked = append(marked, "Warning: "+w+".")
	}
	return marked
}

// forecastText says what of the history the forecast knows.
func forecastText(f *ForecastFacts) string {
	h := f.History
	text := fmt.Sprintf("Seasons: %s.", seasonsText(f.Seasons))
	if f.StepSeconds > h.BinSeconds {
		text += fmt.Sprintf(" Forecast is the highest bin in each %s.", lasting(f.StepSeconds))
	}
	layout := "2006-01-02 at 15:04"
	if h.BinSeconds >= 24*3600 {
		layout = "2006-01-02"
	}
	if h.Largest.PerBin > 0 {
		text += fmt.Sprintf(" The largest bin that was ever counted: %s, which is %s, on %s.",
			chart.Number(h.Largest.PerBin), measured(Number(h.Largest.PerSecond), "/s"), h.Largest.At.Format(layout))
	}
	return text
}

func seasonsText(seasons []forecast.Season) string {
	if len(seasons) == 0 {
		return "none"
	}
	var names []string
	for _, s := range seasons {
		names = append(names, lasting(s.Seconds))
	}
	return list(names)
}

func drivenText(day DrilledDay) string {
	text := "Driven: the day at the " + chart.Percent(day.Quantile) + " quantile"
	if day.DaySeconds != 24*3600 {
		text += ", its 24 h in " + lasting(day.DaySeconds)
	}
	text += fmt.Sprintf(", its rates at a scale of 1 : %s: 1/s in the drill stands for %s/s in reality.", chart.Measured(day.Scale), chart.Measured(day.Scale))
	if day.Event > 0 {
		text += fmt.Sprintf(" The event takes its own time and lifts the peak to %s times the day's median step, %s in reality.",
			chart.Number(day.Event), measured(Number(day.Event*day.MedianRate), "/s"))
	}
	return text
}

// hoursText says when the peak may come.
func hoursText(f *ForecastFacts) string {
	if len(f.PeakHours) == 0 {
		return ""
	}
	within := "hour"
	if f.StepSeconds > 3600 {
		within = lasting(f.StepSeconds)
	}
	layout := "15:04"
	switch {
	case f.StepSeconds >= 24*3600:
		layout = "Monday 2006-01-02"
	case f.Seconds > 7*24*3600:
		layout = "15:04 on Monday 2006-01-02"
	case f.Seconds > 24*3600:
		layout = "15:04 on Monday"
	}
	said := func(h forecast.Hour) string {
		return fmt.Sprintf("%s (%s)", h.Start.Format(layout), chart.Percent(math.Round(100*h.Share)/100))
	}
	text := "Most likely in the " + within + " from " + said(f.PeakHours[0])
	if len(f.PeakHours) > 1 {
		text += ", then from " + said(f.PeakHours[1])
	}
	return text + "."
}

func sharesTable(title, of string, shares []forecast.Share, note string) Table {
	t := Table{Title: title, Head: []string{of, "share"}, Note: note}
	for _, s := range shares {
		t.Rows = append(t.Rows, []string{s.Name, chart.Number(math.Round(1000*s.Share)/10) + " %"})
	}
	return t
}

func rehearsalText(r forecast.Rehearsal) string {
	if r.Windows == 0 {
		return "The history is too short to rehearse the forecast on it."
	}
	return fmt.Sprintf("Rehearsed on the last %s: off by %s of the traffic in all (WAPE), the peak by %s in the median; a peak at the 90 %% quantile would have held on %d of %d.",
		plural(uint64(r.Windows), "window"), measured(Number(r.WAPE), "share"), measured(Number(r.PeakError), "share"), r.Held, r.Peaks)
}
