// Package scratch makes temporary directories that outlive no crash: who makes one removes those that killed processes left
// behind under the same prefix.
//
//	dir, err := scratch.Dir("peakday-sut-") // /tmp/peakday-sut-4711-1938472
package scratch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Dir makes a directory of this process, after removing those of the prefix whose process is gone. The caller removes it.
func Dir(prefix string) (string, error) {
	sweep(prefix)
	return os.MkdirTemp("", fmt.Sprintf("%s%d-", prefix, os.Getpid()))
}

// sweep asks /proc who lives and does nothing where there is none. It takes what it can: a directory that stays, because
// it is another user's, is nobody's fault here.
//
// Containers that share a temporary directory but not their processes would sweep each other's: give each its TMPDIR.
func sweep(prefix string) {
	if _, err := os.Stat("/proc/self"); err != nil {
		return
	}
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*-*")) // the pattern is well-formed
	for _, dir := range left {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), prefix), "-")
		if _, err := strconv.ParseUint(pid, 10, 31); err != nil {
			continue
		}
		if _, err := os.Stat("/proc/" + pid); errors.Is(err, fs.ErrNotExist) {
			_ = os.RemoveAll(dir)
		}
	}
}
