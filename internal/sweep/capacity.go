package sweep

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/peakday/peakday/engine/result"
)

// A Capacity is what the service can do without a guard.
type Capacity struct {
	Rate        float64 `json:"rate"`  // good answers a second
	Users       int     `json:"users"` // that brought it about, each waiting for answers
	Steps       []Step  `json:"steps"`
	UnloadedP50 Figure  `json:"unloaded_p50"` // at half of it
	UnloadedP99 Figure  `json:"unloaded_p99"`
	UnloadedAvg Figure  `json:"unloaded_mean"`
	Limit       int     `json:"limit"` // the fixed oracle's
	Trials      []Trial `json:"trials"`
}

// seed is how many requests are in the service at its capacity, by Little's law: where a law that learns should begin.
func (c Capacity) seed() int { return max(1, int(math.Round(c.Rate*float64(c.UnloadedAvg)))) }

// A Step is one closed loop.
type Step struct {
	Users int     `json:"users"`
	Rate  float64 `json:"rate"`
}

// A Trial is one limit that the oracle tried.
type Trial struct {
	Limit   int     `json:"limit"`
	Goodput float64 `json:"goodput"`
	P99     Figure  `json:"admitted_p99"`
}

// What is measured before the cells is as long as this, or less where storms are short. Of a closed loop the first third,
// two seconds at most, is left out: it is the beginning.
const (
	firstUsers = 8
	mostUsers  = 4096
	stepLength = 6 * time.Second
	lastLength = 14 * time.Second
	enough     = 1.1 // a step that brings less than a tenth more is the last
	restLength = 20 * time.Second
)

// measureCapacity climbs until more users bring no more, and measures there once more, for longer; then at rest.
func (s *Sweep) measureCapacity(ctx context.Context) (c Capacity, err error) {
	climb := func(users int, length time.Duration) (float64, error) {
		d, err := s.valid(ctx, drive{scenario: s.closed(users, length, calibrationSeed), variant: None()})
		if err != nil {
			return 0, fmt.Errorf("measuring the capacity with %d users: %w", users, err)
		}
		from, to := rampUp+min(2*time.Second, length/3), rampUp+length
		return float64(countGood(d.entries, from, to)) / (to - from).Seconds(), nil
	}
	best := 0.0
	for users := firstUsers; users <= mostUsers; users *= 2 {
		rate, err := climb(users, min(stepLength, s.For))
		if err != nil {
			return c, err
		}
		s.say("%d users: %.4g/s", users, rate)
		c.Steps = append(c.Steps, Step{users, rate})
		if rate == 0 || rate < enough*best {
			break
		}
		best, c.Users = rate, users
	}
	if best == 0 {
		return c, fmt.Errorf("the service gave no good answer within %v to %d users; look at it, or give it longer with --within or --for", s.Within, firstUsers)
	}
	c.Users += c.Users / 2
	if c.Rate, err = climb(c.Users, min(lastLength, 2*s.For)); err != nil {
		return c, err
	}
	rest, err := s.valid(ctx, drive{scenario: s.steady(calmShare*c.Rate, min(restLength, 2*s.For), calibrationSeed), variant: None()})
	if err != nil {
		return c, fmt.Errorf("measuring the service at rest: %w", err)
	}
	var latencies []time.Duration
	sum := time.Duration(0)
	for _, e := range rest.entries {
		if isAdmitted(e) {
			latencies = append(latencies, e.Done-e.Due)
			sum += e.Done - e.Due
		}
	}
	if len(latencies) == 0 {
		return c, fmt.Errorf("the service answered nothing at %.3g/s, half its capacity; look at it, or give it longer with --for", calmShare*c.Rate)
	}
	c.UnloadedP50, c.UnloadedP99 = quantile(latencies, 0.5), quantile(latencies, 0.99)
	c.UnloadedAvg = Figure(sum.Seconds() / float64(len(latencies)))
	s.say("capacity %.4g/s with %d users; at half of it p50 %.3g s, p99 %.3g s", c.Rate, c.Users, c.UnloadedP50, c.UnloadedP99)
	return c, nil
}

// calibrationSeed is that of everything before the cells.
const calibrationSeed = 1

func countGood(entries []result.Entry, from, to time.Duration) (n int) {
	for _, e := range entries {
		if e.Outcome == result.Good && e.Done >= from && e.Done < to {
			n++
		}
	}
	return n
}

// The oracle tries these parts of capacity × latency, at so many times the capacity.
var oracleParts = [...]float64{0.9, 1, 1.1, 1.25}

const (
	oracleMultiple = 5
	oracleLength   = 12 * time.Second
	oracleP99      = 1.3 // times the unloaded one, that a limit may cost
)

// findLimit tries fixed limits and keeps the best.
func (s *Sweep) findLimit(ctx context.Context, c *Capacity) error {
	var limits []int
	for _, part := range oracleParts {
		limits = append(limits, max(1, int(math.Round(part*c.Rate*float64(c.UnloadedAvg)))))
	}
	limits = slices.Compact(limits)
	cells := make([]Cell, len(limits))
	variants := map[string]Variant{}
	for i, limit := range limits {
		name := fmt.Sprintf("fixed %d", limit)
		cells[i] = Cell{Variant: name, Multiple: oracleMultiple, Seed: calibrationSeed, Change: 1}
		variants[name] = Variant{Name: name, Law: "fixed", Limit: limit}
	}
	if err := s.cells(ctx, cells, variants, *c, min(oracleLength, s.For)); err != nil {
		return fmt.Errorf("looking for the best fixed limit: %w", err)
	}
	for i, cell := range cells {
		if cell.Void == "" {
			c.Trials = append(c.Trials, Trial{limits[i], cell.Goodput, cell.P99})
		}
	}
	if len(c.Trials) == 0 {
		return errors.New("looking for the best fixed limit: the generator was late in every trial; leave it more of the machine, or allow more with --max-lateness")
	}
	c.Limit = bestLimit(c.Trials, oracleP99*c.UnloadedP99)
	s.say("the best fixed limit is %d", c.Limit)
	return nil
}

// within are the trials whose p99 is at most that.
func within(trials []Trial, most Figure) []Trial {
	return slices.DeleteFunc(slices.Clone(trials), func(t Trial) bool { return !(t.P99 <= most) })
}

// bestLimit is that of the trial with the most goodput among those whose p99 is within most, or among all if none is.
func bestLimit(trials []Trial, most Figure) int {
	kept := within(trials, most)
	if len(kept) == 0 {
		kept = trials
	}
	return slices.MaxFunc(kept, func(a, b Trial) int {
		switch {
		case a.Goodput < b.Goodput:
			return -1
		case a.Goodput > b.Goodput:
			return 1
		}
		return 0
	}).Limit
}
