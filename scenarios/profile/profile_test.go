package profile_test

import (
	"math"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/profile"
	"pgregory.net/rapid"
)

// every is all profiles that the package makes, with the edges of each.
func every(t *testing.T) map[string]profile.Profile {
	ofShape := func(s scenarios.Shape) profile.Profile {
		p, _, err := profile.Of(s)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	return map[string]profile.Profile{
		"hold":                           profile.Hold(20, 10*time.Second),
		"hold of nothing":                profile.Hold(0, 10*time.Second),
		"ramp up from zero":              profile.Line{From: 0, To: 1500, For: 5 * time.Second},
		"ramp down to zero":              profile.Line{From: 1500, To: 0, For: 5 * time.Second},
		"ramp between near rates":        profile.Line{From: 1e-9, To: 2e-9, For: time.Hour},
		"ramp of a nanosecond":           profile.Line{From: 1, To: 1000, For: time.Nanosecond},
		"decay to a rate":                profile.Decay{From: 1500, To: 5, Half: 2 * time.Second, For: 6 * time.Second},
		"decay to zero":                  profile.Decay{From: 1500, To: 0, Half: time.Second, For: time.Minute},
		"decay upwards from zero":        profile.Decay{From: 0, To: 100, Half: 10 * time.Second, For: 20 * time.Second},
		"decay much slower than its end": profile.Decay{From: 0, To: 100, Half: 1000 * time.Hour, For: time.Second},
		"decay between near rates":       profile.Decay{From: 5, To: 5.000001, Half: time.Second, For: 10 * time.Second},
		"sequence of nothing":            profile.Concat(),
		"sequence with jumps":            profile.Concat(profile.Hold(5, time.Second), profile.Hold(0, time.Second), profile.Hold(100, time.Second)),
		"sum of a day and a spike":       profile.Sum{profile.Hold(5, 10*time.Second), profile.Concat(profile.Line{From: 0, To: 100, For: time.Second}, profile.Decay{From: 100, Half: time.Second, For: 5 * time.Second})},
		"sum of nothing":                 profile.Sum{},
		"points":                         ofShape(scenarios.Shape{Base: 20, Compress: 5400, Points: day()}),
		"points and phases":              ofShape(reform()),
	}
}

// The oracle is the trapezium rule on steps so fine that its error is under the tolerance; jumps cost one step each.
func TestCountIsTheIntegralOfRate(t *testing.T) {
	for name, p := range every(t) {
		t.Run(name, func(t *testing.T) {
			const steps = 200_000
			length := p.Length()
			sum, last, highest := 0.0, time.Duration(0), 0.0
			for i := 1; i <= steps; i++ {
				now := time.Duration(float64(length) * float64(i) / steps)
				a, b := p.Rate(last), p.Rate(now)
				sum += (a + b) / 2 * (now - last).Seconds()
				highest = max(highest, a, b)
				last = now
				if i%1000 == 0 {
					tolerance := 1e-7*sum + jumps(name)*highest*length.Seconds()/steps
					if got := p.Count(now); math.Abs(got-sum) > tolerance {
						t.Fatalf("Count(%s) = %v, the sum of Rate is %v", now, got, sum)
					}
				}
			}
		})
	}
}

func jumps(name string) float64 {
	return map[string]float64{"sequence with jumps": 2, "sum of a day and a spike": 1, "points and phases": 1}[name]
}

func TestCountStartsAtZeroNeverFallsAndStaysAtTheTotal(t *testing.T) {
	for name, p := range every(t) {
		t.Run(name, func(t *testing.T) {
			length := p.Length()
			total := p.Count(length)
			if p.Count(0) != 0 || p.Count(-time.Second) != 0 {
				t.Errorf("Count before the start: %v, %v", p.Count(-time.Second), p.Count(0))
			}
			if after := p.Count(length + time.Hour); after != total {
				t.Errorf("Count after the end is %v, the total %v", after, total)
			}
			if p.Rate(-1) != 0 || p.Rate(length+1) != 0 {
				t.Errorf("Rate outside: %v, %v", p.Rate(-1), p.Rate(length+1))
			}
			last := 0.0
			for i := range 100_000 {
				now := time.Duration(float64(length) * float64(i) / 100_000)
				if c := p.Count(now); c < last {
					t.Fatalf("Count falls from %v to %v at %s", last, c, now)
				} else {
					last = c
				}
			}
			if last > total {
				t.Errorf("Count passes its total: %v > %v", last, total)
			}
		})
	}
}

// Near the end of a ramp to zero the count moves by less than its rounding; there too it must not fall.
func TestCountNeverFallsFromOneNanosecondToTheNext(t *testing.T) {
	for name, p := range every(t) {
		for _, from := range []time.Duration{0, p.Length() / 2, p.Length() - 5000} {
			last := p.Count(from)
			for now := from; now <= from+5000; now++ {
				c := p.Count(now)
				if c < last {
					t.Errorf("%s: Count falls from %v to %v at %d ns", name, last, c, now)
					break
				}
				last = c
			}
		}
	}
}

func TestClosedForms(t *testing.T) {
	tests := []struct {
		name      string
		got, want float64
	}{
		{"a hold is rate times length", profile.Hold(1500, 24*time.Second).Count(time.Hour), 36_000},
		{"a ramp is its mean rate times its length", profile.Line{From: 5, To: 1500, For: 5 * time.Second}.Count(time.Hour), 3762.5},
		{"half of the distance is left after a half-life", profile.Decay{From: 100, To: 20, Half: time.Second, For: time.Minute}.Rate(time.Second), 60},
		{"a decay to zero without end is From times Half over ln 2", profile.Decay{From: 100, Half: time.Second, For: time.Hour}.Count(time.Hour), 100 / math.Ln2},
		// ∫ of 100 (1 - 2^(-t)) over 2 s: 200 - 75 / ln 2.
		{"a rise towards a rate", profile.Decay{To: 100, Half: time.Second, For: time.Hour}.Count(2 * time.Second), 200 - 75/math.Ln2},
		// For x = t / τ → 0 the rise is To τ (x² / 2 - x³ / 6) = 100 s (x / 2) (1 - x / 3) at t = 1 s.
		{"the first moment of a slow rise", profile.Decay{To: 100, Half: 1000 * time.Hour, For: time.Second}.Count(time.Second), 50 * math.Ln2 / 3.6e6 * (1 - math.Ln2/3.6e6/3)},
	}
	for _, test := range tests {
		if math.Abs(test.got-test.want) > 1e-9*test.want {
			t.Errorf("%s: got %v, want %v", test.name, test.got, test.want)
		}
	}
}

func TestOfLaysThePhasesAtThePeakOfTheDay(t *testing.T) {
	p, marks, err := profile.Of(reform())
	if err != nil {
		t.Fatal(err)
	}
	s := time.Second
	if want := (profile.Marks{PhasesFrom: 10500 * time.Millisecond, HoldFrom: 15500 * time.Millisecond, HoldTo: 39500 * time.Millisecond, PeakRate: 1500}); marks != want {
		t.Errorf("marks: got %+v, want %+v", marks, want)
	}
	if want := 12*s + 5*s + 24*s + 6*s; p.Length() != want {
		t.Errorf("length: got %s, want %s", p.Length(), want)
	}
	rates := []struct {
		name string
		at   time.Duration
		want float64
	}{
		{"the day begins at its first point", 0, 5},
		{"the points run on the compressed clock", 4 * s, 15},
		{"the ramp starts from the rate of the day", marks.PhasesFrom, 12.5},
		{"half of the ramp", marks.PhasesFrom + 2500*time.Millisecond, (12.5 + 1500) / 2},
		{"the hold", marks.HoldFrom + s, 1500},
		{"the decay after a half-life", marks.HoldTo + 2*s, 5 + 1495./2},
		{"the day goes on after the event", marks.HoldTo + 6*s, 12.5},
		{"the day ends at its last point", p.Length(), 5},
	}
	for _, r := range rates {
		if got := p.Rate(r.at); math.Abs(got-r.want) > 1e-6 {
			t.Errorf("%s: Rate(%s) = %v, want %v", r.name, r.at, got, r.want)
		}
	}
}

func TestOfWithoutPointsStartsFromTheBase(t *testing.T) {
	p, marks, err := profile.Of(scenarios.Shape{Base: 5, Phases: []scenarios.Phase{
		{Kind: scenarios.Hold, Length: time.Minute},
		{Kind: scenarios.Ramp, Length: time.Second, To: scenarios.Rate{Value: 10, Times: true}},
		{Kind: scenarios.Hold, Length: 2 * time.Second},
		{Kind: scenarios.Hold, Length: 3 * time.Second},
		{Kind: scenarios.Hold, Length: 4 * time.Second, To: scenarios.Rate{Value: 1}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if p.Rate(time.Second) != 5 || p.Rate(62*time.Second) != 50 || p.Rate(70*time.Second) != 1 {
		t.Errorf("rates: %v, %v, %v", p.Rate(time.Second), p.Rate(62*time.Second), p.Rate(70*time.Second))
	}
	if marks.HoldFrom != 63*time.Second || marks.HoldTo != 66*time.Second {
		t.Errorf("the hold that counts is the longest at the highest rate held: got %s to %s", marks.HoldFrom, marks.HoldTo)
	}
}

func TestOfRefusesAShapeWithoutLoad(t *testing.T) {
	for name, s := range map[string]scenarios.Shape{
		"nothing":                          {Base: 5},
		"a forecast that was not made yet": {Base: 5, Forecast: &scenarios.Forecast{History: "h"}, Phases: reform().Phases},
	} {
		if _, _, err := profile.Of(s); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestJudgedCountsFromTheFirstPhase(t *testing.T) {
	s := time.Second
	tests := []struct {
		name     string
		shape    scenarios.Shape
		judge    scenarios.Span
		from, to time.Duration
	}{
		{"to the end of the hold by default", reform(), scenarios.Span{From: 10 * s}, 20500 * time.Millisecond, 39500 * time.Millisecond},
		{"to a given instant", reform(), scenarios.Span{From: 1 * s, To: 2 * s}, 11500 * time.Millisecond, 12500 * time.Millisecond},
		{"never past the end of the run", reform(), scenarios.Span{To: time.Hour}, 10500 * time.Millisecond, 47 * s},
		{"a day without phases is judged whole", scenarios.Shape{Base: 20, Compress: 5400, Points: day()}, scenarios.Span{}, 0, 16 * s},
		{"a shape without load has nothing to judge", scenarios.Shape{Base: 20}, scenarios.Span{}, 0, 0},
	}
	for _, test := range tests {
		from, to := profile.Judged(scenarios.Scenario{Shape: test.shape, Judge: test.judge})
		if from != test.from || to != test.to {
			t.Errorf("%s: got %s to %s, want %s to %s", test.name, from, to, test.from, test.to)
		}
	}
}

// Where the phases are laid does not change how many arrivals the points bring.
func TestCuttingTheDayKeepsItsCount(t *testing.T) {
	whole, _, err := profile.Of(scenarios.Shape{Base: 20, Compress: 144, Points: day()})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		peak := time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "peak"))
		hold := scenarios.Phase{Kind: scenarios.Hold, Length: time.Second, To: scenarios.Rate{Value: 1}}
		p, marks, err := profile.Of(scenarios.Shape{Base: 20, Compress: 144, Points: day(), PeakAt: peak, Phases: []scenarios.Phase{hold}})
		if err != nil {
			t.Fatal(err)
		}
		want := whole.Count(whole.Length()) + 1
		if got := p.Count(p.Length()); math.Abs(got-want) > 1e-6 {
			t.Errorf("peak at %s: got %v, want %v", peak, got, want)
		}
		if p.Length() != whole.Length()+time.Second || marks.PhasesFrom > whole.Length() {
			t.Errorf("peak at %s: length %s, phases from %s", peak, p.Length(), marks.PhasesFrom)
		}
	})
}

func day() []scenarios.Point {
	times := func(v float64) scenarios.Rate { return scenarios.Rate{Value: v, Times: true} }
	return []scenarios.Point{{At: 0, Rate: times(1)}, {At: 8 * time.Hour, Rate: times(3)}, {At: 18 * time.Hour, Rate: times(4)}, {At: 24 * time.Hour, Rate: times(1)}}
}

// reform is reform-day-300x with a day as a forecast gives it.
func reform() scenarios.Shape {
	return scenarios.Shape{
		Base: 5, Compress: 7200, Points: day(), PeakAt: 21 * time.Hour,
		Phases: []scenarios.Phase{
			{Kind: scenarios.Ramp, Length: 5 * time.Second, To: scenarios.Rate{Value: 300, Times: true}},
			{Kind: scenarios.Hold, Length: 24 * time.Second},
			{Kind: scenarios.Decay, Length: 6 * time.Second, Half: 2 * time.Second, To: scenarios.Rate{Value: 1, Times: true}},
		},
	}
}
