package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/internal/drill"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/reports/chart"
	"github.com/peakday/peakday/scenarios"
)

// forecastFile is the forecast's name in the folder of a drill.
const forecastFile = "forecast.json"

func forecastCommand(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:   "forecast HISTORY",
		Short: "Forecast the peak of the coming day from a history of traffic.",
		Long: `Forecast the peak of the coming day from a history of traffic: a table with a time and a value column, a wide, long or
M4 table of several series, what Prometheus' range API answers, OpenMetrics text with stamps, or an access log; gzipped
or not; "-" for standard input, or a history of the library (worldcup98). What it is, its step and its seasons are found
and printed, and flags override them. The backtest beside it says how far to trust it.`,
		Example: `  peakday forecast worldcup98
  peakday forecast traffic.csv --time stamp --value requests --shape shape.yaml
  peakday forecast access.log --step 1h --zone Europe/Berlin --outage 2026-03-01T14:52..2026-03-03T04:36
  peakday forecast range.json --series 'http_requests_total{job="web"}' --season 24h,168h
  peakday forecast --batch M4.csv --format m4 --horizon 48 --season 24,168 --out out.csv --levels 0.025,0.975`,
	}
	var out, shape string
	var quantile, base float64
	format := formatFlag(c, "text", "json")
	options := addHistoryFlags(c)
	f := c.Flags()
	f.Float64Var(&quantile, "quantile", 0.95, "quantile of the peak whose day becomes the shape")
	f.Float64Var(&base, "base", 5, "base rate of the shape, arrivals a second at the day's median")
	f.StringVar(&shape, "shape", "", "write the day as the shape of a scenario to this file")
	f.StringVar(&out, "out", "", "write the whole forecast to this file, for peakday size; with --batch, a line a series: its id and the values")
	all := addBatchFlags(c)
	c.Args = func(c *cobra.Command, args []string) error {
		if all.file != "" {
			return exactly()(c, args)
		}
		return exactly("HISTORY")(c, args)
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := options.check(c); err != nil {
			return err
		}
		if all.file != "" {
			return all.run(c, s, options, out)
		}
		if !(base > 0) {
			return usage(c, "--base %g: want arrivals a second, more than 0", base)
		}
		if !slices.Contains(forecast.Probabilities(), quantile) {
			return usage(c, "--quantile %g: want one of %s", quantile, quantiles())
		}
		h, err := openHistory(args[0], "", s.stdin, options.Options)
		if err != nil {
			return err
		}
		if h.Series.Step == 0 {
			return usage(c, "%s has no stamps: say how long a bin is, such as --step 1h", args[0])
		}
		seasons, err := options.seasonsOf(&h.Series)
		if err != nil {
			return err
		}
		look, day, err := drill.Look(h, quantile)
		if err != nil {
			return errors.Join(append([]error{err}, warningsOf(h)...)...)
		}
		if out != "" {
			if err := writeFile(out, func(w io.Writer) error { return printJSON(w, look) }); err != nil {
				return err
			}
		}
		if shape != "" {
			if err := writeShape(shape, base, day); err != nil {
				return err
			}
		}
		if format.value == "json" {
			return printJSON(s.stdout, look)
		}
		if err := options.printHistory(s.stdout, h, seasons); err != nil {
			return err
		}
		if err := reports.WriteForecast(s.stdout, look); err != nil {
			return err
		}
		fmt.Fprintf(s.stdout, "\nThe %.4g %% day as a shape: median %s/s, peak %s/s (%s times) at %s; at a base of %g/s the scale is 1 : %s.\n",
			100*quantile, chart.Number(day.MedianRate), chart.Number(day.PeakRate), chart.Number(day.PeakRate/day.MedianRate),
			clock(day.PeakAt), base, chart.Number(day.Scale(base)))
		if shape == "" {
			fmt.Fprintln(s.stderr, "peakday: hint: --shape FILE writes it for a scenario, --out FILE writes the forecast for peakday size")
		}
		return nil
	}
	return c
}

// quantiles lists the quantiles that a forecast gives.
func quantiles() string {
	var words []string
	for _, p := range forecast.Probabilities() {
		words = append(words, fmt.Sprint(p))
	}
	return strings.Join(words, ", ")
}

// clock writes an offset in the day as hours and minutes.
func clock(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
}

// writeShape writes a day as the shape block of a scenario.
func writeShape(name string, base float64, day forecast.Day) error {
	sc := drill.Lay(scenarios.Scenario{Shape: scenarios.Shape{Base: base, Compress: 1440}}, day)
	text, err := scenarios.MarshalShape(sc.Shape)
	if err != nil {
		return err
	}
	return writeFile(name, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "# The forecast day as the shape of a scenario; phases are laid at peak_at. Start one with: peakday scenario new\n%s", text)
		return err
	})
}

// readForecast reads what --out or a drill wrote.
func readForecast(name string) (forecast.Forecast, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return forecast.Forecast{}, fmt.Errorf("reading forecast: %w", err)
	}
	var f forecast.Forecast
	if err := json.Unmarshal(data, &f); err != nil {
		return f, fmt.Errorf("reading forecast %s: %w; want what peakday forecast --out writes", name, err)
	}
	if len(f.Peaks) == 0 || len(f.PeakSample) == 0 || !(f.StepSeconds > 0) {
		return f, fmt.Errorf("reading forecast %s: it holds no peaks; want what peakday forecast --out writes", name)
	}
	return f, nil
}

// drillForecast is the forecast in the folder of a drill and the day that was driven; nil where the scenario has none.
func drillForecast(dir string, sc scenarios.Scenario) (*forecast.Forecast, *forecast.Day, error) {
	if sc.Shape.Forecast == nil {
		return nil, nil, nil
	}
	f, err := readForecast(filepath.Join(dir, forecastFile))
	if err != nil {
		return nil, nil, err
	}
	day, err := f.Day(sc.Shape.Forecast.Quantile)
	if err != nil {
		return nil, nil, err
	}
	return &f, &day, nil
}
