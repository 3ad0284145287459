package engine

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

func TestThePeakOfMemoryIsThatOfTheRun(t *testing.T) {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		t.Skipf("this kernel does not set the peak back: %v", err)
	}
	const fat = 64 << 20
	ballast := make([]byte, fat)
	for i := range ballast {
		ballast[i] = 1 // resident only once it is written
	}
	runtime.KeepAlive(ballast)
	before := peakRSS()
	if before < fat {
		t.Fatalf("peak %d with %d bytes in use", before, fat)
	}
	ballast = nil
	debug.FreeOSMemory()
	synctest.Test(t, func(t *testing.T) {
		end, err := Engine{Driver: always(answer{status: 200}), Log: &memory{}}.Run(t.Context(), planned(t, even(10, time.Second)))
		if err != nil {
			t.Fatal(err)
		}
		if got := end.Processes[0].MaxRSS; got == 0 || got > before-fat/2 {
			t.Errorf("the run's peak is %d bytes, want the %d from before without the %d that were freed", got, before, fat)
		}
	})
}

// An answered is a service that answers everything at once, with a latency of its own making.
type answered struct {
	spread *rand.Rand
	outs   []driver.Outcome
}

func (a *answered) Name() string               { return "answered" }
func (a *answered) Open() (driver.Loop, error) { return a, nil }
func (a *answered) Close() error               { return nil }

func (a *answered) Submit(slot uint64, _ *scenarios.Request) {
	now := time.Now()
	a.outs = append(a.outs, driver.Outcome{Slot: slot, Ready: now, Sent: now,
		Done: now.Add(time.Duration(1e6 * a.spread.ExpFloat64())), Status: 200, BytesIn: 300, BytesOut: 120})
}

func (a *answered) Wait(time.Time) []driver.Outcome {
	outs := a.outs
	a.outs = a.outs[:0]
	return outs
}

// What a run of 100 million results over 50 operations and 10 phases keeps in memory, with everything recorded.
func BenchmarkMemory(b *testing.B) {
	const results = 100_000_000
	sc := even(results/80, time.Second) // faster than one core goes: it ends later than planned, and only memory is asked for
	sc.Shape.Phases, sc.Mix, sc.Timeout, sc.GoodWithin, sc.MaxInFlight = nil, nil, time.Hour, time.Hour, 1<<20
	for i := range 50 {
		sc.Mix = append(sc.Mix, scenarios.Weight{Op: fmt.Sprintf("operation.%d", i), Share: 1})
	}
	for range 10 {
		sc.Shape.Phases = append(sc.Shape.Phases, scenarios.Phase{Kind: scenarios.Hold, Length: 8 * time.Second})
	}
	plan, err := NewPlan(context.Background(), sc, asked{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		d := &answered{spread: stream(1, 99)}
		end, err := Engine{Driver: d, Log: result.NewLog(io.Discard), Results: io.Discard, Metrics: NewMetrics(), GCPercent: 100}.Run(b.Context(), plan)
		if err != nil {
			b.Fatal(err)
		}
		if end.Sent != results {
			b.Fatalf("%d results, want %d", end.Sent, results)
		}
		b.ReportMetric(float64(end.Generator.MaxRSS)/1e6, "max-rss-MB")
		b.ReportMetric(1e9*end.Generator.CPUSeconds/float64(end.Sent), "cpu-ns/result")
	}
}
