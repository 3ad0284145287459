package rawhttp

import (
	"net/netip"
	"time"

	"github.com/peakday/peakday/scenarios"
)

// A phase is what a connection is doing.
type phase uint8

const (
	closed     phase = iota
	resolving        // waiting for DNS; it has no socket yet
	connecting       // waiting for the handshake
	idle             // open, without a request
	busy             // sending a request or waiting for its answer
)

// A conn is one connection and the request it carries, if any. Instants are since the loop's epoch.
type conn struct {
	fd     int
	serial uint32 // tells it from others that had the same fd
	phase  phase
	rested bool // it was idle: the server may have closed it meanwhile
	hung   bool // the server will send no more

	slot    uint64
	request *scenarios.Request // nil for a connection that is only warmed
	ready   time.Duration
	sent    time.Duration // 0 before anything was written
	out     int64         // bytes written of this request
	in      int64         // bytes read for it
	wire    []byte        // what of it is not yet written
	own     []byte        // where wire lives if it is not kept elsewhere
	to      netip.AddrPort
	tried   int   // addresses that refused
	refusal error // of the first of them

	answer answer

	alarm, rung time.Duration // when it must be looked at, and what the heap has
	place       int           // in the heap; -1 means outside
	next, prev  *conn         // in the list of the idle
}

// A stack is a list of idle connections, the warmest on top. One can be taken out of its middle.
type stack struct {
	root conn // of a ring
	size int
}

func (s *stack) init() { s.root.next, s.root.prev = &s.root, &s.root }

func (s *stack) push(c *conn) {
	c.next, c.prev = s.root.next, &s.root
	c.next.prev, c.prev.next = c, c
	s.size++
}

func (s *stack) remove(c *conn) {
	c.prev.next, c.next.prev = c.next, c.prev
	c.next, c.prev = nil, nil
	s.size--
}

// pop returns nil when nobody is idle.
func (s *stack) pop() *conn {
	c := s.root.next
	if c == &s.root {
		return nil
	}
	s.remove(c)
	return c
}
