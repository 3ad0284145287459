package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
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

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var (
		root    = flags.String("root", "../..", "folder of peakday's own module, with bin/peakday built")
		repeats = flags.Int("repeats", 5, "how often each row is run; with less than 5 the table is only printed")
		quick   = flags.Bool("quick", false, "a minute: the first place, once, 2 s a run, printed only")
		most    = flags.Duration("for", time.Hour, "a run lasts at most so long; a shorter table is only printed")
		only    = flags.String("rows", "", `regular expression of what to run, "place: row"; its table is only printed`)
		render  = flags.Bool("render", false, "write the table of the last whole run again")
		answers = flags.String("serve", "", "be the built-in server of small or mix answers (the bench starts it itself)")
	)
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch *answers {
	case "small":
		return serve(stdout, []answer{newSmall()})
	case "mix":
		return serve(stdout, mixed(1))
	}
	if *render {
		r, err := stats.Load[Record]("engine")
		return errors.Join(err, publish(r, *root, stdout))
	}
	wanted, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	whole := !*quick && *only == "" && *most == time.Hour && *repeats >= 5
	if *quick {
		*repeats, *most = 1, 2*time.Second
	}
	command := "make bench-engine"
	if len(args) > 0 {
		command = "go run . " + strings.Join(args, " ")
	}
	b := &bench{
		command: command,
		root:    *root, peakday: filepath.Join(*root, "bin", "peakday"), repeats: *repeats, quick: *quick, most: *most, wanted: wanted,
		say: func(format string, args ...any) { fmt.Fprintf(stderr, "bench: "+format+"\n", args...) },
	}
	r, err := b.measure(ctx)
	if err != nil {
		return err
	}
	if !whole {
		return write(stdout, r, nil)
	}
	if err := stats.Save("engine", r); err != nil {
		return err
	}
	return publish(r, *root, stdout)
}

// publish prints the table and writes it to engine/BENCHMARKS.md.
func publish(r *Record, root string, stdout io.Writer) error {
	if r == nil {
		return nil
	}
	reasons, err := stats.ReadReasons("reasons.txt")
	if err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(root, "engine", "BENCHMARKS.md"))
	if err != nil {
		return err
	}
	return errors.Join(write(io.MultiWriter(file, stdout), r, reasons), file.Close())
}
