package child

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/peakday/peakday/engine/result"
)

// How long a child may take to announce itself and to drain.
const (
	startTimeout = 20 * time.Second
	stopTimeout  = 10 * time.Second
)

// An Announcement is the one JSON line that a serving command prints on stdout once it listens.
type Announcement struct {
	URL      string `json:"url"`
	AdminURL string `json:"admin_url"`
}

// A Process serves until it is stopped or its parent dies.
type Process struct {
	Announcement
	Name    string
	process *os.Process
	talk    *tail         // the end of its stderr
	exited  chan struct{} // closed when state is set
	state   *os.ProcessState
}

// Start runs `peakday name args…`, with more in its environment, and waits for its announcement. An error says what the
// process said.
func Start(name string, environment []string, args ...string) (*Process, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding the peakday binary: %w", err)
	}
	cmd := exec.Command(exe, append([]string{name, "-o", "json"}, args...)...)
	cmd.Args[0] = "peakday"
	cmd.Env = append(os.Environ(), environment...)
	return StartCommand(name, cmd)
}

// StartCommand does it with any program that announces itself as `peakday guard -o json` does.
func StartCommand(name string, cmd *exec.Cmd) (*Process, error) {
	c := &Process{Name: name, talk: &tail{}, exited: make(chan struct{})}
	cmd.Stderr = c.talk
	cmd.SysProcAttr = dieWithParent()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	started := make(chan error)
	go func() {
		// The death signal is tied to the thread that forks, so that thread stays with this goroutine until the child ends.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := cmd.Start(); err != nil {
			started <- err
			return
		}
		c.process = cmd.Process
		started <- nil
		cmd.Wait() // its error says no more than the state
		c.state = cmd.ProcessState
		close(c.exited)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	line := make(chan []byte, 1)
	go func() {
		text, _ := bufio.NewReader(stdout).ReadBytes('\n')
		line <- text
	}()
	select {
	case text := <-line:
		if err := json.Unmarshal(text, &c.Announcement); err != nil || c.URL == "" {
			c.Stop()
			return nil, fmt.Errorf("starting %s: it announced %q, want a JSON line with its url; it said: %s", name, bytes.TrimSpace(text), c.talk)
		}
		return c, nil
	case <-time.After(startTimeout):
		c.Stop()
		return nil, fmt.Errorf("starting %s: no announcement within %v; it said: %s", name, startTimeout, c.talk)
	}
}

// Exited is closed when the process has ended; State says how.
func (c *Process) Exited() <-chan struct{} { return c.exited }

// State is how the process ended; nil before Exited.
func (c *Process) State() *os.ProcessState { return c.state }

// Kill ends the process at once and reports what it used: for one that holds nothing anybody will look at, and may have
// minutes of work before it. One that had already ended on its own is an error.
func (c *Process) Kill() (result.Process, error) {
	select {
	case <-c.exited:
		return c.Stop()
	default:
	}
	used := result.Process{Name: c.Name, MaxRSS: peakMemory(c.process.Pid)}
	c.process.Kill()
	<-c.exited
	used.CPUSeconds = c.cpu().Seconds()
	return used, nil
}

// Stop ends the process, gently first, and reports what it used. One that had already ended on its own is an error.
func (c *Process) Stop() (result.Process, error) {
	var early error
	used := result.Process{Name: c.Name, MaxRSS: peakMemory(c.process.Pid)}
	select {
	case <-c.exited:
		early = fmt.Errorf("%s ended during the run (%v); it said: %s", c.Name, c.state, c.talk)
	default:
		c.process.Signal(syscall.SIGTERM)
		select {
		case <-c.exited:
		case <-time.After(stopTimeout):
			c.process.Kill()
			<-c.exited
			early = fmt.Errorf("%s did not stop within %v and was killed; it said: %s", c.Name, stopTimeout, c.talk)
		}
	}
	used.CPUSeconds = c.cpu().Seconds()
	return used, early
}

func (c *Process) cpu() time.Duration { return c.state.UserTime() + c.state.SystemTime() }

// peakMemory is the most memory that a process has held so far, in bytes; 0 where the system does not tell. What wait
// reports would not do: it counts the parent's pages that a child shares between fork and exec.
func peakMemory(pid int) uint64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	var kib uint64
	if _, after, ok := strings.Cut(string(text), "VmHWM:"); ok {
		fmt.Sscan(after, &kib) // 0 if it is not a number
	}
	return kib << 10
}

// A tail keeps the last 4 KB written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// Write keeps the end of what was written so far.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-4096):]
	return len(p), nil
}

// String is what was kept, or a dash.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := strings.TrimSpace(string(t.text)); s != "" {
		return s
	}
	return "-"
}
