package engine

import (
	"os"
	"syscall"
)

// makeRoom lets the kernel's table of open files grow to n at once. Where several threads share the table, each doubling
// stops whoever opens a connection for 10 to 20 ms (expand_fdtable waits for all readers, synchronize_rcu), and the
// doublings would come in the middle of the rise. The table does not shrink again. It is a favour only: where it is
// refused, such as beyond the limit of open files, the table grows as it is needed.
func makeRoom(n int) {
	file, err := os.Open(os.DevNull)
	if err != nil {
		return
	}
	defer file.Close()
	high, _, failed := syscall.Syscall(syscall.SYS_FCNTL, file.Fd(), syscall.F_DUPFD_CLOEXEC, uintptr(n))
	if failed == 0 {
		syscall.Close(int(high))
	}
}
