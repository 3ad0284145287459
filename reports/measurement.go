package reports

import (
	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
)

// A Measurement is one run in one object, for machines. Its JSON is stable, as that of Document.
//
// planned = sent + dropped + lost, and sent + retries + follow_ups = good + late + shed + failed + unfinished.
type Measurement struct {
	Model      result.Model `json:"model"`
	Driver     string       `json:"driver"`
	Planned    uint64       `json:"planned"`
	Sent       uint64       `json:"sent"` // first attempts
	Dropped    uint64       `json:"dropped"`
	Lost       uint64       `json:"lost"`
	Retries    uint64       `json:"retries"`
	FollowUps  uint64       `json:"follow_ups"` // first attempts of the later steps of sessions
	Good       uint64       `json:"good"`
	Late       uint64       `json:"late"`
	Shed       uint64       `json:"shed"`
	Failed     uint64       `json:"failed"`
	Unfinished uint64       `json:"unfinished"`

	Latency  Quantiles `json:"latency"`  // done - due
	Service  Quantiles `json:"service"`  // done - sent
	Lateness Quantiles `json:"lateness"` // ready - due
	Queued   Quantiles `json:"queued"`   // sent - ready

	Generator result.Generator `json:"generator"`
	Validity  string           `json:"validity"` // "valid"; "invalid"; "partial" for a run that was cut off
	Invalid   []string         `json:"invalid"`  // why
	Checks    []result.Check   `json:"checks"`   // what was watched of the generator
}

// Quantiles are of durations, in seconds; all 0 where there is none.
type Quantiles struct {
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
	Max  float64 `json:"max"`
}

func quantilesOf(h *hist.Histogram) Quantiles {
	at := func(q float64) float64 { return h.Quantile(q).Seconds() }
	return Quantiles{at(0.5), at(0.9), at(0.99), at(0.999), h.Max().Seconds()}
}

// Measured is what a run came to.
func Measured(run *result.Run) Measurement {
	all := run.All()
	m := Measurement{
		Model: run.Header.Model, Driver: run.Header.Driver, Planned: run.Header.Planned,
		Sent: all.First - all.Dropped - all.Lost, Dropped: all.Dropped, Lost: all.Lost, Retries: all.Retries, FollowUps: all.FollowUps,
		Good: all.Good, Late: all.Late, Shed: all.Shed, Failed: all.Failed, Unfinished: all.Unfinished,
		Latency: quantilesOf(&all.Latency), Service: quantilesOf(&all.Service),
		Lateness: quantilesOf(&run.Lateness), Queued: quantilesOf(&run.Queued),
		Validity: "partial", Invalid: []string{}, Checks: []result.Check{},
	}
	end := run.End
	if end == nil {
		return m
	}
	m.Planned, m.Sent, m.Dropped, m.Lost = end.Planned, end.Sent, end.Dropped, end.Lost
	m.Retries, m.FollowUps, m.Generator = end.Retries, end.FollowUps, end.Generator
	m.Validity = "valid"
	if len(end.Invalid) > 0 {
		m.Validity, m.Invalid = "invalid", end.Invalid
	}
	if end.Checks != nil {
		m.Checks = end.Checks
	}
	return m
}
