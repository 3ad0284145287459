package selftest

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/peakday/peakday/reports"
)

// The limits of the checks.
const (
	quantileShare = 0.02                   // of a quantile's truth
	quiet         = 5 * time.Millisecond   // the median while one thirtieth of a run stands still; also what a run allows in lateness p99
	evenDistance  = 0.01                   // Kolmogorov's, of even arrivals
	sentApart     = 100 * time.Microsecond // p99 of the arrival after the sending
)

// complete checks that every request was sent and came once.
func (s *shot) complete() []Check {
	missing := 0
	for _, i := range s.seen {
		if i.sent == 0 || i.arrived == 0 {
			missing++
		}
	}
	unsent := s.plan.Planned - s.run.End.Sent
	return []Check{
		atMost("arrivals that were not sent", "count", float64(unsent), 0),
		atMost("requests that did not come exactly once", "count", float64(missing+s.Again), 0),
	}
}

// stalled checks the quantiles of a run at an even rate in which the server stood still once. Of all requests the share
// (S - x) / T waits longer than x in a stall of S in a run of T, so the quantile q is S - (1 - q) T; the rest of them is
// answered at once.
func (s *shot) stalled(l load, quantiles ...float64) []Check {
	all := s.run.All()
	checks := []Check{{
		What: "latency p50", Unit: "s", Measured: reports.Number(all.Latency.Quantile(0.5).Seconds()),
		Least: none, Most: reports.Number(quiet.Seconds()),
	}}
	checks[0] = checks[0].judge()
	for _, q := range quantiles {
		truth := l.stallFor - time.Duration((1-q)*float64(l.length))
		checks = append(checks, within("latency "+percentile(q), truth, all.Latency.Quantile(q), quantileShare))
	}
	return checks
}

// omitted shows the same quantiles counted from the sending: what a tool reports that waits for a free connection and
// starts its watch afterwards.
func (s *shot) omitted(quantiles ...float64) (checks []Check) {
	all := s.run.All()
	for _, q := range quantiles {
		checks = append(checks, shown("the same from the sending, "+percentile(q), "s", all.Service.Quantile(q).Seconds()))
	}
	return checks
}

func percentile(q float64) string { return fmt.Sprintf("p%.4g", 100*q) }

// evenly checks the arrivals at the server against a plan of even arrivals.
func (s *shot) evenly(l load) []Check {
	start := s.start()
	perSecond := make([]float64, int(math.Ceil(l.length.Seconds())))
	for _, i := range s.seen {
		if second := int((i.arrived - start) / time.Second); i.arrived >= start && second < len(perSecond) {
			perSecond[second]++
		}
	}
	off := 0.0
	for second, count := range perSecond {
		part := min(1, l.length.Seconds()-float64(second)) // the last one may be shorter
		off = max(off, math.Abs(count-part*l.rate))
	}
	return []Check{
		s.distant(evenDistance),
		// what is late within the lateness that a run allows may count in the next second
		atMost("arrivals too many or too few in a second, at most", "count", off, 1+l.rate*quiet.Seconds()),
		s.farthest(),
	}
}

// randomly checks the arrivals at the server against a plan of Poisson arrivals: given their number, the expected count up
// to each of them is even.
func (s *shot) randomly() []Check {
	return []Check{s.distant(critical(len(s.seen))), s.farthest()}
}

// distant is Kolmogorov's distance between the arrivals and the curve of the plan.
func (s *shot) distant(most float64) Check {
	return atMost("distance of the arrivals from the plan (Kolmogorov)", "share", distance(s.transformed()), most)
}

func (s *shot) farthest() Check {
	worst := time.Duration(0)
	for _, i := range s.seen {
		worst = max(worst, (i.arrived - i.due).Abs())
	}
	return shown("farthest arrival from its due instant", "s", worst.Seconds())
}

// start is the start of the run since boot.
func (s *shot) start() time.Duration {
	for a := range s.plan.Arrivals {
		return s.seen[a.Seq].due - a.Due
	}
	return 0
}

// transformed is the share of the plan that was to come up to each arrival.
func (s *shot) transformed() (samples []float64) {
	start, curve := s.start(), s.plan.Curve
	whole := curve.Count(curve.Length())
	for _, i := range s.seen {
		t := min(max(0, i.arrived-start), curve.Length())
		samples = append(samples, curve.Count(t)/whole)
	}
	return samples
}

// apart checks the server's clock against the tool's: how far from `sent` requests came in, before or after it.
func (s *shot) apart() []Check {
	var apart []float64
	for _, i := range s.seen {
		if i.sent != 0 && i.arrived != 0 {
			apart = append(apart, (i.arrived - i.sent).Abs().Seconds())
		}
	}
	if len(apart) == 0 {
		return []Check{atMost(apartWhat+"p99", "s", math.NaN(), sentApart.Seconds())}
	}
	slices.Sort(apart)
	at := func(q float64) float64 { return apart[int(q*float64(len(apart)-1))] }
	return []Check{
		shown(apartWhat+"p50", "s", at(0.5)),
		atMost(apartWhat+"p99", "s", at(0.99), sentApart.Seconds()),
		shown(apartWhat+"largest", "s", at(1)),
	}
}

const apartWhat = "from the sending to the arrival, "
