package rules

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// What a service reckons for every request or line must not allocate once its law is found.
func TestTheHotPathsAllocateNothing(t *testing.T) {
	b := open(t)
	estimator, err := b.Estimator("110000", 202608)
	if err != nil {
		t.Fatal(err)
	}
	american, err := b.Estimator("US", 201701)
	if err != nil {
		t.Fatal(err)
	}
	contributor, err := b.Contributor("510000", 202507)
	if err != nil {
		t.Fatal(err)
	}
	splitter, err := b.Splitter("420500", 20230101)
	if err != nil {
		t.Fatal(err)
	}
	visit := longBill()
	for _, c := range []struct {
		name string
		do   func() error
	}{
		{"an estimate", func() error { _, err := estimator.Estimate(golden()); return err }},
		{"an American estimate", func() error { _, err := american.Estimate(american2013()); return err }},
		{"a contribution", func() error { _, err := contributor.Contribute(8000_00); return err }},
		{"a split bill", func() error { _, err := splitter.Split(visit); return err }},
	} {
		if err := c.do(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if n := testing.AllocsPerRun(100, func() { _ = c.do() }); n != 0 {
			t.Errorf("%s allocates %v times, want 0", c.name, n)
		}
	}
}

// The packs to store with an amount are the same either way, and nobody reckons by the law of another place or day.
func TestWhatWasFoundOnceIsForOneLawOnly(t *testing.T) {
	b := open(t)
	contributor, err := b.Contributor("510000", 202507)
	if err != nil {
		t.Fatal(err)
	}
	c, err := b.Contribute(Wage{Region: "510000", Month: 202507})
	if err != nil || !slices.Equal(contributor.Packs(), c.Packs) {
		t.Errorf("packs %q, of a contribution %q, %v", contributor.Packs(), c.Packs, err)
	}
	splitter, err := b.Splitter("420500", 20230101)
	if err != nil {
		t.Fatal(err)
	}
	s, err := b.Settle(longBill())
	if err != nil || len(s.Packs) != 1 || splitter.Pack() != s.Packs[0] {
		t.Errorf("pack %q, of a settlement %q, %v", splitter.Pack(), s.Packs, err)
	}
	estimator, err := b.Estimator("110000", 202608)
	if err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func() error{
		"another day":    func() error { v := longBill(); v.Date = 20221231; _, err := splitter.Split(v); return err },
		"another region": func() error { f := golden(); f.Region = "420500"; _, err := estimator.Estimate(f); return err },
		"another month":  func() error { f := golden(); f.AsOf = 202609; _, err := estimator.Estimate(f); return err },
	} {
		var fault *FactError
		if err := do(); !errors.As(err, &fault) || !strings.Contains(err.Error(), "want those of the") {
			t.Errorf("%s: error is %v, want a FactError that names the law found", name, err)
		}
	}
}

func longBill() Visit {
	v := Visit{Region: "420500", Date: 20230101, Tier: 3, Account: 200_00}
	for range 11 {
		v.Lines = append(v.Lines, Line{"A0012", 2, 45_00, true})
	}
	return v
}

func BenchmarkEstimator(b *testing.B) {
	e, err := open(b).Estimator("110000", 202608)
	if err != nil {
		b.Fatal(err)
	}
	f := golden()
	b.ReportAllocs()
	for b.Loop() {
		f.Account = (f.Account + 12345) % maxMoney // another rounding each time
		if _, err := e.Estimate(f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkContributor(b *testing.B) {
	c, err := open(b).Contributor("510000", 202507)
	if err != nil {
		b.Fatal(err)
	}
	wage := int64(3000_00)
	b.ReportAllocs()
	for b.Loop() {
		wage = (wage + 12345) % 50_000_00
		if _, err := c.Contribute(wage); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSplitter(b *testing.B) {
	s, err := open(b).Splitter("420500", 20230101)
	if err != nil {
		b.Fatal(err)
	}
	v := longBill()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Split(v); err != nil {
			b.Fatal(err)
		}
	}
}

// With what it rests on, and the law found anew.
func BenchmarkBookEstimate(b *testing.B) {
	book := open(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := book.Estimate(golden()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBookContribute(b *testing.B) {
	book := open(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := book.Contribute(Wage{Region: "510000", Month: 202507, Wage: 8000_00}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBookSettle(b *testing.B) {
	book := open(b)
	v := longBill()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := book.Settle(v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Open(); err != nil {
			b.Fatal(err)
		}
	}
}
