package selftest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// A reference is the server in a process of its own, so that it is not stopped when the generator's process is: by its
// collector, or by the scheduler it would share. It ends when its stdin does, and that is when this process ends, however
// it dies.
type reference struct {
	announcement
	cmd   *exec.Cmd
	tasks io.Closer
	to    *json.Encoder
	from  *json.Decoder
}

// startReference runs `peakday selftest serve` of this binary.
func startReference() (*reference, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding the peakday binary: %w", err)
	}
	cmd := exec.Command(exe, "selftest", "serve")
	cmd.Args[0] = "peakday"
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting the reference server: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting the reference server: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the reference server: %w", err)
	}
	r := &reference{cmd: cmd, tasks: in, to: json.NewEncoder(in), from: json.NewDecoder(out)}
	if err := r.from.Decode(&r.announcement); err != nil {
		return nil, errors.Join(fmt.Errorf("the reference server did not say where it listens: %w", err), r.stop())
	}
	return r, nil
}

// begin gives the server a task and returns the record of the one before.
func (r *reference) begin(t task) (done record, err error) {
	if err := r.to.Encode(t); err != nil {
		return done, fmt.Errorf("telling the reference server what comes: %w", err)
	}
	if err := r.from.Decode(&done); err != nil {
		return done, fmt.Errorf("asking the reference server what came: %w", err)
	}
	return done, nil
}

// stop ends the process.
func (r *reference) stop() error {
	r.tasks.Close()
	defer time.AfterFunc(5*time.Second, func() { r.cmd.Process.Kill() }).Stop()
	if err := r.cmd.Wait(); err != nil {
		return fmt.Errorf("stopping the reference server: %w", err)
	}
	return nil
}
