package selftest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A drive is one `peakday run` in a process of its own, as a user starts it.
type drive struct {
	cmd       *exec.Cmd
	out, talk bytes.Buffer
}

// prepare makes a run of one request, GET /, at a target. What wraps it, such as a program that limits it, comes first.
func prepare(t *testing.T, wrap []string, target string, args ...string) *drive {
	t.Helper()
	dir := t.TempDir()
	targets := filepath.Join(dir, "targets.txt")
	if err := os.WriteFile(targets, []byte("GET "+target+"/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	line := append(wrap, "peakday", "run", "--targets", targets, "--out", filepath.Join(dir, "out"), "-o", "json")
	line = append(line, args...)
	d := &drive{cmd: exec.Command(line[0], line[1:]...)}
	d.cmd.Stdout, d.cmd.Stderr = &d.out, &d.talk
	return d
}

func (d *drive) start(t *testing.T) *drive {
	t.Helper()
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.cmd.Process.Kill(); d.cmd.Wait() })
	return d
}

// An outcome is what a run says of itself.
type outcome struct {
	code                           int
	talk                           string
	Validity                       string
	Invalid                        []string
	Sent, Good, Failed, Unfinished int
	Service, Lateness, Queued      struct{ P50, P99 float64 }
	Checks                         []struct {
		Name string
		OK   bool
	}
	Runs []struct {
		Kinds []struct {
			Kind  string
			Count int
		} `json:"failed_by_kind"`
	}
}

func (d *drive) wait(t *testing.T) (o outcome) {
	t.Helper()
	d.cmd.Wait()
	o.code, o.talk = d.cmd.ProcessState.ExitCode(), d.talk.String()
	if o.code == 1 || o.code == 2 {
		return o
	}
	if err := json.Unmarshal(d.out.Bytes(), &o); err != nil {
		t.Fatalf("exit code %d, %v in %s\n%s", o.code, err, d.out.Bytes(), o.talk)
	}
	return o
}

// reasons are why it is invalid, a line each.
func (o outcome) reasons() string { return strings.Join(o.Invalid, "\n") }

// kinds counts failures.
func (o outcome) kinds() map[string]int {
	kinds := map[string]int{}
	for _, r := range o.Runs {
		for _, k := range r.Kinds {
			kinds[k.Kind] += k.Count
		}
	}
	return kinds
}

func (o outcome) String() string {
	return fmt.Sprintf("exit code %d, %s: %q; sent %d, good %d, failed %v, unfinished %d; lateness p99 %.3g s, queued p50 %.3g s, service p50 %.3g s; %s",
		o.code, o.Validity, o.Invalid, o.Sent, o.Good, o.kinds(), o.Unfinished, o.Lateness.P99, o.Queued.P50, o.Service.P50, lastLine(o.talk))
}

func lastLine(talk string) string {
	lines := strings.Split(strings.TrimSpace(talk), "\n")
	return lines[len(lines)-1]
}

// wantInvalid wants a generator that was held up to say so, with what happened among the reasons.
func wantInvalid(t *testing.T, o outcome, reason string) {
	t.Helper()
	if o.code != 5 || o.Validity != "invalid" || !strings.Contains(o.reasons(), reason) {
		t.Errorf("%v; want exit code 5, and %q among the reasons", o, reason)
	}
	t.Log(o.reasons())
}
