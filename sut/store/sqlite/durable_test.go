package sqlite

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

const (
	callers = 16
	each    = 10
)

// TestEveryAcknowledgementComesAfterTheSyncOfItsGroup runs concurrent updates in a child under strace and reads its
// system calls: the kernel keeps written pages when a process is killed, so only the order of write, sync and
// acknowledgement shows durability.
func TestEveryAcknowledgementComesAfterTheSyncOfItsGroup(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a process")
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	log := filepath.Join(t.TempDir(), "calls")
	// A page is 4096 bytes, and each of them must be in the log.
	child := exec.Command(strace, "-f", "-s", "5000", "-e", "trace=fsync,fdatasync,write,pwrite64", "-o", log, os.Args[0], "-test.run=^TestChildUpdates$")
	child.Env = append(os.Environ(), "UPDATES_IN="+t.TempDir())
	if out, err := child.CombinedOutput(); err != nil {
		t.Skipf("strace may not trace here: %v %.200s", err, out)
	}
	calls, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	key := regexp.MustCompile(`k\d{4}\.`)
	const written, syncing, synced = 1, 2, 3
	state := make(map[string]int)
	promote := func(from, to int) (n int) {
		for k, s := range state {
			if s == from {
				state[k] = to
				n++
			}
		}
		return n
	}
	acknowledged, groups := 0, 0
	for call := range strings.Lines(string(calls)) {
		switch {
		case strings.Contains(call, "sync(") && strings.Contains(call, "unfinished"):
			promote(written, syncing)
		case strings.Contains(call, "sync resumed"):
			if promote(syncing, synced) > 0 {
				groups++
			}
		case strings.Contains(call, "sync("):
			if promote(written, synced) > 0 {
				groups++
			}
		case strings.Contains(call, `"acknowledged`):
			k := key.FindString(call)
			if acknowledged++; state[k] != synced {
				t.Errorf("%s was acknowledged in state %d; want %d, its page written and synced", k, state[k], synced)
			}
		case strings.Contains(call, "pwrite64("):
			for _, k := range key.FindAllString(call, -1) {
				state[k] = max(state[k], written)
			}
		}
	}
	if acknowledged != callers*each {
		t.Errorf("%d acknowledgements seen, want %d", acknowledged, callers*each)
	}
	if groups == 0 || groups >= callers*each {
		t.Errorf("%d groups of %d updates were synced: want some that share a sync", groups, callers*each)
	}
	t.Logf("%d updates in %d groups", callers*each, groups)
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
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for n := range each {
				key := fmt.Sprintf("k%02d%02d.", c, n)
				err := s.Update(t.Context(), func(tx store.Tx) error {
					_, err := tx.Post(ledger.Suspended(key, "990001", "B1", 100))
					return err
				})
				if err != nil {
					t.Error(err)
				}
				fmt.Printf("acknowledged %s\n", key)
			}
		})
	}
	wg.Wait()
}
