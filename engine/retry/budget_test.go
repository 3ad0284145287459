package retry

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestBudget(t *testing.T) {
	for _, test := range []struct {
		name   string
		budget Budget
		first  int           // attempts made before
		pause  time.Duration // between the ten that were saved and the next
		want   int           // retries beyond the ten
	}{
		{"without share and floor it is the ten it began with", Budget{}, 1000, time.Hour, 0},
		{"a tenth is one retry for ten attempts", Budget{Share: 0.1}, 70, 0, 7},
		{"nine tenths of a retry are none", Budget{Share: 0.1}, 9, 0, 0},
		{"a floor gives one a second", Budget{Floor: 1}, 0, 4500 * time.Millisecond, 4},
		{"share and floor add up", Budget{Share: 0.1, Floor: 2}, 20, 2 * time.Second, 6},
		{"an hour saves no more than ten", Budget{Share: 0.1, Floor: 1}, 0, time.Hour, 10},
		{"a million attempts save no more than ten", Budget{Share: 0.1}, 1_000_000, 0, 10},
	} {
		b, now := test.budget, time.Unix(1000, 0)
		if ten := spend(&b, now); ten != 10 {
			t.Errorf("%s: a new budget allows %d retries, want 10", test.name, ten)
		}
		for range test.first {
			b.First()
		}
		if got := spend(&b, now.Add(test.pause)); got != test.want {
			t.Errorf("%s: %d retries, want %d", test.name, got, test.want)
		}
	}
}

// spend makes as many retries as the budget allows.
func spend(b *Budget, now time.Time) (n int) {
	for b.Retry(now) {
		n++
	}
	return n
}

func TestAskingABudgetTakesNothing(t *testing.T) {
	var b Budget
	now := time.Unix(1000, 0)
	for range 100 {
		if !b.Has(now) {
			t.Fatal("a new budget has nothing")
		}
	}
	if got := spend(&b, now); got != 10 || b.Has(now) {
		t.Errorf("%d retries after it was asked, and one more: %v; want 10 and none", got, b.Has(now))
	}
}

func TestABudgetIgnoresAClockThatGoesBack(t *testing.T) {
	b, now := Budget{Floor: 1}, time.Unix(1000, 0)
	spend(&b, now)
	for range 100 {
		if b.Retry(now.Add(-time.Hour)) || b.Retry(now) {
			t.Fatal("a retry was paid by going back an hour and forth again")
		}
	}
}

// Whatever comes when: between any two retries, both included, there are no more than the budget's own line says.
func TestRetriesNeverExceedTheBudgetOverAnyWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := Budget{Share: rapid.Float64Range(0, 1).Draw(t, "share"), Floor: rapid.Float64Range(0, 20).Draw(t, "floor")}
		type moment struct {
			at      time.Duration
			first   int // attempts before it
			retries int // before it
		}
		var granted []moment
		now, first := time.Duration(0), 0
		for range rapid.IntRange(0, 300).Draw(t, "steps") {
			now += time.Duration(rapid.IntRange(0, 400).Draw(t, "ms")) * time.Millisecond
			for range rapid.IntRange(0, 5).Draw(t, "first") {
				b.First()
				first++
			}
			for range rapid.IntRange(0, 5).Draw(t, "retries") {
				if b.Retry(time.Unix(0, 0).Add(now)) {
					granted = append(granted, moment{now, first, len(granted)})
				}
			}
		}
		for i, from := range granted {
			for _, to := range granted[i:] {
				made := to.retries - from.retries + 1
				most := b.Share*float64(to.first-from.first) + b.Floor*(to.at-from.at).Seconds() + saved
				if float64(made) > most+1e-6 {
					t.Fatalf("%d retries from %v to %v, want at most %v", made, from.at, to.at, most)
				}
			}
		}
	})
}

// Nor is it stingy: who asks for a retry with each attempt gets the share of them.
func TestABudgetIsUsedUp(t *testing.T) {
	b, made := Budget{Share: 0.1}, 0
	for range 10_000 {
		b.First()
		if b.Retry(time.Unix(1000, 0)) {
			made++
		}
	}
	if made != 1009 && made != 1010 {
		t.Errorf("%d retries in 10,000 attempts, want a tenth and the ten", made)
	}
}

func ExampleBudget() {
	budget := Budget{Share: 0.1}
	now, retries := time.Unix(0, 0), 0
	for range 1000 { // requests, all of which are refused
		budget.First()
		if budget.Retry(now) {
			retries++
		}
	}
	fmt.Println("1000 requests,", retries, "retries")
	// Output:
	// 1000 requests, 109 retries
}
