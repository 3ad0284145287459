package drill

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// scratch makes a folder for one run. Its name holds our process id: a drill that is killed cannot remove its folder, so
// the next one removes the folders whose process is gone.
func scratch() (string, error) {
	sweep(os.TempDir())
	dir, err := os.MkdirTemp("", fmt.Sprintf("peakday-drill-%d-", os.Getpid()))
	if err != nil {
		return "", fmt.Errorf("making room for the database: %w", err)
	}
	return dir, nil
}

// sweep removes what killed drills left in temp. Where processes cannot be looked up nothing is removed.
func sweep(temp string) {
	if runtime.GOOS != "linux" {
		return
	}
	left, _ := filepath.Glob(filepath.Join(temp, "peakday-drill-*-*")) // the pattern is well formed
	for _, dir := range left {
		var pid int
		if _, err := fmt.Sscanf(filepath.Base(dir), "peakday-drill-%d-", &pid); err != nil {
			continue
		}
		if _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); os.IsNotExist(err) {
			os.RemoveAll(dir) // another user's folder stays
		}
	}
}
