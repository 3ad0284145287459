package child

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// Run runs `peakday args…` to its end and gives its exit code. What it answers is thrown away; an error says that it could
// not run, or that it ended with a code of 1 or 2, and what it said. It does not outlive its parent.
func Run(ctx context.Context, args ...string) (code int, err error) {
	exe, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("finding the peakday binary: %w", err)
	}
	talk := &tail{}
	cmd := exec.CommandContext(ctx, exe, args...)
	cmd.Args[0] = "peakday"
	cmd.Stderr = talk
	cmd.SysProcAttr = dieWithParent()
	ended := make(chan error)
	go func() { // see StartCommand
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		ended <- cmd.Run()
	}()
	err = <-ended
	exit, ok := errors.AsType[*exec.ExitError](err)
	switch {
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case ok && exit.ExitCode() > 2:
		return exit.ExitCode(), nil
	case err != nil:
		return 0, fmt.Errorf("peakday %s: %w; it said: %s", args[0], err, talk)
	}
	return 0, nil
}
