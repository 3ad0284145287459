package server_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/peakday/peakday/sut/store/postgres/server"
)

// With the one argument "parent" this binary is a process that has a server: it says which, and closes it when stdin ends.
func TestMain(m *testing.M) {
	if len(os.Args) != 2 || os.Args[1] != "parent" {
		os.Exit(m.Run())
	}
	s, err := server.Start(context.Background(), server.Options{})
	if err != nil {
		fmt.Printf("%q\n", err.Error())
		os.Exit(1)
	}
	fmt.Printf("%s\n%s\n", s, s.DSN())
	_, _ = io.Copy(io.Discard, os.Stdin) // until it is closed
	if err := s.Close(); err != nil {
		fmt.Printf("%q\n", err.Error())
		os.Exit(1)
	}
}

// noImage is the setting of an image that nobody has.
const noImage = "PEAKDAY_POSTGRES_IMAGE=peakday.invalid/none:0"

// A parent is a process of TestMain's second kind.
type parent struct {
	*exec.Cmd
	stdin  io.Closer
	stdout *bufio.Reader
}

// newParent starts one, as another user if one is given, with environment beside our own.
func newParent(t *testing.T, as *syscall.Credential, environment ...string) parent {
	t.Helper()
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	binary, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	exe := filepath.Join(dir, "parent") // where another user may reach it
	if err := os.WriteFile(exe, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p := parent{Cmd: exec.Command(exe, "parent")}
	p.Dir, p.Stderr = dir, os.Stderr
	p.Env = append(os.Environ(), append([]string{"HOME=" + dir}, environment...)...)
	p.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	if p.stdin, err = p.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdout = bufio.NewReader(stdout)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.stdin.Close()
		_ = p.Wait() // some are killed on purpose
	})
	return p
}

// line is the next that the parent says, without its end.
func (p parent) line(t *testing.T) string {
	t.Helper()
	text, err := p.stdout.ReadString('\n')
	if err != nil {
		t.Fatalf("after %q: %v", text, err)
	}
	return strings.TrimSpace(text)
}
