package selftest_test

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/peakday/peakday/internal/drill"
)

// soak skips the slow proofs, which `make soak` runs: alone, since they judge the machine.
func soak(t *testing.T) {
	t.Helper()
	if os.Getenv("PEAKDAY_SOAK") == "" {
		t.Skip("takes minutes; make soak runs it")
	}
}

func TestSoakTwentyCleanRunsRaiseNoAlarm(t *testing.T) {
	soak(t)
	server := kindly(t, 0)
	drivers := drill.DriverNames()
	alarms := 0
	for i := range 20 {
		driver := drivers[i%len(drivers)]
		o := prepare(t, nil, server, "--driver", driver, "--rate", "1000", "--for", "5s", "--timeout", "2s").start(t).wait(t)
		t.Logf("run %d over %s: %v", i+1, driver, o)
		if o.code != 0 || o.Validity != "valid" || o.Good != 5000 {
			alarms++
		}
	}
	if alarms > 0 {
		t.Errorf("%d alarms in 20 clean runs", alarms)
	}
}

// Half a second is less than 1 % of a minute, so p99 of lateness does not see it.
func TestSoakAStopIsFoundInALongRun(t *testing.T) {
	soak(t)
	d := prepare(t, nil, kindly(t, 0), "--rate", "1000", "--for", "60s").start(t)
	time.Sleep(30 * time.Second)
	d.cmd.Process.Signal(syscall.SIGSTOP)
	time.Sleep(500 * time.Millisecond)
	d.cmd.Process.Signal(syscall.SIGCONT)
	wantInvalid(t, d.wait(t), "stood still")
}

func TestSoakSelftestHoldsInFull(t *testing.T) {
	soak(t)
	out, code := peakday(t, "selftest")
	t.Logf("%s", out)
	if code != 0 {
		t.Errorf("exit code %d", code)
	}
}
