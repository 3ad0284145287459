package pace

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios/profile"
	"pgregory.net/rapid"
)

// randomShape draws holds, ramps from and to zero, steps, spikes with a half-life, days of points, and sums of them: up to
// some 20,000 arrivals.
func randomShape() *rapid.Generator[Curve] {
	return rapid.Custom(func(t *rapid.T) Curve {
		piece := rapid.Custom(func(t *rapid.T) profile.Profile {
			rate := rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0, 10), rapid.Float64Range(0, 500))
			length := time.Duration(rapid.Int64Range(1, int64(5*time.Second)).Draw(t, "length"))
			from, to := rate.Draw(t, "from"), rate.Draw(t, "to")
			switch rapid.SampledFrom([]string{"hold", "ramp", "decay"}).Draw(t, "kind") {
			case "hold":
				return profile.Hold(from, length)
			case "ramp":
				return profile.Line{From: from, To: to, For: length}
			}
			half := time.Duration(rapid.Int64Range(int64(time.Millisecond), int64(time.Minute)).Draw(t, "half"))
			return profile.Decay{From: from, To: to, Half: half, For: length}
		})
		sequence := profile.Concat(rapid.SliceOfN(piece, 0, 6).Draw(t, "pieces")...)
		if !rapid.Bool().Draw(t, "alone") {
			return profile.Sum{sequence, profile.Concat(rapid.SliceOfN(piece, 0, 3).Draw(t, "campaign")...)}
		}
		return sequence
	})
}

func TestEvenKeepsTheIntegralOfAnyShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := randomShape().Draw(t, "shape")
		dues := all(Even(c))
		if total := c.Count(c.Length()); math.Abs(float64(len(dues))-total) > 0.5+1e-9*total {
			t.Fatalf("%d arrivals, the integral is %v", len(dues), total)
		}
		if !slices.IsSorted(dues) {
			t.Fatal("due instants fall")
		}
		// In any stretch of time, and so in every second, the count is within one of the integral.
		from := time.Duration(rapid.Int64Range(0, int64(c.Length())).Draw(t, "from"))
		for end := from + time.Second; from <= c.Length(); from, end = end, end+time.Second {
			in := func(d time.Duration) int { i, _ := slices.BinarySearch(dues, d); return i }
			plan := c.Count(end) - c.Count(from)
			if got := float64(in(end) - in(from)); math.Abs(got-plan) > 1+1e-6 {
				t.Fatalf("from %v to %v: %v arrivals, plan %v", from, end, got, plan)
			}
		}
		// No burst: before its due instant the curve has not earned an arrival yet.
		for k, due := range dues {
			if due > 0 && due < c.Length() && (c.Count(due-1) >= half(uint64(k)) || c.Count(due) < half(uint64(k))) {
				t.Fatalf("arrival %d at %d ns: Count %v before and %v there, want the first at %v", k, due, c.Count(due-1), c.Count(due), half(uint64(k)))
			}
		}
	})
}

// Near is for speed alone: without it every arrival must fall on the same nanosecond.
func TestNearChangesNothing(t *testing.T) {
	type plain struct{ Curve } // hides Near
	rapid.Check(t, func(t *rapid.T) {
		c := randomShape().Draw(t, "shape")
		if got, want := all(Even(c)), all(Even(plain{c})); !slices.Equal(got, want) {
			t.Fatalf("with Near %v, without %v", got, want)
		}
	})
}

func TestOneLoopOrEightGiveTheSameArrivals(t *testing.T) {
	recording := []time.Duration{0, 0, 3, 5, 5, 8, 13, 21, 34}
	rapid.Check(t, func(t *rapid.T) {
		c := randomShape().Draw(t, "shape")
		seed := rapid.Uint64().Draw(t, "seed")
		loops := uint64(rapid.IntRange(1, 9).Draw(t, "loops"))
		for kind, schedule := range map[string]func() *Schedule{
			"even":    func() *Schedule { return Even(c) },
			"poisson": func() *Schedule { return Poisson(c, rand.New(rand.NewPCG(seed, 1))) },
			"replay":  func() *Schedule { s, _ := Replay(recording); return s },
		} {
			whole := all(schedule())
			stripes := make([]time.Duration, len(whole))
			for i := range loops {
				s := schedule()
				s.Skip(i)
				for seq := i; ; seq += loops {
					due, ok := s.Next()
					if !ok {
						break
					}
					stripes[seq] = due
					s.Skip(loops - 1)
				}
			}
			if !slices.Equal(whole, stripes) {
				t.Fatalf("%s in %d stripes: %v, whole %v", kind, loops, stripes, whole)
			}
		}
	})
}

func TestPoissonKeepsTheTotalOfAnyShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := randomShape().Draw(t, "shape")
		dues := all(Poisson(c, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))))
		if uint64(len(dues)) != Total(c) || !slices.IsSorted(dues) {
			t.Fatalf("%d arrivals, sorted %v; want %d", len(dues), slices.IsSorted(dues), Total(c))
		}
	})
}

// Seen on the clock that runs at the rate of the curve, Poisson arrivals are uniform, and the gaps between them are
// exponential with mean one. Each seed has a chance of 1 % to be refused by a test that should accept it.
func TestPoissonPassesAndersonDarling(t *testing.T) {
	for name, c := range map[string]Curve{
		"a constant rate":                 profile.Hold(300, 10*time.Second),
		"a ramp from zero":                profile.Line{To: 600, For: 10 * time.Second},
		"a spike that decays to a hold":   profile.Concat(profile.Hold(5, 5*time.Second), profile.Line{From: 5, To: 1500, For: time.Second}, profile.Decay{From: 1500, To: 5, Half: time.Second, For: 10 * time.Second}),
		"a day with a campaign on top":    profile.Sum{profile.Concat(profile.Line{From: 50, To: 200, For: 8 * time.Second}, profile.Line{From: 200, For: 8 * time.Second}), profile.Concat(profile.Hold(0, 3*time.Second), profile.Hold(300, 4*time.Second))},
		"steps with a pause between them": profile.Concat(profile.Hold(500, 3*time.Second), profile.Hold(0, time.Minute), profile.Hold(1000, time.Second)),
	} {
		places, gaps := 0, 0
		for seed := range uint64(100) {
			dues := all(Poisson(c, rand.New(rand.NewPCG(seed, 1))))
			integral := c.Count(c.Length())
			n, last := float64(len(dues)), 0.0
			var u, e []float64
			for _, due := range dues {
				// Half a nanosecond back: a due instant is rounded up to the next one.
				x := (c.Count(due) + c.Count(due-1)) / 2 / integral
				u = append(u, x)
				e = append(e, -math.Expm1(-(x-last)*(n+1)))
				last = x
			}
			slices.Sort(e)
			if andersonDarling(u) < 3.857 {
				places++
			}
			if andersonDarling(e) < 3.857 {
				gaps++
			}
		}
		if places < 98 || gaps < 98 {
			t.Errorf("%s: accepted %d of 100 seeds by their places and %d by their gaps, want 98", name, places, gaps)
		}
	}
}

// andersonDarling is A² of sorted values that should be uniform on (0, 1); 3.857 is its 99 % point when nothing was fitted
// (D'Agostino, Stephens, Goodness-of-Fit Techniques, 1986, table 4.2).
func andersonDarling(u []float64) float64 {
	n, sum := float64(len(u)), 0.0
	for i := range u {
		low := max(u[i], 1e-12)
		high := max(1-u[len(u)-1-i], 1e-12)
		sum += (2*float64(i) + 1) * (math.Log(low) + math.Log(high))
	}
	return -n - sum/n
}

func TestAndersonDarlingRefusesEvenAndClumped(t *testing.T) {
	var even, clumped []float64
	for i := range 1000 {
		even = append(even, (float64(i)+0.5)/1000)
		clumped = append(clumped, (float64(i/100*100)+50)/1000)
	}
	if a := andersonDarling(clumped); a < 3.857 {
		t.Errorf("clumps of 100: A² = %.3f, want over 3.857", a)
	}
	gap := make([]float64, 1000)
	for i := range gap {
		gap[i] = -math.Expm1(-1) // every gap is one
	}
	if a := andersonDarling(gap); a < 3.857 {
		t.Errorf("equal gaps: A² = %.3f, want over 3.857", a)
	}
	if a := andersonDarling(even); a > 0.1 {
		t.Errorf("a perfect grid: A² = %.3f, want nearly 0", a)
	}
}

// Ten hours at a thousand a second: 36 million arrivals, of which the last must be as exact as the first.
func TestNoDriftOverTenHours(t *testing.T) {
	if testing.Short() {
		t.Skip("36 million arrivals")
	}
	s := Even(profile.Concat(profile.Hold(1000, 10*time.Hour)))
	var n uint64
	for due, ok := s.Next(); ok; due, ok = s.Next() {
		// (n + ½) / 1000 s is a whole number of ns; Count at 3.6e7 is good to 7.5e-9, which is 7.5 ps.
		if want := time.Duration(2*n+1) * 500 * time.Microsecond; due-want < 0 || due-want > 1 {
			t.Fatalf("arrival %d is due at %d ns, want %d", n, due, want)
		}
		n++
	}
	if n != 36_000_000 {
		t.Errorf("%d arrivals, want 36 million", n)
	}
}

func BenchmarkNext(b *testing.B) {
	shapes := map[string]profile.Profile{
		"hold":  profile.Hold(1500, 1e6*time.Second),
		"ramp":  profile.Line{From: 5, To: 1e4, For: 1e5 * time.Second},
		"decay": profile.Decay{From: 1e7, To: 5, Half: 1000 * time.Second, For: 1e5 * time.Second},
	}
	for _, name := range []string{"hold", "ramp", "decay"} {
		c := profile.Concat(profile.Hold(5, 10*time.Second), shapes[name])
		for kind, s := range both(c) {
			b.Run(name+"/"+kind, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					s.Next()
				}
			})
		}
	}
}
