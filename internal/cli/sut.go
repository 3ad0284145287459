package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/internal/drill"
	"github.com/peakday/peakday/reports/gate"
	"github.com/peakday/peakday/sut"
)

// drainTime is how long a serving command lets requests under way finish after it was told to stop.
const drainTime = 5 * time.Second

func sutCommand(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:     "sut",
		Short:   "Serve the reference social-insurance service, until interrupted.",
		Example: "  peakday sut\n  peakday sut --profile legacy-2018 --db service.db",
		Args:    exactly(),
	}
	var config sut.Config
	var profile string
	var workers int
	var hold time.Duration
	format := formatFlag(c, "text", "json")
	f := c.Flags()
	f.StringVar(&config.Addr, "addr", "127.0.0.1:0", "where to listen")
	f.StringVar(&config.AdminAddr, "admin-addr", "127.0.0.1:0", "where to listen for probes and metrics")
	f.StringVar(&config.DB, "db", "", "database file (default: a temporary one, removed at the end)")
	f.StringVar(&profile, "profile", "modern", "worker pool: modern or legacy-2018")
	f.IntVar(&workers, "workers", 0, "workers of the pool (default: as the profile says)")
	f.DurationVar(&hold, "hold", 0, "least time a request holds a worker: workers / hold is the capacity (default: as the profile says)")
	f.IntVar(&config.People, "people", sut.DefaultPeople, "size of the synthetic population")
	f.Uint64Var(&config.Seed, "seed", 1, "seed of the population and of the keys")
	c.RunE = func(c *cobra.Command, _ []string) error {
		var err error
		if config.Profile, err = sut.ProfileByName(profile); err != nil {
			return usage(c, "--profile: %v", err)
		}
		switch {
		case workers < 0:
			return usage(c, "--workers %d: want at least 1", workers)
		case workers > 0:
			config.Profile.Workers = workers
		}
		switch {
		case hold < 0:
			return usage(c, "--hold %v: want 0 or more", hold)
		case c.Flags().Changed("hold"):
			config.Profile.Hold = hold
		}
		if config.People < 1 {
			return usage(c, "--people %d: want at least 1", config.People)
		}
		config.Log = s.log
		service, err := sut.Start(c.Context(), config)
		if err != nil {
			return fmt.Errorf("starting the service: %w", err)
		}
		if format.value == "json" {
			err = json.NewEncoder(s.stdout).Encode(struct {
				drill.Announcement
				Demo sut.Demo `json:"demo"`
			}{drill.Announcement{URL: service.URL(), AdminURL: service.AdminURL()}, service.Demo()})
		} else {
			demo := service.Demo()
			_, err = fmt.Fprintf(s.stdout, "service  %s\nadmin    %s (/metrics, /livez, /readyz, /version)\ncitizen  id_no %s, pin %s (made up)\ntry      %s\n",
				service.URL(), service.AdminURL(), demo.IDNo, demo.PIN, demo.Curl)
		}
		if err == nil {
			<-c.Context().Done()
		}
		ctx, cancel := context.WithTimeout(context.Background(), drainTime)
		defer cancel()
		if closed := service.Close(ctx); closed != nil && err == nil {
			err = fmt.Errorf("stopping the service: %w", closed)
		}
		return err
	}
	c.AddCommand(sutCheck(s), sutAudit(s), sutReset(s))
	return c
}

func sutCheck(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:     "check DB",
		Short:   "Prove that the ledger of a database balances.",
		Example: "  peakday sut check service.db",
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
			for _, f := range report.Findings {
				fmt.Fprintln(s.stdout, f)
			}
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
