package selftest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestAGeneratorThatWasStoppedForHalfASecondIsInvalid(t *testing.T) {
	if testing.Short() {
		t.Skip("drives load")
	}
	d := prepare(t, nil, kindly(t, 0), "--rate", "500", "--for", "3s").start(t)
	time.Sleep(1500 * time.Millisecond)
	d.cmd.Process.Signal(syscall.SIGSTOP)
	time.Sleep(500 * time.Millisecond)
	d.cmd.Process.Signal(syscall.SIGCONT)
	wantInvalid(t, d.wait(t), "lateness p99")
}

// quota makes a control group that may use a fifth of a core, and gives the words that run a command in it.
func quota(t *testing.T) (wrap []string) {
	t.Helper()
	for _, version := range []struct{ root, file, limit string }{
		{"/sys/fs/cgroup", "cpu.max", "20000 100000"},
		{"/sys/fs/cgroup/cpu", "cpu.cfs_quota_us", "20000"},
	} {
		dir := filepath.Join(version.root, fmt.Sprintf("peakday-test-%d", os.Getpid()))
		if os.Mkdir(dir, 0o755) != nil {
			continue
		}
		t.Cleanup(func() { os.Remove(dir) })
		limit, err := os.OpenFile(filepath.Join(dir, version.file), os.O_WRONLY, 0) // not made where this is no control group
		if err != nil {
			continue
		}
		_, err = limit.WriteString(version.limit)
		if limit.Close(); err != nil {
			continue
		}
		return []string{"sh", "-c", "echo $$ >" + dir + `/cgroup.procs && exec "$@"`, "sh"}
	}
	t.Skip("no control group can be made here; run it as root on Linux")
	return nil
}

func TestAGeneratorWithAFifthOfACoreIsInvalid(t *testing.T) {
	if testing.Short() {
		t.Skip("drives load")
	}
	o := prepare(t, quota(t), kindly(t, 0), "--driver", "nethttp", "--rate", "8000", "--for", "3s", "--timeout", "1s").start(t).wait(t)
	wantInvalid(t, o, "throttled")
}

func TestAPlanThatNeedsMoreFilesThanThereAreIsRefused(t *testing.T) {
	o := prepare(t, []string{"prlimit", "--nofile=64:64"}, "http://127.0.0.1:1", "--rate", "1000", "--for", "3s").start(t).wait(t)
	if o.code != 1 || !strings.Contains(o.talk, "a process may open 64") {
		t.Errorf("%v; want exit code 1 and the limit of open files", o)
	}
}

// The limit falls when the run is under way, so that the check before it cannot know.
func TestAGeneratorOutOfDescriptorsIsInvalid(t *testing.T) {
	if testing.Short() {
		t.Skip("drives load")
	}
	d := prepare(t, nil, kindly(t, 300*time.Millisecond), "--rate", "300", "--for", "3s", "--timeout", "1s", "--close").start(t)
	time.Sleep(time.Second)
	limit := unix.Rlimit{Cur: 40, Max: 40}
	if err := unix.Prlimit(d.cmd.Process.Pid, unix.RLIMIT_NOFILE, &limit, nil); err != nil {
		t.Skipf("the limit of a running process cannot be set: %v", err)
	}
	wantInvalid(t, d.wait(t), "out of resources")
}

// inNetwork runs do in a network of its own, where there is nothing but loopback and these ephemeral ports. What do listens
// on and starts belongs to that network.
func inNetwork(t *testing.T, ports string, do func()) {
	t.Helper()
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlock: the thread ends with this goroutine, so no other gets into its network
		if err = unix.Unshare(unix.CLONE_NEWNET); err == nil {
			if err = up(ports); err == nil {
				do()
			}
		}
	}()
	if <-done; err != nil {
		t.Skipf("a network of its own cannot be made here; run it as root on Linux: %v", err)
	}
}

// up brings up the loopback of this thread's network.
func up(ports string) error {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer unix.Close(s)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP)
	if err := unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, lo); err != nil {
		return err
	}
	return os.WriteFile("/proc/sys/net/ipv4/ip_local_port_range", []byte(ports), 0)
}

func TestAPlanThatNeedsMorePortsThanThereAreIsRefused(t *testing.T) {
	var o outcome
	inNetwork(t, "40000 40063", func() {
		o = prepare(t, nil, "http://127.0.0.1:1", "--rate", "300", "--for", "3s").start(t).wait(t)
	})
	if o.code != 1 || !strings.Contains(o.talk, "64 ephemeral ports") {
		t.Errorf("%v; want exit code 1 and the number of ports", o)
	}
}

// 50 connections fit into 64 ports, but a port cannot be used again for a second after its connection was closed.
func TestAGeneratorOutOfPortsIsInvalid(t *testing.T) {
	if testing.Short() {
		t.Skip("drives load")
	}
	var o outcome
	inNetwork(t, "40000 40063", func() {
		o = prepare(t, nil, kindly(t, 0), "--rate", "300", "--for", "2s", "--timeout", "1s", "--connections", "50", "--close").start(t).wait(t)
	})
	wantInvalid(t, o, "out of resources")
}
