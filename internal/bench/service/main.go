package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
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
	root := flags.String("root", "../..", "folder of peakday's own module, with bin/peakday built")
	repeats := flags.Int("repeats", 3, "how often each measurement is made; with less than 3 the table is only printed")
	only := flags.String("rows", "", "regular expression of the keys of rows to measure; their table is only printed")
	render := flags.Bool("render", false, "write the table of the last whole run again")
	if err := flags.Parse(args); err != nil {
		return err
	}
	wanted, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	if *render {
		r, err := stats.Load[Record]("sut")
		if err != nil {
			return err
		}
		return publish(r, *root, stdout)
	}
	home, err := filepath.Abs(*root)
	if err != nil {
		return err
	}
	b := &bench{root: home, peakday: filepath.Join(home, "bin", "peakday"), say: func(format string, args ...any) { fmt.Fprintf(stderr, "bench: "+format+"\n", args...) }}
	command := "make bench-sut"
	if len(args) > 0 {
		command = "go run ./service " + strings.Join(args, " ")
	}
	r, err := b.measure(ctx, command, *repeats, wanted)
	if err != nil {
		return err
	}
	if *only != "" || *repeats < 3 {
		return write(stdout, r, nil)
	}
	if err := stats.Save("sut", r); err != nil {
		return err
	}
	return publish(r, *root, stdout)
}

type bench struct {
	root, peakday string
	say           func(string, ...any)
}

// A Record is all that was measured.
type Record struct {
	Machine stats.Machine
	Command string
	Repeats int
	Took    time.Duration
	Others  float64              // cores that were busy when the bench began: a quiet machine has few
	Figures map[string][]float64 // of rows, one a repeat
	Unmet   []string             // what could not be measured, a sentence each
}

func (b *bench) measure(ctx context.Context, command string, repeats int, wanted *regexp.Regexp) (*Record, error) {
	began := time.Now()
	r := &Record{Machine: stats.ThisMachine(b.root), Command: command, Repeats: repeats, Figures: map[string][]float64{}}
	r.Others = busy(ctx, 2*time.Second)
	clock := stats.MachineClock()
	for n := range repeats {
		for _, m := range measurements {
			if !m.wanted(wanted) || m.once && n > 0 {
				continue
			}
			figures, err := m.measure(ctx, b)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err != nil {
				b.say("repeat %d of %d: %v", n+1, repeats, err)
				r.Unmet = append(r.Unmet, fmt.Sprintf("%s, repeat %d: %v.", m.keys[0], n+1, strings.ReplaceAll(err.Error(), b.root, ".")))
				continue
			}
			for key, v := range figures {
				r.Figures[key] = append(r.Figures[key], v)
			}
			b.say("repeat %d of %d: %v", n+1, repeats, figures)
		}
	}
	now := stats.MachineClock()
	r.Machine.Steal = float64(now.Stolen-clock.Stolen) / float64(max(1, now.All-clock.All))
	r.Took = time.Since(began)
	return r, nil
}

// busy is the cores that something else uses while the bench does nothing.
func busy(ctx context.Context, d time.Duration) float64 {
	before := stats.MachineClock()
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
	return (stats.MachineClock().Busy - before.Busy).Seconds() / d.Seconds()
}

// A measurement gives figures by the keys of their rows.
type measurement func(context.Context, *bench) (map[string]float64, error)

type entry struct {
	keys    []string
	measure measurement
	once    bool // in the first repeat only: it takes more than a minute
}

func (e entry) wanted(only *regexp.Regexp) bool { return slices.ContainsFunc(e.keys, only.MatchString) }

// measurements are made in this order, and the whole of them as often as there are repeats, so that a noisy minute does
// not fall on one row. Each names the rows that it gives.
var measurements = []entry{
	{[]string{"ready-100k"}, start(100_000, "ready-100k"), false},
	{[]string{"ready-10m"}, start(10_000_000, "ready-10m"), false},
	{[]string{"mix-rate", "mix-refused", "mix-service", "mix-client", "mix-others", "crypto", "crypto-signatures"}, drive(flatOut, true, func(l load) map[string]float64 {
		return map[string]float64{"mix-rate": l.rate(), "mix-refused": l.refused(), "mix-service": l.each(l.service), "mix-client": l.each(l.client), "mix-others": l.others}
	}), false},
	{[]string{"open-p99", "open-p50", "open-refused", "open-others"}, drive(openLoop, false, func(l load) map[string]float64 {
		return map[string]float64{"open-p99": l.latency(0.99), "open-p50": l.latency(0.5), "open-refused": l.refused(), "open-others": l.others}
	}), false},
	{[]string{"push-rate", "push-refused"}, drive(pushes, false, func(l load) map[string]float64 {
		return map[string]float64{"push-rate": l.rate(), "push-refused": l.refused()}
	}), false},
	{[]string{"sqlite", "sqlite-rows"}, sqlitePayments.measure, false},
	{[]string{"sqlite-bare", "sqlite-bare-rows"}, sqliteBare.measure, false},
	{[]string{"postgres", "postgres-rows"}, postgresPayments.measure, false},
	{[]string{"postgres-bare", "postgres-bare-rows"}, postgresBare.measure, false},
	{[]string{"declare"}, declare.measure, false},
	{[]string{"estimate", "estimate-allocs"}, estimate.measure, false},
	{[]string{"payout", "payout-items", "payout-cpu", "payout-lock"}, payout.measure, true},
}
