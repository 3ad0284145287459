package rawhttp

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/scenarios"
)

// benchTarget is PEAKDAY_BENCH_TARGET, such as http://127.0.0.1:8080 of an nginx on another core; or else a net/http
// server in this process, whose CPU time then counts as ours.
func benchTarget(b *testing.B) string {
	if target := os.Getenv("PEAKDAY_BENCH_TARGET"); target != "" {
		return target
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"ok":true}`)) }))
	b.Cleanup(s.Close)
	return s.URL
}

func warmed(b *testing.B, connections int) driver.Loop {
	b.Helper()
	loop, err := Driver{driver.Options{Target: benchTarget(b)}}.Open()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { loop.Close() })
	if n, err := loop.(driver.Warmer).Warm(connections, time.Now().Add(time.Second)); n != connections {
		b.Fatalf("%d connections: %v", n, err)
	}
	return loop
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// reportCPU reports what the process used for each request: the figure to hold against wrk's in the same minute.
//
//	taskset -c 0 wrk -t1 -c64 -d3 $PEAKDAY_BENCH_TARGET/
func reportCPU(b *testing.B, before time.Duration) {
	b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op")
}

// BenchmarkFlatOut keeps 64 connections busy.
func BenchmarkFlatOut(b *testing.B) {
	const connections = 64
	loop := warmed(b, connections)
	r := &scenarios.Request{Method: "GET", Path: "/", Alike: 1, Deadline: time.Now().Add(time.Hour)}
	b.ReportAllocs()
	b.ResetTimer()
	before := cpuTime()
	sent := 0
	for ; sent < min(connections, b.N); sent++ {
		loop.Submit(0, r)
	}
	for done := 0; done < b.N; {
		for _, out := range loop.Wait(time.Now().Add(time.Second)) {
			if out.Status != 200 {
				b.Fatalf("status %d, %v", out.Status, out.Err)
			}
			if done++; sent < b.N {
				sent++
				loop.Submit(0, r)
			}
		}
	}
	reportCPU(b, before)
}

// BenchmarkPaced sends at a rate, each request at its instant or all of a millisecond at its end.
func BenchmarkPaced(b *testing.B) {
	for _, pace := range []struct {
		rate  int
		batch time.Duration
	}{{5_000, 0}, {5_000, time.Millisecond}, {20_000, 0}, {20_000, time.Millisecond}, {50_000, 0}} {
		b.Run(fmt.Sprintf("%d/s in %v", pace.rate, pace.batch), func(b *testing.B) {
			const connections = 64 // and no more in flight: a burst of new ones overflows the server's queue, and waits a second
			loop := warmed(b, connections)
			r := &scenarios.Request{Method: "GET", Path: "/", Alike: 1}
			gap := time.Second / time.Duration(pace.rate)
			late := make([]time.Duration, 0, b.N)
			b.ResetTimer()
			before := cpuTime()
			start := time.Now()
			for sent, done := 0, 0; done < b.N; {
				now := time.Since(start)
				for ; sent < b.N && sent-done < connections && time.Duration(sent)*gap <= now; sent++ {
					r.Deadline = start.Add(now + 10*time.Second)
					loop.Submit(uint64(sent), r)
				}
				next := time.Duration(sent) * gap
				if pace.batch > 0 {
					next = (next + pace.batch - 1) / pace.batch * pace.batch
				}
				if sent == b.N || sent-done == connections {
					next = now + time.Second
				}
				for _, out := range loop.Wait(start.Add(next)) {
					late = append(late, out.Ready.Sub(start)-time.Duration(out.Slot)*gap)
					done++
				}
			}
			reportCPU(b, before)
			slices.Sort(late)
			b.ReportMetric(float64(late[len(late)*99/100]), "late-p99-ns")
		})
	}
}

// BenchmarkAnswer takes the answer of an nginx.
func BenchmarkAnswer(b *testing.B) {
	wire := []byte("HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 22 Nov 2026 01:00:53 GMT\r\nContent-Type: application/json\r\n" +
		"Content-Length: 126\r\nConnection: keep-alive\r\n\r\n" + string(make([]byte, 126)))
	a := &answer{maxHead: 1 << 16, maxBody: 1 << 20}
	b.ReportAllocs()
	for b.Loop() {
		a.begin(false, false)
		if _, err := a.feed(wire); err != nil || !a.done() {
			b.Fatal(err)
		}
	}
}

// BenchmarkEncode writes a request that is like no other.
func BenchmarkEncode(b *testing.B) {
	e := encoder{host: "127.0.0.1:8080"}
	r := &scenarios.Request{Method: "POST", Path: "/v1/claims/4711/settle?year=2026", Body: make([]byte, 300), Header: []scenarios.Header{
		{Name: "Authorization", Value: "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"},
		{Name: "Content-Type", Value: "application/json"}, {Name: "Idempotency-Key", Value: "0123456789abcdef"}}}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := e.encode(r); err != nil {
			b.Fatal(err)
		}
	}
}
