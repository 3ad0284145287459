package nethttp

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
	"time"
)

// A stamp notes when the first byte of a request was written. A connection writes it on net/http's goroutine, the worker
// reads it on its own.
type stamp struct {
	epoch time.Time
	sent  atomic.Int64 // nanoseconds since epoch; 0 means that nothing was written
}

func (s *stamp) written() bool { return s.sent.Load() != 0 }
func (s *stamp) clear()        { s.sent.Store(0) }

// begin stamps, unless the request was sent before.
func (s *stamp) begin() bool { return s.sent.CompareAndSwap(0, int64(time.Since(s.epoch))) }

func (s *stamp) time() time.Time {
	if sent := s.sent.Load(); sent != 0 {
		return s.epoch.Add(time.Duration(sent))
	}
	return time.Time{}
}

// errResend refuses the second sending of a request.
var errResend = errors.New("the connection broke after the request was sent; it is not sent again")

// A conn stamps the first write of each request.
type conn struct {
	net.Conn
	armed atomic.Pointer[stamp] // of the request whose first write comes next
}

func (c *conn) Write(p []byte) (int, error) {
	s := c.armed.Swap(nil)
	if s == nil {
		return c.Conn.Write(p)
	}
	if !s.begin() {
		return 0, errResend
	}
	n, err := c.Conn.Write(p)
	if n == 0 && err != nil {
		s.clear()
	}
	return n, err
}

// plainConn finds ours under TLS.
func plainConn(c net.Conn) *conn {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	ours, _ := c.(*conn)
	return ours
}

// A dialer marks its errors, so that a failure to connect is told from a connection that broke.
type dialer struct {
	until context.Context // net/http goes on dialing for a request that was given up; this ends it
	tls   *tls.Config
}

type (
	dialError struct{ error }
	tlsError  struct{ error }
)

func (e *dialError) Unwrap() error { return e.error }
func (e *tlsError) Unwrap() error  { return e.error }

func (d *dialer) plain(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(d.until, cancel)()
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, &dialError{err}
	}
	return &conn{Conn: c}, nil
}

func (d *dialer) secure(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(d.until, cancel)()
	c, err := d.plain(ctx, network, address)
	if err != nil {
		return nil, err
	}
	config := d.tls.Clone()
	if config == nil {
		config = new(tls.Config)
	}
	if config.ServerName == "" {
		config.ServerName, _, _ = net.SplitHostPort(address)
	}
	secure := tls.Client(c, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		c.Close()
		return nil, &tlsError{err}
	}
	return secure, nil
}
