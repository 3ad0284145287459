package stats

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestCPUIsReadFromProc(t *testing.T) {
	got, err := cpuOfStat("71 (a) b) c) S 1 71 71 0 -1 4194560 130 0 0 0 250 50 0 0 20 0 1 0 21 0 0")
	if want := 3 * time.Second; got != want || err != nil {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if got, err := CPUOf(os.Getpid()); err != nil || got < 0 {
		t.Errorf("of this process: %v, %v", got, err)
	}
}

func TestTheMachinesClockCountsGuestsOnce(t *testing.T) {
	got := clockOf("cpu  100 10 20 500 30 4 6 8 50 5\n")
	if want := (Clock{All: 678 * tick, Busy: 140 * tick, Stolen: 8 * tick}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCoresAreReadFromTheKernelsList(t *testing.T) {
	for list, want := range map[string]string{"0-1": "[0 1]", "0,2-4": "[0 2 3 4]", "3": "[3]", "": "[]"} {
		var got []string
		for _, c := range cores(list) {
			got = append(got, strconv.Itoa(c))
		}
		if "["+strings.Join(got, " ")+"]" != want {
			t.Errorf("%q: got %v, want %s", list, got, want)
		}
	}
}
