package forecast

import (
	"fmt"
	"math"
	"time"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/forecast/series"

	"gonum.org/v1/gonum/stat/distuv"
)

const (
	// trainDays come before the first origin: two of each day of the week.
	trainDays = 14
	// mostOrigins are rehearsed: the newest, which support the 99.5 % quantile.
	mostOrigins = 199
	// boundP is the quantile whose coverage the backtest counts.
	boundP = 0.9
	// firstJudged is how many errors must be known before a day is judged: the
	// least that support boundP.
	firstJudged = 9
)

// A Forecast is the day after a history: paths, peaks, how sure they are and
// how well the same method did on days that are known. Values are counts a bin
// unless the name says otherwise. It is written as forecast.json; the names
// are stable.
type Forecast struct {
	Model       string    `json:"model"`
	History     Facts     `json:"history"`
	Start       time.Time `json:"start"` // of the day, which is the end of the history
	StepSeconds float64   `json:"step_seconds"`

	Paths []Path `json:"paths"` // for the supported probabilities, the point forecast (0.5) first; none crosses another
	Peaks []Peak `json:"peaks"` // the day's largest bin, one a probability, rising

	// PeakSample are equally likely peaks of the day, sorted: the median path's
	// peak times each past ratio of actual to forecast peak.
	PeakSample []float64 `json:"peak_sample"`

	Backtest []backtest.Score `json:"backtest"` // the model first, then seasonal naive over a day and a week, on the same days
	BoundP   float64          `json:"bound_p"`  // the peak's quantile whose coverage the backtest counts

	Warnings []string `json:"warnings"`
}

// Facts are what the history was.
type Facts struct {
	Name       string    `json:"name"`
	First      time.Time `json:"first"` // start of the first bin
	Last       time.Time `json:"last"`  // start of the last bin
	Bins       int       `json:"bins"`
	Gaps       int       `json:"gaps"`
	GapBins    int       `json:"gap_bins"`
	Duplicates int       `json:"duplicates"`
	Missing    int       `json:"missing"` // lines without a value
	Largest    Largest   `json:"largest"`
}

// Largest is the largest bin of the history, the first of equals. No forecast
// is in it: it is what was counted.
type Largest struct {
	PerBin    float64   `json:"per_bin"`
	PerSecond float64   `json:"per_second"` // mean over that bin
	At        time.Time `json:"at"`         // start of that bin
}

// A Path is what each bin stays under with probability P. The chance that the
// whole day does is smaller; for the day's peak see Peak.
type Path struct {
	P      float64   `json:"p"`
	Values []float64 `json:"values"`
}

// A Peak is what the day's largest bin stays under with probability P.
type Peak struct {
	P         float64   `json:"p"`
	PerBin    float64   `json:"per_bin"`
	PerSecond float64   `json:"per_second"` // mean over that bin
	At        time.Time `json:"at"`         // start of the bin in which the path of this probability is highest
	Supported bool      `json:"supported"`  // false: P is more than the origins can tell, PerBin is the median path's peak times the largest past error
	Note      string    `json:"note,omitempty"`
}

// New forecasts the 24 hours after a history. It needs bins of which a whole
// number make a day, and 15 days: the model is fitted at an origin every day
// from the fifteenth on, and what it missed there widens the forecast.
func New(m Model, h history.History) (Forecast, error) {
	s := h.Series
	if s.Step <= 0 || 24*time.Hour%s.Step != 0 {
		return Forecast{}, fmt.Errorf("%s: a step of %v: want one of which a whole number make a day", h.Name, s.Step)
	}
	day := s.Bins(24 * time.Hour)
	largest, at := series.Max(s.Values)
	if !(largest > 0) {
		return Forecast{}, fmt.Errorf("%s: no value above 0: nothing to forecast", h.Name)
	}
	plan := backtest.Plan{Horizon: day, Stride: day, Least: trainDays * day, Most: mostOrigins}
	origins := plan.Origins(s)
	if len(origins) == 0 {
		return Forecast{}, fmt.Errorf("%s: %.1f days of history: want at least %d, the last of them at least half observed",
			h.Name, s.End().Sub(s.Start).Hours()/24, trainDays+1)
	}
	past, err := rehearse(m, s, origins, day)
	if err != nil {
		return Forecast{}, fmt.Errorf("%s: %w", h.Name, err)
	}
	fit, err := m.Fit(s)
	if err != nil {
		return Forecast{}, fmt.Errorf("%s: %w", h.Name, err)
	}

	f := Forecast{
		Model: m.Name(), Start: s.End(), StepSeconds: s.Step.Seconds(), BoundP: boundP,
		History: Facts{
			Name: h.Name, First: s.Start, Last: s.At(s.Len() - 1), Bins: s.Len(),
			Gaps: h.Gaps.Count, GapBins: h.GapBins, Duplicates: h.Duplicates.Count, Missing: h.Missing.Count,
			Largest: Largest{PerBin: largest, PerSecond: largest / s.Step.Seconds(), At: s.At(at)},
		},
		Warnings: append([]string{}, h.Warnings()...),
	}
	f.look(fit, past, day)
	return f, f.judge(m, s, plan, past)
}

// look ahead: paths, peaks and the sample of peaks.
func (f *Forecast) look(fit Fitted, past []rehearsal, day int) {
	var raw [][]float64
	for _, p := range Probabilities() {
		raw = append(raw, fit.Path(p, day))
	}
	top, _ := series.Max(raw[0])
	errors := peakErrors(past)
	for _, e := range errors {
		f.PeakSample = append(f.PeakSample, top*math.Exp(e))
	}
	at := 0
	for i, values := range calibrate(raw, past) {
		p := Probabilities()[i]
		peak, supported := conformal(f.PeakSample, p)
		k := Peak{P: p, PerBin: peak, PerSecond: peak / f.StepSeconds, Supported: supported}
		if supported {
			f.Paths = append(f.Paths, Path{p, values})
			_, at = series.Max(values)
		} else {
			n := len(past)
			k.Note = fmt.Sprintf("largest past error: %d origins support no more than the %.3g %% quantile", n, 100*float64(n)/float64(n+1))
		}
		k.At = f.Start.Add(time.Duration(float64(at) * f.StepSeconds * float64(time.Second)))
		f.Peaks = append(f.Peaks, k)
	}
}

// judge the method on the days that are known.
func (f *Forecast) judge(m Model, s series.Series, plan backtest.Plan, past []rehearsal) error {
	judged, day := plan, plan.Horizon
	judged.Most = max(0, len(past)-firstJudged)
	if judged.Most == 0 {
		judged.Horizon = 0 // none
	}
	for _, by := range []struct {
		name   string
		method backtest.Method
	}{
		{m.Name(), hindsight(plan.Origins(s), past)},
		{"seasonal naive 24h", backtest.SeasonalNaive(day, day)},
		{"seasonal naive 168h", backtest.SeasonalNaive(7*day, day)},
	} {
		trials, err := backtest.Roll(s, judged, by.method)
		if err != nil {
			return err
		}
		f.Backtest = append(f.Backtest, backtest.Judge(by.name, trials, day))
	}
	own := f.Backtest[0]
	if own.Origins == 0 {
		f.Warnings = append(f.Warnings, fmt.Sprintf("%d origins: too few to judge the forecast; want more than %d, so %d days of history", len(past), firstJudged, trainDays+firstJudged+1))
		return nil
	}
	if own.Bounded > 0 && (distuv.Binomial{N: float64(own.Bounded), P: boundP}).CDF(float64(own.Covered)) < 0.05 {
		f.Warnings = append(f.Warnings, fmt.Sprintf("the %.0f %% quantile of the peak held on %d of %d past days (%.0f %%): expect the peak above it more often than it says",
			100*boundP, own.Covered, own.Bounded, 100*float64(own.Covered)/float64(own.Bounded)))
	}
	return nil
}
