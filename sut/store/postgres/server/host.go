package server

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// stopTimeout is how long the server may take to end. It need not write anything: its files are thrown away.
const stopTimeout = 10 * time.Second

// onHost runs the machine's own initdb and postgres, in a temporary directory that holds the socket too. Nobody else
// may enter the directory, so the server asks no password; it listens on no port.
func onHost(ctx context.Context, o Options) (running, error) {
	as, err := unprivileged()
	if err != nil {
		return running{}, err
	}
	bin, err := newest(ctx, places())
	if err != nil {
		return running{}, err
	}
	dir, err := temporary(as)
	if err != nil {
		return running{}, err
	}
	if inMemory(dir) {
		o.Log.Warn("PostgreSQL's files are in memory, where a sync costs nothing: set TMPDIR to a directory on disk before measuring", "dir", dir)
	}
	h := &host{bin: bin, dir: dir, as: as, said: &lines{log: o.Log}, done: make(chan struct{})}
	if err := h.start(ctx); err != nil {
		return running{}, errors.Join(err, os.RemoveAll(dir))
	}
	at := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/postgres", RawQuery: url.Values{"host": {dir}}.Encode()}
	return running{admin: at.String(), ended: h.ended, close: h.close}, nil
}

// A host is a server of the machine's own programs.
type host struct {
	bin, dir string
	as       account
	said     *lines
	process  *os.Process
	done     chan struct{} // closed when the process has ended and state is set
	state    *os.ProcessState
}

// command is one of PostgreSQL's programs, with nothing of our environment but what it needs: PGDATA and the like would
// lead it astray.
func (h *host) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(h.bin, name), args...)
	cmd.Dir = h.dir // the other user may not be let into ours
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	cmd.Stdout, cmd.Stderr = h.said, h.said
	cmd.SysProcAttr = h.as.child()
	return cmd
}

// start makes the files and runs the server on them.
func (h *host) start(ctx context.Context) error {
	data := filepath.Join(h.dir, "data")
	started := make(chan error)
	go func() {
		// The signal of our death is tied to the thread that forks, so that thread stays until the server ends.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		// Files that a crash of the machine may lose need no sync while they are made; the server syncs all it writes.
		err := h.command(ctx, "initdb", "--no-sync", "--pgdata="+data, "--username="+superuser, "--auth=trust", "--encoding=UTF8", "--locale=C").Run()
		if err != nil {
			started <- fmt.Errorf("running initdb: %w; it said: %s", err, h.said)
			return
		}
		flags := append([]string{"-D", data, "-c", "listen_addresses=", "-c", "unix_socket_directories=" + h.dir}, settings(0)...)
		server := h.command(context.WithoutCancel(ctx), "postgres", flags...)
		if err := server.Start(); err != nil {
			started <- fmt.Errorf("running postgres: %w", err)
			return
		}
		h.process = server.Process
		started <- nil
		_ = server.Wait() // its error says no more than the state
		h.state = server.ProcessState
		close(h.done)
	}()
	return <-started
}

// ended is nil while the server runs.
func (h *host) ended(context.Context) error {
	select {
	case <-h.done:
		return fmt.Errorf("postgres ended (%v); it said: %s", h.state, h.said)
	default:
		return nil
	}
}

// close ends the server at once and removes its files.
func (h *host) close() error {
	_ = h.process.Signal(syscall.SIGQUIT) // one that has ended is as wanted
	var err error
	select {
	case <-h.done:
	case <-time.After(stopTimeout):
		_ = h.process.Kill()
		<-h.done
		err = fmt.Errorf("postgres did not stop within %v and was killed", stopTimeout)
	}
	return errors.Join(err, os.RemoveAll(h.dir))
}
