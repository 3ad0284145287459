package nethttp

import (
	"net"
	"sync/atomic"
	"time"
)

// A stamp notes when the first byte of one request was written. It is set on a goroutine of net/http and read by a worker.
type stamp struct {
	epoch time.Time
	sent  atomic.Int64 // nanoseconds since epoch; 0 means that nothing was written
}

func (s *stamp) begin() { s.sent.CompareAndSwap(0, int64(time.Since(s.epoch))) }

func (s *stamp) written() bool { return s.sent.Load() != 0 }

func (s *stamp) time() time.Time {
	if sent := s.sent.Load(); sent != 0 {
		return s.epoch.Add(time.Duration(sent))
	}
	return time.Time{}
}

// A conn is a TCP connection that counts its bytes and stamps the first write of each request.
type conn struct {
	net.Conn
	armed   atomic.Pointer[stamp] // of the request whose first write comes next
	in, out atomic.Int64          // bytes so far
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.in.Add(int64(n))
	return n, err
}

func (c *conn) Write(p []byte) (int, error) {
	s := c.armed.Swap(nil)
	if s != nil {
		s.begin()
	}
	n, err := c.Conn.Write(p)
	c.out.Add(int64(n))
	if s != nil && n == 0 && err != nil {
		s.sent.Store(0)
	}
	return n, err
}
