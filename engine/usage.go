package engine

import (
	"runtime/debug"
	"syscall"
	"time"
)

// A usage is what this process has used since it began.
type usage struct {
	cpu     time.Duration // user and system
	gcPause time.Duration // the world stopped
	maxRSS  uint64        // bytes
}

func readUsage() usage {
	var ru syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &ru) // fails for a wrong first argument only
	var gc debug.GCStats
	debug.ReadGCStats(&gc)
	return usage{
		cpu:     time.Duration(ru.Utime.Nano() + ru.Stime.Nano()),
		gcPause: gc.PauseTotal,
		maxRSS:  uint64(ru.Maxrss) << 10, // Linux counts in KiB
	}
}
