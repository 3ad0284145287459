package forecast

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/forecast/model"
	"github.com/peakday/peakday/forecast/series"
)

// A Model forecasts a history by many models, each heard as much as its past
// forecasts of that history were worth. The zero value is ready.
type Model struct {
	Tier ensemble.Tier // which models; the zero value is ensemble.Standard() or, where a history has regressors, ensemble.Informed(), which alone hears them
}

// Fitted is a history made ready to be forecast from its end.
type Fitted struct {
	History  Facts
	Steps    series.Series // what is forecast: the bins, or the highest of each quarter of an hour; its Seasons are known
	Warnings []string      // of the history, and of what was assumed

	tier ensemble.Tier
}

const (
	// mostSteps are looked at, the newest: more than a year of hours, or a
	// hundred days of quarters. Models forget faster than that.
	mostSteps = 10000
	// shortDays of history are too few to find the season of a day in.
	shortDays = 4
)

// Fit cuts a history into steps and finds its seasons, unless the history says
// them. It needs bins that have a length, and one that was observed.
func (m Model) Fit(h history.History) (Fitted, error) {
	if h.Series.Step <= 0 {
		return Fitted{}, fmt.Errorf("%s: no stamps: say how long a bin is", h.Name)
	}
	largest, at := series.Max(h.Series.Values)
	s := steps(h.Series)
	if s.Len() == s.Missing() {
		return Fitted{}, fmt.Errorf("%s: %d bins, none of which tells the demand: want at least one that was observed and not throttled", h.Name, h.Series.Len())
	}
	if m.Tier.Members == nil {
		m.Tier = ensemble.Standard()
		if len(s.Regressors) > 0 {
			m.Tier = ensemble.Informed()
		}
	}
	f := Fitted{
		History: Facts{
			Name: h.Name, Series: h.ID, Format: h.Format, Measure: h.Measure,
			First: h.Series.Start, Last: h.Series.At(h.Series.Len() - 1), Bins: h.Series.Len(), BinSeconds: h.Series.Step.Seconds(),
			Gaps: h.Gaps.Count, GapBins: h.GapBins, Duplicates: h.Duplicates.Count, Missing: h.Missing.Count,
			Observed: h.Series.Count(series.Value), Outage: h.Series.Count(series.Outage), Throttled: h.Series.Count(series.Throttled),
			Largest: Largest{PerBin: largest, PerSecond: largest / h.Series.Step.Seconds(), At: h.Series.At(at)},
		},
		Steps:    s,
		Warnings: append([]string{}, h.Warnings()...),
		tier:     m.Tier,
	}
	if h.Series.Start.IsZero() {
		f.warn("%s: no stamps: hours and days are counted from Monday 0001-01-01 on", h.Name)
	}
	if n := s.Len(); n > mostSteps {
		f.Steps.Start, f.Steps.Values = s.At(n-mostSteps), s.Values[n-mostSteps:]
		for i, r := range s.Regressors {
			f.Steps.Regressors[i] = r.From(n - mostSteps)
		}
		f.warn("%s: forecast from the newest %d of %d steps of %v", h.Name, mostSteps, n, s.Step)
	}
	f.season(h.Series)
	if len(s.Regressors) > 0 && !f.hears() {
		f.warn("%s: the %s tier hears no regressors: what they tell is not used", h.Name, f.tier.Name)
	}
	return f, nil
}

// hears regressors.
func (f Fitted) hears() bool { return f.tier.Name == ensemble.Informed().Name }

// season takes the seasons that the history says, or finds them. A history too
// short to tell is forecast as the day before, or as its last value.
func (f *Fitted) season(told series.Series) {
	s := &f.Steps
	per := int(s.Step / told.Step)
	for _, bins := range told.Seasons {
		if bins%per != 0 || bins/per < 2 {
			f.warn("%s: the season of %v is left out: want whole steps of %v, two at least", f.History.Name, time.Duration(bins)*told.Step, s.Step)
			continue
		}
		s.Seasons = append(s.Seasons, bins/per)
	}
	if told.Seasons != nil {
		return
	}
	for _, season := range series.FindSeasons(*s) {
		s.Seasons = append(s.Seasons, season.Length)
	}
	if s.Seasons != nil {
		return
	}
	if s.End().Sub(s.Start) >= shortDays*24*time.Hour {
		f.warn("%s: no season was found: the forecast knows no hour of the day; if there is a season, say it with --season", f.History.Name)
		return
	}
	day := s.Bins(24 * time.Hour)
	f.tier = ensemble.Tier{Name: "naive", Members: []ensemble.Member{{Model: model.Naive{}, Say: 1}}}
	switch {
	case day < 2:
		f.warn("%s: %d steps of %v are too few to find seasons in: the forecast is the last value", f.History.Name, s.Len(), s.Step)
	case s.Len() < day:
		f.warn("%s: less than a day: the forecast is the last value", f.History.Name)
	default:
		s.Seasons = []int{day}
		f.warn("%s: %.3g days are too few to find seasons in: each day is forecast as the one before", f.History.Name, float64(s.Len())/float64(day))
	}
}

func (f *Fitted) warn(format string, args ...any) {
	f.Warnings = append(f.Warnings, fmt.Sprintf(format, args...))
}

// longestStep of those that are made of shorter bins.
const longestStep = 15 * time.Minute

// perStep is how many bins a step has: as many as a quarter of an hour holds, or
// fewer, so that a day is whole steps where it is whole bins.
func perStep(bin time.Duration) int {
	const day = 24 * time.Hour
	per := max(1, int(longestStep/bin))
	for day%bin == 0 && day%(time.Duration(per)*bin) != 0 {
		per--
	}
	return per
}

// steps are what is forecast: the bins of a series or, of bins shorter than a
// quarter of an hour, the highest in each quarter (see perStep); the last ends
// with the series. A peak is a bin, and the largest of the highest is the largest. A step
// of which more than half was not observed is a hole, and so is one with a
// throttled bin: what would have come may have been higher than all of it. Of
// regressors too a step has the highest.
func steps(s series.Series) series.Series {
	per := min(perStep(s.Step), max(1, s.Len()))
	n := s.Len() / per
	first := s.Len() - n*per
	all := series.Series{Start: s.At(first), Step: time.Duration(per) * s.Step, Values: make([]float64, n)}
	for i := range all.Values {
		all.Values[i] = highest(s, first+i*per, first+(i+1)*per)
	}
	for _, r := range s.Regressors {
		var highest []float64
		for bins := range slices.Chunk(r.From(first).Values, per) {
			top, _ := series.Max(bins)
			highest = append(highest, top)
		}
		all.Regressors = append(all.Regressors, series.Regressor{Name: r.Name, Values: highest})
	}
	return all
}

func highest(s series.Series, from, to int) float64 {
	top, _ := series.Max(s.Values[from:to])
	holes := 0
	for i := from; i < to; i++ {
		switch s.State(i) {
		case series.Throttled:
			return math.NaN()
		case series.Value:
		default:
			holes++
		}
	}
	if 2*holes > to-from {
		return math.NaN()
	}
	return top
}
