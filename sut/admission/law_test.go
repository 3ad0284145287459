package admission

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// feed has a law see at least n requests, all of a limit at a time.
func feed(law Law, n int, outcome Outcome, took time.Duration) {
	now, serial := midnight, uint64(0)
	for serial < uint64(n) {
		limit := law.Snapshot().Limit
		for i := range limit {
			law.Complete(now.Add(took), Sample{
				Start: now, Serial: serial + uint64(i), Started: serial + uint64(limit), InFlight: limit, Outcome: outcome,
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
				before := law.Snapshot()
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
						s := Sample{Start: now, Serial: started + uint64(i), Started: started + uint64(busy), InFlight: busy, Outcome: outcome}
						a.Complete(now.Add(took), s)
						b.Complete(now.Add(took), s)
					}
					now, started = now.Add(took), started+uint64(busy)
					if got := a.Snapshot(); got.Limit < 1 || got.Limit > 1<<20 || got.Baseline < 0 {
						t.Fatalf("got %+v", got)
					}
				}
				if a.Snapshot() != b.Snapshot() {
					t.Fatalf("the same samples gave %+v and %+v", a.Snapshot(), b.Snapshot())
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
	}{{10, 24}, {10.3, 30}, {10.6, 36}, {99, 36}} {
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

func TestNewLawNamesWhatItKnows(t *testing.T) {
	for _, tt := range []struct {
		name, law string
		c         LawConfig
		want      string
	}{
		{"an unknown name", "guess", LawConfig{}, `law "guess": want one of vegas, elastic, gradient2, aimd, fixed`},
		{"fixed without a limit", "fixed", LawConfig{}, "law fixed: limit 0: want at least 1"},
	} {
		if _, err := NewLaw(tt.law, tt.c); err == nil || err.Error() != tt.want {
			t.Errorf("%s: got error %v, want %q", tt.name, err, tt.want)
		}
	}
	if !slices.Contains(Laws(), mustLaw(t, "", LawConfig{}).Snapshot().Law) {
		t.Error("the default law is not in Laws")
	}
}
