package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/engine"
	"github.com/peakday/peakday/engine/result"
)

func addDryRunFlag(c *cobra.Command) *bool {
	return c.Flags().Bool("dry-run", false, "say what would be sent and whether this machine can, and send nothing")
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
			Users       int     `json:"users"`
			Sockets     int     `json:"sockets"`
			Length      float64 `json:"length"`
			Longest     float64 `json:"longest"`
			OpenFiles   uint64  `json:"limit_open_files"`
			Ports       uint64  `json:"limit_ports"`
			ArrivalHash string  `json:"arrival_hash"`
			Fits        bool    `json:"fits"`
		}{needs.Planned, needs.Peak, needs.Users, needs.Sockets, needs.Length.Seconds(), needs.Longest.Seconds(), limits.OpenFiles, limits.Ports, r.Plan.Hash, fault == nil}
		if err := printJSON(s.stdout, answer); err != nil {
			return err
		}
		return fault
	}
	guard := ""
	if needs.Guarded {
		guard = " (twice that in the guard)"
	}
	planned := fmt.Sprintf("planned   %d requests\npeak      %d/s", needs.Planned, needs.Peak)
	switch {
	case needs.Users > 0:
		planned = fmt.Sprintf("planned   as many requests as are answered\nusers     %d at most", needs.Users)
	case r.Plan.Model() == result.PartlyOpen:
		planned = fmt.Sprintf("planned   %d sessions and requests, later steps not counted\npeak      %d/s", needs.Planned, needs.Peak)
	}
	fmt.Fprintf(s.stdout, "%s\nsockets   %d at most%s, of %d open files and %d ports\nduration  %.1fs of arrivals, %.1fs with the whole drain\narrivals  %s\n",
		planned, needs.Sockets, guard, limits.OpenFiles, limits.Ports, needs.Length.Seconds(), needs.Longest.Seconds(), r.Plan.Hash)
	for _, note := range r.Notes {
		fmt.Fprintf(s.stdout, "note      %s\n", note)
	}
	if fault == nil {
		fmt.Fprintln(s.stdout, "it fits this machine; nothing was sent. What rate this machine can offer is what peakday selftest measures")
	}
	return fault
}
