package drill

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/sut"
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

// A child is a process of this binary that serves until it is stopped or its parent dies.
type child struct {
	Announcement
	name    string
	process *os.Process
	talk    *tail         // the end of its stderr
	exited  chan struct{} // closed when state is set
	state   *os.ProcessState
}

// startChild runs `peakday name args…`, with more in its environment, and waits for its announcement.
func startChild(name string, environment []string, args ...string) (*child, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding the peakday binary: %w", err)
	}
	c := &child{name: name, talk: &tail{}, exited: make(chan struct{})}
	cmd := exec.Command(exe, append([]string{name, "-o", "json"}, args...)...)
	cmd.Args[0] = "peakday"
	cmd.Env = append(os.Environ(), environment...)
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
			c.stop()
			return nil, fmt.Errorf("starting %s: it announced %q, want a JSON line with its url; it said: %s", name, bytes.TrimSpace(text), c.talk)
		}
		return c, nil
	case <-time.After(startTimeout):
		c.stop()
		return nil, fmt.Errorf("starting %s: no announcement within %v; it said: %s", name, startTimeout, c.talk)
	}
}

// check asks the service to prove its database.
func (c *child) check() (report sut.Report, err error) {
	answer, err := http.Get(c.AdminURL + "/admin/check")
	if err != nil {
		return report, fmt.Errorf("asking the service to check its database: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode == http.StatusOK {
		err = json.Unmarshal(text, &report)
	} else if err == nil {
		err = errors.New(string(bytes.TrimSpace(text)))
	}
	if err != nil {
		return report, fmt.Errorf("the service could not check its database: %w", err)
	}
	return report, nil
}

// stop ends the child, gently first, and reports what it used. A child that had already ended on its own is an error.
func (c *child) stop() (result.Process, error) {
	var early error
	used := result.Process{Name: c.name, MaxRSS: peakMemory(c.process.Pid)}
	select {
	case <-c.exited:
		early = fmt.Errorf("%s ended during the run (%v); it said: %s", c.name, c.state, c.talk)
	default:
		c.process.Signal(syscall.SIGTERM)
		select {
		case <-c.exited:
		case <-time.After(stopTimeout):
			c.process.Kill()
			<-c.exited
			early = fmt.Errorf("%s did not stop within %v and was killed; it said: %s", c.name, stopTimeout, c.talk)
		}
	}
	if c.state != nil {
		used.CPUSeconds = (c.state.UserTime() + c.state.SystemTime()).Seconds()
	}
	return used, early
}

// peakMemory is the most memory that a process has held so far, in bytes; 0 where the system does not tell. What wait
// reports would not do: it counts the parent's pages that a child shares between fork and exec.
func peakMemory(pid int) uint64 {
	var kib uint64
	if _, err := fmt.Sscan(procValue(fmt.Sprintf("/proc/%d/status", pid), "VmHWM"), &kib); err != nil {
		return 0
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
