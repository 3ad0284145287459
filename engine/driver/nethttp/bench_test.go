//go:build unix

package nethttp

import (
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/scenarios"
)

// cannedServer answers every read with the same bytes, so that nearly all that a benchmark counts is the driver's.
func cannedServer(b *testing.B) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				request := make([]byte, 4096)
				for {
					if _, err := c.Read(request); err != nil {
						return
					}
					io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n{\"answer\":42,\"error\":false}")
				}
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

// cpu is the time on processors of this process so far, in nanoseconds.
func cpu() float64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return float64(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkRequest sends with 64 in flight, and at 5,000/s. It reports processor time per request, of driver and server.
func BenchmarkRequest(b *testing.B) {
	request := &scenarios.Request{Method: "GET", Path: "/v1/claims?state=open", Alike: 1,
		Header: []scenarios.Header{{Name: "Accept", Value: "application/json"}, {Name: "Idempotency-Key", Value: "b7d0"}}}
	for _, pace := range []struct {
		name string
		gap  time.Duration
	}{{"flat out", 0}, {"5000 a second", 200 * time.Microsecond}} {
		b.Run(pace.name, func(b *testing.B) {
			loop, err := Driver{driver.Options{Target: cannedServer(b)}}.Open()
			if err != nil {
				b.Fatal(err)
			}
			defer loop.Close()
			gather := func(until time.Time) (n int) {
				for _, out := range loop.Wait(until) {
					if n++; out.Status != 200 {
						b.Fatal(out.Kind, out.Err)
					}
				}
				return n
			}
			flying := 0
			for ; flying < 64; flying++ { // connections first
				loop.Submit(0, request)
			}
			for flying > 0 {
				flying -= gather(time.Now().Add(time.Second))
			}
			b.ReportAllocs()
			begin := cpu()
			due := time.Now()
			for b.Loop() {
				for due = due.Add(pace.gap); flying >= 64 || time.Now().Before(due); {
					until := due
					if flying >= 64 {
						until = due.Add(time.Second)
					}
					flying -= gather(until)
				}
				loop.Submit(0, request)
				flying++
			}
			b.ReportMetric((cpu()-begin)/float64(b.N), "cpu-ns/op")
		})
	}
}
