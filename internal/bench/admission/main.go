package main

import (
	"cmp"
	"context"
	"errors"
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

// A bench is one start of it.
type bench struct {
	root, peakday, dir, law string
	quick, soak, only       bool
	wanted                  *regexp.Regexp
	stderr                  io.Writer
	began                   time.Time
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	b := bench{stderr: stderr, began: time.Now()}
	root := flags.String("root", "../..", "folder of peakday's own module, with bin/peakday built")
	only := flags.String("only", "", "regular expression of the parts to measure, whatever is kept of them: "+names())
	anew := flags.Bool("anew", false, "forget what an unfinished measurement has kept")
	render := flags.Bool("render", false, "measure nothing, write the page of what is kept")
	flags.BoolVar(&b.quick, "quick", false, "short storms of one seed and one pass, to see that all of it runs; nothing is kept, the page is only printed")
	flags.BoolVar(&b.soak, "soak", false, "the opponents that cannot be simulated, for real; nothing is kept, the page is only printed")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if b.root, err = filepath.Abs(*root); err != nil {
		return err
	}
	b.only = *only != ""
	if b.wanted, err = regexp.Compile("^(" + cmp.Or(*only, ".*") + ")$"); err != nil {
		return err
	}
	file, err := recordFile()
	if err != nil {
		return err
	}
	kept := newRecord()
	trial := b.quick || b.soak
	if !trial && !*anew {
		if kept, err = readRecord(file); err != nil {
			return err
		}
	}
	if *render && len(kept.Pieces) == 0 {
		return fmt.Errorf("%s keeps nothing to render; measure a part first", file)
	}
	if *render {
		return b.publish(kept)
	}
	if !b.only && len(kept.missing()) == 0 {
		kept = newRecord() // that measurement was whole
	}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	kept.Law = b.law
	if trial {
		err := b.measureAll(ctx, kept, func() error { return nil })
		text, err2 := b.page(kept)
		_, err3 := io.WriteString(stdout, text)
		return errors.Join(err, err2, err3)
	}
	if err := b.measureAll(ctx, kept, func() error { return errors.Join(kept.write(file), b.publish(kept)) }); err != nil {
		return err
	}
	if missing := kept.missing(); !b.only && len(missing) > 0 {
		return fmt.Errorf("not measured, or not whole: %s; start again to go on with them", strings.Join(missing, ", "))
	}
	return nil
}

// measureAll measures what is due and keeps it, part by part.
func (b *bench) measureAll(ctx context.Context, kept *record, keep func() error) error {
	due := b.due(kept)
	b.plan(due)
	for _, p := range due {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		got := b.measure(ctx, p)
		if got.Cut == "" || !kept.has(p.name) {
			kept.Pieces[p.name] = got
		}
		if got.Table == "" {
			continue // nothing to keep
		}
		if err := keep(); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// prepare builds what is measured beside peakday, and asks peakday for its default law.
func (b *bench) prepare(ctx context.Context) (err error) {
	b.peakday = filepath.Join(b.root, "bin", "peakday")
	if _, err := os.Stat(b.peakday); err != nil {
		return fmt.Errorf("%w; make build first", err)
	}
	if b.law, err = b.defaultLaw(ctx); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp("", "peakday-bench-"); err != nil {
		return err
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(b.dir, "opponent"), "./admission/opponent")
	if out, err := build.CombinedOutput(); err != nil {
		return errors.Join(fmt.Errorf("building the opponent: %w: %s", err, out), os.RemoveAll(b.dir))
	}
	return nil
}

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.stderr, "bench: %3.0f min: "+format+"\n", append([]any{time.Since(b.began).Minutes()}, args...)...)
}

// page is the page of what is kept.
func (b *bench) page(kept *record) (string, error) {
	reasons, err := stats.ReadReasons(filepath.Join("admission", "reasons.txt"))
	return page(kept, reasons), err
}

// publish writes it into its place.
func (b *bench) publish(kept *record) error {
	text, err := b.page(kept)
	if err != nil {
		return err
	}
	return publish(filepath.Join(b.root, "sut", "admission", "BENCHMARKS.md"), text)
}
