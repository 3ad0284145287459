package cli

import (
	"cmp"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/peakday/peakday/internal/drill"
	"github.com/peakday/peakday/reports/gate"
	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/container"
	"github.com/peakday/peakday/sut/gateway"
)

// drainTime is how long a serving command lets requests under way finish after it was told to stop.
const drainTime = 5 * time.Second

func sutCommand(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:   "sut",
		Short: "Serve the reference social-insurance service, until interrupted.",
		Long: `Serve the reference social-insurance service, until interrupted.

It keeps its database in a temporary file unless --db names one. --store postgres finds or starts a PostgreSQL: in Docker
where there is one, else from the machine's own programs. --cpus and --memory run the service, and a PostgreSQL that it
starts, in containers under these limits each, so that a drill measures a system of a known size.`,
		Example: "  peakday sut\n  peakday sut --profile legacy-2018 --db service.db\n  peakday sut --store postgres --cpus 1 --memory 512MB",
		Args:    exactly(),
	}
	var flags sutFlags
	format := formatFlag(c, "text", "json")
	flags.add(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		config, limits, err := flags.config(c)
		if err != nil {
			return err
		}
		config.Log = s.log
		if config.Guard != nil {
			config.Guard.Log = s.log
		}
		hangups := listenForHangups(config.Guard != nil)
		defer signal.Stop(hangups)
		var service serving
		if limits.Set() {
			service, err = contained(c.Context(), s, config, limits, flags.inside(c))
		} else {
			service, err = alone(c.Context(), config)
		}
		if err != nil {
			return fmt.Errorf("starting the service: %w", err)
		}
		if config.Guard != nil {
			service.guard = fmt.Sprintf("on, mode %s, by %s; SIGHUP reads it again", config.Guard.Effective().Mode, flags.guard)
			if ignored := config.Guard.StartOnly(); len(ignored) > 0 {
				fmt.Fprintf(s.stderr, "peakday: %s: a guard inside a service does not look at %s: the service has flags for these\n", flags.guard, strings.Join(ignored, ", "))
			}
		}
		if err = service.announce(s, format.value); err == nil {
			err = service.wait(c.Context(), hangups)
		}
		if closed := service.close(); closed != nil && err == nil {
			err = fmt.Errorf("stopping the service: %w", closed)
		}
		return err
	}
	c.AddCommand(sutCheck(s), sutAudit(s), sutReset(s))
	return c
}

// sutFlags are the flags of a service.
type sutFlags struct {
	sut.Config
	siteFlags
	profile string
	guard   string
	workers int
	hold    time.Duration
	spread  float64
	queue   int
}

func (f *sutFlags) add(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.Addr, "addr", "127.0.0.1:0", "where to listen")
	flags.StringVar(&f.AdminAddr, "admin-addr", "127.0.0.1:0", "where to listen for probes and metrics")
	flags.StringVar(&f.DB, "db", "", "database: a file, or postgres://…, which "+sut.DatabaseVariable+" can say too (default: a temporary one, removed at the end)")
	flags.StringVar(&f.TLS.Cert, "tls-cert", "", "serve HTTPS with this certificate, a file in PEM (default: plain HTTP)")
	flags.StringVar(&f.TLS.Key, "tls-key", "", "key of the certificate, a file in PEM")
	flags.StringVar(&f.TLS.ClientCA, "client-ca", "", "who issues certificates to hospitals and banks, a file in PEM: they may show one instead of signing")
	flags.StringVar(&f.Keys, "keys", "", "key file (default: beside the database)")
	flags.BoolVar(&f.Heavy, "heavy-reports", false, "serve the statistic that scans every contribution: a bottleneck on purpose")
	flags.StringVar(&f.profile, "profile", "modern", "worker pool: modern or legacy-2018")
	flags.IntVar(&f.workers, "workers", 0, "workers of the pool (default: as the profile says)")
	flags.DurationVar(&f.hold, "hold", 0, "least time a request holds a worker: workers / hold is the capacity (default: as the profile says)")
	flags.Float64Var(&f.spread, "hold-spread", 0, "scatter the holds log-normally around that mean: the standard deviation of their logarithm, 0 to 2 (default: each is the same)")
	flags.IntVar(&f.queue, "queue", 0, "requests that wait for a worker, more are refused (default: as the profile says)")
	flags.IntVar(&f.People, "people", sut.DefaultPeople, "size of the synthetic population")
	flags.Uint64Var(&f.Seed, "seed", 1, "seed of the population and of the keys")
	flags.StringVar(&f.guard, "guard", "", "put the admission layer inside the service, by this configuration of a guard (go doc ./sut/gateway): before its routes, and before its database")
	f.siteFlags.add(c)
}

// config is what the flags ask for.
func (f *sutFlags) config(c *cobra.Command) (config sut.Config, limits container.Limits, err error) {
	if config.Profile, err = sut.ProfileByName(f.profile); err != nil {
		return config, limits, usage(c, "--profile: %v", err)
	}
	profile := config.Profile
	config = f.Config
	config.Profile = profile
	site, err := f.service(c)
	if err != nil {
		return config, limits, err
	}
	config.Store, limits = site.Store, site.Limits
	if site.Pool != "" {
		config.Pool, _ = sut.ParsePool(site.Pool) // it was looked at
	}
	switch {
	case f.workers < 0:
		return config, limits, usage(c, "--workers %d: want at least 1", f.workers)
	case f.workers > 0:
		config.Profile.Workers = f.workers
	}
	switch {
	case f.hold < 0:
		return config, limits, usage(c, "--hold %v: want 0 or more", f.hold)
	case c.Flags().Changed("hold"):
		config.Profile.Hold = f.hold
	}
	if !(f.spread >= 0 && f.spread <= 2) {
		return config, limits, usage(c, "--hold-spread %v: want 0 to 2", f.spread)
	}
	config.Profile.Spread = f.spread
	switch {
	case f.queue < 0:
		return config, limits, usage(c, "--queue %d: want 0 or more", f.queue)
	case c.Flags().Changed("queue"):
		config.Profile.Queue = f.queue
	}
	if f.People < 1 {
		return config, limits, usage(c, "--people %d: want at least 1", f.People)
	}
	config.DB = cmp.Or(f.DB, os.Getenv(sut.DatabaseVariable))
	if limits.Set() && config.DB != "" && !sut.IsDSN(config.DB) {
		return config, limits, usage(c, "--db %s: a container keeps its own files; want none, or postgres://…", config.DB)
	}
	if f.guard != "" && limits.Set() {
		return config, limits, usage(c, "--guard %s: a container does not see the file; put peakday guard before it instead", f.guard)
	}
	if f.guard != "" {
		if config.Guard, err = f.protection(); err != nil {
			return config, limits, err
		}
	}
	return config, limits, nil
}

// protection is the configuration of the guard; without routes of its own it has the service's.
func (f *sutFlags) protection() (*gateway.Config, error) {
	read := func() (gateway.Config, error) {
		config, err := readGuard(f.guard)
		if len(config.Routes) == 0 {
			config.Routes = drill.ServiceRoutes()
		}
		return config, err
	}
	config, err := read()
	config.Source = read
	return &config, err
}

// inside are the flags that a service in a container is given again.
func (f *sutFlags) inside(c *cobra.Command) (args []string) {
	c.Flags().Visit(func(flag *pflag.Flag) {
		switch flag.Name {
		case "cpus", "memory", "store", "db", "keys", "format":
		default:
			args = append(args, "--"+flag.Name+"="+flag.Value.String())
		}
	})
	return args
}

func sutCheck(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:     "check DB",
		Short:   "Prove that a service's database keeps its promises: the invariants I1 to I11 and I13 to I16.",
		Example: "  peakday sut check service.db\n  peakday sut check postgres://user@host/name",
		Args:    exactly("DB"),
	}
	format := formatFlag(c, "text", "json")
	c.RunE = func(c *cobra.Command, args []string) error {
		report, err := sut.Check(c.Context(), args[0])
		if err != nil {
			return err
		}
		if format.value == "json" {
			err = printJSON(s.stdout, report)
		} else {
			hold, idle := 0, 0
			for _, f := range report.Findings {
				fmt.Fprintln(s.stdout, f)
				if f.OK {
					hold++
				}
				if f.Checked == 0 {
					idle++
				}
			}
			fmt.Fprintf(s.stdout, "%d of %d hold; %d of them had nothing to look at\n", hold, len(report.Findings), idle)
		}
		if err == nil && !report.Sound {
			return verdict(gate.ExitFail)
		}
		return err
	}
	return c
}

func sutReset(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:     "reset DB",
		Short:   "Remove the database of a service that does not run, to start over. Its keys stay.",
		Example: "  peakday sut reset service.db --yes",
		Args:    exactly("DB"),
	}
	yes := c.Flags().Bool("yes", false, "really do it")
	c.RunE = func(c *cobra.Command, args []string) error {
		if !*yes {
			return usage(c, "everything in %s would be lost: say --yes", args[0])
		}
		removed, err := sut.Reset(c.Context(), args[0])
		for _, name := range removed {
			fmt.Fprintf(s.stdout, "removed %s\n", name)
		}
		return err
	}
	return c
}
