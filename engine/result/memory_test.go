package result

import (
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"
)

// someSeconds writes a run with 50 operations, each answered so often in a second, one answer in 50 in the second after
// it was due, one in 100 refused.
func someSeconds(w io.Writer, seconds, each int) error {
	log := NewLog(w)
	h := Header{Format: Format, Scenario: "long", JudgeTo: float64(seconds)}
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

// Full resolution is kept: an operation's quantiles can be asked for over any seconds.
func TestASecondOf50OperationsTakesLittleMemory(t *testing.T) {
	for _, c := range []struct{ each, most int }{
		{100, 45 << 10}, // 18 million results an hour: 102 MB
		{555, 75 << 10}, // 100 million: 207 MB
	} {
		const seconds = 30
		pr, pw := io.Pipe()
		go func() { pw.CloseWithError(someSeconds(pw, seconds, c.each)) }()
		before := inUse()
		run, err := Read("hour.run", pr)
		if err != nil {
			t.Fatal(err)
		}
		got := (inUse() - before) / seconds
		t.Logf("%d answers of each operation a second: %d bytes a second, %d MB an hour", c.each, got, 3600*got>>20)
		if got > c.most {
			t.Errorf("%d answers of each operation a second: %d bytes a second, want at most %d", c.each, got, c.most)
		}
		runtime.KeepAlive(run)
	}
}

// inUse is the memory in use, in bytes.
func inUse() int {
	var m runtime.MemStats
	for range 3 { // pools keep what they hold over two
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
