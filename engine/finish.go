package engine

import (
	"fmt"
	"runtime"
	"time"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
)

// maxUnsent is the share of planned arrivals that may stay unsent in a valid run.
const maxUnsent = 0.01

// busyCPU is the share of all cores from which the generator may have slowed the service it shares them with.
const busyCPU = 0.5

// totals counts the whole run.
type totals struct {
	good, late, shed, failed, unfinished uint64
	droppedRetries                       uint64
	lateness                             hist.Histogram
	kept                                 map[string]int // failures kept, by kind
}

func (t *totals) count(o result.Outcome) {
	switch o {
	case result.Good:
		t.good++
	case result.Late:
		t.late++
	case result.Shed:
		t.shed++
	case result.Failed:
		t.failed++
	case result.Unfinished:
		t.unfinished++
	}
}

func (t *totals) ended() uint64 { return t.good + t.late + t.shed + t.failed + t.unfinished }

// finish books what is still in flight, writes the last second and judges the run.
func (r *run) finish() (*result.End, error) {
	for _, f := range r.flights {
		if f.flying {
			r.second.add(r.plan, f, result.Unfinished, "")
			r.second.lateness.Record(f.submitted - f.due)
			r.totals.count(result.Unfinished)
		}
	}
	now := r.now()
	r.close(now)
	r.scribe.close()
	if err := r.scribe.failed(); err != nil {
		return nil, err
	}
	end := &r.end
	end.Seconds = now.Seconds()
	end.ArrivalHash = r.prepared.String()
	end.People.Waiting = end.Planned - end.People.Served - end.People.GaveUp
	cpu := r.second.usage.cpu - r.began.cpu
	end.Processes = []result.Process{{Name: "engine", CPUSeconds: cpu.Seconds(), MaxRSS: peakRSS()}}
	end.Invalid = append(end.Invalid, r.invalid()...)
	end.Warnings = append(end.Warnings, r.warnings()...)
	return end, nil
}

// invalid gives every reason not to trust the run, with its value and limit.
func (r *run) invalid() (reasons []string) {
	because := func(format string, args ...any) { reasons = append(reasons, fmt.Sprintf(format, args...)) }
	if late := r.totals.lateness.Quantile(0.99); late > r.MaxLateness {
		because("lateness p99 is %v, limit %v: requests left too late for what the generator did itself; give it a quieter machine or raise --max-lateness", late.Round(time.Microsecond), r.MaxLateness)
	}
	end, t := &r.end, &r.totals
	if unsent := end.Dropped + end.Lost; float64(unsent) > maxUnsent*float64(end.Planned) {
		because("%.1f %% of the planned arrivals were not sent, limit 1 %%: %d dropped with %d in flight, %d lost; raise the scenario's max_in_flight or lower its rates",
			100*float64(unsent)/float64(end.Planned), end.Dropped, r.plan.Scenario.MaxInFlight, end.Lost)
	}
	if sum := end.Retries + t.droppedRetries; float64(t.droppedRetries) > maxUnsent*float64(sum) {
		because("%d of %d retries were not sent, limit 1 %%: %d were in flight; raise the scenario's max_in_flight", t.droppedRetries, sum, r.plan.Scenario.MaxInFlight)
	}
	if !r.stopped && end.ArrivalHash != r.plan.Hash {
		because("the arrivals hash to %s, in the plan to %s: a request was made for another person, or could not be made; requests must depend on sequence and operation alone", end.ArrivalHash, r.plan.Hash)
	}
	if end.Planned != end.Sent+end.Dropped+end.Lost {
		because("the accounts do not add up: planned %d, sent %d + dropped %d + lost %d", end.Planned, end.Sent, end.Dropped, end.Lost)
	}
	if sent := end.Sent + end.Retries; sent != t.ended() {
		because("the accounts do not add up: sent %d, good %d + late %d + shed %d + failed %d + unfinished %d", sent, t.good, t.late, t.shed, t.failed, t.unfinished)
	}
	return reasons
}

func (r *run) warnings() (warnings []string) {
	cores := runtime.GOMAXPROCS(0)
	if share := r.end.Processes[0].CPUSeconds / r.end.Seconds / float64(cores); share > busyCPU {
		warnings = append(warnings, fmt.Sprintf("the generator used %.0f %% of %d cores; what shares them with it was slower for that", 100*share, cores))
	}
	if r.totals.droppedRetries > 0 {
		warnings = append(warnings, fmt.Sprintf("%d retries were not sent: %d were in flight", r.totals.droppedRetries, r.plan.Scenario.MaxInFlight))
	}
	return warnings
}
