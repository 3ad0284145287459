//go:build amd64 || arm64

package rawhttp

import (
	"net/netip"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// Open starts a loop and locks the calling goroutine to its thread until Close. It does not connect yet; the error is
// about Options or about what the system refuses.
func (d Driver) Open() (driver.Loop, error) {
	if err := Supports(d.Options); err != nil {
		return nil, err
	}
	to, err := parseTarget(d.Options)
	if err != nil {
		return nil, err
	}
	p, err := newPoller()
	if err != nil {
		return nil, err
	}
	n, err := newNames(to.dial, d.DNSFor, p.wake)
	if err != nil {
		p.close()
		return nil, err
	}
	o := d.Options.WithDefaults()
	l := &loop{
		poller: p, names: n, epoch: time.Now(),
		encoder: encoder{host: to.host, prefix: to.prefix, close: o.Close},
		maxIdle: o.Idle, idleFor: o.IdleFor, maxHead: o.MaxHead, maxBody: o.MaxBody,
		allow: o.Allow, sources: o.Sources,
	}
	l.idle.init()
	if !n.literal && n.every >= 0 {
		n.ask() // ahead of the first request
	}
	runtime.LockOSThread()
	unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0) // the default lets the kernel end a wait 50 µs late
	return l, nil
}

// A loop is one thread's connections. Instants inside are since epoch.
type loop struct {
	poller  *poller
	names   *names
	epoch   time.Time
	encoder encoder
	maxIdle int
	idleFor time.Duration
	maxHead int64
	maxBody int64
	allow   func(netip.Addr) error
	sources []netip.Addr
	turn    int // of the sources

	conns   []*conn // by descriptor
	free    []*conn // to be used again
	idle    stack
	opening int     // connections resolving or connecting
	asking  []*conn // those resolving, with some that no longer are
	serial  uint32
	alarms  alarms
	refusal error // of the last connection that was only warmed

	came, given []driver.Outcome
	buffer      [64 << 10]byte
	shut        bool
}

func (l *loop) now() time.Duration { return time.Since(l.epoch) }

// Submit takes the connection that was used last, and writes at once; or else opens one.
func (l *loop) Submit(slot uint64, r *scenarios.Request) {
	now := l.now()
	deadline := never
	if !r.Deadline.IsZero() {
		if deadline = r.Deadline.Sub(l.epoch); deadline <= now {
			l.came = append(l.came, driver.Outcome{Slot: slot, Ready: l.epoch.Add(now), Done: l.epoch.Add(now), Kind: result.KindTimeout, Err: errDeadline})
			return
		}
	}
	l.start(slot, r, now, deadline, now)
}

// start gives a request to a connection.
func (l *loop) start(slot uint64, r *scenarios.Request, ready, deadline, now time.Duration) {
	c := l.idle.pop()
	if c == nil {
		c = l.newConn()
	}
	c.slot, c.request, c.ready, c.sent, c.out, c.in = slot, r, ready, 0, 0, 0
	l.alarms.set(c, deadline)
	if c.phase == idle {
		l.send(c, now)
		return
	}
	l.open(c, now)
}

// Wait turns the loop until there are outcomes.
func (l *loop) Wait(until time.Time) []driver.Outcome {
	end := max(until.Sub(l.epoch), 0)
	l.given = l.given[:0]
	for len(l.came) == 0 {
		now := l.now()
		l.poll(min(end, l.alarms.first())-now, now)
		if len(l.came) == 0 && l.now() >= end {
			return nil
		}
	}
	l.given, l.came = l.came, l.given
	return l.given
}

// poll waits for events, handles them, and then what has come too late.
func (l *loop) poll(timeout, now time.Duration) {
	for _, e := range l.poller.wait(timeout, now) {
		switch fd := int(e.Fd); {
		case fd == l.poller.wakeup:
			l.resolved()
		case fd == l.poller.timer:
		case l.conns[fd] != nil && l.conns[fd].serial == uint32(e.Pad): // else it was closed by an event before this one
			l.event(l.conns[fd], e.Events)
		}
	}
	if l.alarms.first() == never {
		return
	}
	now = l.now()
	for c := l.alarms.due(now); c != nil; c = l.alarms.due(now) {
		l.alarm(c, now)
	}
}

// alarm ends a request whose deadline has passed, or a connection that was idle for too long.
func (l *loop) alarm(c *conn, now time.Duration) {
	if c.phase == idle {
		l.idle.remove(c)
		l.drop(c)
		return
	}
	if c.request != nil {
		l.fail(c, now, result.KindTimeout, errDeadline)
	}
}

// Warm opens connections a few at a time: a server's queue of new ones is short, and what does not fit waits a second.
func (l *loop) Warm(n int, until time.Time) (int, error) {
	const abreast = 64
	end := until.Sub(l.epoch)
	n = min(n, l.maxIdle)
	l.refusal = nil
	for l.idle.size < n && l.refusal == nil {
		now := l.now()
		if now >= end {
			break
		}
		for l.opening < abreast && l.idle.size+l.opening < n && l.refusal == nil {
			c := l.newConn()
			c.request, c.ready = nil, now
			c.alarm = never
			l.open(c, now)
		}
		if l.refusal == nil {
			l.poll(min(end, l.alarms.first())-now, now)
		}
	}
	return l.idle.size, l.refusal
}

// Close closes every connection at once and gives the thread back.
func (l *loop) Close() error {
	if l.shut {
		return nil
	}
	l.shut = true
	l.names.close()
	for _, c := range l.conns {
		if c != nil {
			unix.Close(c.fd)
		}
	}
	l.conns, l.free, l.came = nil, nil, nil
	err := l.poller.close()
	unix.Prctl(unix.PR_SET_TIMERSLACK, 0, 0, 0, 0) // back to the default
	runtime.UnlockOSThread()
	return err
}
