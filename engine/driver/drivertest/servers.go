package drivertest

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/driver"
)

// Serve listens on loopback until the test is over, serves every connection with handle and then closes it. It returns the
// base URL.
func Serve(t testing.TB, handle func(*net.TCPConn)) (target string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil { // no descriptor is free, which the kernel says even if nobody has come
				time.Sleep(time.Millisecond)
				continue
			}
			go func() {
				defer c.Close()
				handle(c.(*net.TCPConn))
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

// Says is a handle for Serve that answers everything it reads with wire, as often as it reads. It allocates nothing for a
// request, so that what a test counts is the driver's.
func Says(wire string) func(*net.TCPConn) {
	answer := []byte(wire)
	return func(c *net.TCPConn) {
		buffer := make([]byte, 4096)
		for {
			if _, err := c.Read(buffer); err != nil {
				return
			}
			if _, err := c.Write(answer); err != nil {
				return
			}
		}
	}
}

func readRequest(c net.Conn) { c.Read(make([]byte, 4096)) }

// raw opens a loop against Serve.
func raw(t *testing.T, newDriver func(driver.Options) driver.Driver, handle func(*net.TCPConn)) driver.Loop {
	t.Helper()
	return open(t, newDriver(driver.Options{Target: Serve(t, handle)}))
}

// serve opens a loop against a server that lives as long as the test.
func serve(t *testing.T, newDriver func(driver.Options) driver.Driver, handle http.HandlerFunc) driver.Loop {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close) // runs after the loop's
	return open(t, newDriver(driver.Options{Target: server.URL}))
}
