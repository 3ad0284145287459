//go:build amd64 || arm64

package rawhttp

import (
	"fmt"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"

	"github.com/peakday/peakday/engine/result"
)

func (l *loop) newConn() *conn {
	if last := len(l.free) - 1; last >= 0 {
		c := l.free[last]
		l.free = l.free[:last]
		return c
	}
	return &conn{fd: -1, place: -1, alarm: never, answer: answer{maxHead: l.maxHead, maxBody: l.maxBody}}
}

// drop closes a connection.
func (l *loop) drop(c *conn) {
	l.leave(c)
	l.alarms.remove(c)
	if c.phase == resolving || c.phase == connecting {
		l.opening--
	}
	c.phase, c.rested, c.hung, c.request, c.wire = closed, false, false, nil, nil
	if cap(c.own) > 1<<16 {
		c.own = nil
	}
	c.tried, c.refusal, c.alarm = 0, nil, never
	l.free = append(l.free, c)
}

// leave closes the socket of c.
func (l *loop) leave(c *conn) {
	if c.fd >= 0 {
		l.conns[c.fd] = nil
		unix.Close(c.fd)
		c.fd = -1
	}
}

// open begins to connect, or to look up where to.
func (l *loop) open(c *conn, now time.Duration) {
	l.opening++
	if !l.names.fresh(now) {
		c.phase = resolving
		l.asking = append(l.asking, c)
		l.names.ask()
		return
	}
	c.phase = connecting
	l.connect(c, now)
}

// resolved goes on with the connections that waited for a lookup.
func (l *loop) resolved() {
	now := l.now()
	err := l.names.take(now)
	if err == nil && len(l.names.addresses) == 0 {
		return
	}
	waiting := l.asking
	l.asking = nil
	for _, c := range waiting {
		switch {
		case c.phase != resolving:
		case err != nil:
			l.refused(c, now, err)
		default:
			c.phase = connecting
			l.connect(c, now)
		}
	}
}

// connect tries the addresses in turn, from the one that served last.
func (l *loop) connect(c *conn, now time.Duration) {
	addresses := l.names.addresses
	for c.tried < len(addresses) {
		c.to = addresses[c.tried]
		err := l.connectTo(c)
		if err == nil {
			return
		}
		l.note(c, err)
	}
	l.refused(c, now, c.refusal)
}

// note keeps why the first address was none, and goes on to the next.
func (l *loop) note(c *conn, err error) {
	l.leave(c)
	if c.refusal == nil {
		c.refusal = fmt.Errorf("connecting to %v: %w", c.to, named(err))
	}
	c.tried++
}

func (l *loop) connectTo(c *conn) error {
	if l.allow != nil {
		if err := l.allow(c.to.Addr()); err != nil {
			return err
		}
	}
	source, err := l.source(c.to.Addr())
	if err != nil {
		return err
	}
	fd, err := connect(c.to, source)
	if err != nil {
		return err
	}
	for fd >= len(l.conns) {
		l.conns = append(l.conns, nil)
	}
	l.serial++
	c.fd, c.serial = fd, l.serial
	l.conns[fd] = c
	return l.poller.add(fd, c.serial)
}

// source is the next of the sources that is of the family of to; without sources it is the zero Addr, and the kernel's
// choice.
func (l *loop) source(to netip.Addr) (netip.Addr, error) {
	for range l.sources {
		source := l.sources[l.turn%len(l.sources)].Unmap()
		l.turn++
		if source.Is4() == to.Is4() {
			return source, nil
		}
	}
	if len(l.sources) > 0 {
		return netip.Addr{}, fmt.Errorf("none of the sources %v can reach it: want one of its family, IPv4 or IPv6", l.sources)
	}
	return netip.Addr{}, nil
}

// connected handles the end of a handshake.
func (l *loop) connected(c *conn, events uint32) {
	now := l.now()
	if events&(unix.EPOLLERR|unix.EPOLLHUP) != 0 {
		err := socketError(c.fd)
		if err == nil {
			err = unix.ECONNRESET
		}
		l.note(c, err)
		l.connect(c, now)
		return
	}
	if events&unix.EPOLLOUT == 0 {
		return
	}
	l.names.served(c.to)
	l.opening--
	switch {
	case c.request == nil:
		l.rest(c)
	case c.alarm <= now:
		c.phase = busy
		l.fail(c, now, result.KindTimeout, errDeadline)
	default:
		l.send(c, now)
	}
	if c.phase == idle || c.phase == busy {
		l.event(c, events) // a server that speaks first, or closes at once, makes no other event
	}
}

// refused ends what wanted the connection.
func (l *loop) refused(c *conn, now time.Duration, err error) {
	if c.request == nil {
		l.refusal = err
		l.drop(c)
		return
	}
	l.fail(c, now, result.KindDial, err)
}
