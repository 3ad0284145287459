package watch

import (
	"errors"
	"syscall"
)

// Short reports whether err says that this machine ran out of something of its own: descriptors, ephemeral ports, buffers or
// memory. Such a failure is the generator's and not the target's.
func Short(err error) bool {
	for _, errno := range []syscall.Errno{
		syscall.EMFILE,        // descriptors of the process
		syscall.ENFILE,        // descriptors of the machine
		syscall.EADDRNOTAVAIL, // no ephemeral port is left for this target
		syscall.ENOBUFS,
		syscall.ENOMEM,
	} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}
