package watch

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The texts are what kernels wrote: 6.18 for version 1 of control groups, 6.1 for version 2.
func TestParsers(t *testing.T) {
	two := func(a, b any, err error) string { return fmt.Sprint(a, " ", b, " ", err != nil) }
	tests := []struct{ name, got, want string }{
		{"schedstat", two(parseSchedstat([]byte("538211989 119800 83\n"))), "538.211989ms 119.8µs false"},
		{"schedstat of a kernel without it", two(parseSchedstat([]byte("\n"))), "0s 0s true"},
		{"stat", two(parseStat([]byte("cpu  462625 4523 78011 1633572 4913 0 9302 565 7 0\ncpu0 1 2\n"))), "565 2193511 false"},
		{"stat of an old kernel without steal", two(parseStat([]byte("cpu  1 2 3 4 5 6 7\n"))), "0 0 true"},
		{"stat that is something else", two(parseStat([]byte("intr 1 2 3 4 5 6 7 8 9\n"))), "0 0 true"},
		{"stat with a word", two(parseStat([]byte("cpu  1 2 3 x 5 6 7 8\n"))), "0 0 true"},
		{"sockstat", two(parseSockstat([]byte("sockets: used 15\nTCP: inuse 41 orphan 0 tw 28001 alloc 1 mem 65\nUDP: inuse 0 mem 0\n"))), "41 28001 false"},
		{"sockstat6", two(parseSockstat([]byte("TCP6: inuse 3\nUDP6: inuse 1\n"))), "3 0 false"},
		{"sockstat without TCP", two(parseSockstat([]byte("sockets: used 15\n"))), "0 0 true"},
		{"sockstat with a word", two(parseSockstat([]byte("TCP: inuse many\n"))), "0 0 true"},
		{"port range", two(parsePortRange([]byte("32768\t60999\n"))), "28232 32768 false"},
		{"port range upside down", two(parsePortRange([]byte("60999\t32768\n"))), "0 0 true"},
		{"port range of one word", two(parsePortRange([]byte("32768"))), "0 0 true"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, test.got, test.want)
		}
	}
}

func TestThrottledIsReadInBothVersions(t *testing.T) {
	tests := []struct {
		name, text string
		want       time.Duration
		fails      bool
	}{
		{"version 1", "nr_periods 10\nnr_throttled 8\nthrottled_time 640123456\nnr_bursts 0\n", 640123456, false},
		{"version 2", "usage_usec 1\nuser_usec 1\nsystem_usec 0\nnr_periods 10\nnr_throttled 8\nthrottled_usec 640123\n", 640123 * time.Microsecond, false},
		{"the root of version 2 has no quota", "usage_usec 1\nuser_usec 1\n", 0, false},
		{"a word", "throttled_usec some\n", 0, true},
		{"too much for 64 bits", "throttled_usec 9223372036854775807\n", 0, true},
	}
	for _, test := range tests {
		got, err := parseThrottled([]byte(test.text))
		if got != test.want || (err != nil) != test.fails {
			t.Errorf("%s: got %v, %v; want %v", test.name, got, err, test.want)
		}
	}
}

func TestQuotaIsReadInBothVersions(t *testing.T) {
	tests := []struct {
		text  string
		cores float64
		ok    bool
	}{
		{"20000 100000\n", 0.2, true}, {"max 100000\n", 0, false}, {"250000\n 100000\n", 2.5, true}, {"-1\n 100000\n", 0, false}, {"", 0, false},
	}
	for _, test := range tests {
		if cores, ok := parseQuota(test.text); cores != test.cores || ok != test.ok {
			t.Errorf("%q: got %v, %v; want %v, %v", test.text, cores, ok, test.cores, test.ok)
		}
	}
}

func TestCgroupDirs(t *testing.T) {
	const (
		v1 = "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n" +
			"32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n" +
			"35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
		v2     = "30 24 0:27 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
		docker = "900 899 0:29 /docker/ab12 /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n"
	)
	tests := []struct {
		name, groups, mounts string
		want                 []string
	}{
		{"version 2, a service and what is above it", "0::/system.slice/peakday.service\n", v2,
			[]string{"/sys/fs/cgroup/system.slice/peakday.service", "/sys/fs/cgroup/system.slice", "/sys/fs/cgroup"}},
		{"version 2 in a container of its own namespace", "0::/\n", v2, []string{"/sys/fs/cgroup"}},
		{"version 1, the cpu controller alone", "9:memory:/m\n2:cpu,cpuacct:/jobs/a\n0::/\n", v1,
			[]string{"/sys/fs/cgroup/cpu,cpuacct/jobs/a", "/sys/fs/cgroup/cpu,cpuacct/jobs", "/sys/fs/cgroup/cpu,cpuacct"}},
		{"version 1 in a container that sees its own group at the root", "1:cpu:/docker/ab12\n", docker, []string{"/sys/fs/cgroup/cpu"}},
		{"a group that the mount does not show", "1:cpu:/docker/ab123\n", docker, nil},
		{"cpuset is not cpu", "1:cpuset:/a\n", v1, nil},
		{"nonsense", "a\n::\n1:cpu\n", "b - c\n\n", nil},
	}
	for _, test := range tests {
		if got := cgroupDirs(test.groups, test.mounts); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestReadersSayWhatIsMissing(t *testing.T) {
	if _, err := readThreads(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no thread with a schedstat") {
		t.Errorf("no threads: %v", err)
	}
	if _, err := countFiles(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no directory of descriptors: no error")
	}
	if d, err := readThrottled([]string{filepath.Join(t.TempDir(), "none")}); d != 0 || err != nil {
		t.Errorf("a group without cpu.stat has no quota: got %v, %v", d, err)
	}
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "cpu.stat"), []byte("throttled_usec x\n"), 0o600)
	if _, err := readThrottled([]string{dir}); err == nil || !strings.Contains(err.Error(), dir+"/cpu.stat: ") {
		t.Errorf("a broken cpu.stat: %v", err)
	}
}

func TestShortKnowsWhatThisMachineRanOutOf(t *testing.T) {
	dial := func(errno syscall.Errno) error {
		return fmt.Errorf("connecting: %w", &net.OpError{Op: "dial", Err: os.NewSyscallError("socket", errno)})
	}
	for _, errno := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.EADDRNOTAVAIL, syscall.ENOBUFS, syscall.ENOMEM} {
		if !Short(dial(errno)) {
			t.Errorf("%v is not known as a want of this machine", errno)
		}
	}
	for _, err := range []error{nil, io.EOF, errors.New("too many open files"), dial(syscall.ECONNREFUSED), dial(syscall.ECONNRESET), dial(syscall.ETIMEDOUT)} {
		if Short(err) {
			t.Errorf("%v is taken for a want of this machine", err)
		}
	}
}

func FuzzParsers(f *testing.F) {
	for _, text := range []string{"1 2 3", "cpu 1 2 3 4 5 6 7 8", "TCP: inuse 1 tw 2", "throttled_usec 5", "max 5", "0::/a/../b", "1 2 3:4 /a /b rw - cgroup2 x rw"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		data := []byte(text)
		parseSchedstat(data)
		parseStat(data)
		parseSockstat(data)
		if n, _, err := parsePortRange(data); err == nil && (n < 1 || n > 65535) {
			t.Errorf("%q: %d ports", text, n)
		}
		if d, err := parseThrottled(data); err == nil && d < 0 {
			t.Errorf("%q: throttled %v", text, d)
		}
		if cores, ok := parseQuota(text); ok && !(cores > 0) {
			t.Errorf("%q: %v cores", text, cores)
		}
		for _, dir := range cgroupDirs("0::/"+text, text) {
			if strings.Contains(dir, "..") && !strings.Contains(text, "..") {
				t.Errorf("%q: %q", text, dir)
			}
		}
	})
}
