package result

import (
	"time"

	"github.com/peakday/peakday/scenarios"
)

// Value measures what a budget asks for over the requests due in [from, to): the value in the unit of its metric and
// the number of samples behind it. Without samples it returns 0, 0. Lateness is always that of the whole run, whatever from
// and to are: it judges the generator, and is not kept by the second in which a request was due.
func (r *Run) Value(b scenarios.Budget, from, to time.Duration) (value float64, n uint64) {
	if b.Metric == scenarios.Lateness {
		return r.Lateness.Quantile(b.Quantile).Seconds(), r.Lateness.Count()
	}
	return r.Within(from, to, b.Scope).Value(b, Length(from, to))
}

// Value is what a budget asks for, of requests that were due in a span of that length: the value in the unit of its metric
// and the number of samples behind it. Without samples it returns 0, 0. The scope is the caller's business, and so is
// lateness, which requests do not keep.
func (s *Summary) Value(b scenarios.Budget, span time.Duration) (value float64, n uint64) {
	h := &s.Latency
	switch b.Over {
	case "admitted":
		h = &s.Admitted
	case "answered":
		h = &s.Answered
	}
	share := func(part, whole uint64) (float64, uint64) {
		if whole == 0 {
			return 0, 0
		}
		return float64(part) / float64(whole), whole
	}
	length := span.Seconds()
	rate := func(count uint64) (float64, uint64) {
		if length == 0 {
			return 0, 0
		}
		return float64(count) / length, s.Sent() // nothing sent is no sample; something sent and nothing good is 0/s
	}
	switch b.Metric {
	case scenarios.Latency:
		return h.Quantile(b.Quantile).Seconds(), h.Count()
	case scenarios.Mean:
		return h.Mean().Seconds(), h.Count()
	case scenarios.Goodput:
		return rate(s.Good)
	case scenarios.Answered:
		return rate(s.Good + s.Late)
	case scenarios.Success:
		return share(s.Good+s.Late, s.Sent())
	case scenarios.ShedRate:
		return share(s.Shed, s.Sent())
	case scenarios.Failures:
		return share(s.Failed, s.Sent())
	case scenarios.Timeouts:
		return share(s.Kinds[KindTimeout], s.Admitted.Count())
	}
	return 0, 0
}
