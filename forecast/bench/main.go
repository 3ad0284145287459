package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/peakday/peakday/forecast/ensemble"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	choose := flags.Bool("choose", false, "learn the knots of the quantiles from the series that choose")
	only := flags.String("tier", "", "fast or standard; both without")
	if err := flags.Parse(args); err != nil {
		return err
	}
	folder := os.Getenv("PEAKDAY_DATA")
	if folder == "" {
		return fmt.Errorf("PEAKDAY_DATA is not set: want the folder that holds m4_hourly/Hourly-train.csv")
	}
	all, err := read(filepath.Join(folder, "m4_hourly", "Hourly-train.csv"))
	if err != nil {
		return err
	}
	for _, tier := range []ensemble.Tier{ensemble.Fast(), ensemble.Standard()} {
		if *only != "" && *only != tier.Name {
			continue
		}
		start := time.Now()
		cases, err := forecastAll(all, *choose, tier)
		if err != nil {
			return err
		}
		each := time.Since(start).Seconds() / float64(len(cases))
		if *choose {
			learn(stdout, tier.Name, cases)
			continue
		}
		table(stdout, tier.Name, cases, each)
		if err := traffic(stdout, folder, tier); err != nil {
			return err
		}
	}
	return nil
}
