package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/peakday/peakday/internal/bench/stats"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// A bench is one measurement of everything.
type bench struct {
	root, peakday, dir string
	quick, soak        bool
	wanted             *regexp.Regexp
	stderr             io.Writer
	began              time.Time
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	b := bench{stderr: stderr, began: time.Now()}
	root := flags.String("root", "../..", "folder of peakday's own module, with bin/peakday built")
	only := flags.String("only", "", "regular expression of what to run: "+names()+"; it is only printed")
	flags.BoolVar(&b.quick, "quick", false, "short storms of one seed and one pass, to see that all of it runs; it is only printed")
	flags.BoolVar(&b.soak, "soak", false, "the opponents that cannot be simulated, for real; they are only printed")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if b.root, err = filepath.Abs(*root); err != nil {
		return err
	}
	if b.wanted, err = regexp.Compile(*only); err != nil {
		return err
	}
	b.peakday = filepath.Join(b.root, "bin", "peakday")
	if _, err := os.Stat(b.peakday); err != nil {
		return fmt.Errorf("%w; make build first", err)
	}
	if b.dir, err = os.MkdirTemp("", "peakday-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(b.dir, "opponent"), "./admission/opponent")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the opponent: %w: %s", err, out)
	}
	page, err := b.measure(ctx)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(stdout, page); err != nil {
		return err
	}
	if b.quick || b.soak || *only != "" {
		return nil
	}
	return publish(filepath.Join(b.root, "sut", "admission", "BENCHMARKS.md"), page)
}

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.stderr, "bench: %3.0f min: "+format+"\n", append([]any{time.Since(b.began).Minutes()}, args...)...)
}

// measure runs what is wanted and writes the page.
func (b *bench) measure(ctx context.Context) (string, error) {
	machine := stats.ThisMachine(b.root)
	clock := stats.MachineClock()
	var done found
	done.reports = map[string]report{}
	var err error
	if done.law, err = b.defaultLaw(ctx); err != nil {
		return "", err
	}
	var tables strings.Builder
	for _, s := range sweeps {
		if s.soak != b.soak || !b.wanted.MatchString(s.name) {
			continue
		}
		b.say("sweep %s", s.name)
		r, table, err := b.sweep(ctx, s, done.law)
		if err != nil {
			if ctx.Err() != nil {
				return "", ctx.Err()
			}
			done.unmet = append(done.unmet, fmt.Sprintf("%s: %v", s.name, err))
			continue
		}
		done.reports[s.name] = r
		fmt.Fprintf(&tables, "### %s\n\n`peakday guard sweep %s`\n\n%s\n", s.title, strings.Join(s.args, " "), table)
	}
	if !b.soak && b.wanted.MatchString("benchmarks") {
		figures, err := b.benchmarks(ctx)
		if err != nil {
			return "", err
		}
		done.figures = figures
		tables.WriteString(benchTable(figures))
	}
	now := stats.MachineClock()
	machine.Steal = float64(now.Stolen-clock.Stolen) / float64(max(1, now.All-clock.All))
	reasons, err := stats.ReadReasons(filepath.Join("admission", "reasons.txt"))
	if err != nil {
		return "", err
	}
	return page(machine, time.Since(b.began), done, reasons, tables.String()), nil
}
