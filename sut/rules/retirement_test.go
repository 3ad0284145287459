package rules

import (
	"testing"

	"pgregory.net/rapid"
)

// O6: decision of the Standing Committee of the National People's Congress of 2024-09-13, in force from 2025-01-01.
func TestRetirementIsDelayedByCohort(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		birth Month
		class Class
		delay int
		age   int   // months; 0: the oracle does not give it
		month Month // 0: the oracle does not give it
	}{
		{196412, Men, 0, 0, 0},
		{196501, Men, 1, 0, 0},
		{196505, Men, 2, 0, 0},
		{196705, Men, 8, 60*12 + 8, 202801},
		{197602, Men, 34, 62*12 + 10, 203812},
		{197609, Men, 36, 0, 0},
		{197410, Women55, 15, 56*12 + 3, 203101},
		{197503, Women50, 2, 0, 0},
		{198412, Women50, 60, 0, 0},
	} {
		got, err := b.Retire(PensionFacts{Birth: c.birth, Class: c.class, AsOf: 202501, Region: "110000"})
		if err != nil {
			t.Errorf("born %s, %s: %v", c.birth, c.class, err)
			continue
		}
		if got.Delay != c.delay || c.age != 0 && got.Age != c.age || c.month != 0 && got.Month != c.month {
			t.Errorf("born %s, %s: %d months late at %d months in %s, want %d, %d, %s", c.birth, c.class, got.Delay, got.Age, got.Month, c.delay, c.age, c.month)
		}
	}
}

func TestRetirementBeforeTheDecisionHasNoDelay(t *testing.T) {
	got, err := open(t).Retire(PensionFacts{Birth: 197602, Class: Men, AsOf: 202412, Region: "110000"})
	if err != nil || got.Month != 203602 || got.Verified {
		t.Errorf("got %+v, %v: want 2036-02 from a pack that is not verified", got, err)
	}
}

// Nobody born later may retire earlier, and a delay grows by one month at most.
func TestRetirementKeepsTheOrderOfBirth(t *testing.T) {
	b := open(t)
	rapid.Check(t, func(t *rapid.T) {
		f := PensionFacts{
			Birth:  Month(195001).Add(rapid.IntRange(0, 600).Draw(t, "months after 1950-01")),
			Class:  rapid.SampledFrom([]Class{Men, Women55, Women50}).Draw(t, "class"),
			AsOf:   202501,
			Region: "CN",
		}
		x, err := b.Retire(f)
		if err != nil {
			t.Fatal(err)
		}
		f.Birth = f.Birth.Add(1)
		y, err := b.Retire(f)
		if err != nil {
			t.Fatal(err)
		}
		if d := y.Month.Since(x.Month); d != 1 && d != 2 {
			t.Errorf("born %s retires %s, born a month before %s", f.Birth, y.Month, x.Month)
		}
	})
}
