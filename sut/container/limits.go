package container

import (
	"fmt"
	"strings"
)

// Limits bound a container. The zero value does not.
type Limits struct {
	CPUs   float64 // processors, such as 1.5; 0 means all of the machine
	Memory int64   // bytes, without swap; 0 means all of the machine
}

// The least that Docker takes.
const (
	leastCPUs   = 0.01
	leastMemory = 6 << 20
)

// Set says whether there is any limit.
func (l Limits) Set() bool { return l != Limits{} }

// String is the limits for people: "1.5 processors, 512 MB of memory".
func (l Limits) String() string {
	var parts []string
	if l.CPUs != 0 {
		parts = append(parts, fmt.Sprintf("%v processors", l.CPUs))
	}
	if l.Memory != 0 {
		parts = append(parts, fmt.Sprintf("%d MB of memory", l.Memory/1_000_000))
	}
	if parts == nil {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// Validate names a limit that no container can have.
func (l Limits) Validate() error {
	if l.CPUs != 0 && !(l.CPUs >= leastCPUs) {
		return fmt.Errorf("%v processors: want at least %v, or 0 for no limit", l.CPUs, leastCPUs)
	}
	if l.Memory != 0 && l.Memory < leastMemory {
		return fmt.Errorf("%d bytes of memory: want at least %d (6 MB), or 0 for no limit", l.Memory, leastMemory)
	}
	return nil
}
