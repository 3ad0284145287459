package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A sweep is one call of peakday guard sweep.
type sweep struct {
	name, title string
	args        []string
	soak        bool
}

// The names by which the goals ask for a sweep's figures.
const (
	onSQLite   = "sqlite"
	onPostgres = "postgres"
	changing   = "change"
	slow       = "story"
	soaked     = "soak"
)

// maxLateness is a hundredth of what an answer takes at rest: more of it would show in the latencies.
const maxLateness = "10ms"

// opponentMark stands for the opponent's binary.
const opponentMark = "OPPONENT"

// sweeps is every sweep, those of make bench-admission first.
var sweeps = []sweep{
	{onSQLite, "On SQLite", []string{"--laws", "none,fixed,DEFAULT,vegas", "--against", "failsafe-go=" + opponentMark + " --policy failsafe-go"}, false},
	{onPostgres, "On PostgreSQL", []string{"--store", "postgres", "--laws", "none,DEFAULT"}, false},
	{changing, "Work 2.5 times heavier, or 0.4 times lighter, in the middle of a storm", []string{"--laws", "fixed,DEFAULT,vegas", "--multiples", "5", "--seeds", "100,101", "--changes", "2.5,0.4"}, false},
	{slow, "The slow database: 0.8 s becomes 28 s", []string{"--laws", "none,DEFAULT", "--most", "31", "--hold-spread", "0", "--timeout", "30s", "--multiples", "300", "--seeds", "100"}, false},
	{soaked, "The opponents that read their own clock", []string{
		"--laws", "none,fixed,DEFAULT",
		"--against", "failsafe-go-queue=" + opponentMark + " --policy failsafe-go-queue",
		"--against", "aegis=" + opponentMark + " --policy aegis",
		"--against", "sentinel=" + opponentMark + " --policy sentinel",
		"--against", "x-time-rate=" + opponentMark + " --policy x-time-rate --rate 40",
		"--against", "deep-fifo=" + opponentMark + " --policy deep-fifo --limit 32",
	}, true},
}

func names() string {
	var all []string
	for _, s := range sweeps {
		all = append(all, s.name)
	}
	return strings.Join(append(all, "benchmarks"), ", ")
}

// A report is what is read of the sweep's own JSON.
type report struct {
	Capacity struct {
		Rate float64 `json:"rate"`
	} `json:"capacity"`
	Cells []cell `json:"cells"`
}

// A cell is one storm. What it has no figure for is nil.
type cell struct {
	Variant     string   `json:"variant"`
	Multiple    float64  `json:"multiple"`
	Change      float64  `json:"change"`
	Void        string   `json:"void"`
	OracleShare *float64 `json:"oracle_share"`
	Onset       *float64 `json:"onset"`
	P99         *float64 `json:"admitted_p99"`
	P99Times    *float64 `json:"admitted_p99_times"`
	Settled     *float64 `json:"settled"`
	Recovery    *float64 `json:"recovery"`
	WorkerWait  *float64 `json:"worker_wait_p99"`
}

// sweep runs one and returns its figures and its table.
func (b *bench) sweep(ctx context.Context, s sweep, law string) (r report, table string, err error) {
	file := filepath.Join(b.dir, s.name+".json")
	args := []string{"guard", "sweep", "-o", "markdown", "--out", file, "--max-lateness", maxLateness}
	for _, a := range s.args {
		args = append(args, strings.NewReplacer("DEFAULT", law, opponentMark, filepath.Join(b.dir, "opponent")).Replace(a))
	}
	if b.quick {
		args = append(args, "--for", "3s", "--max-lateness", "1s")
		if !slices.Contains(args, "--seeds") {
			args = append(args, "--seeds", "100")
		}
	}
	c := exec.CommandContext(ctx, b.peakday, args...)
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGINT) }
	c.WaitDelay = 10 * time.Second
	var stdout bytes.Buffer
	c.Stdout, c.Stderr = &stdout, b.stderr
	if err := c.Run(); err != nil {
		return r, "", fmt.Errorf("%s: %w", s.name, err)
	}
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	return r, stdout.String(), err
}

// defaultLaw asks the binary which law it takes by itself.
func (b *bench) defaultLaw(ctx context.Context) (string, error) {
	help, err := exec.CommandContext(ctx, b.peakday, "guard", "sweep", "--help").Output()
	if err != nil {
		return "", fmt.Errorf("asking for the default law: %w", err)
	}
	_, after, ok := strings.Cut(string(help), "(default [none,fixed,")
	law, _, closed := strings.Cut(after, "]")
	if !ok || !closed {
		return "", fmt.Errorf("asking for the default law: no default of --laws in the help")
	}
	return law, nil
}
