package selftest

import (
	"math"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/scenarios"
)

// ReportFormat is the version of a Report's JSON.
const ReportFormat = 1

// A Report is what was found. Its JSON is stable: names are added, never changed or removed within one ReportFormat.
type Report struct {
	Format    int               `json:"format"`
	Verdict   scenarios.Verdict `json:"verdict"` // pass, or invalid when a check does not hold: the instrument is off
	ExitCode  int               `json:"exit_code"`
	Sentence  string            `json:"sentence"` // the verdict and what this generator can offer, for people
	Quick     bool              `json:"quick"`
	Started   time.Time         `json:"started"`
	Seconds   reports.Number    `json:"seconds"` // that it took
	Machine   result.Machine    `json:"machine"`
	StampedBy string            `json:"stamped_by"` // whose clock stamped the arrivals
	Checks    []Check           `json:"checks"`
	Ladders   []Ladder          `json:"ladders"`
	Notes     []string          `json:"notes"` // what was repeated, and why
}

// A Check holds a measured value against what is known to be true. What is shown without being judged has no verdict.
type Check struct {
	Step     string            `json:"step"` // stall, behind or poisson
	Driver   string            `json:"driver"`
	What     string            `json:"what"`
	Unit     string            `json:"unit"`     // s, share or count
	Truth    reports.Number    `json:"truth"`    // null where none is known
	Measured reports.Number    `json:"measured"` // null where nothing was
	Least    reports.Number    `json:"least"`    // it must be no less; null means that it may be
	Most     reports.Number    `json:"most"`     // it must be no more; null means that it may be
	Verdict  scenarios.Verdict `json:"verdict"`  // pass, fail, or empty
}

// none stands for a bound or a value that there is not.
var none = reports.Number(math.NaN())

// judge fills in the verdict. A value that was not measured does not pass.
func (c Check) judge() Check {
	c.Verdict = scenarios.Fail
	if m := c.Measured; (m >= c.Least || isNone(c.Least)) && (m <= c.Most || isNone(c.Most)) && !isNone(m) {
		c.Verdict = scenarios.Pass
	}
	return c
}

func isNone(n reports.Number) bool { return math.IsNaN(float64(n)) }

// within is a value that must be within a share of the truth.
func within(what string, truth, measured time.Duration, share float64) Check {
	t := truth.Seconds()
	return Check{
		What: what, Unit: "s", Truth: reports.Number(t), Measured: reports.Number(measured.Seconds()),
		Least: reports.Number(t * (1 - share)), Most: reports.Number(t * (1 + share)),
	}.judge()
}

// atMost is a value that should be zero and must not exceed a bound.
func atMost(what, unit string, measured, most float64) Check {
	return Check{What: what, Unit: unit, Measured: reports.Number(measured), Least: none, Most: reports.Number(most)}.judge()
}

// shown is a value that is not judged.
func shown(what, unit string, measured float64) Check {
	return Check{What: what, Unit: unit, Truth: none, Measured: reports.Number(measured), Least: none, Most: none}
}

// A Ladder is how one driver did at rising rates.
type Ladder struct {
	Driver    string         `json:"driver"`
	Precision reports.Number `json:"precision"` // seconds; 0 is a wake-up for each request
	Limit     reports.Number `json:"limit"`     // of lateness p99, seconds
	Offers    reports.Number `json:"offers"`    // the highest rate that was kept after all below it, per second; 0 when none was
	Rungs     []Rung         `json:"rungs"`
}

// A Rung is one rate.
type Rung struct {
	Rate          reports.Number `json:"rate"` // per second
	Planned       uint64         `json:"planned"`
	Sent          uint64         `json:"sent"`
	LatenessP50   reports.Number `json:"lateness_p50"` // seconds
	LatenessP99   reports.Number `json:"lateness_p99"`
	LatenessP999  reports.Number `json:"lateness_p999"`
	CPUPerRequest reports.Number `json:"cpu_per_request"` // seconds of the generator
	Kept          bool           `json:"kept"`            // all was sent, with lateness p99 within the limit
}
