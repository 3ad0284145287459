package drill

import (
	"fmt"
	"strings"
	"time"

	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/forecast/history"
	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/gateway"
	"github.com/peakday/peakday/sut/traffic"
)

// operations are the names of what the bundled service can do.
func operations() []string {
	var names []string
	for _, o := range traffic.Operations() {
		names = append(names, o.Name)
	}
	return names
}

// Look forecasts the day after a history and picks the day whose peak is the p quantile.
func Look(h history.History, p float64) (forecast.Forecast, forecast.Day, error) {
	fitted, err := forecast.Model{}.Fit(h)
	if err != nil {
		return forecast.Forecast{}, forecast.Day{}, err
	}
	f, err := fitted.Forecast(24*time.Hour, nil)
	if err != nil {
		return forecast.Forecast{}, forecast.Day{}, err
	}
	day, err := f.Day(p)
	return f, day, err
}

// Lay puts a forecast day under the phases of a scenario: multiples of the base rate, with the phases at its peak.
func Lay(s scenarios.Scenario, day forecast.Day) scenarios.Scenario {
	s.Shape.Points = nil
	for _, p := range day.Points {
		s.Shape.Points = append(s.Shape.Points, scenarios.Point{At: p.At, Rate: scenarios.Rate{Value: p.Times, Times: true}})
	}
	s.Shape.PeakAt = day.PeakAt
	return s
}

// serveable leaves out of the mix what the bundled service cannot do yet, and says so.
func serveable(s scenarios.Scenario) (scenarios.Scenario, []string, error) {
	kept, missing, share := scenarios.Renormalise(s.Mix, operations())
	if len(kept) == 0 {
		return s, nil, fmt.Errorf("mix %s has no operation of the bundled service; it knows %s", s.MixName, strings.Join(operations(), ", "))
	}
	if len(missing) == 0 {
		return s, nil, nil
	}
	s.Mix = kept
	note := fmt.Sprintf("mix %s without %d operations that the service does not have yet (%s); the other %d had %.1f %% of it and keep their proportions",
		s.MixName, len(missing), strings.Join(missing, ", "), len(kept), 100*share)
	return s, []string{note}, nil
}

// Check reports every fault of a scenario that can be found without running it. What the service lacks of a mix of the
// library is left out when it runs, and is no fault.
func Check(s scenarios.Scenario) error {
	known := operations()
	if len(s.Requests) > 0 || s.MixName != "" {
		known = nil
	}
	if err := s.Validate(known); err != nil {
		return err
	}
	for _, v := range s.Variants {
		if !v.Guard {
			continue
		}
		if err := guardConfig(s, gateway.Limiter{Law: v.Law, Fixed: v.Limit}).Validate(time.Now()); err != nil {
			return fmt.Errorf("scenario %s, variant %s: %w", s.Name, v.Name, err)
		}
	}
	return nil
}
