package admission

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// ask lets n requests through at once and answers them.
func (b *Breaker) ask(now time.Time, n int, o Outcome) (passed int) {
	var passes []Pass
	for range n {
		if p, _, ok := b.Allow(now); ok {
			passes = append(passes, p)
		}
	}
	for _, p := range passes {
		b.Done(now, p, o)
	}
	return len(passes)
}

func TestBreaker(t *testing.T) {
	b := NewBreaker(BreakerConfig{})
	if b.ask(midnight, 100, Succeeded) != 100 || b.ask(midnight, 99, Dropped) != 99 || b.State() != Closed {
		t.Fatal("opened while less than a half was dropped")
	}
	b.ask(midnight, 100, Ignored)
	late, _, _ := b.Allow(midnight)
	if b.ask(midnight, 1, Dropped); b.State() != Open {
		t.Fatal("a half of 200 was dropped, and it is not open")
	}
	if _, after, ok := b.Allow(midnight); ok || after != time.Second {
		t.Errorf("open: passes %v, ask again after %v, want after 1 s", ok, after)
	}
	now := midnight.Add(time.Second)
	for _, want := range []int{2, 4, 8} {
		if got := b.ask(now, 100, Succeeded); got != want {
			t.Errorf("half open: %d at a time, want %d: twice as many each round", got, want)
		}
	}
	if b.Done(now, late, Dropped); b.State() != HalfOpen {
		t.Error("the answer to a request from before it opened counted")
	}
	if got := b.ask(now, 100, Succeeded); got != 16 || b.State() != Closed {
		t.Errorf("the fourth round had %d and left it %v, want 16 and closed", got, b.State())
	}
}

func TestBreakerWaitsLongerEachTime(t *testing.T) {
	b := NewBreaker(BreakerConfig{Pause: time.Second})
	now := midnight
	b.ask(now, 20, Dropped)
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 16} {
		_, after, _ := b.Allow(now)
		if after != want*time.Second {
			t.Errorf("pause of %v, want %d s", after, want)
		}
		now = now.Add(after)
		if got := b.ask(now, 100, Dropped); got != 2 {
			t.Errorf("%d were sent to ask, want 2", got)
		}
	}
	if _, _, ok := b.Allow(now.Add(-time.Hour)); !ok {
		t.Error("it stays open when the clock goes back an hour")
	}
}

func TestBreakerForgets(t *testing.T) {
	b := NewBreaker(BreakerConfig{})
	for i := range 100 { // 10 in any 10 s
		b.ask(midnight.Add(time.Duration(i)*time.Second), 1, Dropped)
	}
	if b.State() != Closed {
		t.Error("19 drops in its window opened it, want 20")
	}
}

// No pass leaks: when all have been given back, two may ask again at least.
func TestBreakerPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := NewBreaker(BreakerConfig{Least: 5})
		now := midnight
		var passes []Pass
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(3*time.Second)).Draw(t, "pause")))
			if rapid.Bool().Draw(t, "ask") {
				if p, after, ok := b.Allow(now); ok {
					passes = append(passes, p)
				} else if after <= 0 {
					t.Fatal("refused, and told to ask again at once")
				}
			} else if len(passes) > 0 {
				b.Done(now, passes[0], Outcome(rapid.IntRange(0, 2).Draw(t, "outcome")))
				passes = passes[1:]
			}
		}
		for _, p := range passes {
			b.Done(now, p, Ignored)
		}
		now = now.Add(time.Hour)
		if got := b.ask(now, 2, Succeeded); got != 2 {
			t.Fatalf("%d pass, want 2 at least: %v", got, b.State())
		}
	})
}
