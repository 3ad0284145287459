package retry

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// trouble is a minute of it between two and a half calm minutes and ten more, and what a client with a throttle made of it.
type trouble struct {
	name           string
	calm, rate     float64 // requests a second of the client before and after, and during the minute
	room, capacity float64 // what the service takes a second before and after, and during the minute
	fails          float64 // share of what it takes that is answered with an error, always

	offered, sent, accepted, shed int     // in the minute
	refused                       int     // by the client, before and after
	held                          float64 // seconds after the minute until the client last refused a request
}

// play sends Poisson arrivals through the throttle to a service that takes capacity requests a second and has room for
// half a second of them.
func (c trouble) play(throttle Throttle, seed uint64) trouble {
	const begin, end, length = 150, 210, 810
	r, start := rand.New(rand.NewPCG(seed, 1)), time.Unix(0, 0)
	tokens, at := 0.0, 0.0
	for {
		rate, capacity, in := c.calm, c.room, at >= begin && at < end
		if in {
			rate, capacity = c.rate, c.capacity
		}
		pause := r.ExpFloat64() / rate
		at += pause
		if at >= length {
			return c
		}
		tokens = min(max(capacity/2, 1), tokens+capacity*pause)
		now := start.Add(time.Duration(at * float64(time.Second)))
		allowed, takes := throttle.Allow(now, r), tokens >= 1
		if allowed {
			if takes {
				tokens--
			}
			if r.Float64() >= c.fails {
				throttle.Answered(now, !takes)
			}
		}
		switch {
		case !in && !allowed:
			c.refused++
			c.held = max(c.held, at-end)
		case in:
			c.offered++
			c.sent += count1(allowed)
			c.accepted += count1(allowed && takes)
			c.shed += count1(allowed && !takes)
		}
	}
}

// count1 is 1 for what is so.
func count1(is bool) int {
	if is {
		return 1
	}
	return 0
}

func troubles() []trouble {
	return []trouble{
		{name: "a tenth of the capacity", calm: 100, rate: 100, room: 200, capacity: 10},
		{name: "everything is shed", calm: 100, rate: 100, room: 200, capacity: 0},
		{name: "30 times the requests", calm: 50, rate: 1500, room: 100, capacity: 100},
		{name: "300 times the requests", calm: 50, rate: 15000, room: 100, capacity: 100},
	}
}

// In each trouble the client sends little that the service sheds, all that it takes, and no trouble of its own afterwards.
func TestAThrottleSparesTheServiceAndLetsGo(t *testing.T) {
	for _, c := range troubles() {
		for seed := range uint64(5) {
			got := c.play(Throttle{}, seed)
			if most := 60 * c.capacity; float64(got.accepted) < 0.97*most {
				t.Errorf("%s: %d accepted, want 97 %% of %v", c.name, got.accepted, most)
			}
			if share := float64(got.shed) / float64(got.offered); share > 0.12 {
				t.Errorf("%s: %.3f of the requests were shed by the service, want 0.12 at most", c.name, share)
			}
			if got.held > 6 {
				t.Errorf("%s: the client refuses requests until %.1f s after the trouble, want 6 s at most", c.name, got.held)
			}
		}
	}
}

func TestAThrottleLeavesInPeace(t *testing.T) {
	for _, c := range []trouble{
		{name: "a service with room", calm: 100, rate: 100, room: 200, capacity: 200},
		{name: "a client at five requests a second, with most of them shed", calm: 5, rate: 5, room: 200, capacity: 1},
		{name: "a service that errs four times in five", calm: 100, rate: 100, room: 200, capacity: 200, fails: 0.8},
	} {
		if got := c.play(Throttle{}, 1); got.refused != 0 || got.sent != got.offered {
			t.Errorf("%s: the client refused %d requests and %d more in the minute, want none", c.name, got.refused, got.offered-got.sent)
		}
	}
}

// The probability of the book, worked out by hand.
func TestRefusalIsThatOfTheBook(t *testing.T) {
	for _, test := range []struct {
		name           string
		accepts, sheds int
		after          time.Duration
		want           float64
	}{
		{"nothing was sent", 0, 0, 0, 0},
		{"nineteen requests are too few", 0, 19, 0, 0},
		{"twenty are enough", 0, 20, 0, 20.0 / 21},
		{"one of eleven shed is within K", 100, 10, 0, 0},
		{"half of them shed, K is 1.1", 50, 50, 0, (100 - 1.1*50) / 101},
		{"… still in the next bucket", 50, 50, 200 * time.Millisecond, (100 - 1.1*50) / 101},
		{"… and is 2 after a bucket without", 25, 75, 400 * time.Millisecond, (100 - 2*25.0) / 101},
		{"a window later all is forgotten", 0, 100, 2 * time.Second, 0},
		{"and a year later", 0, 100, 365 * 24 * time.Hour, 0},
		{"a clock that goes back forgets nothing", 0, 20, -time.Hour, 20.0 / 21},
	} {
		var throttle Throttle
		now := time.Unix(1000, 0)
		for range test.accepts {
			throttle.Answered(now, false)
		}
		for range test.sheds {
			throttle.Answered(now, true)
		}
		throttle.turn(now.Add(test.after))
		if got := throttle.refusal(); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// Whatever happens when, a request goes in each bucket that has any, and the probability stays one.
func TestAThrottleNeverStopsAsking(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		throttle := Throttle{Window: time.Duration(rapid.IntRange(10, 1e10).Draw(t, "window"))}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		now, asked := time.Unix(1000, 0), map[int64]bool{}
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(throttle.Window)).Draw(t, "pause")))
			allowed := throttle.Allow(now, r)
			if !allowed && !asked[throttle.newest] {
				t.Fatalf("the first request of bucket %d was refused", throttle.newest)
			}
			asked[throttle.newest] = true
			for range rapid.IntRange(0, 30).Draw(t, "answers") {
				throttle.Answered(now, rapid.Bool().Draw(t, "shed"))
			}
			if p := throttle.refusal(); !(p >= 0 && p < 1) {
				t.Fatalf("probability %v", p)
			}
		}
	})
}

// BenchmarkThrottleWindow prints the table from which the window was chosen.
func BenchmarkThrottleWindow(b *testing.B) {
	for _, window := range []time.Duration{2 * time.Minute, 10 * time.Second, 5 * time.Second, 2 * time.Second, time.Second} {
		for _, c := range troubles() {
			b.Run(fmt.Sprintf("%v/%s", window, c.name), func(b *testing.B) {
				var got trouble
				for b.Loop() {
					got = c.play(Throttle{Window: window}, 7)
				}
				b.ReportMetric(float64(got.accepted), "accepted")
				b.ReportMetric(float64(got.shed), "shed")
				b.ReportMetric(float64(got.refused), "refused-after")
				b.ReportMetric(got.held, "s-held")
			})
		}
	}
}

func BenchmarkThrottle(b *testing.B) {
	var throttle Throttle
	r, now := rand.New(rand.NewPCG(1, 1)), time.Unix(0, 0)
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Millisecond)
		if throttle.Allow(now, r) {
			throttle.Answered(now, true)
		}
	}
}

func ExampleThrottle() {
	var throttle Throttle
	now, chance := time.Unix(0, 0), rand.New(rand.NewPCG(1, 1))
	sent := 0
	for range 1000 { // requests in a second, to a service that sheds all of them
		now = now.Add(time.Millisecond)
		if throttle.Allow(now, chance) {
			sent++
			throttle.Answered(now, true)
		}
	}
	fmt.Println("1000 requests,", sent, "sent")
	// Output:
	// 1000 requests, 28 sent
}
