package forecast

import (
	"fmt"
	"slices"
	"time"

	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/forecast/series"
)

// A Forecast is what comes after a history: paths, the peak of all of it, how
// sure they are and what they are made of. Values are counts a bin of the
// history. It is written as forecast.json; the names are stable.
type Forecast struct {
	History     Facts     `json:"history"`
	Start       time.Time `json:"start"`        // which is the end of the history
	StepSeconds float64   `json:"step_seconds"` // of Point, Paths and Components: a bin, or a quarter of an hour as high as its highest bin
	Seasons     []Season  `json:"seasons"`      // shortest first

	Point []float64 `json:"point"` // one a step, >= 0: as likely passed as not
	Paths []Path    `json:"paths"` // one a quantile, rising; none crosses another
	Peaks []Peak    `json:"peaks"` // the largest bin of all, one a quantile, rising

	PeakHours  []Hour    `json:"peak_hours"`  // in which the largest bin may be, likeliest first
	PeakSample []float64 `json:"peak_sample"` // its quantiles k/(n+1), k = 1 to n, which is 199: equally likely peaks

	Components []Component `json:"components"` // of Point, to which they add up exactly
	Models     []Share     `json:"models"`     // that were heard, most heard first; their shares add up to 1

	Rehearsal Rehearsal `json:"rehearsal"`
	Warnings  []string  `json:"warnings"`
}

// Facts are what the history was.
type Facts struct {
	Name       string          `json:"name"`
	Series     string          `json:"series,omitempty"` // of several in the file
	Format     history.Format  `json:"format"`
	Measure    history.Measure `json:"measure"` // as its values were read
	First      time.Time       `json:"first"`   // start of the first bin
	Last       time.Time       `json:"last"`    // start of the last bin
	Bins       int             `json:"bins"`
	BinSeconds float64         `json:"bin_seconds"`
	Gaps       int             `json:"gaps"`
	GapBins    int             `json:"gap_bins"`
	Duplicates int             `json:"duplicates"`
	Missing    int             `json:"missing"`   // lines without a value
	Observed   int             `json:"observed"`  // bins that tell the demand; all others are missing, in an outage or throttled
	Outage     int             `json:"outage"`    // bins marked so
	Throttled  int             `json:"throttled"` // bins marked so: not learnt from
	Largest    Largest         `json:"largest"`
}

// Largest is the largest bin of the history, the first of equals. No forecast
// is in it: it is what was counted.
type Largest struct {
	PerBin    float64   `json:"per_bin"`
	PerSecond float64   `json:"per_second"` // mean over that bin
	At        time.Time `json:"at"`         // start of that bin
}

// A Season is a cycle that the forecast knows.
type Season struct {
	Steps   int     `json:"steps"`
	Seconds float64 `json:"seconds"`
}

// A Path is what each step stays under with probability P. The chance that all
// of them do is smaller; for the peak see Peak.
type Path struct {
	P      float64   `json:"p"`
	Values []float64 `json:"values"`
}

// A Share is how much of a whole a part has.
type Share struct {
	Name  string  `json:"name"`
	Share float64 `json:"share"`
}

// surest is the highest quantile of a peak that [ensemble.NeededByMaximum] has learnt, and the widest interval of
// a step that [ensemble.Needed] has.
const surest = 0.99

// Quantiles are those of a forecast that is asked for no others.
func Quantiles() []float64 { return []float64{0.5, 0.9, 0.95, 0.99} }

// Forecast looks as far ahead as the horizon: at most 10,000 steps; the rest of
// a broken step is left out. Quantiles are probabilities from 1e-9 to 1 - 1e-9, rising; none
// stand for [Quantiles]. The models are fitted and weighed anew for each
// horizon, because what is good for an hour is not what is good for a week. What
// it costs is in BENCHMARKS.md.
func (f Fitted) Forecast(horizon time.Duration, quantiles []float64) (Forecast, error) {
	s := f.Steps
	n := s.Bins(horizon)
	if n < 1 || n > mostSteps {
		return Forecast{}, fmt.Errorf("%s: a horizon of %v is %d steps of %v: want 1 to %d, such as --horizon 8 for eight", f.History.Name, horizon, n, s.Step, mostSteps)
	}
	if len(quantiles) == 0 {
		quantiles = Quantiles()
	}
	byClock, hours, warning := onClock(s, n)
	all := n
	if hours != nil {
		all = hours.steps()
	}
	e, err := ensemble.New(byClock.Values, ensemble.Options{Horizon: all, Seasons: s.Seasons, Levels: quantiles, Tier: f.tier, Regressors: byClock.Regressors})
	if err != nil {
		return Forecast{}, fmt.Errorf("%s: %w", f.History.Name, err)
	}
	parts, err := e.Components(byClock.Values, s.Seasons)
	if err != nil {
		return Forecast{}, fmt.Errorf("%s: %w", f.History.Name, err)
	}
	made := Forecast{
		History: f.History, Start: s.End(), StepSeconds: s.Step.Seconds(), Seasons: []Season{},
		Warnings: append(slices.Clip(f.Warnings), e.Warnings...),
	}
	for _, steps := range s.Seasons {
		made.Seasons = append(made.Seasons, Season{steps, (time.Duration(steps) * s.Step).Seconds()})
	}
	made.rehearse(e) // before the reading: the maximum is of the steps that the clock shows
	if warning != "" {
		made.Warnings = append(made.Warnings, fmt.Sprintf("%s: %s", f.History.Name, warning))
	}
	if hours != nil {
		hours.readAll(&e, parts)
	}
	made.Point = e.Point
	made.explain(e, parts, s, f.tier)
	for _, r := range s.Regressors {
		ahead := r.From(s.Len()).Values
		ahead = ahead[:min(n, len(ahead))]
		unknown := n - len(ahead) + series.Series{Values: ahead}.Missing()
		if unknown > 0 && f.hears() {
			made.Warnings = append(made.Warnings, fmt.Sprintf("%s: of the regressor %s %d of the %d steps to come are not known: its mean stands for them", f.History.Name, r.Name, unknown, n))
		}
	}
	for i, p := range quantiles {
		made.Paths = append(made.Paths, Path{p, e.Quantiles[i]})
	}
	made.peak(e.Maximum)
	if last := quantiles[len(quantiles)-1]; last > surest {
		made.Warnings = append(made.Warnings, fmt.Sprintf("the %v quantile is beyond %v, the highest that was learnt: it is extrapolated", last, surest))
	}
	if quantiles[0] < (1-surest)/2 {
		made.Warnings = append(made.Warnings, fmt.Sprintf("the %v quantile is below %.3v, the lowest of a step that was learnt: it is extrapolated", quantiles[0], (1-surest)/2))
	}
	return made, nil
}
