package backtest

import (
	"fmt"
	"math"
	"time"

	"github.com/peakday/peakday/forecast/series"
)

// A Comparison is how methods did on the same windows of a history. Its JSON
// names are stable.
type Comparison struct {
	History        string    `json:"history"`
	StepSeconds    float64   `json:"step_seconds"`
	HorizonSeconds float64   `json:"horizon_seconds"`
	Seasons        []int     `json:"seasons"` // in steps, shortest first
	Origins        int       `json:"origins"` // windows
	First          time.Time `json:"first"`   // start of the first window; zero without any
	Last           time.Time `json:"last"`    // start of the last
	Methods        []Against `json:"methods"` // the one that is judged first
	Warnings       []string  `json:"warnings"`
}

// Against is a score beside those of the references.
type Against struct {
	Score
	OWA       Figure `json:"owa"`               // over Naive2
	OverNaive Figure `json:"mase_over_naive"`   // MASE over that of seasonal naive
	HeldLow   Figure `json:"bound_holds_least"` // 95 % interval of the probability that the bound holds
	HeldHigh  Figure `json:"bound_holds_most"`
}

// A Named method.
type Named struct {
	Name string
	Method
}

// PlanOf lays windows that do not overlap, each of the phase of the series' end,
// where before the first two of the longest season are known, and a horizon to
// rehearse.
func PlanOf(s series.Series, horizon, most int) Plan {
	p := Plan{Horizon: horizon, Stride: horizon, Least: 2 * horizon, Most: most}
	if n := len(s.Seasons); n > 0 {
		shortest := s.Seasons[0]
		p.Stride = (horizon + shortest - 1) / shortest * shortest
		p.Least = 2*s.Seasons[n-1] + horizon
	}
	return p
}

// Compare judges a method beside seasonal naive, for each of the series'
// seasons, and Naive2. Without seasons the last value stands for both.
func Compare(history string, s series.Series, p Plan, judged Named) (Comparison, error) {
	c := Comparison{
		History: history, StepSeconds: s.Step.Seconds(), HorizonSeconds: float64(p.Horizon) * s.Step.Seconds(),
		Seasons: append([]int{}, s.Seasons...), Methods: []Against{}, Warnings: []string{},
	}
	origins := p.Origins(s)
	switch c.Origins = len(origins); {
	case c.Origins == 0 && s.Len() >= p.Least+p.Horizon:
		c.warn("no window of %d steps was more than half observed: nothing to compare with", p.Horizon)
		return c, nil
	case c.Origins == 0:
		c.warn("%d steps of history: want %d, so that one window of %d has enough before it", s.Len(), p.Least+p.Horizon, p.Horizon)
		return c, nil
	}
	c.First, c.Last = s.At(origins[0]), s.At(origins[len(origins)-1])
	all := []Named{judged}
	for _, m := range s.Seasons {
		all = append(all, Named{"seasonal naive " + span(m, s.Step), SeasonalNaive(m, p.Horizon)})
	}
	season := 1
	if len(s.Seasons) > 0 {
		season = s.Seasons[0]
		all = append(all, Named{"Naive2", Naive2(season, p.Horizon)})
	} else {
		all = append(all, Named{"last value", SeasonalNaive(1, p.Horizon)})
	}
	for _, m := range all {
		trials, err := Roll(s, p, m.Method)
		if err != nil {
			return c, fmt.Errorf("%s: %s: %w", history, m.Name, err)
		}
		c.Methods = append(c.Methods, Against{Score: Judge(m.Name, trials, season)})
	}
	c.weigh()
	if c.Origins < enough {
		c.warn("%d windows are few: whatever they say may be chance; a longer history or a shorter horizon has more", c.Origins)
	}
	return c, nil
}

// enough windows to speak of more than chance; below it is warned.
const enough = 8

// weigh puts every method beside the references: seasonal naive of the shortest
// season is the second method, Naive2 the last.
func (c *Comparison) weigh() {
	naive, naive2 := c.Methods[1], c.Methods[len(c.Methods)-1]
	for i := range c.Methods {
		m := &c.Methods[i]
		m.OWA = Figure(OWA(float64(m.SMAPE), float64(m.MASE), float64(naive2.SMAPE), float64(naive2.MASE)))
		m.OverNaive = m.MASE / naive.MASE
		m.HeldLow, m.HeldHigh = Figure(math.NaN()), Figure(math.NaN())
		if m.Bounded > 0 {
			low, high := Share(m.Covered, m.Bounded)
			m.HeldLow, m.HeldHigh = Figure(low), Figure(high)
		}
	}
}

func (c *Comparison) warn(format string, args ...any) {
	c.Warnings = append(c.Warnings, fmt.Sprintf(format, args...))
}

// span names a season by its length.
func span(steps int, step time.Duration) string {
	if d := time.Duration(steps) * step; d > 0 && d%time.Hour == 0 {
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d steps", steps)
}
