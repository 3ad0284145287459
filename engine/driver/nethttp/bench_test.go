//go:build unix

package nethttp

import (
	"syscall"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/driver/drivertest"
	"github.com/peakday/peakday/scenarios"
)

// canned is as short as an answer may be, so that nearly all that a benchmark counts is the driver's.
const canned = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n{\"answer\":42,\"error\":false}"

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
			loop, err := Driver{driver.Options{Target: drivertest.Serve(b, drivertest.Says(canned))}}.Open()
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
