package container

import "fmt"

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
