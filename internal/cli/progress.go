package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-isatty"

	"github.com/peakday/peakday/engine"
	"github.com/peakday/peakday/reports/chart"
)

// pipedEvery is how often a line is printed when nobody looks on live.
const pipedEvery = 5 * time.Second

// progress shows how a run goes: one line that is written over on a terminal, a plain line every five seconds elsewhere.
type progress struct {
	w        io.Writer
	terminal bool
	variant  string
	last     time.Duration
	phase    string
}

func newProgress(w io.Writer, variant string) *progress {
	return &progress{w: w, variant: variant, terminal: isTerminal(w)}
}

// isTerminal tells whether somebody looks on live.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

func (p *progress) show(now engine.Progress) {
	left := fmt.Sprintf("left %.0fs and the drain", now.Left.Seconds())
	if now.Phase == "drain" {
		left = fmt.Sprintf("left %.0fs at most", now.Left.Seconds())
	}
	line := fmt.Sprintf("%s  %3.0fs  %-6s offered %5.0f/s  good %5.0f/s  p99 %8s  failed so far %6d  in flight %5d  %s",
		p.variant, now.Elapsed.Seconds(), now.Phase, now.Offered, now.Good, chart.Time(now.P99.Seconds()), now.Errors, now.InFlight, left)
	switch {
	case p.terminal:
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
	case p.phase != now.Phase || now.Elapsed-p.last >= pipedEvery:
		p.last, p.phase = now.Elapsed, now.Phase
		fmt.Fprintln(p.w, strings.TrimRight(line, " "))
	}
}

// done ends the line on a terminal.
func (p *progress) done() {
	if p.terminal {
		fmt.Fprintln(p.w)
	}
}
