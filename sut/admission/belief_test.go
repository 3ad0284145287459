package admission

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// look is what a backend with that knee shows, its service 0.8 s.
func look(inFlight, knee, noise float64) view {
	return view{math.Log(inFlight), math.Log(0.8 * max(1, inFlight/knee)), noise}
}

func TestBeliefFindsTheKnee(t *testing.T) {
	b := newBelief(24, 1)
	for range 3 {
		for n := 20.0; n < 120; n *= 1.3 {
			b.learn(look(n, 64, 0.0001), look(n*1.3, 64, 0.0001))
		}
	}
	if low, high := b.quantile(0.05), b.quantile(0.95); low < 58 || high > 70 {
		t.Errorf("the knee is believed between %.1f and %.1f, want about 64", low, high)
	}
}

func TestBeliefLearnsOneSideOnly(t *testing.T) {
	b := newBelief(24, 1)
	if before := b.below(40); math.Abs(before-0.69) > 0.03 { // ln(40/24) is 0.51 standard deviations
		t.Fatalf("before: below 40 with %.2f, want 0.69", before)
	}
	b.learn(look(20, 64, 0.0001), look(40, 64, 0.0001)) // nothing waited
	if got := b.below(38); got > 0.03 {
		t.Errorf("nothing waits at 40 and the knee is below 38 with %.2f, want next to nothing", got)
	}
	if ratio := b.below(80) / (1 - b.below(80)); math.Abs(ratio-1.67) > 0.2 {
		// of a normal distribution, what lies between 40 and 80 to what lies above
		t.Errorf("beyond 40 nothing was seen, but the odds of 80 are %.2f, want those of before, 1.67", ratio)
	}
}

func TestBeliefStaysOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBelief(rapid.Float64Range(1, 4096).Draw(t, "knee"), rapid.Float64Range(0.05, 3).Draw(t, "spread"))
		number := func(name string) float64 { return rapid.Float64Range(-30, 30).Draw(t, name) }
		for range rapid.IntRange(0, 50).Draw(t, "steps") {
			b.learn(view{number("n"), number("l"), 1e-4}, view{number("m"), number("k"), rapid.Float64Range(0, 10).Draw(t, "noise")})
			b.wander(rapid.Float64Range(0, 0.08).Draw(t, "drift"), rapid.Float64Range(0, 1).Draw(t, "jump"))
		}
		sum := 0.0
		for i, p := range b {
			if !(p >= 0) {
				t.Fatalf("point %d: %v", i, p)
			}
			sum += p
		}
		last := 0.0
		for _, q := range []float64{0.01, 0.25, 0.5, 0.75, 0.99} {
			at := b.quantile(q)
			if at < last || math.Abs(b.below(at)-q) > 1e-6 {
				t.Fatalf("quantile %v is %v after %v, and below it is %v", q, at, last, b.below(at))
			}
			last = at
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Fatalf("sums to %v", sum)
		}
	})
}

func BenchmarkElasticWindow(b *testing.B) {
	k := newBelief(64, 0.35)
	b.ReportAllocs()
	for b.Loop() {
		k.learn(look(64, 60, 0.01), look(50, 60, 0.01))
		k.wander(elasticDrift, elasticJump)
		k.quantile(elasticWish)
	}
}
