package stats

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// A Machine is what a speed depends on besides the code.
type Machine struct {
	Date     time.Time
	CPU      string
	Cores    []int // the harness may use these
	Kernel   string
	Go       string
	MaxProcs string // GOMAXPROCS, as the environment sets it
	Commit   string
	Steal    float64 // share of the machine's CPU time that the host gave to others during the bench
}

// ThisMachine is the machine now, with the commit of the repository at root.
func ThisMachine(root string) Machine {
	m := Machine{Date: time.Now(), CPU: "unknown", Kernel: "unknown", Go: runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH,
		MaxProcs: cmp.Or(os.Getenv("GOMAXPROCS"), "not set")}
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		m.CPU = cmp.Or(After(text, "model name"), m.CPU)
	}
	if text, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(text))
	}
	if text, err := os.ReadFile("/proc/self/status"); err == nil {
		m.Cores = cores(After(text, "Cpus_allowed_list"))
	}
	if text, err := exec.Command("git", "-C", root, "describe", "--always", "--dirty").Output(); err == nil {
		m.Commit = strings.TrimSpace(string(text))
	}
	return m
}

// After is the value in the first line "key : value" of a file of /proc.
func After(text []byte, key string) string {
	for line := range bytes.Lines(text) {
		if name, value, ok := strings.Cut(string(line), ":"); ok && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// cores reads a list of the kernel: "0-1,4".
func cores(list string) []int {
	var all []int
	for part := range strings.SplitSeq(list, ",") {
		first, last, isRange := strings.Cut(part, "-")
		from, err := strconv.Atoi(first)
		if err != nil {
			return all
		}
		to := from
		if isRange {
			to, _ = strconv.Atoi(last)
		}
		for core := from; core <= to; core++ {
			all = append(all, core)
		}
	}
	return all
}

// A Clock is the CPU time of the whole machine so far.
type Clock struct{ All, Busy, Stolen time.Duration }

// MachineClock reads the first line of /proc/stat; zero where there is none.
func MachineClock() (c Clock) {
	file, err := os.Open("/proc/stat")
	if err != nil {
		return c
	}
	defer file.Close()
	line, _ := bufio.NewReader(file).ReadString('\n')
	return clockOf(line)
}

// clockOf reads "cpu user nice system idle iowait irq softirq steal guest guest_nice"; guests are in user already.
func clockOf(line string) (c Clock) {
	const idle, iowait, steal = 4, 5, 8
	for i, field := range strings.Fields(line) {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil || i > steal {
			continue
		}
		spent := time.Duration(n) * tick
		c.All += spent
		switch i {
		case steal:
			c.Stolen = spent
		case idle, iowait:
		default:
			c.Busy += spent
		}
	}
	return c
}

// tick is the unit of CPU time in /proc: USER_HZ is 100 on every architecture Go runs on.
const tick = 10 * time.Millisecond

// CPUOf is the CPU time of a process and its threads so far.
func CPUOf(pid int) (time.Duration, error) {
	name := fmt.Sprintf("/proc/%d/stat", pid)
	text, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	return cpuOfStat(string(text))
}

// cpuOfStat reads /proc/PID/stat. The name of the program stands in parentheses and may hold anything.
func cpuOfStat(stat string) (time.Duration, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("%q: want the line of /proc/PID/stat", stat)
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	if err != nil {
		return 0, err
	}
	return time.Duration(user+system) * tick, nil
}
