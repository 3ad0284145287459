//go:build amd64 || arm64

package rawhttp

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
)

var errDeadline = errors.New("the deadline passed")

// event handles what the kernel says of one connection.
func (l *loop) event(c *conn, events uint32) {
	const readable = unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLHUP | unix.EPOLLERR
	if c.phase == connecting {
		l.connected(c, events)
		return
	}
	if c.phase == busy && len(c.wire) > 0 && events&unix.EPOLLOUT != 0 {
		l.push(c)
	}
	if events&readable == 0 || c.phase == closed {
		return
	}
	c.hung = c.hung || events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0
	if c.phase == idle {
		l.stir(c)
		return
	}
	l.receive(c)
}

// stir handles an idle connection on which something happens: whatever it is, no request can trust it any longer.
func (l *loop) stir(c *conn) {
	if _, errno := read(c.fd, l.buffer[:1]); errno == unix.EAGAIN && !c.hung {
		return
	}
	l.idle.remove(c)
	l.drop(c)
}

// send begins the request of an open connection. It is sent once: only where the kernel took not a byte of it, because
// the server had closed the connection meanwhile, does it go to another.
func (l *loop) send(c *conn, now time.Duration) {
	wire, kept, err := l.encoder.encode(c.request)
	if err != nil {
		c.phase = busy
		l.end(c, l.outcome(c, now, result.KindRequest, err), true)
		return
	}
	if !kept {
		now = l.now() // writing it down took its time
	}
	c.phase, c.sent = busy, now
	c.answer.begin(c.request.Method == "HEAD", c.request.Keep)
	n, errno := write(c.fd, wire)
	switch {
	case errno == 0:
		c.out = int64(n)
	case errno == unix.EAGAIN:
		n = 0
	case c.rested:
		slot, r, ready, deadline := c.slot, c.request, c.ready, c.alarm
		l.drop(c)
		l.start(slot, r, ready, deadline, now)
		return
	default:
		c.sent = 0
		l.fail(c, now, result.KindReset, fmt.Errorf("write: %w", errno))
		return
	}
	c.wire = nil
	if n < len(wire) {
		c.wire = wire[n:]
		if !kept {
			c.own = append(c.own[:0], wire[n:]...)
			c.wire = c.own
		}
	}
}

// push writes more of a request that did not fit at once.
func (l *loop) push(c *conn) {
	for len(c.wire) > 0 {
		n, errno := write(c.fd, c.wire)
		if errno == unix.EAGAIN {
			return
		}
		if errno != 0 {
			// The server will not read on. What it answered, perhaps why, is still there to be read.
			c.wire, c.hung = nil, true
			l.receive(c)
			if c.phase == busy {
				l.fail(c, l.now(), result.KindReset, fmt.Errorf("write: %w", errno))
			}
			return
		}
		c.out += int64(n)
		c.wire = c.wire[n:]
	}
}

// receive reads what is there. A read that does not fill the buffer has emptied the socket, unless the end follows.
func (l *loop) receive(c *conn) {
	const turns = 4 // then others are served: with a large body, that is after 256 KiB
	for turn := 0; ; turn++ {
		if turn == turns && !c.hung {
			if err := l.poller.again(c.fd, c.serial); err != nil {
				l.fail(c, l.now(), result.KindReset, err)
			}
			return
		}
		n, errno := read(c.fd, l.buffer[:])
		switch {
		case errno == unix.EAGAIN || errno == unix.EINTR:
			return
		case errno != 0:
			l.fail(c, l.now(), result.KindReset, fmt.Errorf("read: %w", errno))
			return
		case n == 0:
			l.hungUp(c)
			return
		}
		c.in += int64(n)
		used, err := c.answer.feed(l.buffer[:n])
		if err != nil {
			l.fail(c, l.now(), kind(err), err)
			return
		}
		if c.answer.done() {
			l.answered(c, used == n && n < len(l.buffer))
			return
		}
		if n < len(l.buffer) && !c.hung {
			return
		}
	}
}

// kind names what is wrong with an answer.
func kind(err error) string {
	if errors.Is(err, errOversize) {
		return result.KindOversize
	}
	return result.KindReset
}

// hungUp handles the end of what the server sends.
func (l *loop) hungUp(c *conn) {
	if err := c.answer.end(); err != nil {
		l.fail(c, l.now(), result.KindReset, err)
		return
	}
	l.answered(c, false)
}

// answered ends a request that has its answer. clean says that nothing came after it.
func (l *loop) answered(c *conn, clean bool) {
	now := l.now()
	if now > c.alarm {
		l.fail(c, now, result.KindTimeout, errDeadline) // both came while the thread slept: whoever waited had gone
		return
	}
	keep := clean && !c.hung && len(c.wire) == 0 && c.answer.keepAlive() && !l.encoder.close && l.idle.size < l.maxIdle
	out := l.outcome(c, now, "", nil)
	a := &c.answer
	out.Status = a.status
	if a.retry.Has {
		out.HasRetry, out.RetryAfter = true, a.retry.From(out.Ready)
	}
	if len(a.kept) > 0 {
		out.Body = a.kept[a.keptHead:]
		if a.all {
			out.Head = a.kept[:a.keptHead:a.keptHead]
		}
	}
	l.end(c, out, keep)
}

// fail ends a request without an answer, and its connection.
func (l *loop) fail(c *conn, now time.Duration, kind string, err error) {
	l.end(c, l.outcome(c, now, kind, err), false)
}

func (l *loop) outcome(c *conn, now time.Duration, kind string, err error) driver.Outcome {
	out := driver.Outcome{Slot: c.slot, Ready: l.epoch.Add(c.ready), Done: l.epoch.Add(now), Kind: kind, Err: err, BytesOut: c.out, BytesIn: c.in}
	if c.sent > 0 {
		out.Sent = l.epoch.Add(c.sent)
	}
	return out
}

// end hands the outcome over and keeps the connection or not.
func (l *loop) end(c *conn, out driver.Outcome, keep bool) {
	l.came = append(l.came, out)
	c.request = nil
	if !keep {
		l.drop(c)
		return
	}
	l.rest(c)
}

// rest makes a connection idle.
func (l *loop) rest(c *conn) {
	c.phase, c.rested = idle, true
	l.idle.push(c)
	if l.idleFor > 0 {
		l.alarms.set(c, l.now()+l.idleFor)
	} else {
		l.alarms.set(c, never)
	}
}
