package server

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// An account is the user that a server on the machine runs as.
type account struct {
	credential *syscall.Credential // nil means our own
}

// unprivileged is us, or the user postgres if we are root, as whom PostgreSQL refuses to run.
func unprivileged() (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return account{}, fmt.Errorf("PostgreSQL does not run as root: %w: make that user (useradd --system postgres), or run peakday as another", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("user postgres: %w", err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("user postgres: %w", err)
	}
	return account{&syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// child lets a process run as the account, in a group of its own so that a Ctrl-C is ours to hand on, and end without
// delay when this process dies, however it dies.
func (a account) child() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: a.credential, Setpgid: true, Pdeathsig: syscall.SIGQUIT}
}

// own gives a directory to the account.
func (a account) own(dir string) error {
	if a.credential == nil {
		return nil
	}
	return os.Chown(dir, int(a.credential.Uid), int(a.credential.Gid))
}

// inMemory says that files in dir are lost with the machine's power, so that to sync them costs nothing.
func inMemory(dir string) bool {
	const tmpfs, ramfs = 0x01021994, 0x858458f6 // statfs(2)
	var s syscall.Statfs_t
	err := syscall.Statfs(dir, &s)
	return err == nil && (s.Type == tmpfs || s.Type == ramfs)
}
