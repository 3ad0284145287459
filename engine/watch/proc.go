package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// readProc fills in what Linux tells in files.
func (w *Watch) readProc(s *Sample) {
	var err error
	if s.Waited, err = readThreads("/proc/self/task"); err != nil {
		s.unread(waiting, err)
	}
	if s.Throttled, err = readThrottled(w.cgroups); err != nil {
		s.unread(throttled, err)
	}
	if s.Stolen, s.Ticks, err = read("/proc/stat", parseStat); err != nil {
		s.unread(stolen, err)
	}
	if s.Files, err = countFiles("/proc/self/fd"); err != nil {
		s.unread(openFiles, err)
	}
	if s.Sockets, err = readSockets(); err != nil {
		s.unread(sockets, err)
	}
}

// limits are the cores, descriptors and ports that this process may use. Those that cannot be read are 0.
func (w *Watch) limits() (cores float64, files, ports int) {
	cores = float64(runtime.NumCPU()) // those of the process's affinity
	for _, dir := range w.cgroups {
		if quota, ok := readQuota(dir); ok {
			cores = min(cores, quota)
		}
	}
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) == nil {
		files = int(min(limit.Cur, 1<<40)) // "unlimited" is all ones
	}
	ports, _, _ = read("/proc/sys/net/ipv4/ip_local_port_range", parsePortRange)
	return cores, files, ports
}

// read gives a whole file to parse.
func read[A, B any](name string, parse func([]byte) (A, B, error)) (a A, b B, err error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return a, b, err
	}
	if a, b, err = parse(text); err != nil {
		return a, b, fmt.Errorf("%s: %w", name, err)
	}
	return a, b, nil
}

// readThreads is how long each thread was ready and had no core. A thread may end while it is looked at.
func readThreads(dir string) (map[int]time.Duration, error) {
	threads, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	waits := make(map[int]time.Duration, len(threads))
	for _, thread := range threads {
		id, _ := strconv.Atoi(thread.Name())
		_, wait, err := read(filepath.Join(dir, thread.Name(), "schedstat"), parseSchedstat)
		if err == nil {
			waits[id] = wait
		}
	}
	if len(waits) == 0 {
		return nil, fmt.Errorf("%s: no thread with a schedstat; the kernel was built without CONFIG_SCHED_INFO", dir)
	}
	return waits, nil
}

// countFiles asks for the size of the directory, which is the number of descriptors since Linux 6.2, and counts the entries
// where that is 0: that is slow for many.
func countFiles(dir string) (int, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return 0, err
	}
	if n := info.Size(); n > 0 {
		return int(n), nil
	}
	entries, err := os.ReadDir(dir)
	return len(entries), err
}

// readSockets counts what can hold an ephemeral port. TIME_WAIT is counted for both families in sockstat.
func readSockets() (int, error) {
	four, waiting, err := read("/proc/net/sockstat", parseSockstat)
	if err != nil {
		return 0, err
	}
	six, _, err := read("/proc/net/sockstat6", parseSockstat)
	if err != nil {
		six = 0 // a kernel without IPv6
	}
	return four + waiting + six, nil
}
