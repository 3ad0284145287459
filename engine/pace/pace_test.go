package pace

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
	"pgregory.net/rapid"
)

// lines is a curve of straight stretches, jumps allowed: rate goes from a to b over each length.
type lines []struct {
	length time.Duration
	a, b   float64
}

func (l lines) at(t time.Duration) (rate, count float64) {
	for _, s := range l {
		if t <= s.length {
			x := t.Seconds()
			slope := (s.b - s.a) / s.length.Seconds()
			return s.a + slope*x, count + s.a*x + slope*x*x/2
		}
		t -= s.length
		count += (s.a + s.b) / 2 * s.length.Seconds()
	}
	return 0, count
}

func (l lines) Rate(t time.Duration) float64  { r, _ := l.at(t); return r }
func (l lines) Count(t time.Duration) float64 { _, c := l.at(t); return c }
func (l lines) Length() (sum time.Duration) {
	for _, s := range l {
		sum += s.length
	}
	return sum
}

func constant(rate float64, length time.Duration) lines { return lines{{length, rate, rate}} }

// decay falls from high to zero, halving each second: a curve that is nowhere straight.
type decay struct {
	high   float64
	length time.Duration
}

func (d decay) Rate(t time.Duration) float64 { return d.high * math.Exp2(-t.Seconds()) }
func (d decay) Count(t time.Duration) float64 {
	return d.high / math.Ln2 * -math.Expm1(-t.Seconds()*math.Ln2)
}
func (d decay) Length() time.Duration { return d.length }

func all(s *Schedule) (dues []time.Duration) {
	for due, ok := s.Next(); ok; due, ok = s.Next() {
		dues = append(dues, due)
	}
	return dues
}

var curves = []struct {
	name  string
	curve Curve
	total int // the integral, by hand
}{
	{"a constant rate", constant(1500, 20*time.Second), 30000},
	{"a step of 300 times", lines{{10 * time.Second, 5, 5}, {10 * time.Second, 1500, 1500}}, 15050},
	{"a ramp from nothing", lines{{5 * time.Second, 0, 1500}}, 3750},
	{"a ramp to nothing", lines{{5 * time.Second, 1500, 0}}, 3750},
	{"a pause in the middle", lines{{time.Second, 10, 10}, {time.Hour, 0, 0}, {time.Second, 10, 10}}, 20},
	{"a rate below one a second", constant(0.1, time.Minute), 6},
	{"a half-life decay", decay{1000, 10 * time.Second}, 1441}, // 1000/ln 2 · (1 - 2^-10) = 1441.29
	{"nothing at all", constant(0, time.Minute), 0},
	{"no time at all", lines{}, 0},
}

func TestTotalIsTheIntegral(t *testing.T) {
	for _, c := range curves {
		for kind, s := range both(c.curve) {
			dues := all(s)
			if len(dues) != c.total || Total(c.curve) != uint64(c.total) {
				t.Errorf("%s, %s: %d arrivals, Total %d, want %d", c.name, kind, len(dues), Total(c.curve), c.total)
			}
			if !slices.IsSorted(dues) {
				t.Errorf("%s, %s: due instants fall", c.name, kind)
			}
			if n := len(dues); n > 0 && (dues[0] < 0 || dues[n-1] > c.curve.Length()) {
				t.Errorf("%s, %s: due from %v to %v, outside the curve", c.name, kind, dues[0], dues[n-1])
			}
		}
	}
}

func both(c Curve) map[string]*Schedule {
	return map[string]*Schedule{"even": Even(c), "poisson": Poisson(c, rand.New(rand.NewPCG(1, 1)))}
}

func TestEvenSecondsAreWithinOneOfThePlan(t *testing.T) {
	for _, c := range curves {
		counts := map[int]float64{}
		for _, due := range all(Even(c.curve)) {
			counts[int(due/time.Second)]++
		}
		for s := range int(c.curve.Length() / time.Second) {
			from := time.Duration(s) * time.Second
			plan := c.curve.Count(from+time.Second) - c.curve.Count(from)
			if math.Abs(counts[s]-plan) > 1 {
				t.Fatalf("%s: second %d has %v arrivals, plan %v", c.name, s, counts[s], plan)
			}
		}
	}
}

func TestEvenDoesNotDriftOverTenHours(t *testing.T) {
	const rate = 7.0 // does not divide a second into whole nanoseconds
	s := Even(constant(rate, 10*time.Hour))
	var k int
	for due, ok := s.Next(); ok; due, ok = s.Next() {
		exact := (float64(k) + 0.5) / rate * 1e9
		if off := float64(due) - exact; off < -0.02 || off > 1.02 { // the next whole nanosecond
			t.Fatalf("arrival %d is due at %d ns, want %.2f", k, due, exact)
		}
		k++
	}
	if k != 7*36000 {
		t.Fatalf("%d arrivals, want %d", k, 7*36000)
	}
}

func TestInvertFindsTheFirstNanosecond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l lines
		for range rapid.IntRange(1, 6).Draw(t, "stretches") {
			l = append(l, struct {
				length time.Duration
				a, b   float64
			}{time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "length")),
				rapid.Float64Range(0, 1e5).Draw(t, "from"), rapid.Float64Range(0, 1e5).Draw(t, "to")})
		}
		level := rapid.Float64Range(0, 1).Draw(t, "share") * l.Count(l.Length())
		got := invert(l, level, 0)
		if got < l.Length() && l.Count(got) < level || got > 0 && l.Count(got-1) >= level {
			t.Fatalf("invert(%v) = %d: Count is %v there and %v before", level, got, l.Count(got), l.Count(got-1))
		}
	})
}

// The Kolmogorov distance between n independent draws and their distribution exceeds 1.95/√n once in a thousand.
func TestPoissonHasTheDensityOfTheCurve(t *testing.T) {
	for _, c := range curves[:4] {
		for seed := range uint64(20) {
			dues := all(Poisson(c.curve, rand.New(rand.NewPCG(seed, 1))))
			n, integral := float64(len(dues)), c.curve.Count(c.curve.Length())
			var distance float64
			for i, due := range dues {
				u := c.curve.Count(due) / integral
				distance = max(distance, math.Abs(u-float64(i)/n), math.Abs(u-float64(i+1)/n))
			}
			if distance > 1.95/math.Sqrt(n) {
				t.Errorf("%s, seed %d: distance %.4f, limit %.4f", c.name, seed, distance, 1.95/math.Sqrt(n))
			}
		}
	}
}

// Counts of equal seconds are multinomial, so Pearson's statistic is χ² with 99 degrees: mean 99, deviation √198. Even
// arrivals would give nearly 0, a clumped process far more. Twenty seeds bring the mean within 3·√(198/20) = 9.4.
func TestPoissonSecondsVaryAsPoisson(t *testing.T) {
	const seconds, rate = 100, 50
	var mean float64
	for seed := range uint64(20) {
		counts := make([]float64, seconds)
		for _, due := range all(Poisson(constant(rate, seconds*time.Second), rand.New(rand.NewPCG(seed, 9)))) {
			counts[due/time.Second]++
		}
		for _, n := range counts {
			mean += (n - rate) * (n - rate) / rate / 20
		}
	}
	if math.Abs(mean-99) > 9.4 {
		t.Errorf("mean of Pearson's statistic %.1f, want 99 ± 9.4", mean)
	}
}

// vegeta's constant pacer waits a whole interval before the first hit where ours waits half of one; from then on both
// must keep step.
func TestVegetaPacesAsVegetaDoes(t *testing.T) {
	const rate = 400 // 2.5 ms, whole nanoseconds in vegeta's arithmetic
	ours := Vegeta{constant(rate, time.Minute)}
	theirs := vegeta.ConstantPacer{Freq: rate, Per: time.Second}
	for hits := range uint64(rate * 60) {
		wait, stop := ours.Pace(0, hits)
		want, _ := theirs.Pace(0, hits)
		if stop || want-wait < time.Second/rate/2-2 || want-wait > time.Second/rate/2+2 {
			t.Fatalf("hit %d: wait %v, stop %v; vegeta waits %v", hits, wait, stop, want)
		}
	}
	if _, stop := ours.Pace(0, rate*60); !stop {
		t.Error("no stop after the last hit")
	}
	if got, want := ours.Rate(time.Second), theirs.Rate(time.Second); got != want {
		t.Errorf("rate %v, vegeta says %v", got, want)
	}
}

func TestVegetaWaitsThroughAPauseAndStopsAfterTheLastArrival(t *testing.T) {
	day := lines{{time.Second, 10, 10}, {time.Hour, 0, 0}, {time.Second, 10, 10}, {time.Hour, 0, 0}}
	const pause = time.Second + time.Hour
	tests := []struct {
		name    string
		elapsed time.Duration
		hits    uint64
		wait    time.Duration
		stop    bool
	}{
		{"half an interval before the first", 0, 0, 50 * time.Millisecond, false},
		{"late, so no wait", 75 * time.Millisecond, 0, -25 * time.Millisecond, false},
		{"one wait for the whole pause", time.Second, 10, time.Hour + 50*time.Millisecond, false},
		{"the last arrival", pause, 19, 950 * time.Millisecond, false},
		{"it does not wait for the end of the curve", pause + time.Second, 20, 0, true},
		{"more hits than planned", 0, 1000, 0, true},
	}
	for _, test := range tests {
		wait, stop := Vegeta{day}.Pace(test.elapsed, test.hits)
		if wait-test.wait < -time.Nanosecond || wait-test.wait > time.Nanosecond || stop != test.stop {
			t.Errorf("%s: got %v, %v; want %v, %v", test.name, wait, stop, test.wait, test.stop)
		}
	}
	if _, stop := (Vegeta{lines{}}).Pace(0, 0); !stop {
		t.Error("a curve without arrivals does not stop")
	}
	if rate := (Vegeta{day}).Rate(time.Minute); rate != 0 {
		t.Errorf("rate in the pause: %v", rate)
	}
}

func ExampleEven() {
	ramp := lines{{2 * time.Second, 0, 4}} // four arrivals, closer and closer
	s := Even(ramp)
	for due, ok := s.Next(); ok; due, ok = s.Next() {
		fmt.Println(due.Round(time.Millisecond))
	}
	// Output:
	// 707ms
	// 1.225s
	// 1.581s
	// 1.871s
}
