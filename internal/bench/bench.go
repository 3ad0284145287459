package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/peakday/peakday/internal/bench/stats"
)

// A bench is one measurement of everything.
type bench struct {
	root, peakday string
	repeats       int
	quick         bool
	most          time.Duration  // of a run
	wanted        *regexp.Regexp // of "place: row", or the name of a package's benchmark
	say           func(string, ...any)

	found   Opponents
	record  Record
	command string // that started it, for the table
}

// around is what a run takes besides its load: start, end, and reading its results.
const around = 700 * time.Millisecond

func (b *bench) measure(ctx context.Context) (*Record, error) {
	began := time.Now()
	clock := stats.MachineClock()
	b.found = findOpponents(ctx, b.say)
	b.findPeakday(ctx)
	b.record.Machine, b.record.Repeats, b.record.Servers = stats.ThisMachine(b.root), b.repeats, map[string]string{}
	b.record.Command = b.command
	for _, o := range opponents {
		if why, ok := b.found.Missing[o.Name]; ok {
			b.unmet("%s: %s.", o.Name, why)
		}
	}
	todo := b.plan()
	b.say("about %v from now, if nothing else runs on this machine", b.expected(todo).Round(10*time.Second))
	for _, place := range todo {
		if len(b.entries(place, 0)) == 0 {
			continue
		}
		if err := b.place(ctx, place); err != nil {
			return nil, err
		}
	}
	if !b.quick {
		if err := b.goBenches(ctx); err != nil {
			return nil, err
		}
	}
	now := stats.MachineClock()
	b.record.Machine.Steal = float64(now.Stolen-clock.Stolen) / float64(max(1, now.All-clock.All))
	b.record.Took = time.Since(began)
	return &b.record, ctx.Err()
}

func (b *bench) unmet(format string, args ...any) {
	b.record.Unmet = append(b.record.Unmet, fmt.Sprintf(format, args...))
}

// findPeakday takes peakday in as the opponents are: a binary that is missing, or too old to be asked, is named.
func (b *bench) findPeakday(ctx context.Context) {
	help, err := exec.CommandContext(ctx, b.peakday, "run", "--help").Output()
	switch {
	case err != nil:
		b.found.Missing["peakday"] = err.Error() + "; make build first"
	case !strings.Contains(string(help), "--targets"):
		b.found.Missing["peakday"] = "this build has no run --targets"
	default:
		b.found.Path["peakday"] = b.peakday
		return
	}
	b.unmet("peakday: %s.", b.found.Missing["peakday"])
}

// plan is the places of this bench. Pinning wants two cores and taskset.
func (b *bench) plan() []Place {
	_, noTaskset := exec.LookPath("taskset")
	few := len(b.record.Machine.Cores) < 2
	var todo []Place
	for _, p := range places {
		switch {
		case p.Pinned && few:
			b.unmet("%s: this machine has one core.", p.Name)
		case p.Pinned && noTaskset != nil:
			b.unmet("%s: taskset is not installed.", p.Name)
		case b.quick && len(todo) > 0:
		default:
			todo = append(todo, p)
		}
	}
	return todo
}

// An entry is one run to do.
type entry struct {
	row  Row
	tool Tool
}

// entries are the runs of one repeat in a place.
func (b *bench) entries(p Place, repeat int) []entry {
	var all []entry
	for _, row := range rows {
		if !slices.Contains(row.Places, p) || !b.wanted.MatchString(p.Name+": "+row.Name) || row.Once && (repeat > 0 || b.quick) {
			continue
		}
		row.For = min(row.For, b.most)
		for _, tool := range tools {
			if slices.Contains(row.Tools, tool.Name) && b.found.Path[tool.Name] != "" {
				all = append(all, entry{row, tool})
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	// Each repeat begins elsewhere: what comes after the heaviest tool does not always come after it.
	turn := repeat * 5 % len(all)
	return append(slices.Clone(all[turn:]), all[:turn]...)
}

func (b *bench) expected(todo []Place) time.Duration {
	var sum time.Duration
	for _, p := range todo {
		for repeat := range b.repeats {
			for _, e := range b.entries(p, repeat) {
				sum += e.row.For + around
			}
		}
	}
	if !b.quick {
		for _, g := range goBenches {
			sum += g.expected(b.repeats)
		}
	}
	return sum
}

// place runs every repeat of every row in a place, on one server.
func (b *bench) place(ctx context.Context, p Place) error {
	dir, err := os.MkdirTemp("", "peakday-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	generator, servers := -1, -1
	if p.Pinned {
		generator, servers = b.record.Machine.Cores[0], b.record.Machine.Cores[1]
	}
	server, err := startServer(ctx, b.found.Path["nginx"], p, servers, dir)
	if err != nil {
		return err
	}
	defer server.Close()
	b.record.Servers[p.Name] = server.Name
	for repeat := range b.repeats {
		for i, e := range b.entries(p, repeat) {
			r := b.once(ctx, e, server, generator)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			r.Place, r.Row, r.Tool, r.Repeat = p.Name, e.row.Name, e.tool.Name, repeat
			b.record.Runs = append(b.record.Runs, r)
			b.say("%s, repeat %d of %d, run %d: %s, %s: %s", p.Name, repeat+1, b.repeats, i+1, r.Row, r.Tool, r.brief())
		}
	}
	return nil
}

// brief is a run in a line, for who watches.
func (r Run) brief() string {
	if r.Err != "" {
		return r.Err
	}
	return fmt.Sprintf("%d requests, %s µs each, %s late at p99", r.Requests, stats.Number(1e6*r.Cost()), stats.With(1e3*r.Lateness.P99, "ms"))
}

// once is one run of one tool.
func (b *bench) once(ctx context.Context, e entry, server *Server, core int) (r Run) {
	dir, err := os.MkdirTemp("", "peakday-bench-")
	if err != nil {
		return Run{Err: err.Error()}
	}
	defer os.RemoveAll(dir)
	program := b.found.Path[e.tool.Name]
	plain := strings.NewReplacer(program, e.tool.Name, dir, "DIR", server.URL, "URL")
	defer func() {
		if err != nil {
			r.Err = plain.Replace(err.Error())
		}
	}()
	j := job{Load: e.row.Load, Extra: e.row.Extra, URL: server.URL, Dir: dir}
	if j.Extra.Observed {
		if j.Metrics, err = freeAddress(); err != nil {
			return r
		}
		watching, stop := context.WithCancel(ctx)
		defer stop()
		go scrape(watching, j.Metrics)
	}
	c, err := e.tool.ask(program, j)
	if err != nil {
		return r
	}
	c.Core = core
	r.Command = plain.Replace(c.String())
	before, clock := server.CPU(), stats.MachineClock()
	var stdout []byte
	if r.Usage, stdout, err = measure(ctx, c); err != nil {
		return r
	}
	r.ServerCPU = server.CPU() - before
	r.OthersCPU = max(0, stats.MachineClock().Busy-clock.Busy-r.CPU-r.ServerCPU)
	r.Said, err = e.tool.read(ctx, program, j, stdout)
	return r
}

// scrape reads the metrics of a run each second, as Prometheus would.
func scrape(ctx context.Context, address string) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if answer, err := http.Get("http://" + address + "/metrics"); err == nil {
				io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
			}
		}
	}
}

// goBenches runs the benchmarks of packages. One that is missing leaves its goal unmeasured.
func (b *bench) goBenches(ctx context.Context) error {
	var done []string
	for _, g := range goBenches {
		if slices.Contains(done, g.Package) || !b.wanted.MatchString(g.Name) {
			continue
		}
		done = append(done, g.Package)
		b.say("go test -bench in %s", g.Package)
		figures, err := goBench(ctx, b.root, g.Package, goBenches, b.repeats)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			b.unmet("%s: %v.", g.Package, err)
		}
		b.record.Go = append(b.record.Go, figures...)
	}
	return nil
}
