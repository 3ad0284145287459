package result

import (
	"math"
	"sort"
	"time"

	"github.com/peakday/peakday/engine/hist"
)

// A Summary adds up the requests of one part of a run: a second, a span, an operation, or all of it. First attempts and
// retries count alike unless a field says otherwise.
//
// A request that was unfinished has no latency: it is in none of the histograms, so their quantiles are too low where there
// are many. A drain at least as long as the timeout leaves next to none.
type Summary struct {
	First            uint64 // first attempts due, sent or not, without follow-ups
	Retries          uint64 // the same
	FollowUps        uint64 // the same: first attempts of the later steps of sessions
	Good             uint64
	Late             uint64
	Shed             uint64
	Failed           uint64
	Unfinished       uint64
	Dropped          uint64 // of all three sorts, with the next two
	DroppedRetries   uint64
	DroppedFollowUps uint64
	Lost             uint64
	Refused          uint64            // shed, or failed with status 429 or 503: turned away, whether politely or not
	Kinds            map[string]uint64 // of failures
	Latency          hist.Histogram    // of all that ended; none that was unfinished, dropped or lost
	Admitted         hist.Histogram    // of what the service took on: 2xx answers and timeouts. A quick error is neither fast nor slow service
	Answered         hist.Histogram    // of 2xx answers
	Service          hist.Histogram    // done - sent of all that ended
}

// Offered is what was due, whether or not it could be sent.
func (s *Summary) Offered() uint64 { return s.First + s.Retries + s.FollowUps }

// Sent is what left.
func (s *Summary) Sent() uint64 { return s.Good + s.Late + s.Shed + s.Failed + s.Unfinished }

// Add counts a cell. The engine's abort rules sum up with it, with Merge and Value while a run goes on, so a Summary is whole
// after each of them.
func (s *Summary) Add(c *Cell) {
	switch {
	case c.Retry:
		s.Retries += c.Count
	case c.Follow:
		s.FollowUps += c.Count
	default:
		s.First += c.Count
	}
	if c.refused() {
		s.Refused += c.Count
	}
	answered := false
	switch c.Outcome {
	case Good:
		s.Good += c.Count
		answered = true
	case Late:
		s.Late += c.Count
		answered = true
	case Shed:
		s.Shed += c.Count
	case Failed:
		s.Failed += c.Count
		if s.Kinds == nil {
			s.Kinds = map[string]uint64{}
		}
		s.Kinds[c.Kind] += c.Count
	case Unfinished:
		s.Unfinished += c.Count
		return
	case Dropped:
		s.Dropped += c.Count
		switch {
		case c.Retry:
			s.DroppedRetries += c.Count
		case c.Follow:
			s.DroppedFollowUps += c.Count
		}
		return
	case Lost:
		s.Lost += c.Count
		return
	}
	s.Latency.Merge(&c.Latency)
	s.Service.Merge(&c.Service)
	if answered {
		s.Answered.Merge(&c.Latency)
	}
	if answered || c.Kind == KindTimeout {
		s.Admitted.Merge(&c.Latency)
	}
}

// refused reports whether the requests of a cell were turned away, politely or not.
func (c *Cell) refused() bool {
	return c.Outcome == Shed || c.Outcome == Failed && (c.Kind == "status_503" || c.Kind == "status_429")
}

// Merge adds all that o counts.
func (s *Summary) Merge(o *Summary) {
	s.First += o.First
	s.Retries += o.Retries
	s.FollowUps += o.FollowUps
	s.Good += o.Good
	s.Late += o.Late
	s.Shed += o.Shed
	s.Failed += o.Failed
	s.Unfinished += o.Unfinished
	s.Dropped += o.Dropped
	s.DroppedRetries += o.DroppedRetries
	s.DroppedFollowUps += o.DroppedFollowUps
	s.Lost += o.Lost
	s.Refused += o.Refused
	for kind, n := range o.Kinds {
		if s.Kinds == nil {
			s.Kinds = map[string]uint64{}
		}
		s.Kinds[kind] += n
	}
	s.Latency.Merge(&o.Latency)
	s.Admitted.Merge(&o.Admitted)
	s.Answered.Merge(&o.Answered)
	s.Service.Merge(&o.Service)
}

// Within sums the requests due in the whole seconds inside [from, to), of a scope: a class, an operation, or "" for all.
func (r *Run) Within(from, to time.Duration, scope string) *Summary {
	first, end := seconds(from, to)
	var s Summary
	begin := sort.Search(len(r.Cells), func(i int) bool { return r.Cells[i].Due >= first })
	for i := begin; i < len(r.Cells) && r.Cells[i].Due < end; i++ {
		if c := &r.Cells[i]; scope == "" || scope == c.Op || scope == c.Class {
			s.Add(c)
		}
	}
	return &s
}

// All sums the whole run.
func (r *Run) All() *Summary { return r.Within(0, math.MaxInt64, "") }

// seconds are the whole seconds inside [from, to).
func seconds(from, to time.Duration) (first, end int) {
	return int((from + time.Second - 1) / time.Second), int(to / time.Second)
}

// Length is how many whole seconds lie inside [from, to), as a duration: the length over which Within counts.
func Length(from, to time.Duration) time.Duration {
	first, end := seconds(from, to)
	return time.Duration(max(0, end-first)) * time.Second
}

// A Window sums the requests due in one second.
type Window struct {
	At int // [At, At+1) seconds from the start
	Summary
}

// Windows gives one window for each second from the start to the last in which anything was due.
func (r *Run) Windows() []Window {
	if len(r.Cells) == 0 {
		return nil
	}
	out := make([]Window, r.Cells[len(r.Cells)-1].Due+1)
	next := 0
	for at := range out {
		w := &out[at]
		w.At = at
		for ; next < len(r.Cells) && r.Cells[next].Due == at; next++ {
			w.Add(&r.Cells[next])
		}
		for _, h := range []*hist.Histogram{&w.Latency, &w.Admitted, &w.Answered, &w.Service} {
			h.Pack() // a run may have very many seconds
		}
	}
	return out
}

// JudgedSpan is the span that budgets look at. A plan that ended when it had told enough is judged up to there.
func (r *Run) JudgedSpan() (from, to time.Duration) {
	from, to = fromSeconds(r.Header.JudgeFrom), fromSeconds(r.Header.JudgeTo)
	if r.End != nil && r.End.Converged > 0 {
		to = min(to, fromSeconds(r.End.Converged))
	}
	return from, to
}

// OverloadSpan is the span that oracles look at: from the first whole second after the one in which a request was first
// refused, to the end of the judged span. ok is false when nothing was refused.
func (r *Run) OverloadSpan() (from, to time.Duration, ok bool) {
	_, to = r.JudgedSpan()
	for i := range r.Cells { // sorted by second due
		if c := &r.Cells[i]; c.refused() && c.Count > 0 {
			return time.Duration(c.Due+1) * time.Second, to, true
		}
	}
	return 0, to, false
}

func fromSeconds(s float64) time.Duration { return time.Duration(math.Round(s * 1e9)) }
