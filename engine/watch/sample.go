package watch

import (
	"runtime/metrics"
	"time"
)

// A Sample is what was read at one instant. What counts up is told apart by comparing samples.
type Sample struct {
	At    time.Duration // since Start, on the clock that is never set
	Clock time.Duration // how much further the wall clock went; it steps when the clock is set or the machine slept
	Still time.Duration // the longest the process has stood still since Start

	CPU       time.Duration         // user and system, since the process began
	Waited    map[int]time.Duration // by thread: ready to run without a core, since it began
	Throttled time.Duration         // stopped by a CPU quota, since its group began; the sum over the cores it was stopped on
	Stolen    uint64                // clock ticks that the hypervisor gave to others, all cores, since boot
	Ticks     uint64                // all clock ticks of all cores since boot

	GCPause  time.Duration             // the world stopped for garbage collection, since the process began
	GCPauses *metrics.Float64Histogram // of its pauses, in seconds; nil where the runtime does not tell

	Files   int // open descriptors
	Sockets int // TCP sockets of the machine's network namespace, with those in TIME_WAIT

	Unread map[string]error // by the name of the check: why it has no value here
}

// unread notes why a check has no value.
func (s *Sample) unread(check string, err error) {
	if s.Unread == nil {
		s.Unread = map[string]error{}
	}
	s.Unread[check] = err
}
