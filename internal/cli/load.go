package cli

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/engine"
	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/internal/drill"
	"github.com/peakday/peakday/reports/chart"
	"github.com/peakday/peakday/scenarios"
)

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
	results     bool
	converged   float64
	site        siteFlags
	ceiling     ceilingFlags
	connect     connectFlags
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
	f.Float64Var(&l.converged, "until-converged", 0, "end the last plateau once the 95 % interval of its p99 is so narrow: 0.05 means ± 5 % (default: drive it whole)")
	f.BoolVar(&l.results, "results", true, "keep every attempt in VARIANT.results, for peakday encode")
	l.site.add(c)
	l.ceiling.add(c)
	l.connect.add(c)
	return &l
}

// A ready is a drill with what it was forecast from.
type ready struct {
	*drill.Drill
	look *forecast.Forecast // nil when the scenario has no history
	day  *forecast.Day
}

// prepare opens, forecasts, lays and plans a scenario; nothing is sent, opened or written.
// Targets, where given, stand in the place of a scenario.
func (s *session) prepare(c *cobra.Command, ref string, load *loadFlags, judge *judgeFlags, targets *targetFlags) (*ready, error) {
	if load.maxLateness <= 0 {
		return nil, usage(c, "--max-lateness %v: want more than 0", load.maxLateness)
	}
	if c.Flags().Changed("until-converged") && !(load.converged > 0 && load.converged < 1) {
		return nil, usage(c, "--until-converged %v: want a share such as 0.05", load.converged)
	}
	var sc scenarios.Scenario
	var err error
	if targets.given() {
		if sc, load.target, err = targets.scenario(c, load.target); err != nil {
			return nil, err
		}
	}
	if load.target != "" {
		if u, err := url.Parse(load.target); !strings.Contains(load.target, "@") && (err != nil || u.Host == "") {
			return nil, usage(c, "--target %q: want a base URL such as http://127.0.0.1:8080", load.target)
		}
	}
	connections, err := load.connect.options(c, load)
	if err != nil {
		return nil, err
	}
	if load.target != "" {
		if err := engine.CheckTarget(c.Context(), connections, load.allow); err != nil {
			return nil, err
		}
	}
	if !targets.given() {
		if sc, err = openScenario(ref); err != nil {
			return nil, err
		}
	}
	if sc, err = load.connect.apply(c, sc); err != nil {
		return nil, err
	}
	if sc, err = judge.apply(c, sc); err != nil {
		return nil, err
	}
	if err := drill.Check(sc); err != nil {
		return nil, targets.name(err)
	}
	if len(sc.Requests) > 0 && load.target == "" {
		return nil, usage(c, "%s has requests of its own, which the bundled service does not know: give --target URL", ref)
	}
	if c.Flags().Changed("seed") {
		sc.Seed = load.seed
	}
	r := &ready{}
	if sc, err = s.forecast(r, sc, ref, load); err != nil {
		return nil, err
	}
	if r.Drill, err = drill.New(c.Context(), sc, load.target, drill.Beside(ref)); err != nil {
		return nil, targets.name(err)
	}
	if err := load.connect.configure(r.Drill, connections); err != nil {
		return nil, err
	}
	if err := load.ceiling.check(c, r.Plan); err != nil {
		return nil, err
	}
	if r.Service, err = load.site.service(c); err != nil {
		return nil, err
	}
	r.MaxLateness = load.maxLateness
	r.UntilConverged = load.converged
	r.Abandon = s.abandon
	r.Version = version()
	return r, nil
}

// open makes ready what a run needs on this machine, or says why it cannot.
func (s *session) open(c *cobra.Command, r *ready, load *loadFlags) error {
	if err := r.Fit(); err != nil {
		return err
	}
	if err := reach(c.Context(), r.Connections); err != nil {
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

// reach connects once to where a target, if there is one, is connected to and sends nothing, so that a whole drill is not
// spent on a service that is not there.
func reach(ctx context.Context, o driver.Options) error {
	if o.Target == "" {
		return nil
	}
	address := engine.Address(o)
	dialer := net.Dialer{Timeout: 5 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("target %s cannot be reached: %w; start the service first", o.Target, err)
	}
	return conn.Close()
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
		if !slices.Contains(forecast.Quantiles(), load.quantile) {
			return sc, usageError(fmt.Sprintf("--quantile %g: want one of %s", load.quantile, strings.Join(usualQuantiles(), ", ")))
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
