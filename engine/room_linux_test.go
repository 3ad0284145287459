package engine

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
)

// tableSize is what the kernel says of this process's table of open files.
func tableSize(t *testing.T) (slots int) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("no /proc to read the size from:", err)
	}
	_, after, _ := strings.Cut(string(status), "FDSize:")
	if _, err := fmt.Sscan(after, &slots); err != nil {
		t.Fatal(err)
	}
	return slots
}

func TestMakeRoomGrowsTheTableOnce(t *testing.T) {
	before := tableSize(t)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur <= uint64(before) {
		t.Skipf("the table holds %d, all that may be open (%d)", before, limit.Cur)
	}
	makeRoom(before)
	if after := tableSize(t); after <= before {
		t.Errorf("the table holds %d as before", after)
	}
	makeRoom(1 << 30) // beyond any limit: nothing happens
}
