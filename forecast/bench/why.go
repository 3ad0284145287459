package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/peakday/peakday/forecast/backtest"
	"github.com/peakday/peakday/forecast/ensemble"
	"github.com/peakday/peakday/forecast/series"
)

// A window of traffic: how its forecast did, that of the same hour of the day
// before, and that of the member of the tier that proved the best in it.
type window struct {
	source            string
	said, naive, best backtest.Score
}

// What the day before came to in the windows that the goals were set on. How those
// were placed is not known: evenly spaced ones that begin at midnight do not give
// these figures.
const (
	setMASE, setWorldCup = 1.295, 1.241
	setPeak              = 17.0 // percent, median
)

// why says what the windows come to without those that are hardest, and why the
// goals would be missed: what nobody could know is no matter of the method.
func why(w io.Writer, all []window) string {
	every := func(string) bool { return true }
	cup := func(source string) bool { return source == "World Cup 98" }
	others := func(source string) bool { return !cup(source) }
	calm := func(source string) bool { return !strings.HasPrefix(source, "Twitter") }
	fmt.Fprint(w, "Without the windows of World Cup 98, whose matches no history foretells, and of Twitter's volume, whose peaks jump, the tier above comes to this, beside the same hour of the day before and the member of the tier that proved the best, window by window.\n\n"+
		"| windows | | MASE | of the day before | of the best member | peak off, median | of the day before |\n|---|---|---|---|---|---|---|\n")
	for _, row := range []struct {
		name string
		of   func(source string) bool
	}{
		{"all", every}, {"without World Cup 98", others}, {"without Twitter's", calm},
		{"without both", func(source string) bool { return others(source) && calm(source) }},
	} {
		said, naive, best := split(all, row.of)
		fmt.Fprintf(w, "| %s | %d | %s | %s | %s | %.1f %% | %.1f %% |\n", row.name, len(said), cell("%.3f", of(said, mase), 1), cell("%.3f", of(naive, mase), 1), cell("%.3f", of(best, mase), 1),
			100*median(said, peakError), 100*median(naive, peakError))
	}
	_, naive, best := split(all, every)
	_, ofCup, _ := split(all, cup)
	rest, _, _ := split(all, others)
	return fmt.Sprintf("its windows are harder than those that the goals were set on, whose places are not known. The same hour of the day before has a MASE of %.3f in them, of %.3f in those of World Cup 98, and is off by %.1f %% in the peak; "+
		"there it had %.3f, %.3f and %.1f %%. Who knew beforehand which member would prove the best in each window would have %.3f. Without World Cup 98 the forecast has %.3f and is off by %.1f %%.",
		of(naive, mase).Mean, of(ofCup, mase).Mean, 100*median(naive, peakError), setMASE, setWorldCup, setPeak, of(best, mase).Mean, of(rest, mase).Mean, 100*median(rest, peakError))
}

func split(all []window, of func(source string) bool) (said, naive, best []backtest.Score) {
	for _, w := range all {
		if of(w.source) {
			said, naive, best = append(said, w.said), append(naive, w.naive), append(best, w.best)
		}
	}
	return said, naive, best
}

// inHindsight is the score with the least MASE that a member has alone, window by window.
func inHindsight(hourly series.Series, windows int, tier ensemble.Tier) (best []backtest.Score, err error) {
	for _, m := range tier.Members {
		alone := ensemble.Tier{Members: []ensemble.Member{m}, Power: tier.Power}
		scores, err := inWindows(hourly, windows, func(known series.Series) (ensemble.Forecast, error) {
			return ensemble.New(known.Values, ensemble.Options{Horizon: horizon, Seasons: []int{day, week}, Tier: alone})
		})
		if err != nil {
			return nil, err
		}
		if best == nil {
			best = scores
		}
		for i, s := range scores {
			if s.MASE < best[i].MASE {
				best[i] = s
			}
		}
	}
	return best, nil
}
