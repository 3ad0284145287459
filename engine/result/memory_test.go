package result

import (
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"
)

// anHour writes a run of an hour with 50 operations, each answered so often in a second, one answer in 50 in the second after
// it was due, one in 100 refused.
func anHour(w io.Writer, seconds, each int) error {
	log := NewLog(w)
	h := Header{Format: Format, Scenario: "an-hour", JudgeTo: float64(seconds)}
	for i := range 50 {
		h.Operations = append(h.Operations, fmt.Sprintf("journey.operation%02d", i))
	}
	if err := log.Header(h); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(1, 2))
	service := lognormal(0.02, 0.8)
	var after []Cell
	for at := range seconds {
		tick := Tick{At: at, Sent: uint64(50 * each), Cells: after}
		after = nil
		for _, op := range h.Operations {
			good := Cell{Due: at, Op: op, Class: "P1", Outcome: Good}
			shed := Cell{Due: at, Op: op, Class: "P1", Outcome: Shed, Kind: "status_503"}
			late := good
			for range each {
				c := &good
				switch r.IntN(100) {
				case 0:
					c = &shed
				case 1, 2:
					c = &late
				}
				d := time.Duration(service(r) * 1e9)
				c.Count++
				c.Latency.Record(d + 100_000)
				c.Service.Record(d)
			}
			tick.Cells = append(tick.Cells, good)
			if shed.Count > 0 {
				tick.Cells = append(tick.Cells, shed)
			}
			if late.Count > 0 {
				after = append(after, late)
			}
		}
		if err := log.Tick(tick); err != nil {
			return err
		}
	}
	return log.End(End{})
}

func TestAnHourOf50OperationsIsReadInLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("writes and reads an hour")
	}
	const seconds, each = 360, 100
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(anHour(pw, seconds, each)) }()
	began := time.Now()
	run, err := Read("hour.run", pr)
	if err != nil {
		t.Fatal(err)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	t.Logf("%d cells in %d MB after %v; peak from the system %d MB", len(run.Cells), m.HeapAlloc>>20, time.Since(began), m.Sys>>20)
	began = time.Now()
	all := run.All()
	t.Logf("All took %v, p99 %v", time.Since(began), all.Latency.Quantile(.99))
	began = time.Now()
	w := run.Windows()
	runtime.GC()
	runtime.ReadMemStats(&m)
	t.Logf("Windows took %v, then %d MB", time.Since(began), m.HeapAlloc>>20)
	runtime.KeepAlive(w)
}
