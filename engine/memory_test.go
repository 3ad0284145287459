package engine

import (
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"
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
		end, err := Engine{Driver: always(answer{status: 200}), Log: &memory{}}.Run(t.Context(), planned(t, steady(10, time.Second)))
		if err != nil {
			t.Fatal(err)
		}
		if got := end.Processes[0].MaxRSS; got == 0 || got > before-fat/2 {
			t.Errorf("the run's peak is %d bytes, want the %d from before without the %d that were freed", got, before, fat)
		}
	})
}
