package drivertest

import (
	"net"
	"syscall"
	"testing"
	"time"
)

// unaccepting returns the base URL of a server whose queue of new connections is full and stays so: Linux then drops
// what asks for another.
func unaccepting(t *testing.T) (target string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	socket, err := listener.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	socket.Control(func(fd uintptr) { syscall.Listen(int(fd), 0) }) // a queue of one
	for range 8 {
		c, err := net.DialTimeout("tcp", listener.Addr().String(), 100*time.Millisecond)
		if err != nil {
			return "http://" + listener.Addr().String()
		}
		t.Cleanup(func() { c.Close() })
	}
	t.Skip("the queue of new connections does not fill")
	return ""
}
