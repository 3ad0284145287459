package engine

import (
	"math"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/profile"
)

func TestSteepestIsTheLargestRiseWithinASecond(t *testing.T) {
	times := func(x float64) scenarios.Rate { return scenarios.Rate{Value: x, Times: true} }
	hold := func(length time.Duration, x float64) scenarios.Phase {
		return scenarios.Phase{Kind: scenarios.Hold, Length: length, To: times(x)}
	}
	ramp := func(length time.Duration, x float64) scenarios.Phase {
		return scenarios.Phase{Kind: scenarios.Ramp, Length: length, To: times(x)}
	}
	const ms, s = time.Millisecond, time.Second
	for _, test := range []struct {
		name   string
		phases []scenarios.Phase // of 10/s
		want   float64
		at     time.Duration
	}{
		{"a constant rate rises from nothing at its start", []scenarios.Phase{hold(5*s, 1)}, 10, 0},
		{"a plan of less than a second", []scenarios.Phase{hold(200*ms, 3)}, 30, 0},
		{"a burst in the first second, over when it ends", []scenarios.Phase{hold(200*ms, 1), hold(300*ms, 100), hold(3*s, 1)}, 1000, 0},
		{"a burst later", []scenarios.Phase{hold(3*s, 1), hold(300*ms, 100), hold(3*s, 1)}, 990, 3*s - 1},
		{"a burst of 3 ms between two looks", []scenarios.Phase{hold(3*s+2*ms, 1), hold(3*ms, 100), hold(3*s, 1)}, 990, 3*s + 2*ms - 1},
		{"a burst that ends the plan", []scenarios.Phase{hold(3*s, 1), hold(time.Microsecond, 50)}, 490, 3*s - 1},
		{"a ramp of 100/s a second", []scenarios.Phase{hold(3*s, 1), ramp(5*s, 51), hold(s, 51)}, 100, 3 * s},
		{"a ramp of half a second, off the looks", []scenarios.Phase{hold(3*s+5*ms, 1), ramp(500*ms, 51), ramp(500*ms, 1), hold(s, 1)}, 500, 3*s + 5*ms},
		{"steps of a second each are not added up", []scenarios.Phase{hold(2*s, 1), hold(s, 11), hold(s, 21)}, 100, 2*s - 1},
		{"steps of less than a second are", []scenarios.Phase{hold(2*s, 1), hold(900*ms, 11), hold(s, 21)}, 200, 2*s - 1},
		{"the low comes before the high", []scenarios.Phase{hold(2*s, 50), hold(2*s, 1)}, 500, 0},
	} {
		shape := scenarios.Shape{Base: 10, Phases: test.phases}
		curve, marks, err := profile.Of(shape)
		if err != nil {
			t.Fatal(err)
		}
		p := &Plan{Scenario: scenarios.Scenario{Shape: shape}, Curve: curve, Marks: marks}
		rise, at := p.Steepest()
		if math.Abs(rise-test.want) > 1e-4 || (at-test.at).Abs() > 10*ms {
			t.Errorf("%s: %v/s from %v on, want %v/s from %v", test.name, rise, at, test.want, test.at)
		}
	}
}

func TestSteepestSeesAPointOfACompressedDay(t *testing.T) {
	point := func(at time.Duration, x float64) scenarios.Point {
		return scenarios.Point{At: at, Rate: scenarios.Rate{Value: x, Times: true}}
	}
	const m = time.Minute // of 12 ms: the peak is between two looks
	shape := scenarios.Shape{Base: 10, Compress: 5000, Points: []scenarios.Point{
		point(0, 1), point(1000*m, 1), point(1000*m+20*time.Second, 100), point(1000*m+40*time.Second, 1), point(2000*m, 1)}}
	curve, marks, err := profile.Of(shape)
	if err != nil {
		t.Fatal(err)
	}
	p := &Plan{Scenario: scenarios.Scenario{Shape: shape}, Curve: curve, Marks: marks}
	if rise, at := p.Steepest(); math.Abs(rise-990) > 1 || (at-12*time.Second).Abs() > time.Second {
		t.Errorf("%v/s from %v on, want 990/s from 12s", rise, at)
	}
}
