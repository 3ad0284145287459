package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/engine"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/internal/drill"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/reports/chart"
	"github.com/peakday/peakday/scenarios"
)

func runCommand(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:     "run SCENARIO",
		Short:   "Drive one variant of a scenario and judge it.",
		Example: "  peakday run calm-day\n  peakday run my.yaml --target http://127.0.0.1:8080 --dry-run",
		Args:    exactly("SCENARIO"),
	}
	format := formatFlag(c, "text", "json")
	judge := addJudgeFlags(c)
	load := addLoadFlags(c)
	name := c.Flags().String("variant", "", "variant to drive (default: the scenario's first)")
	dry := c.Flags().Bool("dry-run", false, "say what would be sent and whether this machine can, and send nothing")
	c.RunE = func(c *cobra.Command, args []string) error {
		ready, err := s.prepare(c, args[0], load, judge)
		if err != nil {
			return err
		}
		variant := ready.Scenario.Variants[0]
		if *name != "" {
			i := slices.IndexFunc(ready.Scenario.Variants, func(v scenarios.Variant) bool { return v.Name == *name })
			if i < 0 {
				return usage(c, "--variant %q: the scenario has %s", *name, variantNames(ready.Scenario))
			}
			variant = ready.Scenario.Variants[i]
		}
		if *dry {
			return s.dryRun(format.value, ready)
		}
		if err := s.open(c, ready, load); err != nil {
			return err
		}
		dir, out := "", io.Writer(s.stdout)
		if load.out != "-" {
			if dir, err = s.folder(ready, load.out); err != nil {
				return err
			}
			file, err := newRunFile(dir, variant.Name)
			if err != nil {
				return err
			}
			defer file.Close()
			out = file
		}
		run, err := s.drive(c.Context(), ready, variant, out)
		if err != nil {
			return err
		}
		if dir != "" {
			fmt.Fprintf(s.stderr, "peakday: wrote %s\n", filepath.Join(dir, variant.Name+".run"))
		}
		// The run that was driven decides, whichever it is.
		d := reports.Drill{Scenario: ready.Scenario, Declared: ready.Scenario.Capacity,
			Variants: reports.Judge(ready.Scenario, ready.Scenario.Capacity, []*result.Run{run}),
			Forecast: ready.look, Day: ready.day}
		document := reports.Build(d)
		if load.out != "-" {
			if err := reports.Write(s.stdout, format.value, document); err != nil {
				return err
			}
		}
		return verdict(document.ExitCode)
	}
	return c
}

// loadFlags are what run and drill take beside the scenario.
type loadFlags struct {
	target      string
	allow       []string
	out         string
	history     string
	quantile    float64
	seed        uint64
	maxLateness time.Duration
	databases   string
	metrics     string
}

func addLoadFlags(c *cobra.Command) *loadFlags {
	var l loadFlags
	f := c.Flags()
	f.StringVar(&l.target, "target", "", "base URL of a service that runs already (default: the bundled one)")
	f.StringArrayVar(&l.allow, "allow-target", nil, "a host that is not this machine and may be loaded all the same (may be repeated)")
	f.StringVar(&l.out, "out", "", "folder for the result (default: peakday-runs/<UTC>-<scenario>)")
	f.StringVar(&l.history, "history", "", "forecast from this history: a CSV file or a name of the library (default: as the scenario says)")
	f.Float64Var(&l.quantile, "quantile", 0, "quantile of the forecast day that is driven (default: as the scenario says)")
	f.Uint64Var(&l.seed, "seed", 0, "seed of the run (default: as the scenario says)")
	f.DurationVar(&l.maxLateness, "max-lateness", 5*time.Millisecond, "p99 of the generator's own lateness beyond which the run is invalid")
	f.StringVar(&l.databases, "db", "", "folder that keeps each variant's database as VARIANT.db (default: they are removed)")
	f.StringVar(&l.metrics, "metrics", "", "serve the generator's own Prometheus metrics at this address while it runs")
	return &l
}

// A ready is a drill with what it was forecast from.
type ready struct {
	*drill.Drill
	look *forecast.Forecast // nil when the scenario has no history
	day  *forecast.Day
}

// prepare opens, forecasts, lays and plans a scenario; nothing is sent, opened or written.
func (s *session) prepare(c *cobra.Command, ref string, load *loadFlags, judge *judgeFlags) (*ready, error) {
	if load.maxLateness <= 0 {
		return nil, usage(c, "--max-lateness %v: want more than 0", load.maxLateness)
	}
	if load.target != "" {
		if u, err := url.Parse(load.target); !strings.Contains(load.target, "@") && (err != nil || u.Host == "") {
			return nil, usage(c, "--target %q: want a base URL such as http://127.0.0.1:8080", load.target)
		}
		if err := engine.CheckTarget(c.Context(), load.target, load.allow); err != nil {
			return nil, err
		}
	}
	sc, err := openScenario(ref)
	if err != nil {
		return nil, err
	}
	if err := drill.Check(sc); err != nil {
		return nil, err
	}
	if sc, err = judge.apply(c, sc); err != nil {
		return nil, err
	}
	if c.Flags().Changed("seed") {
		sc.Seed = load.seed
	}
	r := &ready{}
	if sc, err = s.forecast(r, sc, ref, load); err != nil {
		return nil, err
	}
	if r.Drill, err = drill.New(sc, load.target); err != nil {
		return nil, err
	}
	r.MaxLateness = load.maxLateness
	r.Version = version()
	return r, nil
}

// open makes ready what a run needs on this machine, or says why it cannot.
func (s *session) open(c *cobra.Command, r *ready, load *loadFlags) error {
	if err := r.Fit(); err != nil {
		return err
	}
	if r.Databases = load.databases; r.Databases != "" {
		if err := os.MkdirAll(r.Databases, 0o755); err != nil {
			return fmt.Errorf("making the folder for the databases: %w", err)
		}
	}
	if load.metrics == "" {
		return nil
	}
	metrics, err := s.serveMetrics(c.Context(), load.metrics)
	r.Metrics = metrics
	return err
}

// serveMetrics serves the metrics of the engine until ctx is done.
func (s *session) serveMetrics(ctx context.Context, addr string) (*engine.Metrics, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("serving metrics: %w", err)
	}
	metrics := engine.NewMetrics()
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics.Handler())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	go server.Serve(l) // ends with the process; there is nothing to drain
	context.AfterFunc(ctx, func() { server.Close() })
	fmt.Fprintf(s.stderr, "peakday: metrics at http://%s/metrics\n", l.Addr())
	return metrics, nil
}

// forecast fills in the points of a scenario that has a history, or is given one.
func (s *session) forecast(r *ready, sc scenarios.Scenario, ref string, load *loadFlags) (scenarios.Scenario, error) {
	source := sc.Shape.Forecast
	if load.history != "" {
		source = &scenarios.Forecast{History: load.history, Quantile: 0.95}
		if sc.Shape.Forecast != nil {
			source.Quantile = sc.Shape.Forecast.Quantile
		}
	}
	if source == nil || len(sc.Shape.Points) > 0 && load.history == "" {
		return sc, nil
	}
	if load.quantile != 0 {
		if !slices.Contains(forecast.Probabilities(), load.quantile) {
			return sc, usageError(fmt.Sprintf("--quantile %g: want one of %s", load.quantile, quantiles()))
		}
		source = &scenarios.Forecast{History: source.History, Quantile: load.quantile}
	}
	h, err := openHistory(source.History, ref, s.stdin, history.Options{})
	if err != nil {
		return sc, err
	}
	look, day, err := drill.Look(h, source.Quantile)
	if err != nil {
		return sc, err
	}
	r.look, r.day = &look, &day
	sc.Shape.Forecast = source
	if sc.Shape.Compress == 0 {
		sc.Shape.Compress = 7200 // a day in twelve seconds
	}
	fmt.Fprintf(s.stderr, "peakday: forecast from %s: day of %s, peak %s/s at the %.4g %% quantile at %s, driven 1 : %s\n",
		h.Name, look.Start.Format(time.DateOnly), chart.Number(day.PeakRate), 100*day.P, clock(day.PeakAt), chart.Number(day.Scale(sc.Shape.Base)))
	return drill.Lay(sc, day), nil
}

// drive runs one variant with progress on stderr.
func (s *session) drive(ctx context.Context, r *ready, v scenarios.Variant, out io.Writer) (*result.Run, error) {
	p := newProgress(s.stderr, v.Name)
	r.Progress = p.show
	run, err := r.Run(ctx, v, out)
	p.done()
	return run, err
}

// folder makes the folder for the result and puts the forecast in it.
func (s *session) folder(r *ready, out string) (string, error) {
	if out == "" {
		out = filepath.Join("peakday-runs", time.Now().UTC().Format("20060102T150405Z")+"-"+r.Scenario.Name)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", fmt.Errorf("making the folder for the result: %w", err)
	}
	if r.look == nil {
		return out, nil
	}
	return out, writeFile(filepath.Join(out, forecastFile), func(w io.Writer) error { return printJSON(w, r.look) })
}

// A runFile is a result that is created when its first line is written, so that a run which never began leaves nothing.
// It never writes over an older one.
type runFile struct {
	name string
	file *os.File
}

// newRunFile checks that there is no result of that name yet.
func newRunFile(dir, variant string) (*runFile, error) {
	f := &runFile{name: filepath.Join(dir, variant+".run")}
	if _, err := os.Lstat(f.name); err == nil {
		return nil, f.taken()
	}
	return f, nil
}

func (f *runFile) taken() error {
	return fmt.Errorf("%s is there already; give another --out, or none", f.name)
}

// Write appends to the result.
func (f *runFile) Write(p []byte) (int, error) {
	if f.file == nil {
		file, err := os.OpenFile(f.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, os.ErrExist) {
			return 0, f.taken()
		}
		if err != nil {
			return 0, err
		}
		f.file = file
	}
	return f.file.Write(p)
}

// Close ends the result.
func (f *runFile) Close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

// dryRun says what a plan needs against what this machine has.
func (s *session) dryRun(format string, r *ready) error {
	needs := r.Plan.Needs()
	limits, err := engine.ReadLimits()
	if err != nil {
		return err
	}
	fault := limits.Fit(needs)
	if format == "json" {
		answer := struct {
			Planned     uint64  `json:"planned"`
			PeakRate    uint64  `json:"peak_per_second"`
			Sockets     int     `json:"sockets"`
			Length      float64 `json:"length"`
			Longest     float64 `json:"longest"`
			OpenFiles   uint64  `json:"limit_open_files"`
			Ports       uint64  `json:"limit_ports"`
			ArrivalHash string  `json:"arrival_hash"`
			Fits        bool    `json:"fits"`
		}{needs.Planned, needs.Peak, needs.Sockets, needs.Length.Seconds(), needs.Longest.Seconds(), limits.OpenFiles, limits.Ports, r.Plan.Hash, fault == nil}
		if err := printJSON(s.stdout, answer); err != nil {
			return err
		}
		return fault
	}
	fmt.Fprintf(s.stdout, "planned   %d requests\npeak      %d/s\nsockets   %d at most, of %d open files and %d ports\nduration  %.1fs of arrivals, %.1fs with the whole drain\narrivals  %s\n",
		needs.Planned, needs.Peak, needs.Sockets, limits.OpenFiles, limits.Ports, needs.Length.Seconds(), needs.Longest.Seconds(), r.Plan.Hash)
	for _, note := range r.Notes {
		fmt.Fprintf(s.stdout, "note      %s\n", note)
	}
	if fault == nil {
		fmt.Fprintln(s.stdout, "it fits this machine; nothing was sent")
	}
	return fault
}

func variantNames(sc scenarios.Scenario) []string {
	var names []string
	for _, v := range sc.Variants {
		names = append(names, v.Name)
	}
	return names
}
