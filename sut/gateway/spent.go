package gateway

import (
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// spent adds up the processor time that refusals take, in nanoseconds. To read
// the clock of a thread is a system call, so one request of sampleEvery is
// measured, and stands for them all. It is another one than the ring keeps, whose
// refusal takes longer. Of a refusal before parsing it is the time from the
// decision until it is sent; of one that net/http reads and sends, that in the
// guard alone.
type spent struct{ atomic.Int64 }

// A measuring is the request that is measured; the zero value measures none.
type measuring struct {
	total *spent
	began time.Duration
}

// start measures from here, if chance has this request. The goroutine then keeps
// its thread until the end.
func (s *spent) start(lot uint32) measuring {
	if lot>>22%sampleEvery != 0 { // bits that neither the level nor the ring goes by
		return measuring{}
	}
	runtime.LockOSThread()
	return measuring{s, threadTime()}
}

// end counts the time if the request was refused.
func (m measuring) end(refused bool) {
	if m.total == nil {
		return
	}
	if refused {
		m.total.Add(int64(sampleEvery * (threadTime() - m.began)))
	}
	runtime.UnlockOSThread()
}

// threadTime is the processor time that this thread has had.
func threadTime() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) != nil {
		return 0 // no kernel of ours lacks that clock
	}
	return time.Duration(t.Nano())
}
