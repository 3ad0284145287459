package watch

import (
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// tick is how often a goroutine looks at the clock to see that the process runs at all. It costs 20 wake-ups a second.
const tick = 50 * time.Millisecond

// A Watch reads what this process and its machine do. One goroutine calls Sample; Close ends the watch.
type Watch struct {
	start   time.Time
	cgroups []string // directories that may limit the CPU of this process, from its own upwards
	gc      debug.GCStats
	account Account
	still   atomic.Int64 // ns: the longest stretch without a tick, less the tick
	stop    chan struct{}
	done    sync.WaitGroup
}

// Start takes the first sample and begins to tick.
func Start() *Watch {
	w := &Watch{start: time.Now(), cgroups: findCgroups(), stop: make(chan struct{})}
	w.account.Cores, w.account.OpenFiles, w.account.Ports = w.limits()
	w.Sample()
	w.done.Go(w.beat)
	return w
}

// beat notes the longest time between two looks at the clock. Nothing it does can block, so a long one means that the
// process was stopped, or that no thread of it got a core.
func (w *Watch) beat() {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for last := time.Now(); ; {
		select {
		case <-w.stop:
			return
		case <-ticker.C:
		}
		now := time.Now() // when this goroutine ran, not when the ticker fired
		w.still.Store(max(w.still.Load(), int64(now.Sub(last)-tick)))
		last = now
	}
}

// Sample reads everything and adds it to the account of the run; call it about once a second, away from the goroutines that
// send. It takes some 0.2 ms.
func (w *Watch) Sample() Sample {
	now := time.Now()
	s := Sample{
		At:    now.Sub(w.start),
		Clock: now.Round(0).Sub(w.start.Round(0)) - now.Sub(w.start), // Round takes the monotonic reading off
		Still: time.Duration(w.still.Load()),
	}
	var ru syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &ru) // fails for a wrong first argument only
	s.CPU = time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
	debug.ReadGCStats(&w.gc)
	s.GCPause = w.gc.PauseTotal
	pauses := []metrics.Sample{{Name: "/sched/pauses/total/gc:seconds"}}
	if metrics.Read(pauses); pauses[0].Value.Kind() == metrics.KindFloat64Histogram {
		s.GCPauses = pauses[0].Value.Float64Histogram()
	}
	w.readProc(&s)
	w.account.Add(s)
	return s
}

// Close takes the last sample, stops the ticking and gives the account of the run.
func (w *Watch) Close() *Account {
	close(w.stop)
	w.done.Wait()
	w.Sample()
	return &w.account
}
