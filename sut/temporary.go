package sut

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// temporaryPrefix stands before the process id in the name of a temporary directory.
const temporaryPrefix = "peakday-sut-"

// Temporary makes a directory for a database of this process, or of one that it starts, after removing those of
// processes that were killed before they could.
func Temporary() (string, error) {
	sweep()
	dir, err := os.MkdirTemp("", fmt.Sprintf("%s%d-", temporaryPrefix, os.Getpid()))
	if err != nil {
		return "", fmt.Errorf("making a place for the database: %w", err)
	}
	return dir, nil
}

// sweep removes the directories whose process is gone. It asks /proc and does nothing where there is none. It takes
// what it can: a directory that stays, because it is another user's, is no fault of this service.
//
// Containers that share a temporary directory but not their processes would sweep each other's: give each its TMPDIR,
// or its database a name.
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
