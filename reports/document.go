package reports

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/capacity"
	"github.com/peakday/peakday/forecast/sizing"
	"github.com/peakday/peakday/reports/chart"
	"github.com/peakday/peakday/scenarios"
)

// DocumentFormat is the version of the JSON document. In the first one sent counted retries too; in the second a forecast
// was of one model and had its backtest beside it.
const DocumentFormat = 3

// A Document is what is said about a drill. Its JSON is stable: names are added, never changed or removed within one
// DocumentFormat.
type Document struct {
	Format           int                `json:"format"`
	Scenario         string             `json:"scenario"`
	Title            string             `json:"title"`
	Verdict          scenarios.Verdict  `json:"verdict"` // inconclusive where there is no budget
	ExitCode         int                `json:"exit_code"`
	Sentence         string             `json:"sentence"` // the verdict and its ground, for people
	Partial          bool               `json:"partial"`  // a run was cut off
	Seed             uint64             `json:"seed"`
	Started          time.Time          `json:"started"` // of the first run
	Target           string             `json:"target"`
	Machine          result.Machine     `json:"machine"`
	DeclaredCapacity float64            `json:"declared_capacity,omitempty"` // answers per second
	GoodWithin       Number             `json:"good_within"`
	SameArrivals     bool               `json:"same_arrivals"` // every run had the same first attempts
	Runs             []RunFacts         `json:"runs"`
	Forecast         *ForecastFacts     `json:"forecast,omitempty"`
	Capacity         *capacity.Capacity `json:"capacity,omitempty"` // of one instance, as measured
	Sizing           *sizing.Plan       `json:"sizing,omitempty"`
	Warnings         []string           `json:"warnings"`

	Head     string    `json:"-"` // the word over it: the verdict, or "measured" for a sound run of which none was asked
	Sections []Section `json:"-"` // the same for people, in reading order
}

// RunFacts are what one variant showed.
type RunFacts struct {
	Variant     string            `json:"variant"`
	Decides     bool              `json:"decides"`
	Verdict     scenarios.Verdict `json:"verdict"` // of its budgets; fail when an abort rule was broken
	Partial     bool              `json:"partial"`
	Interrupted bool              `json:"interrupted"`
	Validity    scenarios.Verdict `json:"validity"` // pass for a whole run that can be trusted
	Reasons     []string          `json:"reasons"`  // why it is not
	Seconds     float64           `json:"recorded"` // how many seconds of arrivals were recorded
	ArrivalHash string            `json:"arrival_hash"`

	Measurement // its validity is said in the words of verdicts

	Kinds []Kind `json:"failed_by_kind"`

	People *PeopleFacts `json:"people"` // null for a run that was cut off
	Judged Judged       `json:"judged"`

	LatenessP99 Number           `json:"lateness_p99"`
	Processes   []result.Process `json:"processes"`
	Budgets     []BudgetFacts    `json:"budgets"`
	Oracles     []BudgetFacts    `json:"oracles"`
	Warnings    []string         `json:"warnings"`
	Notes       []string         `json:"notes"`
	Proofs      []string         `json:"proofs"` // what was checked of the bundled service afterwards, and held
	Failures    []result.Failure `json:"failures"`
	Operations  []PartFacts      `json:"operations"`
	Steps       []PartFacts      `json:"steps"`    // of journeys; empty where there are none
	Phases      []PhaseFacts     `json:"phases"`   // of the scenario, in order
	Plateaus    []PlateauFacts   `json:"plateaus"` // of 10 s or more; empty for a run that was cut off
	Timeline    []Second         `json:"timeline"`
}

// foremost is the place of the run that decides, or of the last one where none does; -1 without a run.
func (d Document) foremost() int {
	if i := slices.IndexFunc(d.Runs, func(r RunFacts) bool { return r.Decides }); i >= 0 {
		return i
	}
	return len(d.Runs) - 1
}

// A Kind counts failures of one kind.
type Kind struct {
	Kind  string `json:"kind"`
	Count uint64 `json:"count"`
}

// PeopleFacts count persons.
type PeopleFacts struct {
	Served           uint64 `json:"served"`         // got an answer in the end
	InTime           uint64 `json:"served_in_time"` // of those, within good_within of their first attempt; with retries to the precision of the histogram
	GaveUp           uint64 `json:"gave_up"`
	Waiting          uint64 `json:"waiting"`       // neither: with the next two
	NeverSent        uint64 `json:"never_sent"`    // their first attempt was dropped or lost
	DroppedLater     uint64 `json:"dropped_later"` // a retry or a later step of theirs was dropped, and that ended it
	Attempts         uint64 `json:"attempts"`
	TimeToSuccessP50 Number `json:"time_to_success_p50"`
	TimeToSuccessP95 Number `json:"time_to_success_p95"`
}

// Later counts the people who got an answer after good_within.
func (p PeopleFacts) Later() uint64 { return p.Served - min(p.Served, p.InTime) }

// StillWaiting counts the people who were on the way when the run ended.
func (p PeopleFacts) StillWaiting() uint64 {
	return p.Waiting - min(p.Waiting, p.NeverSent+p.DroppedLater)
}

// Judged is the part of the run that budgets look at, by the second in which requests were due: whole seconds, none if
// the run ended before.
type Judged struct {
	From         float64 `json:"from"`
	To           float64 `json:"to"`
	Offered      Number  `json:"offered"` // per second; of a run that was cut off what was sent
	Goodput      Number  `json:"goodput"`
	Answered     Number  `json:"answered"`
	AdmittedP50  Number  `json:"admitted_p50"`
	AdmittedP95  Number  `json:"admitted_p95"`
	AdmittedP99  Number  `json:"admitted_p99"`
	AnsweredMean Number  `json:"answered_mean"`
}

// BudgetFacts are one budget or oracle and what became of it.
type BudgetFacts struct {
	Budget      string            `json:"budget"`
	Verdict     scenarios.Verdict `json:"verdict"`
	Unit        string            `json:"unit"` // "s", "/s" or "share"
	Value       Number            `json:"value"`
	Limit       Number            `json:"limit"`
	Missed      Number            `json:"missed"`       // by how much, in the unit; 0 when it is not
	MissedShare Number            `json:"missed_share"` // the same over the limit
	Samples     uint64            `json:"samples"`
	WholeRun    bool              `json:"whole_run,omitempty"` // Value is of the whole run, not of the judged span
	Reason      string            `json:"reason,omitempty"`
}

// A Second of the run: what was due in it, and what ended in it.
type Second struct {
	At          int    `json:"at"`
	Offered     uint64 `json:"offered"` // due in it; of a run that was cut off, sent in it
	Good        uint64 `json:"good"`    // ended in it
	Late        uint64 `json:"late"`
	Shed        uint64 `json:"shed"`
	Failed      uint64 `json:"failed"`
	AdmittedP50 Number `json:"admitted_p50"` // of what was due in it
	AdmittedP95 Number `json:"admitted_p95"`
	AdmittedP99 Number `json:"admitted_p99"`
}

// ForecastFacts are what was expected of the day; the paths themselves are in forecast.json.
type ForecastFacts struct {
	History     forecast.Facts     `json:"history"`
	Start       time.Time          `json:"start"`
	Seconds     float64            `json:"seconds"`      // that it looks ahead
	StepSeconds float64            `json:"step_seconds"` // a bin of the history, or a quarter of an hour as high as its highest bin
	Seasons     []forecast.Season  `json:"seasons"`
	Peaks       []forecast.Peak    `json:"peaks"`
	PeakHours   []forecast.Hour    `json:"peak_hours"`
	Components  []forecast.Share   `json:"components"` // of the highest step
	Models      []forecast.Share   `json:"models"`
	Rehearsal   forecast.Rehearsal `json:"rehearsal"`
	Drilled     *DrilledDay        `json:"drilled,omitempty"`
	Warnings    []string           `json:"warnings"`
}

// DrilledDay is the forecast day that was driven.
type DrilledDay struct {
	Quantile   float64 `json:"quantile"`
	MedianRate float64 `json:"median_rate"` // real requests per second
	PeakRate   float64 `json:"peak_rate"`
	Scale      float64 `json:"scale"`       // real requests per second for one in the drill
	DaySeconds float64 `json:"day_seconds"` // in which the 24 hours of its points passed; the event beside them takes its own time
	Event      float64 `json:"event"`       // the event's peak, a multiple of the median; 0 without one
}

// A Section is a part of the document for people.
type Section struct {
	Title    string
	Text     []string
	Tables   []Table
	Pictures []Picture // two and two stand side by side where there is room
}

// A Table has words in its first column and numbers or words in the others.
type Table struct {
	Title string
	Head  []string
	Rows  [][]string
	Note  string // under it; may be empty
	Rest  int    // so many of the last rows are left out of the text
	Left  string // what the text says instead of them
}

// A Picture is a chart with its heading and what to look for in it.
type Picture struct {
	Title   string
	Caption string
	Chart   chart.Chart
}

// A Number is a measured value; in JSON it has six significant digits, and NaN and infinities are null.
type Number float64

// MarshalJSON writes the number.
func (n Number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
		return []byte("null"), nil
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(float64(n), 'g', 6, 64), 64)
	if err != nil {
		return nil, err
	}
	return json.Marshal(rounded)
}
