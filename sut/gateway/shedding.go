package gateway

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// shedding writes one line a second to the log while requests are refused. A
// line for each would be a second overload: go-zero writes one.
type shedding struct {
	due atomic.Bool // a line is to come

	mu   sync.Mutex
	told [modes][admission.Reasons]uint64 // what had been refused by the last line
}

// refused is called after a refusal was counted. The line comes a second after
// the first: to wait for the next request would leave the end of a storm untold
// until the next storm.
func (s *shedding) refused(g *Guard) {
	if !s.due.Load() && s.due.CompareAndSwap(false, true) {
		time.AfterFunc(time.Second, func() { s.tell(g) })
	}
}

// tell writes what was refused since the last line, nothing if nothing was.
func (s *shedding) tell(g *Guard) {
	s.due.Store(false) // before it is read: what is refused from here on gets a line of its own
	s.mu.Lock()
	defer s.mu.Unlock()
	for mode, message := range [modes]string{inEarnest: "shedding", toLook: "dry run: would be shedding"} {
		var by []any
		for r, n := range g.metrics.refused(mode) {
			if more := n - s.told[mode][r]; more > 0 {
				by = append(by, slog.Uint64(admission.Reason(r).String(), more))
			}
			s.told[mode][r] = n
		}
		if len(by) > 0 {
			g.log.Warn(message, slog.Group("refused", by...), "limit", g.core.Load().snapshot.Load().Limit)
		}
	}
}
