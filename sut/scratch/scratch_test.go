package scratch

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const prefix = "peakday-scratch-"

func TestDirectoriesOfKilledProcessesAreSwept(t *testing.T) {
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("no /proc tells which processes live")
	}
	gone := exec.Command(os.Args[0], "-test.run=^$")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	kept := map[string]bool{
		prefix + strconv.Itoa(gone.Process.Pid) + "-1": false,
		prefix + strconv.Itoa(os.Getpid()) + "-1":      true,
		prefix + "1-1":      true,
		prefix + "x-1":      true,
		prefix + "-1":       true,
		"other-999999999-1": true,
	}
	for name := range kept {
		dir := filepath.Join(os.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "ledger.db"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	made, err := Dir(prefix)
	if err != nil {
		t.Fatal(err)
	}
	if want := prefix + strconv.Itoa(os.Getpid()) + "-"; !strings.HasPrefix(filepath.Base(made), want) {
		t.Errorf("made %s, want its name to begin with %s", made, want)
	}
	for name, want := range kept {
		if _, err := os.Stat(filepath.Join(os.TempDir(), name, "ledger.db")); (err == nil) != want {
			t.Errorf("%s: kept %v, want %v", name, err == nil, want)
		}
	}
}
