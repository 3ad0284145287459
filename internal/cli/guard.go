package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"github.com/peakday/peakday/internal/child"
	"github.com/peakday/peakday/internal/drill"
	"github.com/peakday/peakday/sut/admission"
	"github.com/peakday/peakday/sut/gateway"
)

func guardCommand(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:   "guard",
		Short: "Put the admission layer before a service, until interrupted.",
		Long: `Put the admission layer before a service, until interrupted.

Everything can be said in a configuration file; flags override it. SIGHUP, or a POST to /admin/reload on the admin listener,
reads the file again without losing a request.`,
		Example: "  peakday guard --upstream http://127.0.0.1:8080 --addr 127.0.0.1:8000\n  peakday guard --config guard.yaml\n  peakday guard check guard.yaml",
		Args:    exactly(),
	}
	var flags guardFlags
	format := formatFlag(c, "text", "json")
	flags.add(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		config, err := flags.config(c)
		if err != nil {
			return err
		}
		config.Log = s.log
		if flags.file != "" {
			config.Source = func() (gateway.Config, error) { return flags.config(c) }
		}
		hangups := listenForHangups(true)
		defer signal.Stop(hangups)
		g, err := gateway.Start(c.Context(), config)
		if err != nil {
			return fmt.Errorf("starting the guard: %w", err)
		}
		if format.value == "json" {
			err = json.NewEncoder(s.stdout).Encode(child.Announcement{URL: g.URL(), AdminURL: g.AdminURL()})
		} else {
			_, err = fmt.Fprintf(s.stdout, "guard    %s\nadmin    %s (/ lists its pages: metrics, probes, state, decisions, reload)\nbefore   %s\n", g.URL(), g.AdminURL(), config.Upstream)
		}
		if err == nil {
			rereadUntilDone(c.Context(), g, hangups)
		}
		ctx, cancel := context.WithTimeout(context.Background(), drainTime)
		defer cancel()
		if closed := g.Close(ctx); closed != nil && err == nil {
			err = fmt.Errorf("stopping the guard: %w", closed)
		}
		return err
	}
	c.AddCommand(guardCheck(s), sweepCommand(s))
	return c
}

// rereadUntilDone has the guard read its configuration again at each SIGHUP.
func rereadUntilDone(ctx context.Context, g *gateway.Gateway, hangups <-chan os.Signal) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangups:
			_ = g.Reread() // the log says how it went
		}
	}
}

// guardFlags are what a guard is told on the command line.
type guardFlags struct {
	file, scenario, upstream string
	addr, admin, law         string
	fixed, perClient         int
	deadline                 time.Duration
}

func (f *guardFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.file, "config", "", "configuration, a file in YAML; flags override it")
	flags.StringVar(&f.upstream, "upstream", "", "base URL of the service to guard")
	flags.StringVar(&f.addr, "addr", "127.0.0.1:0", "where to listen")
	flags.StringVar(&f.admin, "admin-addr", "127.0.0.1:0", "where to listen for probes, metrics and /debug/guard")
	flags.StringVar(&f.law, "law", admission.Laws()[0], "how the limit moves: "+strings.Join(admission.Laws(), " or "))
	flags.IntVar(&f.fixed, "limit", 0, "the limit of the fixed law")
	flags.IntVar(&f.perClient, "per-client", 0, "requests that one address may have here at a time, more get 429 (default: no limit)")
	flags.DurationVar(&f.deadline, "deadline", 0, fmt.Sprintf("refuse what cannot be answered this soon (default: good_within of --scenario, else %v)", gateway.DefaultDeadline))
	flags.StringVar(&f.scenario, "scenario", "", "without --config: take deadline and classes from this scenario's requests (default classes: the bundled service's)")
}

// config is the file, or what the scenario says, under the flags that were given.
func (f *guardFlags) config(c *cobra.Command) (config gateway.Config, err error) {
	if f.file != "" && f.scenario != "" {
		return config, usage(c, "--config and --scenario both say what the routes are: want one of them")
	}
	if f.file != "" {
		config, err = readGuard(f.file)
	} else {
		err = f.routes(&config)
	}
	if err != nil {
		return config, err
	}
	given := c.Flags().Changed
	if given("upstream") {
		if config.Upstream, err = url.Parse(f.upstream); err != nil || config.Upstream.Host == "" {
			return config, usage(c, "--upstream %q: want a base URL such as http://127.0.0.1:8080", f.upstream)
		}
	}
	if config.Upstream == nil {
		return config, usage(c, "no --upstream given: want the base URL of the service, there or as upstream in the file of --config")
	}
	if given("addr") {
		config.Addr = f.addr
	}
	if given("admin-addr") {
		config.AdminAddr = f.admin
	}
	if given("law") && f.law == "fixed" && !given("limit") {
		return config, usage(c, "--law fixed needs --limit, such as --limit 24")
	}
	if given("law") {
		config.Limiter.Law, config.Limiter.Fixed = f.law, 0
	}
	if given("limit") {
		config.Limiter.Fixed = f.fixed
	}
	if given("deadline") {
		config.Deadline = f.deadline
	}
	if given("per-client") {
		config.PerClient = f.perClient
	}
	if err := config.Validate(time.Now()); err != nil {
		return config, usage(c, "%v", err)
	}
	return config, nil
}

func readGuard(file string) (gateway.Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return gateway.Config{}, err
	}
	return gateway.ReadConfig(file, bytes.NewReader(text), time.Now())
}

// routes are those of the scenario, or else of the bundled service.
func (f *guardFlags) routes(config *gateway.Config) error {
	config.Routes = drill.ServiceRoutes()
	if f.scenario == "" {
		return nil
	}
	sc, err := openScenario(f.scenario)
	if err != nil {
		return err
	}
	if len(sc.Requests) > 0 {
		config.Routes = drill.Routes(sc)
	}
	config.Deadline = sc.GoodWithin
	return nil
}

func guardCheck(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:   "check FILE",
		Short: "Report every fault of a configuration, or print it with what it leaves out filled in.",
		Long: `Report every fault of a configuration, or print it with what it leaves out filled in. The files of a certificate are
read, too. With -o json durations are numbers of seconds; byte counts end in _bytes, and shares are 0 to 1.`,
		Example: "  peakday guard check guard.yaml",
		Args:    exactly("FILE"),
	}
	format := formatFlag(c, "text", "json")
	c.RunE = func(c *cobra.Command, args []string) error {
		config, err := readGuard(args[0])
		if err != nil {
			return err
		}
		if config.TLS != (gateway.TLS{}) {
			until, err := config.TLS.Check()
			if err != nil {
				return err
			}
			fmt.Fprintf(s.stderr, "peakday: tls: the certificate and its key were read; it is good until %s\n", until.Format(time.DateOnly))
		}
		if format.value == "json" {
			return printJSON(s.stdout, config.Effective())
		}
		text, err := yaml.Marshal(config.Effective())
		if err != nil {
			return err
		}
		_, err = s.stdout.Write(text)
		return err
	}
	return c
}
