package sweep

import (
	"encoding/json"
	"math"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/peakday/peakday/engine/result"
)

// A Figure is a number that may not be there: NaN, null in JSON.
type Figure float64

// MarshalJSON writes the number, or null.
func (f Figure) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(f))
}

// none is the figure that is not there.
var none = math.NaN

// Figures are what a cell came to. Times are in seconds, rates a second, shares of one.
type Figures struct {
	Offered      float64 `json:"offered"`        // arrivals a second during the storm, as they were
	Goodput      float64 `json:"goodput"`        // good answers that ended in it, a second
	Share        float64 `json:"capacity_share"` // of what could be expected: the capacity, or the arrivals if they are fewer
	P50          Figure  `json:"admitted_p50"`
	P99          Figure  `json:"admitted_p99"`
	P99Times     Figure  `json:"admitted_p99_times"` // of the unloaded one
	Onset        Figure  `json:"onset"`              // worst window of 400 expected completions, as a share of them
	Refused      float64 `json:"refused_share"`
	RefusedP50   Figure  `json:"refused_p50"`
	RefusedP99   Figure  `json:"refused_p99"`
	Settled      Figure  `json:"settled"`  // seconds until the share refused stayed within 5 % of the ideal; null if it did not within 5
	Recovery     Figure  `json:"recovery"` // seconds from the storm's end; null is not before the end
	OracleShare  Figure  `json:"oracle_share"`
	WorkerWait99 Figure  `json:"worker_wait_p99"` // of the bundled service, at most so long
}

// An expectation is what a cell is measured against.
type expectation struct {
	from, to, end time.Duration // of the storm, and of the arrivals
	rate          float64       // of the storm, planned
	capacity      float64
	unloadedP99   time.Duration
}

// expected is how many completions a second the best could do.
func (x expectation) expected() float64 { return min(x.rate, x.capacity) }

// windowed is how many completions a window of the onset expects.
const windowed = 400

// measure reads a cell's attempts.
func measure(entries []result.Entry, x expectation) Figures {
	var good, admitted, refusals []time.Duration
	arrived, refused := 0, 0
	for _, e := range entries {
		if e.Outcome == result.Good && e.Done >= x.from && e.Done < x.to {
			good = append(good, e.Done)
		}
		if e.Due < x.from || e.Due >= x.to {
			continue
		}
		arrived++
		switch {
		case isRefused(e):
			refused++
			refusals = append(refusals, e.Done-e.Sent)
		case isAdmitted(e):
			admitted = append(admitted, e.Done-e.Due)
		}
	}
	slices.Sort(good)
	length := (x.to - x.from).Seconds()
	f := Figures{
		Offered: float64(arrived) / length,
		Goodput: float64(len(good)) / length,
		P50:     quantile(admitted, 0.5), P99: quantile(admitted, 0.99),
		Onset:      onset(good, x),
		RefusedP50: quantile(refusals, 0.5), RefusedP99: quantile(refusals, 0.99),
		Settled:     settled(entries, x),
		Recovery:    recovery(entries, x),
		OracleShare: Figure(none()), WorkerWait99: Figure(none()),
	}
	f.Share = f.Goodput / x.expected()
	f.P99Times = f.P99 / Figure(x.unloadedP99.Seconds())
	if arrived > 0 {
		f.Refused = float64(refused) / float64(arrived)
	}
	return f
}

// isRefused: turned away at once, politely or not.
func isRefused(e result.Entry) bool {
	return e.Outcome == result.Shed || e.Outcome == result.Failed && (e.Status == 503 || e.Status == 429)
}

// isAdmitted: taken on, and answered or waited for in vain.
func isAdmitted(e result.Entry) bool {
	return e.Outcome == result.Good || e.Outcome == result.Late || e.Outcome == result.Failed && strings.HasPrefix(e.Kind, result.KindTimeout)
}

// quantile is the smallest value that a share q of all do not exceed.
func quantile(values []time.Duration, q float64) Figure {
	if len(values) == 0 {
		return Figure(none())
	}
	sorted := slices.Sorted(slices.Values(values))
	return Figure(sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)].Seconds())
}

// onset is the worst window of 400 expected completions inside the storm, as a share of them. A storm that is shorter than
// that is one window.
func onset(good []time.Duration, x expectation) Figure {
	window := min(time.Duration(windowed/x.expected()*float64(time.Second)), x.to-x.from)
	if window <= 0 {
		return Figure(none())
	}
	until := func(t time.Duration) int { return sort.Search(len(good), func(i int) bool { return good[i] >= t }) }
	worst := min(until(x.from+window), len(good)-until(x.to-window)) // the first and the last; those between begin just after a completion
	for i, t := range good {
		if t+window < x.to {
			worst = min(worst, until(t+window+1)-i-1)
		}
	}
	return Figure(float64(worst) / (x.expected() * window.Seconds()))
}

// settled is when the share of refusals came within 5 % of the ideal and stayed, in windows of 200 arrivals or 100 ms. Where
// less than half should be refused, windows would have to be very long.
func settled(entries []result.Entry, x expectation) Figure {
	const watched = 5 * time.Second
	ideal := 1 - x.capacity/x.rate
	if ideal < 0.5 {
		return Figure(none())
	}
	step := max(100*time.Millisecond, time.Duration(200/x.rate*float64(time.Second)))
	n := int(min(watched, x.to-x.from) / step)
	arrived, refused := make([]float64, n), make([]float64, n)
	for _, e := range entries {
		if i := int((e.Due - x.from) / step); e.Due >= x.from && i < n {
			arrived[i]++
			if isRefused(e) {
				refused[i]++
			}
		}
	}
	at := n // the first window of those that stay
	for at > 0 && math.Abs(refused[at-1]/arrived[at-1]-ideal) <= 0.05*ideal {
		at--
	}
	if at == n {
		return Figure(none())
	}
	return Figure((time.Duration(at) * step).Seconds())
}

// recovery is how long after the storm 97 % of what came from then on was good, with a p99 within twice the unloaded one.
// The last second is not asked alone.
func recovery(entries []result.Entry, x expectation) Figure {
	after := slices.DeleteFunc(slices.Clone(entries), func(e result.Entry) bool { return e.Due < x.to || e.Due >= x.end })
	slices.SortFunc(after, func(a, b result.Entry) int { return int(a.Due - b.Due) })
	for t := x.to; t <= x.end-time.Second; t += 100 * time.Millisecond {
		for len(after) > 0 && after[0].Due < t {
			after = after[1:]
		}
		var latencies []time.Duration
		good := 0
		for _, e := range after {
			if e.Outcome == result.Good {
				good++
			}
			if isAdmitted(e) {
				latencies = append(latencies, e.Done-e.Due)
			}
		}
		if len(after) > 0 && float64(good) >= 0.97*float64(len(after)) && quantile(latencies, 0.99) <= 2*Figure(x.unloadedP99.Seconds()) {
			return Figure((t - x.to).Seconds())
		}
	}
	return Figure(none())
}
