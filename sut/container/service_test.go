package container_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/container"
)

func TestServiceHasTheProcessorsOfItsLimitAndNoMore(t *testing.T) {
	r := start(t, container.Service{Limits: container.Limits{CPUs: 0.5}})
	used, err := strconv.ParseFloat(ask(t, r.URL+"/burn"), 64)
	// A quota is given out anew every 100 ms, so 2 s may see one part more than they should. The machine may be busy.
	if err != nil || used < 0.1 || used > 0.6 {
		t.Errorf("it used %v processors (%v), want about 0.5", used, err)
	}
}

func TestServiceOverItsMemoryIsKilledAndSaysSo(t *testing.T) {
	r := start(t, container.Service{Limits: container.Limits{Memory: 64 << 20}})
	ask(t, r.URL+"/eat?mb=16")
	if err := r.Ended(t.Context()); err != nil {
		t.Fatalf("16 MB of 64 ended it: %v", err)
	}
	if _, err := http.Get(r.URL + "/eat?mb=256"); err == nil {
		t.Error("256 MB fit into 64")
	}
	for {
		err := r.Ended(t.Context())
		if err == nil {
			time.Sleep(10 * time.Millisecond) // Docker hears of the end a little after the connection broke
			continue
		}
		if !strings.Contains(err.Error(), "killed for want of memory") || !strings.Contains(err.Error(), "serving") {
			t.Errorf("got %v, want that memory ran out and what was said last", err)
		}
		return
	}
}

func TestServiceRunsWithoutRightsOnItsOwnDisk(t *testing.T) {
	var stderr bytes.Buffer
	r := start(t, container.Service{
		Args:   []string{"--seed", "7"},
		Env:    map[string]string{"SECRET": "fifty"},
		Stderr: &stderr,
		Limits: container.Limits{Memory: 100 << 20},
	})
	about := ask(t, r.URL+"/about")
	if want := "uid 65532, sync <nil>, in memory false, GOMEMLIMIT 94371840, SECRET fifty, args -o json --seed 7"; about != want {
		t.Errorf("got  %s\nwant %s", about, want)
	}
	if host, _, err := net.SplitHostPort(strings.TrimPrefix(r.URL, "http://")); err != nil || !net.ParseIP(host).IsLoopback() {
		t.Errorf("it listens at %s, want loopback", r.URL)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(stderr.String(), "serving") || !strings.Contains(stderr.String(), "drained") {
		t.Errorf("its log is %q, want it from its start to its end", &stderr)
	}
	if left := owned(t, os.Getpid()); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

func TestServiceThatDoesNotStartSaysWhy(t *testing.T) {
	needDocker(t)
	for _, c := range []struct {
		name, arg string
		want      []string
	}{
		{"it ends", "broken", []string{"exit code 1", "no such policy pack"}},
		{"it announces something else", "rambling", []string{`announced "welcome"`}},
	} {
		_, err := container.Service{Binary: standIn, Args: []string{c.arg}}.Start(t.Context())
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %s", c.name, err, want)
			}
		}
	}
	if left := owned(t, os.Getpid()); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

func TestServiceThatIsGivenUpLeavesNothing(t *testing.T) {
	needDocker(t)
	stop := errors.New("the user pressed Ctrl-C")
	ctx, cancel := context.WithCancelCause(t.Context())
	_, err := container.Service{Binary: standIn, Args: []string{"mute"}, Stderr: writer(func(p []byte) {
		if bytes.Contains(p, []byte("thinking")) {
			cancel(stop)
		}
	})}.Start(ctx)
	if !errors.Is(err, stop) || !strings.Contains(err.Error(), "thinking") {
		t.Errorf("got %v, want why it was given up and what it said", err)
	}
	if left := owned(t, os.Getpid()); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

func TestWithoutDockerTheErrorSaysHowToGetIt(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become a user whom Docker does not serve")
	}
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(filepath.Join(dir, "stranger"), self, 0o755)); err != nil {
		t.Fatal(err)
	}
	stranger := exec.Command(filepath.Join(dir, "stranger"), "parent", "none")
	stranger.Dir = dir
	const nobody = 65534
	stranger.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	said, err := stranger.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("it ended with %v, want exit code 1", err)
	}
	for _, want := range []string{"no Docker answers at unix:///", "group docker", "apt-get install docker.io"} {
		if !strings.Contains(string(said), want) {
			t.Errorf("it said %s; want %q", said, want)
		}
	}
}

// A writer is a function that takes what is written.
type writer func(p []byte)

func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}

func TestServiceRefusesWhatCannotRun(t *testing.T) {
	needDocker(t)
	script := filepath.Join(t.TempDir(), "peakday")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	dynamic, err := exec.LookPath("ls")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		service container.Service
		want    string
	}{
		{"a script", container.Service{Binary: script}, "want a Linux binary"},
		{"a binary with libraries", container.Service{Binary: dynamic}, "linked dynamically"},
		{"less memory than Docker takes", container.Service{Limits: container.Limits{Memory: 1}}, "at least 6291456"},
		{"less than no processor", container.Service{Limits: container.Limits{CPUs: -1}}, "at least 0.01"},
		{"more processors than there are", container.Service{Binary: standIn, Limits: container.Limits{CPUs: 4096}}, "as there are only"},
	} {
		if _, err := c.service.Start(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func TestContainersOfKilledProcessesAreSwept(t *testing.T) {
	needDocker(t)
	parent := exec.Command(os.Args[0], "parent", standIn)
	stdout, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	if line := make([]byte, 7); true {
		if _, err := stdout.Read(line); err != nil || string(line) != "started" {
			t.Fatalf("the parent said %q (%v)", line, err)
		}
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // "signal: killed", as wanted
	if left := owned(t, parent.Process.Pid); len(left) != 2 {
		t.Fatalf("the killed parent left %v, want a container and an image", left)
	}
	start(t, container.Service{})
	if left := owned(t, parent.Process.Pid); left != nil {
		t.Errorf("the next start left %v of the killed parent", left)
	}
}
