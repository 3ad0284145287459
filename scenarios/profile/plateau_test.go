package profile_test

import (
	"slices"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios/profile"
	"pgregory.net/rapid"
)

func TestPlateaus(t *testing.T) {
	const s = time.Second
	hold := profile.Hold
	tests := []struct {
		name string
		of   profile.Profile
		want []profile.Plateau
	}{
		{"a hold is one", hold(5, 10*s), []profile.Plateau{{From: 0, To: 10 * s, Rate: 5}}},
		{"nothing is none", hold(0, 10*s), nil},
		{"a ramp is none", profile.Line{From: 0, To: 5, For: s}, nil},
		{"steps are one each", profile.Concat(hold(5, s), hold(10, s)), []profile.Plateau{{From: 0, To: s, Rate: 5}, {From: s, To: 2 * s, Rate: 10}}},
		{"a step to the same rate goes on", profile.Concat(hold(5, s), hold(5, s)), []profile.Plateau{{From: 0, To: 2 * s, Rate: 5}}},
		{"a hold between ramps", profile.Concat(profile.Line{From: 0, To: 5, For: s}, hold(5, 3*s), profile.Decay{From: 5, To: 1, Half: s, For: s}),
			[]profile.Plateau{{From: s, To: 4 * s, Rate: 5}}},
		{"a campaign on a constant day is a step", profile.Sum{hold(5, 10*s), hold(100, 2*s)},
			[]profile.Plateau{{From: 0, To: 2 * s, Rate: 105}, {From: 2 * s, To: 10 * s, Rate: 5}}},
		{"a sum is not constant where one of its parts is not", profile.Sum{hold(5, 3*s), profile.Concat(hold(1, s), profile.Line{From: 0, To: 5, For: s})},
			[]profile.Plateau{{From: 0, To: s, Rate: 6}, {From: 2 * s, To: 3 * s, Rate: 5}}},
		{"a sum of nothing", profile.Sum{}, nil},
	}
	for _, test := range tests {
		if got := profile.Plateaus(test.of); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// The rate inside a plateau is its rate, and plateaus are in order and apart or different.
func TestTheRateOfAPlateauIsConstant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := randomProfile(2).Draw(t, "profile")
		last := profile.Plateau{}
		for _, one := range profile.Plateaus(p) {
			if one.From < last.To || one.From == last.To && one.Rate == last.Rate || one.To <= one.From || one.Rate <= 0 {
				t.Fatalf("%+v after %+v", one, last)
			}
			last = one
			at := one.From + time.Duration(rapid.Int64Range(1, int64(one.To-one.From)).Draw(t, "at")) - 1
			if got := p.Rate(at); at > one.From && !near(got, one.Rate) {
				t.Fatalf("Rate(%s) is %v inside %+v", at, got, one)
			}
		}
	})
}

func near(a, b float64) bool { return a-b <= 1e-9*b && b-a <= 1e-9*b }

// randomProfile draws any profile of the package, sums and sequences of sums included.
func randomProfile(depth int) *rapid.Generator[profile.Profile] {
	return rapid.Custom(func(t *rapid.T) profile.Profile {
		rate := rapid.OneOf(rapid.Just(0.0), rapid.Just(5.0), rapid.Float64Range(0, 2000))
		length := rapid.OneOf(rapid.Just(time.Second), rapid.Custom(func(t *rapid.T) time.Duration {
			return time.Duration(rapid.Int64Range(1, int64(20*time.Second)).Draw(t, "ns"))
		}))
		most := 4
		if depth == 0 {
			most = 2
		}
		switch rapid.IntRange(0, most).Draw(t, "kind") {
		case 0:
			return profile.Hold(rate.Draw(t, "rate"), length.Draw(t, "length"))
		case 1:
			return profile.Line{From: rate.Draw(t, "from"), To: rate.Draw(t, "to"), For: length.Draw(t, "length")}
		case 2:
			return profile.Decay{From: rate.Draw(t, "from"), To: rate.Draw(t, "to"), Half: length.Draw(t, "half"), For: length.Draw(t, "length")}
		case 3:
			return profile.Concat(rapid.SliceOfN(randomProfile(depth-1), 0, 4).Draw(t, "pieces")...)
		}
		return profile.Sum(rapid.SliceOfN(randomProfile(depth-1), 0, 3).Draw(t, "parts"))
	})
}

func TestCountOfAnyProfileNeverFallsAndNearIsNear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := randomProfile(2).Draw(t, "profile")
		at := time.Duration(rapid.Int64Range(0, int64(p.Length())+1).Draw(t, "at"))
		step := time.Duration(rapid.Int64Range(0, 5000).Draw(t, "step"))
		if a, b := p.Count(at), p.Count(at+step); b < a || a < 0 || b > p.Count(p.Length()) {
			t.Fatalf("Count(%d) = %v, Count(%d) = %v, the total %v", at, a, at+step, b, p.Count(p.Length()))
		}
		solver, ok := p.(interface {
			Near(float64) (time.Duration, bool)
		})
		if !ok {
			return
		}
		level := rapid.Float64Range(0, 1).Draw(t, "share") * p.Count(p.Length())
		if got, ok := solver.Near(level); ok {
			// 1e-9 of the total is what rounding may take; 1 µs more than covers the nearest nanosecond.
			slack := 1e-9 * (1 + p.Count(p.Length()))
			if p.Count(got+time.Microsecond) < level-slack || p.Count(got-time.Microsecond) > level+slack {
				t.Fatalf("Near(%v) = %d, where Count is %v", level, got, p.Count(got))
			}
		}
	})
}
