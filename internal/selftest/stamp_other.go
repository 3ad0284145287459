//go:build !linux

package selftest

import (
	"net"
	"syscall"
	"time"
)

const stampedBy = "the server, after it had read a request's first byte"

func askForStamps(_, _ string, _ syscall.RawConn) error { return nil }

// A receiver reads a connection with the instants at which bytes were read.
type receiver struct{ conn *net.TCPConn }

func newReceiver(c *net.TCPConn) (*receiver, error) { return &receiver{c}, nil }

func (r *receiver) read(p []byte, _ time.Duration) (n int, at time.Duration, err error) {
	n, err = r.conn.Read(p)
	return n, sinceBoot(), err
}
