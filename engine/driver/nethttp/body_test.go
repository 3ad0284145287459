package nethttp

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/driver/drivertest"
	"github.com/peakday/peakday/scenarios"
)

// The server answers before it has read the request. What it reads later is still of that request and of no other, though
// the loop's owner and the next request have the memory now.
func TestAnAnswerThatOvertakesItsRequestLeavesItsBodyAlone(t *testing.T) {
	mixed := make(chan bool, 2)
	target := drivertest.Serve(t, func(c *net.TCPConn) {
		first := make([]byte, 4096)
		n, _ := c.Read(first)
		io.WriteString(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
		time.Sleep(200 * time.Millisecond) // net/http gives up the connection, and its writer has most of the body before it
		rest, _ := io.ReadAll(c)
		_, all, _ := bytes.Cut(append(first[:n:n], rest...), []byte("\r\n\r\n"))
		mixed <- bytes.ContainsRune(all, 'a') && bytes.ContainsRune(all, 'b')
	})
	l := opened(t, driver.Options{Target: target})
	payload := bytes.Repeat([]byte("a"), 8<<20) // more than the buffers of a connection
	for range 2 {
		out := one(t, l, &scenarios.Request{Method: "POST", Path: "/", Body: payload})
		if out.Status != 413 {
			t.Errorf("status %d, %s %v", out.Status, out.Kind, out.Err)
		}
		for i := range payload {
			payload[i] = 'b'
		}
	}
	for range 2 {
		if <-mixed {
			t.Error("one request carried the payloads of two")
		}
	}
}
