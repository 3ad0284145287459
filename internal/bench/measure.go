package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/peakday/peakday/internal/bench/stats"
)

// Usage is what a process took, its start included.
type Usage struct {
	Wall, CPU time.Duration // CPU is user and system, of the process and of children it waited for
	Peak      int64         // bytes resident at most
}

// A command is a process to be measured.
type command struct {
	Args []string
	Env  []string // added to the harness's own
	Exit []int    // codes that are an answer too, besides 0
	Core int      // it is pinned to; negative means it is not pinned
}

// String is the command as a shell would take it, without the pinning.
func (c command) String() string {
	words := append(slices.Clone(c.Env), c.Args...)
	for i, word := range words {
		if strings.ContainsAny(word, " {<>\"") {
			words[i] = "'" + word + "'"
		}
	}
	return strings.Join(words, " ")
}

// pinned is the command line with its pinning. taskset replaces itself by the program, so that the process keeps its id.
func (c command) pinned() []string {
	if c.Core < 0 {
		return c.Args
	}
	return append([]string{"taskset", "-c", strconv.Itoa(c.Core)}, c.Args...)
}

// measure runs a command to its end and returns its standard output. The error carries the last line it wrote.
func measure(ctx context.Context, c command) (Usage, []byte, error) {
	args := c.pinned()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), c.Env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return Usage{}, nil, err
	}
	stop, peak := make(chan struct{}), make(chan int64)
	go func() { peak <- watchPeak(cmd.Process.Pid, stop) }()
	err := cmd.Wait()
	close(stop)
	u := Usage{Wall: time.Since(began), Peak: <-peak}
	if cmd.ProcessState != nil {
		u.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	for _, code := range c.Exit {
		if code == cmd.ProcessState.ExitCode() {
			err = nil
		}
	}
	if err != nil {
		return u, stdout.Bytes(), fmt.Errorf("%s: %w: %s", c, err, cmp.Or(lastLine(stderr.Bytes()), lastLine(stdout.Bytes())))
	}
	return u, stdout.Bytes(), nil
}

// watchPeak is the high-water mark of a process's resident memory, read until it ends. Rusage has the figure too, but there
// it begins with that of the parent, from which Go's fork borrows its memory: wrk would seem as large as this harness.
func watchPeak(pid int, stop <-chan struct{}) (peak int64) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return peak
		case <-tick.C:
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			if err != nil {
				continue
			}
			kilobytes, err := strconv.ParseInt(strings.TrimSuffix(stats.After(status, "VmHWM"), " kB"), 10, 64)
			if err == nil {
				peak = max(peak, kilobytes<<10)
			}
		}
	}
}

func lastLine(text []byte) string {
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// A Run is one tool doing one row once.
type Run struct {
	Place, Row, Tool string
	Repeat           int
	Command          string // without the paths of this machine
	Usage
	Said
	ServerCPU time.Duration
	OthersCPU time.Duration // what the rest of the machine used meanwhile: a quiet machine has little
	Err       string        // why there are no figures
}

// Said is what a tool reported of its run. What it cannot say is NaN, or 0 for a count.
type Said struct {
	Requests int64 // answered or failed: what was done
	Failed   int64 // of them
	Missed   int64 // planned, and not sent
	Latency  Quantiles
	Lateness Quantiles
	Logged   int64  // results decoded from the log on disk
	Verdict  string // of the tool on itself
}

// Cost is the generator's CPU for a request, in seconds.
func (r Run) Cost() float64 {
	if r.Requests == 0 {
		return math.NaN()
	}
	return r.CPU.Seconds() / float64(r.Requests)
}
