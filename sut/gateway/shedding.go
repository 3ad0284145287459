package gateway

import (
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// shedding writes one line a second to the log while requests are refused. A
// line for each would be a second overload: go-zero writes one.
type shedding struct {
	second atomic.Int64                     // the last that was looked at
	told   [admission.Reasons]atomic.Uint64 // what had been refused by then
}

// report is called with every request, and looks once a second.
func (s *shedding) report(g *Guard, now time.Time) {
	second := now.Unix()
	last := s.second.Load()
	if second == last || !s.second.CompareAndSwap(last, second) {
		return
	}
	var by []any
	for r, n := range g.metrics.refused() {
		if more := n - s.told[r].Swap(n); more > 0 {
			by = append(by, slog.Uint64(admission.Reason(r).String(), more))
		}
	}
	if len(by) > 0 {
		g.log.Warn("shedding", slog.Group("refused", by...), "seconds", second-last, "limit", g.core.Load().snapshot.Load().Limit)
	}
}
