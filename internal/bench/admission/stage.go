package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A stage is a service of 32 workers, behind a guard or not, and what is sent to it.
type stage struct {
	hold    time.Duration // that a request takes of a worker, on average
	within  time.Duration // an answer is good
	guarded bool
	seed    int    // of the people; the scenario's, or nobody is known
	request string // scenario
}

// workers of the service: what fills it, which the guard is told as its seed, as whoever has measured tells it.
const workers = 32

// guardFile is what the guard knows of the service: the classes of the requests that are sent.
const guardFile = `deadline: WITHIN
limiter: {seed: 32}
identity: {subject: "header:Authorization"}
routes:
  - {method: GET, path: /v1/eligibility, class: P0}
  - {method: POST, path: "/v1/claims:preview", class: P0}
  - {method: POST, path: /v1/claims, class: P0}
  - {method: GET, path: /v1/me/account, class: P1}
  - {method: GET, path: /v1/policies, class: P3}
`

// drive starts a stage, has peakday run drive it, and strikes it.
func (b *bench) drive(ctx context.Context, s stage) (l runLog, err error) {
	dir, err := os.MkdirTemp(b.dir, "storm-")
	if err != nil {
		return l, err
	}
	defer os.RemoveAll(dir)
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		err = errors.Join(err, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	guard, scenario := file("guard.yaml", strings.ReplaceAll(guardFile, "WITHIN", s.within.String())), file("storm.yaml", s.request)
	if err != nil {
		return l, err
	}
	// The queue holds 27.2 s of work at 0.8 s, as that of the sweeps.
	target, stop, err := b.serve(ctx, "sut", "--profile", "legacy-2018", "--workers", fmt.Sprint(workers), "--hold", s.hold.String(), "--hold-spread", "0.2",
		"--queue", "1088", "--seed", fmt.Sprint(s.seed), "--db", filepath.Join(dir, "service.db"))
	if err != nil {
		return l, err
	}
	defer stop()
	if s.guarded {
		target, stop, err = b.serve(ctx, "guard", "--config", guard, "--upstream", target)
		if err != nil {
			return l, err
		}
		defer stop()
	}
	run := exec.CommandContext(ctx, b.peakday, "run", scenario, "--target", target, "--out", filepath.Join(dir, "out"), "--results=false", "--max-lateness", maxLateness, "-o", "json")
	run.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var said bytes.Buffer
	run.Stderr = &said
	if _, err := run.Output(); err != nil && run.ProcessState.ExitCode() < 3 { // 3 to 5 are verdicts
		return l, fmt.Errorf("peakday run: %w: %s", err, lastLine(said.Bytes()))
	}
	log, err := os.Open(filepath.Join(dir, "out", "storm.run"))
	if err != nil {
		return l, err
	}
	defer log.Close()
	return readRun(log)
}

// serve starts a command of peakday that serves, and returns its URL and how it is ended.
func (b *bench) serve(ctx context.Context, args ...string) (url string, stop func(), err error) {
	c := exec.CommandContext(ctx, b.peakday, append(args, "-o", "json")...)
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := c.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		c.Process.Kill()
		c.Wait() // killed: what it held is thrown away
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var announced struct{ URL string }
	if err == nil {
		err = json.Unmarshal(line, &announced)
	}
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("the announcement of peakday %s: %w: %s", args[0], err, lastLine(said.Bytes()))
	}
	return announced.URL, stop, nil
}

func lastLine(text []byte) []byte {
	text = bytes.TrimSpace(text)
	return text[bytes.LastIndexByte(text, '\n')+1:]
}
