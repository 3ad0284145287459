package steady

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/hist"
)

// A queue is one server with Poisson arrivals, first come first served. Service takes 1 ms in the mean, so that busy, the
// utilization, times 1000 is the arrivals a second.
type queue struct {
	name    string
	busy    float64
	service func(*rand.Rand) float64            // seconds
	beyond  func(busy, seconds float64) float64 // the share of sojourn times above, in the steady state
}

// mm1 serves in exponential time: sojourn times are exponential with rate μ - λ.
func mm1(busy float64) queue {
	return queue{"M/M/1", busy,
		func(r *rand.Rand) float64 { return r.ExpFloat64() / 1000 },
		func(busy, t float64) float64 { return math.Exp(-1000 * (1 - busy) * t) }}
}

// Service of M/H2/1: one in five takes 3 ms in the mean and the rest 0.5 ms; its squared coefficient of variation is 3.
const short, fast, slow = 0.8, 2000., 1000. / 3

// mh1 serves in hyperexponential time, an M/G/1 whose sojourn times are known in closed form. Pollaczek and Khinchine's
// transform of the waiting time times that of the service time is
//
//	T(s) = (1 - ρ) (p f (s + g) + (1-p) g (s + f)) / ((s + f)(s + g) - λ (p (s + g) + (1-p)(s + f)))
//
// with service rates f and g. The denominator has two real roots, so T is a sum of two exponentials.
func mh1(busy float64) queue {
	return queue{"M/H2/1", busy,
		func(r *rand.Rand) float64 {
			if r.Float64() < short {
				return r.ExpFloat64() / fast
			}
			return r.ExpFloat64() / slow
		},
		func(busy, t float64) float64 {
			λ := 1000 * busy
			b := fast + slow - λ
			c := fast*slow - λ*(short*slow+(1-short)*fast)
			root := math.Sqrt(b*b - 4*c)
			r1, r2 := (b-root)/2, (b+root)/2
			above := func(s float64) float64 {
				return (1 - busy) * (short*fast*(s+slow) + (1-short)*slow*(s+fast))
			}
			return above(-r1)/(r2-r1)/r1*math.Exp(-r1*t) + above(-r2)/(r1-r2)/r2*math.Exp(-r2*t)
		}}
}

// quantile is the true one, in seconds.
func (q queue) quantile(p float64) float64 {
	low, high := 0.0, 100.0
	for range 100 {
		if middle := (low + high) / 2; q.beyond(q.busy, middle) > 1-p {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// run begins with an empty queue and gives sojourn times by the second of arrival (Lindley 1952: each waits as long as the
// one before it was in the system, less the time between them).
func (q queue) run(seed uint64, seconds int) []*hist.Histogram {
	r := rand.New(rand.NewPCG(seed, 7))
	windows := make([]*hist.Histogram, seconds)
	for i := range windows {
		windows[i] = new(hist.Histogram)
	}
	rate := 1000 * q.busy
	sojourn := 0.0
	for now := 0.0; ; {
		gap := r.ExpFloat64() / rate
		if now += gap; int(now) >= seconds {
			return windows
		}
		sojourn = max(0, sojourn-gap) + q.service(r)
		windows[int(now)].Record(time.Duration(sojourn * 1e9))
	}
}

// The oracle under an oracle: the tail integrates to Pollaczek and Khinchine's mean, E S + λ E S² / 2(1 - ρ), begins at one,
// and a long run has its quantiles.
func TestTheTruthOfQueues(t *testing.T) {
	square := map[string]float64{"M/M/1": 2e-6, "M/H2/1": 2 * (short/fast/fast + (1-short)/slow/slow)}
	for _, make := range []func(float64) queue{mm1, mh1} {
		for _, busy := range []float64{0.5, 0.8, 0.9} {
			q := make(busy)
			sum := 0.0
			const step = 1e-6
			for s := step / 2; s < 2; s += step {
				sum += q.beyond(busy, s) * step
			}
			if want := 0.001 + 1000*busy*square[q.name]/2/(1-busy); math.Abs(sum-want) > 1e-4*want || math.Abs(q.beyond(busy, 0)-1) > 1e-9 {
				t.Errorf("%s at %v: mean %v, want %v; %v at 0", q.name, busy, sum, want, q.beyond(busy, 0))
			}
		}
		if testing.Short() {
			continue
		}
		q := make(0.5)
		var all hist.Histogram
		for _, w := range q.run(1, 10_000) {
			all.Merge(w)
		}
		for _, p := range []float64{0.5, 0.9, 0.99, 0.999} {
			if got, want := all.Quantile(p).Seconds(), q.quantile(p); math.Abs(got-want) > 0.03*want {
				t.Errorf("%s: p%v of five million is %v, want %v", q.name, 100*p, got, want)
			}
		}
	}
}
