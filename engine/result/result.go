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
	Good       Outcome = "good"       // 2xx, or what its checks take, within the scenario's good_within of due
	Late       Outcome = "late"       // the same after it, within the client's timeout
	Shed       Outcome = "shed"       // refused on purpose: 429, or 503 with Retry-After
	Failed     Outcome = "failed"     // everything else; Kind says what
	Unfinished Outcome = "unfinished" // still in flight at the end of the drain
	Dropped    Outcome = "dropped"    // never sent: no place in flight, as the overload policy has it
	Lost       Outcome = "lost"       // never sent: due after an abort rule, or a fault of the generator, stopped the sending
)

// Kinds of failure, beside status_NNN.
const (
	KindDial     = "dial"
	KindTLS      = "tls"
	KindReset    = "reset"
	KindTimeout  = "timeout"
	KindOversize = "oversize"
	KindRequest  = "request" // the request could not be made
	KindCheck    = "check: " // before the name of a check that did not hold
)

// A Header opens a run: everything known before the first arrival.
type Header struct {
	Format        int       `json:"format"` // 1
	Scenario      string    `json:"scenario"`
	Variant       string    `json:"variant"`
	Variants      []string  `json:"variants"`      // all that were to be driven with these arrivals, in order
	Document      string    `json:"document"`      // the whole scenario as YAML
	ScenarioHash  string    `json:"scenario_hash"` // SHA-256 of Document, hex
	ArrivalHash   string    `json:"arrival_hash"`  // sum modulo 2^256 of the SHA-256 of (sequence, due in ns, operation, person) of each arrival planned, hex; empty in the closed model
	Seed          uint64    `json:"seed"`
	Started       time.Time `json:"started"`
	Target        string    `json:"target"`
	Driver        string    `json:"driver"`                  // its name, such as nethttp
	DriverReason  string    `json:"driver_reason,omitempty"` // why that one
	Model         Model     `json:"model,omitempty"`
	Loops         int       `json:"loops,omitempty"`      // that sent, each on its own goroutine
	Precision     float64   `json:"precision,omitempty"`  // seconds; arrivals due within it of each other may share a wake-up. 0: each has its own
	Operations    []string  `json:"operations,omitempty"` // as Entry.Op numbers them
	Planned       uint64    `json:"planned"`              // first attempts in the plan
	LengthSeconds float64   `json:"length_seconds"`       // of the arrivals, without the drain
	JudgeFrom     float64   `json:"judge_from"`           // seconds; the span that budgets look at
	JudgeTo       float64   `json:"judge_to"`
	Machine       Machine   `json:"machine"`
	Notes         []string  `json:"notes,omitempty"` // what was assumed, such as a mix without its missing operations
}

// A Model is how requests come.
type Model string

// The models.
const (
	Open       Model = "open"        // whether or not the ones before were answered
	Closed     Model = "closed"      // a fixed population that waits for its answers
	PartlyOpen Model = "partly-open" // sessions come as in the open model, their steps as in the closed one
)

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
	Step    string         `json:"step,omitempty"`      // journey/step; empty for a request of its own
	Retry   bool           `json:"retry,omitempty"`     // a retry, of whatever step; its due is when its pause ended
	Follow  bool           `json:"follow_up,omitempty"` // the first attempt of a later step of a session; its due is when the think time ended
	Outcome Outcome        `json:"outcome"`
	Kind    string         `json:"kind,omitempty"` // of a failure, or the status of what was shed
	Count   uint64         `json:"count"`
	Latency hist.Histogram `json:"latency"` // done - due
	Service hist.Histogram `json:"service"` // done - sent
}

// A Tick is what came in during one second of the run, written as soon as it is over.
type Tick struct {
	At         int            `json:"at"`               // the second: [At, At+1) from the start
	Cells      []Cell         `json:"cells"`            // what ended in this second, by the second in which it was due
	Sent       uint64         `json:"sent"`             // requests that left in this second
	Lateness   hist.Histogram `json:"lateness"`         // ready - due of what ended in this second
	Queued     hist.Histogram `json:"queued"`           // sent - ready of it
	InFlight   int            `json:"in_flight"`        // at the end of the second
	CPUSeconds float64        `json:"cpu_seconds"`      // of the generator, in this second
	GCPause    float64        `json:"gc_pause_seconds"` // the generator's world stood still for so long in it
}

// An End closes a run. A run without one is partial. Contract: planned = sent + dropped + lost, and
// sent + retries + follow_ups = good + late + shed + failed + unfinished.
type End struct {
	Planned   uint64 `json:"planned"`    // as the header's, or what was due before an interrupt
	Sent      uint64 `json:"sent"`       // first attempts
	Retries   uint64 `json:"retries"`    // beside them
	FollowUps uint64 `json:"follow_ups"` // beside them: first attempts of the later steps of sessions
	Dropped   uint64 `json:"dropped"`
	Lost      uint64 `json:"lost"`

	DroppedRetries   uint64 `json:"dropped_retries"`    // that the overload policy did not let out; beside the plan
	DroppedFollowUps uint64 `json:"dropped_follow_ups"` // likewise, later steps of sessions

	ArrivalHash string    `json:"arrival_hash"` // as the header's, of the first attempts that were prepared; another one makes a whole run invalid
	Interrupted bool      `json:"interrupted,omitempty"`
	Converged   float64   `json:"converged,omitempty"` // seconds: the last plateau had told enough then, and the plan ended there
	Aborted     string    `json:"aborted,omitempty"`   // the abort rule that was broken, with its value; sending stopped there, the rest is lost, and the run has failed
	People      People    `json:"people"`
	Sessions    Sessions  `json:"sessions"`
	Seconds     float64   `json:"seconds"`           // from the start to the end of the drain
	Invalid     []string  `json:"invalid,omitempty"` // why the measurement cannot be trusted; empty means valid
	Warnings    []string  `json:"warnings,omitempty"`
	Proofs      []string  `json:"proofs,omitempty"`   // what was checked of the bundled service after the run, and held
	Failures    []Failure `json:"failures,omitempty"` // the first ten of each kind
	Processes   []Process `json:"processes,omitempty"`
	Generator   Generator `json:"generator"`
	Checks      []Check   `json:"checks,omitempty"` // what decided whether the measurement can be trusted
}

// Sessions counts sessions of more than one step; all are 0 where there are none.
type Sessions struct {
	Begun      uint64 `json:"begun"`
	Completed  uint64 `json:"completed"`  // to their last step
	Broken     uint64 `json:"broken"`     // ended before it, by a failure
	Unfinished uint64 `json:"unfinished"` // the rest: on the way when the run ended, or dropped on it
}

// A Generator is what the generator's own process used and suffered during the run.
type Generator struct {
	CPUSeconds float64 `json:"cpu_seconds"`
	MaxRSS     uint64  `json:"max_rss_bytes"`
	GCPauseP99 float64 `json:"gc_pause_p99"` // seconds the world stood still, 99th percentile of the pauses; 0 without any
}

// A Check is one measure of the generator against its limit. One that is not OK makes the run invalid.
type Check struct {
	Name  string  `json:"name"`  // such as "lateness p99"
	Value float64 `json:"value"` // finite
	Limit float64 `json:"limit"` // the most that is allowed
	Unit  string  `json:"unit"`  // of both, such as "s"; empty for a plain number
	OK    bool    `json:"ok"`
	Note  string  `json:"note,omitempty"` // why it could not be measured, or what to do
}

// People counts persons instead of requests: each planned arrival is one person with one errand.
type People struct {
	Served        uint64         `json:"served"`   // got an answer in the end, good or late
	GaveUp        uint64         `json:"gave_up"`  // out of patience, attempts or budget
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
