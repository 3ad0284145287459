package watch

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
)

// send stands for the engine: 500 arrivals a second, each with work to do, on a thread of its own. It returns how late each
// was and, in a sample a second, what was watched.
func send(length, work time.Duration) (*hist.Histogram, *Account) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	w := Start()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Second):
				w.Sample()
			}
		}
	}()
	var late hist.Histogram
	begin := time.Now()
	for due := time.Duration(0); due < length; due += 2 * time.Millisecond {
		if wait := due - time.Since(begin); wait > 0 {
			pause := syscall.NsecToTimespec(int64(wait))
			syscall.Nanosleep(&pause, nil)
		}
		ready := time.Since(begin)
		late.Record(ready - due)
		for time.Since(begin)-ready < work {
		}
	}
	close(stop)
	<-done
	return &late, w.Close()
}

// A child is this test run again in a process of its own, in which something is done to it.
const (
	childRole = "PEAKDAY_WATCH_ROLE"
	childFile = "PEAKDAY_WATCH_FILE" // for its checks
)

func TestChild(t *testing.T) {
	var checks []result.Check
	switch os.Getenv(childRole) {
	case "":
		t.Skip("is run by other tests")
	case "send": // with a tenth of a core
		late, account := send(3*time.Second, 200*time.Microsecond)
		checks = account.Checks(Seen{Lateness: late}, Standard(20*time.Millisecond))
	case "work": // with half of one, once it is in its control group
		for groups := ""; !strings.Contains(groups, quotaName); {
			text, err := os.ReadFile("/proc/self/cgroup")
			if err != nil {
				t.Fatal(err)
			}
			groups = string(text)
		}
		late, account := send(3*time.Second, time.Millisecond)
		checks = account.Checks(Seen{Lateness: late}, Standard(20*time.Millisecond))
	case "files":
		syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 64, Max: 64})
		checks = connect(t, 100)
	case "ports":
		bringUpLoopback(t)
		if err := os.WriteFile("/proc/sys/net/ipv4/ip_local_port_range", []byte("40000 40039"), 0); err != nil {
			t.Fatal(err)
		}
		checks = connect(t, 100)
	}
	text, _ := json.Marshal(checks)
	if err := os.WriteFile(os.Getenv(childFile), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// connect opens n connections to one address and counts those for which the machine is at fault.
func connect(t *testing.T, n int) []result.Check {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	w := Start()
	var refused uint64
	for range n {
		c, err := net.Dial("tcp", listener.Addr().String())
		if Short(err) {
			refused++
		} else if err != nil {
			t.Fatal(err)
		} else {
			defer c.Close()
		}
	}
	w.Sample()
	return w.Close().Checks(Seen{Short: refused}, Standard(20*time.Millisecond))
}

// bringUpLoopback sets the flag that a new network namespace begins without.
func bringUpLoopback(t *testing.T) {
	if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Fatalf("ip link set lo up: %v: %s", err, out)
	}
}

// child runs one, lets act do something to it, and returns its checks.
func child(t *testing.T, role string, attr *syscall.SysProcAttr, act func(pid int)) []result.Check {
	t.Helper()
	file := filepath.Join(t.TempDir(), "checks.json")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(self, "-test.run=^TestChild$")
	command.Env = append(os.Environ(), childRole+"="+role, childFile+"="+file)
	command.SysProcAttr = attr
	var out strings.Builder
	command.Stdout, command.Stderr = &out, &out
	if err := command.Start(); err != nil {
		if errors.Is(err, syscall.EPERM) {
			t.Skip("needs root: ", err)
		}
		t.Fatal(err)
	}
	act(command.Process.Pid)
	if err := command.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var checks []result.Check
	if err := json.Unmarshal(text, &checks); err != nil {
		t.Fatal(err)
	}
	return checks
}

func needLinux(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs processes for seconds")
	}
	if runtime.GOOS != "linux" {
		t.Skip("needs Linux")
	}
}

func want(t *testing.T, checks []result.Check, names ...string) {
	t.Helper()
	for _, name := range names {
		if c := find(t, checks, name); c.OK {
			t.Errorf("%s is OK: %+v", name, c)
		}
	}
	for _, c := range checks {
		t.Logf("%-25s %10.4g limit %10.4g %-15s ok %-5v %s", c.Name, c.Value, c.Limit, c.Unit, c.OK, c.Note)
	}
}

func TestAProcessStoppedForHalfASecondIsCaught(t *testing.T) {
	needLinux(t)
	checks := child(t, "send", nil, func(pid int) {
		time.Sleep(1500 * time.Millisecond)
		syscall.Kill(pid, syscall.SIGSTOP)
		time.Sleep(500 * time.Millisecond)
		syscall.Kill(pid, syscall.SIGCONT)
	})
	want(t, checks, still, lateness)
	if c := find(t, checks, still); c.Value < 0.4 || c.Value > 0.8 {
		t.Errorf("stood still for %v s, it was stopped for 0.5 s", c.Value)
	}
}

func TestAQuotaOfAFifthOfACoreIsCaught(t *testing.T) {
	needLinux(t)
	dir := quotaGroup(t)
	checks := child(t, "work", nil, func(pid int) {
		if err := os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte(strconv.Itoa(pid)), 0); err != nil {
			t.Fatal(err)
		}
	})
	want(t, checks, throttled, lateness)
}

const quotaName = "peakday-watch-test"

// quotaGroup makes a control group with a fifth of a core, of either version.
func quotaGroup(t *testing.T) (dir string) {
	t.Helper()
	name := fmt.Sprintf("%s-%d", quotaName, os.Getpid())
	for _, v := range []struct{ root, file, quota string }{
		{"/sys/fs/cgroup", "cpu.max", "20000 100000"},
		{"/sys/fs/cgroup/cpu", "cpu.cfs_quota_us", "20000"},
		{"/sys/fs/cgroup/cpu,cpuacct", "cpu.cfs_quota_us", "20000"},
	} {
		dir := filepath.Join(v.root, name)
		if _, err := os.Stat(filepath.Join(v.root, "cgroup.procs")); err != nil || os.Mkdir(dir, 0o755) != nil {
			continue // not the root of a hierarchy, or not ours to change
		}
		if err := os.WriteFile(filepath.Join(dir, v.file), []byte(v.quota), 0); err != nil {
			os.Remove(dir)
			continue
		}
		t.Cleanup(func() { os.Remove(dir) })
		return dir
	}
	t.Skip("no control group for a quota can be made here; it takes root and the cpu controller")
	return ""
}

func TestDescriptorsThatRunOutAreCaught(t *testing.T) {
	needLinux(t)
	want(t, child(t, "files", nil, func(int) {}), short, openFiles)
}

func TestPortsThatRunOutAreCaught(t *testing.T) {
	needLinux(t)
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("needs ip from iproute2")
	}
	checks := child(t, "ports", &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}, func(int) {})
	want(t, checks, short, sockets)
}

func TestCleanRunsRaiseNoAlarm(t *testing.T) {
	needLinux(t)
	for range 20 {
		late, account := send(600*time.Millisecond, 100*time.Microsecond)
		checks := account.Checks(Seen{Lateness: late}, Standard(20*time.Millisecond))
		// Lateness is the machine's own and this loop's; what is under test are the lines that void a run beside it.
		for _, name := range []string{still, clock, short, throttled} {
			if c := find(t, checks, name); !c.OK {
				t.Errorf("%+v", c)
			}
		}
		t.Logf("lateness p99 %.4f s, stood still %.4f s, waiting %.4f, cpu %.2f, stolen %.4f", checks[0].Value, checks[1].Value, find(t, checks, waiting).Value, find(t, checks, busy).Value, find(t, checks, stolen).Value)
		if slices.ContainsFunc(checks, func(c result.Check) bool { return strings.HasPrefix(c.Note, "not known") }) {
			t.Errorf("something cannot be read: %+v", checks)
		}
	}
}

func TestALiveSampleIsWhole(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs Linux")
	}
	w := Start()
	runtime.GC()
	for begin := time.Now(); time.Since(begin) < 20*time.Millisecond; {
	}
	s := w.Sample()
	a := w.Close()
	if len(s.Unread) > 0 {
		t.Errorf("not read: %v", s.Unread)
	}
	if s.At <= 0 || s.CPU <= 0 || len(s.Waited) == 0 || s.Ticks == 0 || s.Files < 3 || s.GCPause <= 0 || s.GCPauses == nil {
		t.Errorf("%+v", s)
	}
	if cpu := a.CPU(); cpu < time.Millisecond || cpu > time.Second {
		t.Errorf("20 ms of spinning used %v", cpu)
	}
	if p99 := a.GCPauseP99(); p99 <= 0 || p99 > time.Second {
		t.Errorf("a collection paused for %v", p99)
	}
	if a.Cores <= 0 || a.OpenFiles < 3 || a.Ports < 1 {
		t.Errorf("limits: %+v", a)
	}
}

func BenchmarkSample(b *testing.B) {
	w := Start()
	defer w.Close()
	b.ReportAllocs()
	for b.Loop() {
		w.Sample()
	}
}
