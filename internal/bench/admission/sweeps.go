package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// maxLateness is a hundredth of what an answer takes at rest: more of it would show in the latencies.
const maxLateness = "10ms"

// opponentMark stands for the opponent's binary, DEFAULT for the default law.
const opponentMark = "OPPONENT"

// sweep is a call of peakday guard sweep. Cells that were measured before it failed are in its report.
func sweep(args ...string) func(context.Context, *bench) (piece, error) {
	return func(ctx context.Context, b *bench) (p piece, err error) {
		p.How = "peakday guard sweep " + strings.Join(args, " ")
		file := filepath.Join(b.dir, "sweep.json")
		if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
			return p, err
		}
		all := []string{"guard", "sweep", "-o", "markdown", "--out", file, "--max-lateness", maxLateness}
		for _, a := range args {
			all = append(all, strings.NewReplacer("DEFAULT", b.law, opponentMark, filepath.Join(b.dir, "opponent")).Replace(a))
		}
		if b.quick {
			all = append(all, "--for", "3s", "--max-lateness", "1s")
			if !slices.Contains(all, "--seeds") {
				all = append(all, "--seeds", "100")
			}
		}
		c := exec.CommandContext(ctx, b.peakday, all...)
		c.Cancel = func() error { return c.Process.Signal(syscall.SIGINT) }
		c.WaitDelay = 10 * time.Second
		var stdout, said bytes.Buffer
		c.Stdout, c.Stderr = &stdout, io.MultiWriter(b.stderr, &said)
		failed := c.Run()
		if failed != nil {
			failed = fmt.Errorf("%w: %s", failed, lastLine(said.Bytes()))
		}
		text, err := os.ReadFile(file)
		if os.IsNotExist(err) { // not one storm was measured
			return p, failed
		}
		if err != nil {
			return p, err
		}
		var report struct{ Cells []cell }
		if err := json.Unmarshal(text, &report); err != nil {
			return p, fmt.Errorf("the report of a sweep: %w", err)
		}
		p.Table, p.Cells = stdout.String(), slices.DeleteFunc(report.Cells, func(c cell) bool { return c.Offered == 0 })
		return p, failed
	}
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
