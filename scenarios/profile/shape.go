package profile

import (
	"fmt"
	"time"

	"github.com/peakday/peakday/scenarios"
)

// Marks are the instants of a profile that judging needs, on the clock of the run.
type Marks struct {
	PhasesFrom time.Duration // start of the first phase; 0 where there are no phases
	HoldFrom   time.Duration // the longest of the holds at the highest rate held
	HoldTo     time.Duration // its end; equal to HoldFrom where there is no hold
	PeakRate   float64       // the highest rate of the profile, arrivals per second
}

// Of builds the profile of a shape. With points and phases, the points run up to PeakAt on the compressed clock, the
// phases follow in wall time from the rate there, and the rest of the points comes after them. Before the first point its
// rate holds. Without points the first phase starts from the base rate.
//
// The shape must be valid. One that waits for its forecast, or holds no load, is an error.
func Of(s scenarios.Shape) (Profile, Marks, error) {
	if len(s.Points) == 0 && s.Forecast != nil {
		return nil, Marks{}, fmt.Errorf("shape: found a forecast from %s without its points; run `peakday forecast` and put its points in the shape, or drill, which forecasts first", s.Forecast.History)
	}
	if len(s.Points) == 0 && len(s.Phases) == 0 {
		return nil, Marks{}, fmt.Errorf("shape: found no load, want phases, points or a forecast")
	}
	before, after, rate := points(s)
	var marks Marks
	pieces := before
	for _, p := range before {
		marks.PhasesFrom += p.Length()
	}
	if len(s.Phases) == 0 {
		marks.PhasesFrom = 0
	}
	event := phases(s, rate)
	marks.HoldFrom, marks.HoldTo = hold(event, s.Phases, marks.PhasesFrom)
	pieces = append(pieces, event...)
	pieces = append(pieces, after...)
	for _, p := range pieces {
		// Every piece is monotone, so its highest rate is at one of its ends.
		marks.PeakRate = max(marks.PeakRate, p.Rate(0), p.Rate(p.Length()))
	}
	return Concat(pieces...), marks, nil
}

// Judged is the part of the run that budgets look at, on the clock of the run: the scenario's span counted from the first
// phase, or from zero where there is none, and by default to the end of the hold. It lies within the run; both are 0 where
// Of refuses the shape.
func Judged(s scenarios.Scenario) (from, to time.Duration) {
	p, marks, err := Of(s.Shape)
	if err != nil {
		return 0, 0
	}
	to = p.Length()
	switch {
	case s.Judge.To > 0:
		to = min(to, marks.PhasesFrom+s.Judge.To)
	case marks.HoldTo > marks.HoldFrom:
		to = marks.HoldTo
	}
	return min(to, marks.PhasesFrom+s.Judge.From), to
}

// points are the lines before PeakAt and after it, and the rate there.
func points(s scenarios.Shape) (before, after []Profile, rate float64) {
	if len(s.Points) == 0 {
		return nil, nil, s.Base
	}
	knots := wall(s)
	cut := compressed(s, s.PeakAt)
	rate = knots[0].rate
	for i, k := range knots[1:] {
		line := Line{knots[i].rate, k.rate, k.at - knots[i].at}
		switch {
		case k.at <= cut:
			before, rate = append(before, line), k.rate
		case knots[i].at >= cut:
			after = append(after, line)
		default:
			rate = line.Rate(cut - knots[i].at)
			before = append(before, Line{line.From, rate, cut - knots[i].at})
			after = append(after, Line{rate, line.To, k.at - cut})
		}
	}
	return before, after, rate
}

// A knot is a point on the clock of the run.
type knot struct {
	at   time.Duration
	rate float64
}

func wall(s scenarios.Shape) []knot {
	knots := make([]knot, 0, len(s.Points)+1)
	if first := s.Points[0]; first.At > 0 {
		knots = append(knots, knot{0, first.Rate.PerSecond(s.Base)})
	}
	for _, p := range s.Points {
		knots = append(knots, knot{compressed(s, p.At), p.Rate.PerSecond(s.Base)})
	}
	return knots
}

// compressed is a calendar offset on the wall clock. Offsets are compressed and not the gaps between them, so that
// rounding does not add up over a day of points.
func compressed(s scenarios.Shape, at time.Duration) time.Duration {
	if s.Compress == 0 {
		return at
	}
	return time.Duration(float64(at) / s.Compress)
}

// phases are the pieces of the event, one a phase, each from where the last ended.
func phases(s scenarios.Shape, rate float64) []Profile {
	var pieces []Profile
	for _, p := range s.Phases {
		to := p.To.PerSecond(s.Base)
		var piece Profile
		switch p.Kind {
		case scenarios.Ramp:
			piece = Line{rate, to, p.Length}
		case scenarios.Hold:
			if p.To.Value == 0 {
				to = rate
			}
			piece = Hold(to, p.Length)
		case scenarios.Decay:
			piece = Decay{rate, to, p.Half, p.Length}
		}
		rate = piece.Rate(p.Length)
		pieces = append(pieces, piece)
	}
	return pieces
}

// hold finds the longest of the holds at the highest rate held.
func hold(event []Profile, list []scenarios.Phase, at time.Duration) (from, to time.Duration) {
	highest := -1.0
	for i, piece := range event {
		rate, length := piece.Rate(0), piece.Length()
		if list[i].Kind == scenarios.Hold && (rate > highest || rate == highest && length > to-from) {
			highest, from, to = rate, at, at+length
		}
		at += length
	}
	return from, to
}
