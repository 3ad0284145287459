package selftest

import (
	"context"
	"fmt"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/reports"
	"github.com/peakday/peakday/reports/chart"
	"github.com/peakday/peakday/scenarios"
)

// climb offers one rate after the other until one is missed twice: the machine may have done something else the first time.
func (t *test) climb(ctx context.Context, d driver.Driver, precision time.Duration) error {
	ladder := Ladder{Driver: d.Name(), Precision: reports.Number(precision.Seconds()), Limit: reports.Number(quiet.Seconds())}
	for _, rate := range t.size.rates {
		t.say("%s: %s requests a second, %v, %s", d.Name(), chart.Number(rate), t.size.rung, wakes(ladder.Precision))
		var rung Rung
		for range 2 {
			var err error
			if rung, err = t.rung(ctx, d, rate, precision); err != nil {
				return fmt.Errorf("%s/s over %s: %w", chart.Number(rate), d.Name(), err)
			}
			if rung.Kept {
				break
			}
		}
		ladder.Rungs = append(ladder.Rungs, rung)
		if !rung.Kept {
			break
		}
		ladder.Offers = rung.Rate
	}
	t.report.Ladders = append(t.report.Ladders, ladder)
	return nil
}

// rung offers one rate.
func (t *test) rung(ctx context.Context, d driver.Driver, rate float64, precision time.Duration) (Rung, error) {
	s, err := t.server.shoot(ctx, load{rate: rate, length: t.size.rung, arrivals: scenarios.Even, inFlight: 1000, precision: precision, alike: true}, d)
	if err != nil {
		return Rung{}, err
	}
	late, end := &s.run.Lateness, s.run.End
	return Rung{
		Rate: reports.Number(rate), Planned: end.Planned, Sent: end.Sent,
		LatenessP50:   reports.Number(late.Quantile(0.5).Seconds()),
		LatenessP99:   reports.Number(late.Quantile(0.99).Seconds()),
		LatenessP999:  reports.Number(late.Quantile(0.999).Seconds()),
		CPUPerRequest: reports.Number(end.Processes[0].CPUSeconds / float64(max(1, end.Sent))),
		Kept:          end.Sent == end.Planned && late.Quantile(0.99) <= quiet,
	}, nil
}

// sentence is what the ladder shows.
func (l Ladder) sentence() string {
	how := "over " + l.Driver
	if l.Precision > 0 {
		how += " at --precision " + seconds(l.Precision)
	}
	if l.Offers == 0 {
		return fmt.Sprintf("%s not even %s/s with lateness p99 ≤ %s", how, chart.Number(float64(l.Rungs[0].Rate)), seconds(l.Limit))
	}
	if last := l.Rungs[len(l.Rungs)-1]; last.Kept {
		return fmt.Sprintf("%s at least %s/s, the highest rate tried, with lateness p99 %s", how, chart.Number(float64(l.Offers)), seconds(last.LatenessP99))
	}
	kept := l.Rungs[len(l.Rungs)-2]
	return fmt.Sprintf("%s up to %s/s with lateness p99 %s", how, chart.Number(float64(l.Offers)), seconds(kept.LatenessP99))
}
