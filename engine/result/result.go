package result

import (
	"time"

	"github.com/peakday/peakday/engine/hist"
)

// An Outcome is how one request ended. Contract: sent = good + late + shed + failed + unfinished, and
// planned = first attempts sent + dropped + lost.
type Outcome string

// The outcomes.
const (
	Good       Outcome = "good"       // 2xx within the scenario's good_within of due
	Late       Outcome = "late"       // 2xx after it, within the client's timeout
	Shed       Outcome = "shed"       // refused on purpose: 429, or 503 with Retry-After
	Failed     Outcome = "failed"     // everything else; Kind says what
	Unfinished Outcome = "unfinished" // still in flight at the end of the drain
	Dropped    Outcome = "dropped"    // never sent: too many in flight
	Lost       Outcome = "lost"       // never sent: due after the generator was stopped for a reason of its own
)

// Kinds of failure, beside status_NNN.
const (
	KindDial     = "dial"
	KindTLS      = "tls"
	KindReset    = "reset"
	KindTimeout  = "timeout"
	KindOversize = "oversize"
	KindRequest  = "request" // the request could not be made
)

// A Header opens a run: everything known before the first arrival.
type Header struct {
	Format        int       `json:"format"` // 1
	Scenario      string    `json:"scenario"`
	Variant       string    `json:"variant"`
	Variants      []string  `json:"variants"`      // all that were to be driven with these arrivals, in order
	Document      string    `json:"document"`      // the whole scenario as YAML
	ScenarioHash  string    `json:"scenario_hash"` // SHA-256 of Document, hex
	ArrivalHash   string    `json:"arrival_hash"`  // SHA-256 of (sequence, due, operation, person) of every first attempt planned, hex
	Seed          uint64    `json:"seed"`
	Started       time.Time `json:"started"`
	Target        string    `json:"target"`
	Driver        string    `json:"driver"`         // its name, such as nethttp
	Planned       uint64    `json:"planned"`        // first attempts in the plan
	LengthSeconds float64   `json:"length_seconds"` // of the arrivals, without the drain
	JudgeFrom     float64   `json:"judge_from"`     // seconds; the span that budgets look at
	JudgeTo       float64   `json:"judge_to"`
	Machine       Machine   `json:"machine"`
	Notes         []string  `json:"notes,omitempty"` // what was assumed, such as a mix without its missing operations
}

// A Machine is what the run was measured on.
type Machine struct {
	OS         string `json:"os"` // such as linux/amd64
	CPU        string `json:"cpu"`
	Cores      int    `json:"cores"`
	MemoryByte uint64 `json:"memory_bytes"`
	Go         string `json:"go"`
	Version    string `json:"version"` // of peakday
}

// A Cell counts the requests of one kind that were due in the same second.
type Cell struct {
	Due     int            `json:"due"` // the second: due in [Due, Due+1) from the start
	Op      string         `json:"op"`
	Class   string         `json:"class"`
	Retry   bool           `json:"retry,omitempty"` // a retry; its due is when its pause ended
	Outcome Outcome        `json:"outcome"`
	Kind    string         `json:"kind,omitempty"` // of a failure, or the status of what was shed
	Count   uint64         `json:"count"`
	Latency hist.Histogram `json:"latency"` // done - due
	Service hist.Histogram `json:"service"` // done - sent
}

// A Tick is what came in during one second of the run, written as soon as it is over.
type Tick struct {
	At         int            `json:"at"`    // the second: [At, At+1) from the start
	Cells      []Cell         `json:"cells"` // what ended in this second, by the second in which it was due
	Sent       uint64         `json:"sent"`  // requests that left in this second
	Lateness   hist.Histogram `json:"lateness"`
	Queued     hist.Histogram `json:"queued"`
	InFlight   int            `json:"in_flight"`   // at the end of the second
	CPUSeconds float64        `json:"cpu_seconds"` // of the generator, in this second
	GCPause    float64        `json:"gc_pause_seconds"`
}

// An End closes a run. A run without one is partial.
type End struct {
	Planned     uint64    `json:"planned"` // as the header's, or what was due before an interrupt
	Sent        uint64    `json:"sent"`    // first attempts
	Retries     uint64    `json:"retries"` // beside them
	Dropped     uint64    `json:"dropped"`
	Lost        uint64    `json:"lost"`
	ArrivalHash string    `json:"arrival_hash"` // as the header's, of the first attempts that were prepared; another one makes a whole run invalid
	Interrupted bool      `json:"interrupted,omitempty"`
	People      People    `json:"people"`
	Seconds     float64   `json:"seconds"`           // from the start to the end of the drain
	Invalid     []string  `json:"invalid,omitempty"` // why the measurement cannot be trusted; empty means valid
	Warnings    []string  `json:"warnings,omitempty"`
	Proofs      []string  `json:"proofs,omitempty"`   // what was checked of the bundled service after the run, and held
	Failures    []Failure `json:"failures,omitempty"` // the first ten of each kind
	Processes   []Process `json:"processes,omitempty"`
}

// People counts persons instead of requests: each planned arrival is one person with one errand.
type People struct {
	Served        uint64         `json:"served"`   // got an answer in the end, good or late
	GaveUp        uint64         `json:"gave_up"`  // out of patience or attempts
	Waiting       uint64         `json:"waiting"`  // neither, at the end of the run
	Attempts      uint64         `json:"attempts"` // by all of them
	TimeToSuccess hist.Histogram `json:"time_to_success"`
}

// A Failure is one example of what went wrong, secrets redacted.
type Failure struct {
	Kind   string  `json:"kind"`
	Op     string  `json:"op"`
	Due    float64 `json:"due"` // seconds from the start
	Status int     `json:"status,omitempty"`
	Body   string  `json:"body,omitempty"` // its start
	Error  string  `json:"error,omitempty"`
}

// A Process is what one process of the run used.
type Process struct {
	Name       string  `json:"name"` // engine, sut, guard
	CPUSeconds float64 `json:"cpu_seconds"`
	MaxRSS     uint64  `json:"max_rss_bytes"` // at the peak of this run
}
