//go:build !linux

package server

import (
	"errors"
	"os"
	"syscall"
)

// An account is the user that a server on the machine runs as: outside Linux our own.
type account struct{}

// unprivileged is us, unless we are root, as whom PostgreSQL refuses to run.
func unprivileged() (account, error) {
	if os.Geteuid() == 0 {
		return account{}, errors.New("PostgreSQL does not run as root: run peakday as another user")
	}
	return account{}, nil
}

// child has no equivalent outside Linux: there a killed process leaves its server to the user.
func (account) child() *syscall.SysProcAttr { return nil }

// own has nothing to give.
func (account) own(string) error { return nil }

// inMemory is asked on Linux only.
func inMemory(string) bool { return false }
