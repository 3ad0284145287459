package cli

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/series"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/reports/gate"
)

func backtestCommand(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:   "backtest HISTORY",
		Short: "Judge the forecast of a history on windows that have already happened.",
		Long: `Judge the forecast of a history on windows that have already happened: each is forecast from nothing but what came
before it and compared with what came, beside the same time a season before (seasonal naive) and Naive2, the reference
of OWA. Windows do not overlap, and each begins at the time of day at which the history ends. It ends with 4 if the
history is too short for one window. -o csv has a line a method, -o json all that was measured; go doc ./forecast/backtest
Comparison says what each name means, and null, or an empty cell, that it is not known.`,
		Example: `  peakday backtest traffic.csv
  peakday backtest traffic.csv --horizon 24h --origins 30 -o json
  peakday backtest access.log --step 1h --season 24h,168h`,
		Args: exactly("HISTORY"),
	}
	format := formatFlag(c, "text", "csv", "json")
	options := addHistoryFlags(c)
	tier := newChoice("standard", "fast")
	f := c.Flags()
	far := f.String("horizon", "48h", "how far ahead: a duration, or a number of bins such as 48")
	most := f.Int("origins", 20, "windows at most, the newest")
	f.Var(tier, "tier", "accuracy or speed")
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := options.check(c); err != nil {
			return err
		}
		ahead, err := parseHorizon(*far)
		if err != nil {
			return usage(c, "--horizon %v", err)
		}
		if *most < 1 {
			return usage(c, "--origins %d: want at least 1", *most)
		}
		model := forecast.Model{Tier: ensemble.Standard()}
		if tier.value == "fast" {
			model.Tier = ensemble.Fast()
		}
		h, fitted, err := options.fit(c, s, model, args[0], "")
		if err != nil {
			return err
		}
		steps := fitted.Steps
		horizon := steps.Bins(ahead.of(h.Series.Step))
		if horizon < 1 {
			return usage(c, "--horizon %s: want at least a step of the forecast, %v, such as --horizon 8 for eight bins", *far, steps.Step)
		}
		plan := backtest.PlanOf(steps, horizon, *most)
		show := &countdown{w: s.stderr, all: len(plan.Origins(steps)), last: time.Now()}
		compared, err := backtest.Compare(h.Name, steps, plan, backtest.Named{Name: "peakday, " + tier.value, Method: show.each(func(known series.Series) (ensemble.Forecast, error) {
			if err := c.Context().Err(); err != nil {
				return ensemble.Forecast{}, err
			}
			return ensemble.New(known.Values, ensemble.Options{Horizon: horizon, Seasons: known.Seasons, Levels: []float64{0.025, 0.95, 0.975}, Tier: model.Tier})
		})})
		show.done()
		if err != nil && c.Context().Err() != nil {
			fmt.Fprintln(s.stderr, "peakday: interrupted: nothing was judged")
			return verdict(gate.ExitInconclusive)
		}
		if err != nil {
			return err
		}
		compared.Warnings = append(compared.Warnings, fitted.Warnings...)
		switch format.value {
		case "json":
			err = printJSON(s.stdout, compared)
		case "csv":
			err = writeComparison(s.stdout, compared)
		default:
			err = reports.WriteBacktest(s.stdout, fitted.History, compared)
		}
		if err != nil {
			return err
		}
		if compared.Origins == 0 {
			fmt.Fprintf(s.stderr, "peakday: %s\n", compared.Warnings[0])
			return verdict(gate.ExitInconclusive)
		}
		return nil
	}
	return c
}

// writeComparison writes a line a method; what is not known is an empty cell.
func writeComparison(w io.Writer, c backtest.Comparison) error {
	out := csv.NewWriter(w)
	out.Write([]string{"method", "origins", "smape", "mase", "mase_over_naive", "owa", "wape", "coverage", "coverage_wide", "msis", "pinball",
		"peak_ape_mean", "peak_ape_median", "peak_hour_within_1h", "bounded", "covered", "bound_holds_least", "bound_holds_most", "headroom"})
	cell := func(f backtest.Figure) string {
		if !f.Known() {
			return ""
		}
		return strconv.FormatFloat(float64(f), 'g', 8, 64)
	}
	for _, m := range c.Methods {
		line := []string{m.Method, strconv.Itoa(m.Origins), cell(m.SMAPE), cell(m.MASE), cell(m.OverNaive), cell(m.OWA), cell(m.WAPE), "", "", "", "",
			cell(m.PeakAPEMean), cell(m.PeakAPEMedian), cell(m.PeakHourWithin), strconv.Itoa(m.Bounded), strconv.Itoa(m.Covered), cell(m.HeldLow), cell(m.HeldHigh), ""}
		if q := m.Spread; q != nil {
			copy(line[7:], []string{cell(q.Coverage.Mean), cell(q.Coverage.Wide), cell(q.MSIS), cell(q.Pinball)})
		}
		if m.Bounded > 0 {
			line[len(line)-1] = cell(m.Headroom)
		}
		out.Write(line)
	}
	out.Flush()
	return out.Error()
}

// A countdown shows how many windows were forecast: one line that is written
// over on a terminal, a plain line every five seconds elsewhere.
type countdown struct {
	w          io.Writer
	last       time.Time
	seen, all  int
	overwrites bool
}

// each shows every call of a method.
func (p *countdown) each(method backtest.Method) backtest.Method {
	p.overwrites = isTerminal(p.w)
	return func(known series.Series) (ensemble.Forecast, error) {
		p.seen++
		switch now := time.Now(); {
		case p.overwrites:
			fmt.Fprintf(p.w, "\r\x1b[Kwindow %d of %d", p.seen, p.all)
		case now.Sub(p.last) >= pipedEvery:
			p.last = now
			fmt.Fprintf(p.w, "window %d of %d\n", p.seen, p.all)
		}
		return method(known)
	}
}

func (p *countdown) done() {
	if p.overwrites {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
