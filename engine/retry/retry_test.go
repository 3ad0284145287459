package retry

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios"
)

func TestNext(t *testing.T) {
	constant := scenarios.Retry{Attempts: 3, Delay: 2 * time.Second}
	exponential := scenarios.Retry{Attempts: 100, Delay: time.Second, Backoff: scenarios.Exponential}
	for _, test := range []struct {
		name       string
		policy     scenarios.Retry
		attempt    int
		retryAfter time.Duration
		pause      time.Duration
		again      bool
	}{
		{"no policy is no retry", scenarios.Retry{}, 1, 0, 0, false},
		{"one attempt is no retry", scenarios.Retry{Attempts: 1}, 1, 0, 0, false},
		{"the second of three", constant, 1, 0, 2 * time.Second, true},
		{"the third of three", constant, 2, 0, 2 * time.Second, true},
		{"three are three", constant, 3, 0, 0, false},
		{"a longer Retry-After wins", constant, 1, 5 * time.Second, 5 * time.Second, true},
		{"a shorter Retry-After does not", constant, 1, time.Second, 2 * time.Second, true},
		{"exponential begins with the delay", exponential, 1, 0, time.Second, true},
		{"exponential doubles", exponential, 5, 0, 16 * time.Second, true},
		{"exponential does not wrap around", exponential, 90, 0, math.MaxInt64, true},
		{"a longer Retry-After wins over exponential", exponential, 2, time.Minute, time.Minute, true},
	} {
		pause, again := Next(test.policy, test.attempt, test.retryAfter, rand.New(rand.NewPCG(1, 2)))
		if pause != test.pause || again != test.again {
			t.Errorf("%s: %v, %v; want %v, %v", test.name, pause, again, test.pause, test.again)
		}
	}
}

func TestJitterStretchesAndNeverShortens(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	policy := scenarios.Retry{Attempts: 2, Delay: time.Second, Jitter: 0.5}
	low, high, sum := time.Hour, time.Duration(0), time.Duration(0)
	for range 10_000 {
		pause, _ := Next(policy, 1, 4*time.Second, r)
		low, high, sum = min(low, pause), max(high, pause), sum+pause
	}
	if low < 4*time.Second || high > 6*time.Second {
		t.Errorf("pauses from %v to %v, want within [4s, 6s]", low, high)
	}
	// uniform on [4, 6]: deviation 0.58 s, so the mean of 10,000 is within 23 ms of 5 s all but once in ten thousand
	if mean := sum / 10_000; mean < 4977*time.Millisecond || mean > 5023*time.Millisecond {
		t.Errorf("mean pause %v, want 5s", mean)
	}
}

func ExampleNext() {
	policy := scenarios.Retry{Attempts: 3, Delay: time.Second, Backoff: scenarios.Exponential}
	r := rand.New(rand.NewPCG(1, 1))
	for attempt := 1; ; attempt++ {
		pause, again := Next(policy, attempt, 0, r)
		if !again {
			fmt.Println("gives up after", attempt, "attempts")
			return
		}
		fmt.Println("waits", pause)
	}
	// Output:
	// waits 1s
	// waits 2s
	// gives up after 3 attempts
}
