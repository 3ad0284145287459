package reports

import (
	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
)

// A Measurement is one run in one object, for machines. Its JSON is stable, as that of Document.
//
// Of a run that was cut off, what was in flight then is unfinished and counts as first attempts, and what is planned is the
// whole plan, so the first sum of its account does not hold.
type Measurement struct {
	Model        result.Model `json:"model"`
	Driver       string       `json:"driver"`
	DriverReason string       `json:"driver_reason"` // why that one
	Loops        int          `json:"loops"`         // that sent
	Precision    float64      `json:"precision"`     // seconds within which sends share a wake-up; 0: each has its own

	Account

	Sessions result.Sessions `json:"sessions"` // begun = completed + broken + unfinished

	Latency  Quantiles `json:"latency"`  // done - due
	Service  Quantiles `json:"service"`  // done - sent
	Lateness Quantiles `json:"lateness"` // ready - due
	Queued   Quantiles `json:"queued"`   // sent - ready

	Aborted   string           `json:"aborted"`   // the abort rule that was broken, with its value; empty: none
	Converged float64          `json:"converged"` // seconds: the last plateau had told enough then, and the plan ended; 0: it was driven whole
	Generator result.Generator `json:"generator"`
	Validity  string           `json:"validity"` // "valid"; "invalid"; "partial" for a run that was cut off
	Invalid   []string         `json:"invalid"`  // why
	Checks    []result.Check   `json:"checks"`   // what was watched of the generator
}

// Quantiles are of durations, in seconds; all 0 where there is none.
type Quantiles struct {
	P50  Number `json:"p50"`
	P90  Number `json:"p90"`
	P99  Number `json:"p99"`
	P999 Number `json:"p999"`
	Max  Number `json:"max"`

	samples uint64
}

func quantilesOf(h *hist.Histogram) Quantiles {
	at := func(q float64) Number { return Number(h.Quantile(q).Seconds()) }
	return Quantiles{at(0.5), at(0.9), at(0.99), at(0.999), Number(h.Max().Seconds()), h.Count()}
}

// Measured is what a run came to.
func Measured(run *result.Run) Measurement { return measurement(run, run.All()) }

func measurement(run *result.Run, all *result.Summary) Measurement {
	h := &run.Header
	m := Measurement{
		Model: h.Model, Driver: h.Driver, DriverReason: h.DriverReason, Loops: h.Loops, Precision: h.Precision, Account: accountOf(all),
		Latency: quantilesOf(&all.Latency), Service: quantilesOf(&all.Service),
		Lateness: quantilesOf(&run.Lateness), Queued: quantilesOf(&run.Queued),
		Validity: "partial", Invalid: []string{}, Checks: []result.Check{},
	}
	end := run.End
	if end == nil {
		// What was in flight at the cut is in no cell, only among what was sent.
		left := uint64(0)
		for _, e := range run.Ends {
			left += e.Sent
		}
		inFlight := max(left, all.Sent()) - all.Sent()
		m.Planned, m.Sent, m.Unfinished = h.Planned, m.Sent+inFlight, m.Unfinished+inFlight
		return m
	}
	m.Planned, m.Sent, m.Dropped, m.Lost = end.Planned, end.Sent, end.Dropped, end.Lost
	m.Retries, m.FollowUps, m.Sessions = end.Retries, end.FollowUps, end.Sessions
	m.DroppedRetries, m.DroppedFollowUps = end.DroppedRetries, end.DroppedFollowUps
	m.Aborted, m.Converged, m.Generator = end.Aborted, end.Converged, end.Generator
	m.Validity = "valid"
	if len(end.Invalid) > 0 {
		m.Validity, m.Invalid = "invalid", end.Invalid
	}
	if end.Checks != nil {
		m.Checks = end.Checks
	}
	return m
}
