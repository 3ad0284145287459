package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/internal/child"
	"github.com/peakday/peakday/internal/drill"
	"github.com/peakday/peakday/sut/admission"
	"github.com/peakday/peakday/sut/gateway"
)

func guardCommand(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:     "guard",
		Short:   "Put the admission layer before a service, until interrupted.",
		Example: "  peakday guard --upstream http://127.0.0.1:8080 --addr 127.0.0.1:8000\n  peakday guard --upstream http://127.0.0.1:8080 --scenario my.yaml",
		Args:    exactly(),
	}
	var config gateway.Config
	var upstream, scenario string
	format := formatFlag(c, "text", "json")
	f := c.Flags()
	f.StringVar(&upstream, "upstream", "", "base URL of the service to guard")
	f.StringVar(&config.Addr, "addr", "127.0.0.1:0", "where to listen")
	f.StringVar(&config.AdminAddr, "admin-addr", "127.0.0.1:0", "where to listen for probes, metrics and /debug/guard")
	f.StringVar(&config.Law, "law", admission.Laws()[0], "how the limit moves: "+strings.Join(admission.Laws(), " or "))
	f.IntVar(&config.FixedLimit, "limit", 0, "the limit of the fixed law")
	f.IntVar(&config.PerClient, "per-client", 0, "requests that one address may have here at a time, more get 429 (default: no limit)")
	f.DurationVar(&config.Deadline, "deadline", 0, fmt.Sprintf("refuse what cannot be answered this soon (default: good_within of --scenario, else %v)", gateway.DefaultDeadline))
	f.StringVar(&scenario, "scenario", "", "take deadline and classes from this scenario's requests (default classes: the bundled service's)")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if upstream == "" {
			return usage(c, "no --upstream given")
		}
		var err error
		if config.Upstream, err = url.Parse(upstream); err != nil || config.Upstream.Host == "" {
			return usage(c, "--upstream %q: want a base URL such as http://127.0.0.1:8080", upstream)
		}
		if !slices.Contains(admission.Laws(), config.Law) {
			return usage(c, "--law %q: want %s", config.Law, strings.Join(admission.Laws(), " or "))
		}
		if fixed := config.Law == "fixed"; fixed != (config.FixedLimit != 0) || config.FixedLimit < 0 {
			return usage(c, "--law %s --limit %d: want a limit of 1 or more with the fixed law, and with no other", config.Law, config.FixedLimit)
		}
		if config.PerClient < 0 {
			return usage(c, "--per-client %d: want 1 or more, or 0 for no limit", config.PerClient)
		}
		config.Routes = drill.ServiceRoutes()
		if scenario != "" {
			sc, err := openScenario(scenario)
			if err != nil {
				return err
			}
			if len(sc.Requests) > 0 {
				config.Routes = drill.Routes(sc)
			}
			if config.Deadline == 0 {
				config.Deadline = sc.GoodWithin
			}
		}
		config.Log = s.log
		g, err := gateway.Start(c.Context(), config)
		if err != nil {
			return fmt.Errorf("starting the guard: %w", err)
		}
		if format.value == "json" {
			err = json.NewEncoder(s.stdout).Encode(child.Announcement{URL: g.URL(), AdminURL: g.AdminURL()})
		} else {
			_, err = fmt.Fprintf(s.stdout, "guard    %s\nadmin    %s (/metrics, /livez, /readyz, /debug/guard)\nbefore   %s\n", g.URL(), g.AdminURL(), upstream)
		}
		if err == nil {
			<-c.Context().Done()
		}
		ctx, cancel := context.WithTimeout(context.Background(), drainTime)
		defer cancel()
		if closed := g.Close(ctx); closed != nil && err == nil {
			err = fmt.Errorf("stopping the guard: %w", closed)
		}
		return err
	}
	c.AddCommand(sweepCommand(s))
	return c
}
