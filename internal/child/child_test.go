package child

import (
	"os"
	"testing"
)

func TestMemoryOfAProcessIsItsOwn(t *testing.T) {
	got := peakMemory(os.Getpid())
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("needs /proc")
	}
	if got < 1<<20 || got > 8<<30 {
		t.Errorf("this process held %d bytes at most, want some megabytes", got)
	}
	if got := peakMemory(999999999); got != 0 {
		t.Errorf("a process that does not exist held %d bytes", got)
	}
}
