package selftest

import (
	"time"

	"golang.org/x/sys/unix"
)

// sinceBoot reads CLOCK_MONOTONIC. All processes of a machine share it, so an instant read in one can be held against an
// instant read in another; the reading inside a time.Time counts from the start of its own process.
func sinceBoot() time.Duration { return read(unix.CLOCK_MONOTONIC) }

// wall reads CLOCK_REALTIME, in which the kernel stamps packets.
func wall() time.Duration { return read(unix.CLOCK_REALTIME) }

func read(clock int32) time.Duration {
	var t unix.Timespec
	unix.ClockGettime(clock, &t) // fails for a clock that does not exist only
	return time.Duration(t.Nano())
}

// ahead is how far clock a is ahead of clock b. Of twenty readings of b between two of a the tightest counts, so that a
// thread that lost its core between two readings does no harm.
func ahead(a, b func() time.Duration) time.Duration {
	var offset time.Duration
	width := time.Hour
	for range 20 {
		before := a()
		middle := b()
		if after := a(); after-before < width {
			width = after - before
			offset = before + width/2 - middle
		}
	}
	return offset
}

// A clock turns instants of this process into time since boot. Go's monotonic reading is CLOCK_MONOTONIC less a constant.
type clock struct {
	epoch time.Time
	boot  time.Duration // of the epoch
}

func newClock() clock {
	epoch := time.Now()
	return clock{epoch, ahead(sinceBoot, func() time.Duration { return time.Since(epoch) })}
}

// at is t since boot.
func (c clock) at(t time.Time) time.Duration { return c.boot + t.Sub(c.epoch) }
