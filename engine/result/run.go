package result

import "github.com/peakday/peakday/engine/hist"

// A Run is a whole measured (or simulated) run, its ticks merged.
type Run struct {
	Header   Header
	Cells    []Cell      // by second due, operation, class, retry, outcome, kind; each combination once
	Ends     []EndWindow // by the second in which requests ended
	Lateness hist.Histogram
	Queued   hist.Histogram
	End      *End // nil when the run was cut off: it is partial
}

// An EndWindow counts what ended in one second and what the generator did in it.
type EndWindow struct {
	At         int
	Sent       uint64
	Good       uint64
	Late       uint64
	Shed       uint64
	Failed     uint64
	InFlight   int
	CPUSeconds float64
	GCPause    float64
}

// A Window sums the requests due in one second, first attempts and retries together.
type Window struct {
	At         int // [At, At+1) seconds from the start
	First      uint64
	Retries    uint64
	Good       uint64
	Late       uint64
	Shed       uint64
	Failed     uint64
	Unfinished uint64
	Dropped    uint64
	Latency    hist.Histogram // of all that ended
	Admitted   hist.Histogram // of those not refused
	Answered   hist.Histogram // of 2xx answers
}

// Offered is what was due in the window, whether or not it could be sent.
func (w Window) Offered() uint64 { return w.First + w.Retries }
