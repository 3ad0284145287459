package admission

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var midnight = time.Date(2018, 7, 1, 0, 0, 0, 0, time.UTC)

func instant(at float64) time.Time { return midnight.Add(seconds(at)) }

func mustLaw(t testing.TB, name string, c LawConfig) Law {
	t.Helper()
	law, err := NewLaw(name, c)
	if err != nil {
		t.Fatal(err)
	}
	return law
}

// feed has a law see at least n requests, all of a limit at a time.
func feed(law Law, n int, outcome Outcome, took time.Duration) {
	now, serial := midnight, uint64(0)
	for serial < uint64(n) {
		limit := law.Snapshot().Limit
		for i := range limit {
			law.Complete(now.Add(took), Sample{
				Took: took, Serial: serial + uint64(i), Started: serial + uint64(limit), InFlight: limit, Outcome: outcome,
			})
		}
		serial += uint64(limit)
		now = now.Add(max(took, time.Second))
	}
}

// Every law owes this.
func TestLawsConform(t *testing.T) {
	c := LawConfig{FixedLimit: 24, Ceiling: 3 * time.Second}
	for _, name := range Laws() {
		t.Run(name, func(t *testing.T) {
			if got := mustLaw(t, name, c).Snapshot(); got.Law != name || got.Limit < 8 {
				t.Errorf("starts as %+v, want its name and room for a calm day", got)
			}
			t.Run("requests that say nothing change nothing", func(t *testing.T) {
				law := mustLaw(t, name, c)
				before := *law.Snapshot()
				feed(law, 1000, Ignored, time.Minute)
				if got := law.Snapshot(); got.Limit != before.Limit || got.Baseline != before.Baseline {
					t.Errorf("got %+v, want %+v", got, before)
				}
			})
			t.Run("any samples leave a limit of at least 1, the same each time", rapid.MakeCheck(func(t *rapid.T) {
				a, _ := NewLaw(name, c)
				b, _ := NewLaw(name, c)
				now, started := midnight, uint64(0)
				for range rapid.IntRange(0, 40).Draw(t, "rounds") {
					took := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "took"))
					busy := rapid.IntRange(1, 200).Draw(t, "busy")
					outcome := Outcome(rapid.IntRange(0, int(Ignored)).Draw(t, "outcome"))
					for i := range busy {
						s := Sample{Took: took, Serial: started + uint64(i), Started: started + uint64(busy), InFlight: busy, Outcome: outcome}
						a.Complete(now.Add(took), s)
						b.Complete(now.Add(took), s)
					}
					now, started = now.Add(took), started+uint64(busy)
					if got := a.Snapshot(); got.Limit < 1 || got.Limit > 1<<20 || got.Baseline < 0 {
						t.Fatalf("got %+v", got)
					}
				}
				if *a.Snapshot() != *b.Snapshot() {
					t.Fatalf("the same samples gave %+v and %+v", *a.Snapshot(), *b.Snapshot())
				}
			}))
		})
	}
}

func TestAGrownLimitOpensEvenly(t *testing.T) {
	s := Snapshot{Limit: 36, From: 24, Since: instant(10), Rise: 600 * time.Millisecond}
	for _, tt := range []struct {
		at   float64
		want int
	}{{9, 24}, {10, 24}, {10.3, 30}, {10.6, 36}, {99, 36}} {
		if got := s.At(instant(tt.at)); got != tt.want {
			t.Errorf("at %v s: %d, want %d", tt.at, got, tt.want)
		}
	}
	s.From = 48
	if got := s.At(instant(10)); got != 36 {
		t.Errorf("a limit that fell is %d, want it to hold at once", got)
	}
}

func TestVegasGivesARefusingBackendLess(t *testing.T) {
	law := mustLaw(t, "vegas", LawConfig{})
	feed(law, 1000, Dropped, time.Millisecond)
	if got := law.Snapshot().Limit; got != vegasLeast {
		t.Errorf("after nothing but drops the limit is %d, want the least, %d", got, vegasLeast)
	}
}

func TestVegasGivesNoMoreThanTheCeiling(t *testing.T) {
	law := mustLaw(t, "vegas", LawConfig{Ceiling: time.Second})
	feed(law, 1000, Succeeded, 5*time.Second) // constant: looks like service
	if got := law.Snapshot().Limit; got != vegasLeast {
		t.Errorf("at a constant 5 s under a ceiling of 1 s the limit is %d, want the least, %d", got, vegasLeast)
	}
}

func TestElasticGivesARefusingBackendLess(t *testing.T) {
	law := mustLaw(t, "elastic", LawConfig{Seed: 100})
	feed(law, 2000, Dropped, time.Millisecond)
	if got := law.Snapshot().Limit; got != 20 {
		t.Errorf("after nothing but drops the limit is %d, want the least share of 100, 20", got)
	}
	feed(law, 5000, Succeeded, 100*time.Millisecond)
	if got := law.Snapshot().Limit; got < 100 {
		t.Errorf("after the drops have ended the limit is %d, want at least 100 again", got)
	}
}

func TestElasticGivesNoMoreThanTheCeiling(t *testing.T) {
	law := mustLaw(t, "elastic", LawConfig{Seed: 100, Ceiling: time.Second})
	feed(law, 5000, Succeeded, 5*time.Second) // constant: looks like service
	if got := law.Snapshot().Limit; got > 40 {
		t.Errorf("at a constant 5 s under a ceiling of 1 s the limit is %d of 100, want far less", got)
	}
}

// Where latency grows in step with what is in the backend beyond 64, and does
// not grow below it, the limit comes to stand there from either side.
func TestElasticFindsTheKnee(t *testing.T) {
	for _, seed := range []int{24, 64, 200} {
		law := mustLaw(t, "elastic", LawConfig{Seed: seed})
		sum, n := 0, 0
		for round := range 60 {
			limit := law.Snapshot().Limit
			took := 800 * time.Millisecond
			if limit > 64 {
				took = took * time.Duration(limit) / 64
			}
			feedOn(law, limit, took, &n)
			if round >= 30 {
				sum += limit
			}
		}
		if got := sum / 30; got < 60 || got > 80 {
			t.Errorf("from a seed of %d the limit came to %d, want 64 or a little more", seed, got)
		}
	}
}

// feedOn has a law see four rounds of a full limit, serials going on from n.
func feedOn(law Law, limit int, took time.Duration, n *int) {
	for range 4 {
		now := midnight.Add(time.Duration(*n) * time.Second)
		for i := range limit {
			law.Complete(now.Add(took), Sample{Took: took, Serial: uint64(*n + i), Started: uint64(*n + limit), InFlight: limit, Outcome: Succeeded})
		}
		*n += limit
	}
}

func TestLawsKeepToTheirBounds(t *testing.T) {
	c := LawConfig{Seed: 30, Least: 20, Most: 40}
	for _, name := range Laws()[:len(Laws())-1] {
		law, n := mustLaw(t, name, c), 0
		if got := law.Snapshot().Limit; got != 30 {
			t.Errorf("%s starts at %d, want its seed, 30", name, got)
		}
		for range 50 {
			feedOn(law, law.Snapshot().Limit, 100*time.Millisecond, &n)
		}
		if got := law.Snapshot().Limit; got < 30 || got > 40 {
			t.Errorf("%s: nothing waits and the limit is %d, want it up to 40", name, got)
		}
	}
}

// A pool of a database may be smaller than the least that a law has by itself.
func TestAMostHoldsBelowTheLawsOwnLeast(t *testing.T) {
	c := LawConfig{Most: 5}
	for _, name := range Laws()[:len(Laws())-1] {
		law, n := mustLaw(t, name, c), 0
		for range 50 {
			if got := law.Snapshot().Limit; got < 1 || got > 5 {
				t.Fatalf("%s: the limit is %d, want 1 to 5", name, got)
			}
			feedOn(law, law.Snapshot().Limit, 100*time.Millisecond, &n)
		}
		if least, most := Bounds(name, c); least < 1 || least > 5 || most != 5 {
			t.Errorf("%s: bounds %d and %d, want at most 5, and 5", name, least, most)
		}
	}
}

func TestNewLawNamesWhatItKnows(t *testing.T) {
	for _, tt := range []struct {
		name, law string
		c         LawConfig
		want      string
	}{
		{"an unknown name", "guess", LawConfig{}, `law "guess": want one of elastic, vegas, gradient2, aimd, fixed`},
		{"fixed without a limit", "fixed", LawConfig{}, "law fixed: limit 0: want at least 1"},
	} {
		if _, err := NewLaw(tt.law, tt.c); err == nil || err.Error() != tt.want {
			t.Errorf("%s: got error %v, want %q", tt.name, err, tt.want)
		}
	}
	if got := mustLaw(t, "", LawConfig{}).Snapshot().Law; got != Laws()[0] {
		t.Errorf("the law without a name is %s, want the first of Laws, %s", got, Laws()[0])
	}
}
