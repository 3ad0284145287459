package engine

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"syscall"
)

// resetPeak makes peakRSS count from here, so that a run does not show the peak of the one before it in the same process.
// Where the kernel does not know how, the peak stays that of the process.
func resetPeak() {
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // 5 sets VmHWM back to VmRSS (proc_pid_clear_refs(5))
}

// peakRSS is the most memory that was resident since resetPeak, in bytes. Without /proc it is that of the whole process.
func peakRSS() uint64 {
	status, _ := os.ReadFile("/proc/self/status")
	lines := bufio.NewScanner(bytes.NewReader(status))
	for lines.Scan() {
		var kib uint64
		if n, _ := fmt.Sscanf(lines.Text(), "VmHWM: %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	var ru syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &ru)
	return uint64(ru.Maxrss) << 10 // Linux counts in KiB
}
