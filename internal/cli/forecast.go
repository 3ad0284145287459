package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/series"
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
		Short: "Forecast the peak to come from a history of traffic, and how sure it is.",
		Long: `Forecast the peak to come from a history of traffic: a table with a time and a value column, a wide, long or M4 table of
several series, what Prometheus' range API answers, OpenMetrics text with stamps, or an access log; gzipped or not; "-"
for standard input, or a history of the library (worldcup98). What it is, its step and its seasons are found and printed,
and flags override them. Of bins shorter than a quarter of an hour the highest in each quarter is forecast.

-o csv has a line a step: when it begins, what is expected, and each quantile, in counts a bin of the history. -o json and
--out have all that is known, under stable names, which go doc ./forecast Forecast explains.

--batch forecasts every series of a file alone and writes a line each, in the order of the input: the id as read and the
values, empty where a series cannot be forecast; the command then fails, but does the others. An interrupted batch leaves
no file. Bins are forecast as they are, however short, and hours counted evenly where the clocks of --zone change. m4 and
Prometheus files are read series by series; other tables, and OpenMetrics, are held in memory whole.`,
		Example: `  peakday forecast worldcup98
  peakday forecast traffic.csv --horizon 48h --html forecast.html --scenario day.yaml
  peakday forecast traffic.csv --time stamp --value requests --quantiles 0.5,0.95,0.999 -o csv
  peakday forecast access.log --step 1h --zone Europe/Berlin --outage 2026-03-01T14:52..2026-03-03T04:36
  curl -s "$PROMETHEUS/api/v1/query_range?..." | peakday forecast - --measure rate
  peakday forecast range.json --series 'http_requests_total{job="web"}' --season 24h,168h
  peakday forecast --batch M4.csv --format m4 --horizon 48 --season 24,168 --out out.csv --levels 0.025,0.975`,
	}
	var ask asked
	format := formatFlag(c, "text", "csv", "json")
	options := addHistoryFlags(c)
	ask.addFlags(c)
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
		if err := ask.check(c); err != nil {
			return err
		}
		if err := all.misplaced(c); err != nil {
			return err
		}
		if all.file != "" {
			return all.run(c, s, options, ask.ahead, ask.out)
		}
		h, fitted, err := options.fit(c, s, forecast.Model{}, args[0], "")
		if err != nil {
			return err
		}
		look, err := fitted.Forecast(ask.ahead.of(h.Series.Step), ask.levels)
		if err != nil {
			return err
		}
		if err := ask.writeFiles(look, fitted.Steps); err != nil {
			return err
		}
		switch format.value {
		case "json":
			return printJSON(s.stdout, look)
		case "csv":
			for _, w := range look.Warnings {
				fmt.Fprintf(s.stderr, "peakday: %s\n", reports.Harmless(w))
			}
			return writePaths(s.stdout, look)
		}
		if err := reports.WriteForecast(s.stdout, look); err != nil {
			return err
		}
		if ask.scenario == "" && ask.html == "" {
			fmt.Fprintln(s.stderr, "peakday: hint: --html FILE draws it, --scenario FILE writes it as a scenario to drive, --out FILE for peakday size")
		}
		return nil
	}
	return c
}

// asked is what is wanted of a forecast.
type asked struct {
	horizon                  string
	quantiles                []string
	quantile, base           float64
	out, html, png, scenario string

	ahead  horizon
	levels []float64
}

func (a *asked) addFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&a.horizon, "horizon", "48h", "how far ahead: a duration, or a number of bins such as 48")
	f.StringSliceVar(&a.quantiles, "quantiles", usualQuantiles(), "quantiles of the peak and of each step")
	f.StringVar(&a.html, "html", "", "draw history, forecast and the distribution of the peak on a page")
	f.StringVar(&a.png, "png", "", "draw the same as a picture")
	f.StringVar(&a.scenario, "scenario", "", "write the forecast as a scenario that peakday run drives")
	f.Float64Var(&a.quantile, "quantile", 0.95, "quantile of the peak that the scenario reaches, one of --quantiles")
	f.Float64Var(&a.base, "base", 5, "base rate of the scenario, arrivals a second at the median")
	f.StringVar(&a.out, "out", "", "write the whole forecast to this file, for peakday size; with --batch, a line a series: its id and the values, \"-\" for standard output")
}

func (a *asked) check(c *cobra.Command) (err error) {
	if a.ahead, err = parseHorizon(a.horizon); err != nil {
		return usage(c, "--horizon %v", err)
	}
	if a.levels, err = probabilities(a.quantiles); err != nil {
		return usage(c, "--quantiles %v", err)
	}
	if !(a.base > 0) {
		return usage(c, "--base %g: want arrivals a second, more than 0", a.base)
	}
	if a.scenario != "" && !slices.Contains(a.levels, a.quantile) {
		return usage(c, "--quantile %g: want one of %s, or more --quantiles", a.quantile, strings.Join(a.quantiles, ", "))
	}
	return nil
}

// writeFiles writes what was asked for beside the answer.
func (a *asked) writeFiles(look forecast.Forecast, steps series.Series) error {
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{a.out, func(w io.Writer) error { return printJSON(w, look) }},
		{a.html, func(w io.Writer) error {
			doc := reports.Forecast(look, steps)
			doc.Machine.Version = version()
			return reports.Write(w, "html", doc)
		}},
		{a.png, func(w io.Writer) error { return reports.WriteForecastPNG(w, look, steps) }},
		{a.scenario, func(w io.Writer) error { return a.writeScenario(w, look) }},
	} {
		if file.name != "" {
			if err := writeFile(file.name, file.write); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeScenario writes the forecast at a quantile of its peak as a scenario of the bundled service, a day a minute.
func (a *asked) writeScenario(w io.Writer, look forecast.Forecast) error {
	day, err := look.Day(a.quantile)
	if err != nil {
		return err
	}
	sc := drill.Lay(scenarios.Scenario{Shape: scenarios.Shape{Base: a.base, Compress: 1440}}, day)
	for i, p := range sc.Shape.Points {
		sc.Shape.Points[i].Rate.Value = math.Round(1e4*p.Rate.Value) / 1e4 // for who reads it
	}
	shape, err := scenarios.MarshalShape(sc.Shape)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, `# What peakday forecast from %q: the time from %s on whose peak is the %s quantile, a day a minute.
# 1x is its median, %s/s in reality, so that one request stands for %s. The peak is %s times as high.
# For a service of your own write requests in place of the mix, as peakday scenario new shows.
name: forecast
title: What was forecast
seed: 1
mix: R
%s`,
		look.History.Name, look.Start.Format(time.RFC3339), chart.Percent(a.quantile),
		chart.Number(day.MedianRate), chart.Number(day.Scale(a.base)), chart.Number(day.PeakRate/day.MedianRate), shape)
	return err
}

// writePaths writes every step: when it begins, what is expected, and each quantile.
func writePaths(w io.Writer, f forecast.Forecast) error {
	rows := csv.NewWriter(w)
	head := []string{"time", "expected"}
	for _, path := range f.Paths {
		head = append(head, fmt.Sprint(path.P))
	}
	rows.Write(head) // errors stay until Flush
	for i, v := range f.Point {
		row := []string{f.At(i).Format(time.RFC3339), number(v)}
		for _, path := range f.Paths {
			row = append(row, number(path.Values[i]))
		}
		rows.Write(row)
	}
	rows.Flush()
	return rows.Error()
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 8, 64) }

// clock writes an offset in the day as hours and minutes.
func clock(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
}

// usualQuantiles are those of a forecast that is asked for no others, and of a drill's.
func usualQuantiles() []string {
	var words []string
	for _, p := range forecast.Quantiles() {
		words = append(words, fmt.Sprint(p))
	}
	return words
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
	if len(f.Peaks) == 0 || len(f.PeakSample) == 0 || !(f.History.BinSeconds > 0) {
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
