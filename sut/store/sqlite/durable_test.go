package sqlite

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/store"
)

// TestEveryAcknowledgementComesAfterASync runs updates in a child under strace and reads its system calls: the kernel
// keeps written pages when a process is killed, so only the order of sync and acknowledgement shows durability.
func TestEveryAcknowledgementComesAfterASync(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a process")
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	log := filepath.Join(t.TempDir(), "calls")
	child := exec.Command(strace, "-f", "-e", "trace=fsync,fdatasync,write", "-o", log, os.Args[0], "-test.run=^TestChildUpdates$")
	child.Env = append(os.Environ(), "UPDATES_IN="+t.TempDir())
	if out, err := child.CombinedOutput(); err != nil {
		t.Skipf("strace may not trace here: %v %.200s", err, out)
	}
	calls, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	synced, acknowledged := false, 0
	for call := range strings.Lines(string(calls)) {
		switch {
		case strings.Contains(call, "sync(") && !strings.Contains(call, "unfinished"), strings.Contains(call, "sync resumed"):
			synced = true
		case strings.Contains(call, `"acknowledged`):
			if acknowledged++; !synced {
				t.Errorf("acknowledgement %d without a sync after the one before", acknowledged)
			}
			synced = false
		}
	}
	if acknowledged != 20 {
		t.Errorf("%d acknowledgements seen, want 20", acknowledged)
	}
}

// TestChildUpdates is the child of the test above.
func TestChildUpdates(t *testing.T) {
	dir := os.Getenv("UPDATES_IN")
	if dir == "" {
		t.Skip("only as a child")
	}
	s, err := Open(t.Context(), filepath.Join(dir, "ledger.db"), store.Pool{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for n := range 20 {
		if err := suspend(s, n); err != nil {
			t.Fatal(err)
		}
		fmt.Printf("acknowledged %d\n", n)
	}
}
