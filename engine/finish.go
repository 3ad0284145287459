package engine

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/engine/watch"
)

// maxUnsent is the share of planned arrivals that may stay unsent in a valid run.
const maxUnsent = 0.01

// busyCPU is the share of all cores from which the generator may have slowed the service it shares them with.
const busyCPU = 0.5

// A total is what all lanes did together.
type total struct {
	end      result.End
	prepared arrivalHash
	unasked  unasked
	short    uint64 // attempts that failed for want of something on this machine
	stopped  bool   // before the plan ended
}

func (t *total) add(l *lane) {
	sum, e := &t.end, &l.end
	sum.Sent += e.Sent
	sum.Retries += e.Retries
	sum.FollowUps += e.FollowUps
	sum.Dropped += e.Dropped
	sum.Lost += e.Lost
	sum.DroppedRetries += e.DroppedRetries
	sum.DroppedFollowUps += e.DroppedFollowUps
	sum.People.Served += e.People.Served
	sum.People.GaveUp += e.People.GaveUp
	sum.People.Attempts += e.People.Attempts
	sum.People.TimeToSuccess.Merge(&e.People.TimeToSuccess)
	sum.Sessions.Begun += e.Sessions.Begun
	sum.Sessions.Completed += e.Sessions.Completed
	sum.Sessions.Broken += e.Sessions.Broken
	sum.Failures = append(sum.Failures, e.Failures...)
	sum.Interrupted = sum.Interrupted || l.interrupted
	sum.Invalid = append(sum.Invalid, l.aborted...)
	t.unasked.merge(l.unasked)
	t.short += l.short
	t.prepared.merge(&l.prepared)
	t.stopped = t.stopped || l.stopped
}

// finish adds up what the lanes did and judges the run.
func (c *collector) finish(lanes []*lane) *result.End {
	var t total
	for _, l := range lanes {
		t.add(l)
	}
	end := &t.end
	end.Sessions.Unfinished = end.Sessions.Begun - end.Sessions.Completed - end.Sessions.Broken
	end.Seconds = time.Since(c.start).Seconds()
	end.Invalid = slices.Compact(end.Invalid) // every lane says the same
	end.Failures = firstOfEachKind(end.Failures)
	end.Planned = c.plan.Planned
	if v := c.convergence; v != nil {
		end.Converged = v.at.Seconds()
	}
	if c.plan.Scenario.Users > 0 || end.Interrupted || end.Converged > 0 {
		end.Planned = end.Sent + end.Dropped
	} else {
		end.ArrivalHash = t.prepared.String()
	}
	if c.breach != nil {
		end.Aborted = c.breach.Error()
	}
	end.People.Waiting = end.Planned - end.People.Served - end.People.GaveUp
	account := c.watch.Close()
	end.Generator = result.Generator{CPUSeconds: account.CPU().Seconds(), MaxRSS: peakRSS(), GCPauseP99: account.GCPauseP99().Seconds()}
	end.Processes = []result.Process{{Name: "engine", CPUSeconds: end.Generator.CPUSeconds, MaxRSS: end.Generator.MaxRSS}}
	end.Checks = account.Checks(watch.Seen{Lateness: &c.lateness, Lag: &c.lag, Short: t.short}, watch.Standard(c.MaxLateness))
	end.Invalid = append(end.Invalid, c.invalid(&t)...)
	end.Warnings = append(end.Warnings, c.warnings(&t)...)
	return end
}

// firstOfEachKind keeps the earliest failures, no more of a kind than a lane alone would.
func firstOfEachKind(failures []result.Failure) (kept []result.Failure) {
	slices.SortStableFunc(failures, func(a, b result.Failure) int { return cmp.Compare(a.Due, b.Due) })
	n := map[string]int{}
	for _, f := range failures {
		if n[f.Kind]++; n[f.Kind] <= keptFailures {
			kept = append(kept, f)
		}
	}
	return kept
}

// invalid gives every reason not to trust the run, with its value and limit.
func (c *collector) invalid(t *total) (reasons []string) {
	end := &t.end
	because := func(format string, args ...any) { reasons = append(reasons, fmt.Sprintf(format, args...)) }
	for _, check := range end.Checks {
		if !check.OK {
			because("%s", check)
		}
	}
	places := c.plan.Scenario.MaxInFlight
	if unsent := t.unasked.first + end.Lost; float64(unsent) > maxUnsent*float64(end.Planned) && c.breach == nil {
		because("%.1f %% of the planned arrivals were not sent, limit 1 %%: %d dropped with %d in flight, %d lost; raise the scenario's max_in_flight or lower its rates",
			100*float64(unsent)/float64(end.Planned), t.unasked.first, places, end.Lost)
	}
	if sum := end.Retries + end.DroppedRetries; float64(t.unasked.retries) > maxUnsent*float64(sum) {
		because("%d of %d retries were not sent, limit 1 %%: %d were in flight; raise the scenario's max_in_flight", t.unasked.retries, sum, places)
	}
	if sum := end.FollowUps + end.DroppedFollowUps; float64(t.unasked.followUps) > maxUnsent*float64(sum) {
		because("%d of %d later steps were not sent, limit 1 %%: %d were in flight; raise the scenario's max_in_flight", t.unasked.followUps, sum, places)
	}
	if !t.stopped && end.ArrivalHash != c.plan.Hash {
		because("the arrivals hash to %s, in the plan to %s: a request was made for another person, or could not be made; requests must depend on sequence and operation alone", end.ArrivalHash, c.plan.Hash)
	}
	if end.Planned != end.Sent+end.Dropped+end.Lost {
		because("the accounts do not add up: planned %d, sent %d + dropped %d + lost %d", end.Planned, end.Sent, end.Dropped, end.Lost)
	}
	var ended [5]uint64
	sum := uint64(0)
	for i, o := range []result.Outcome{result.Good, result.Late, result.Shed, result.Failed, result.Unfinished} {
		ended[i] = c.count[o]
		sum += ended[i]
	}
	if sent := end.Sent + end.Retries + end.FollowUps; sent != sum {
		because("the accounts do not add up: sent %d, good %d + late %d + shed %d + failed %d + unfinished %d", sent, ended[0], ended[1], ended[2], ended[3], ended[4])
	}
	return reasons
}

func (c *collector) warnings(t *total) (warnings []string) {
	cores := runtime.GOMAXPROCS(0)
	if share := t.end.Generator.CPUSeconds / t.end.Seconds / float64(cores); share > busyCPU {
		warnings = append(warnings, fmt.Sprintf("the generator used %.0f %% of %d cores; what shares them with it was slower for that", 100*share, cores))
	}
	if n := t.end.DroppedRetries; n > 0 {
		warnings = append(warnings, fmt.Sprintf("%d retries were not sent: all places were taken", n))
	}
	if n := t.end.DroppedFollowUps; n > 0 {
		warnings = append(warnings, fmt.Sprintf("%d later steps were not sent: all places were taken", n))
	}
	return warnings
}
