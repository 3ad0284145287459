package server

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// temporaryPrefix stands before the process id in the name of a server's directory.
const temporaryPrefix = "peakday-postgres-"

// temporary makes a directory that only the account may enter, after removing those of processes that were killed.
func temporary(as account) (string, error) {
	sweep()
	dir, err := os.MkdirTemp("", fmt.Sprintf("%s%d-", temporaryPrefix, os.Getpid()))
	if err != nil {
		return "", fmt.Errorf("making a place for PostgreSQL: %w", err)
	}
	if err := as.own(dir); err != nil {
		return "", errors.Join(fmt.Errorf("making a place for PostgreSQL: %w", err), os.RemoveAll(dir))
	}
	return dir, nil
}

// sweep removes the directories whose process is gone, as package sut does with its own: it asks /proc, does nothing
// where there is none, and leaves what it may not take.
func sweep() {
	if _, err := os.Stat("/proc/self"); err != nil {
		return
	}
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), temporaryPrefix+"*-*")) // the pattern is well-formed
	for _, dir := range left {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), temporaryPrefix), "-")
		if _, err := strconv.ParseUint(pid, 10, 31); err != nil {
			continue
		}
		if _, err := os.Stat("/proc/" + pid); errors.Is(err, fs.ErrNotExist) {
			_ = os.RemoveAll(dir)
		}
	}
}
