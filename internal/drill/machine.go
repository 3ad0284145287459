package drill

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/peakday/peakday/engine/result"
)

// Machine describes where a run is measured, and with which version. What the system does not tell stays empty.
func Machine(version string) result.Machine {
	m := result.Machine{
		OS:      runtime.GOOS + "/" + runtime.GOARCH,
		CPU:     procValue("/proc/cpuinfo", "model name"),
		Cores:   runtime.NumCPU(),
		Go:      runtime.Version(),
		Version: version,
	}
	var kib uint64
	if _, err := fmt.Sscan(procValue("/proc/meminfo", "MemTotal"), &kib); err == nil {
		m.MemoryByte = kib << 10
	}
	return m
}

// procValue is the value of the first line "key : value" of a file under /proc.
func procValue(file, key string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
