package engine

import (
	"fmt"
	"math"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/peakday/peakday/scenarios"
)

// Needs is what a plan asks of the machine that runs it.
type Needs struct {
	Planned uint64        // arrivals in all
	Peak    uint64        // arrivals in the fullest second
	Users   int           // of the closed model at a time, at most; 0 in the open ones
	Sockets int           // connections to the target at once, at most
	Guarded bool          // in a variant: the guard has two connections a request in flight, its client's and its own to the service
	Length  time.Duration // of the arrivals
	Longest time.Duration // with the whole drain
}

// Needs counts sockets as if every request of the fullest second took the whole timeout and its person then tried again as
// often as any actor does, up to what may be in flight.
func (p *Plan) Needs() Needs {
	n := Needs{Planned: p.Planned, Peak: p.Peak, Length: p.Length(), Longest: p.Length() + p.Scenario.Drain}
	attempts := 1
	for _, a := range p.actors {
		attempts = max(attempts, a.Retry.Attempts)
	}
	all := min(math.Ceil(float64(p.Peak)*p.Scenario.Timeout.Seconds()), float64(p.Planned)) * float64(attempts)
	n.Sockets = int(min(all, float64(p.Scenario.MaxInFlight)))
	if n.Users = p.maxUsers(); n.Users > 0 {
		n.Sockets = n.Users
	}
	n.Guarded = slices.ContainsFunc(p.Scenario.Variants, func(v scenarios.Variant) bool { return v.Guard })
	return n
}

// Limits is what this machine gives one process.
type Limits struct {
	OpenFiles uint64 // of this process
	Ports     uint64 // ephemeral ports, the most connections to one target
}

// spareFiles are for what is not a connection: logs, the database, listeners, pipes to children.
const spareFiles = 128

// ReadLimits asks the machine. Where the range of ports cannot be read, it is the 28,232 of an untouched Linux.
func ReadLimits() (Limits, error) {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return Limits{}, fmt.Errorf("asking for the limit of open files: %w", err)
	}
	low, high := 32768, 60999
	if text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		if _, err := fmt.Sscan(string(text), &low, &high); err != nil {
			return Limits{}, fmt.Errorf("ip_local_port_range holds %q, want two numbers: %w", text, err)
		}
	}
	return Limits{OpenFiles: files.Cur, Ports: uint64(high - low + 1)}, nil
}

// Fit says why n does not fit, and what to change; nil when it fits. The limit of open files is one for each process, which
// children inherit, so the process with the most connections decides: the guard where there is one.
func (l Limits) Fit(n Needs) error {
	sockets, where := uint64(n.Sockets), "connections"
	if n.Guarded {
		sockets, where = 2*sockets, "connections in the guard, two a request,"
	}
	if need := sockets + spareFiles; need > l.OpenFiles {
		return fmt.Errorf("the plan needs %d open files (%d %s and %d to spare), a process may open %d; raise it with ulimit -n %d, or lower max_in_flight", need, sockets, where, spareFiles, l.OpenFiles, need)
	}
	if uint64(n.Sockets) > l.Ports {
		return fmt.Errorf("the plan needs %d connections, this machine has %d ephemeral ports; widen net.ipv4.ip_local_port_range, or lower max_in_flight", n.Sockets, l.Ports)
	}
	return nil
}
