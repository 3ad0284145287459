package admission

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestLevelOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.IntRange(0, Classes-1).Draw(t, "class")
		a := LevelOf(Class(c), true, rapid.Uint8().Draw(t, "cohort a"), rapid.Uint32().Draw(t, "lot a"))
		b := LevelOf(Class(c), false, rapid.Uint8().Draw(t, "cohort b"), rapid.Uint32().Draw(t, "lot b"))
		if a >= b {
			t.Fatalf("work in progress %#x, want it below what is new, %#x", a, b)
		}
		if a.Class() != Class(c) || b.Class() != Class(c) || b.Bucket() >= Buckets {
			t.Fatalf("classes %v and %v, bucket %d, want %v and below %d", a.Class(), b.Class(), b.Bucket(), Class(c), Buckets)
		}
		if c > 0 && LevelOf(Class(c-1), false, 127, 1<<31) >= a {
			t.Fatalf("%v is not below %#x", Class(c-1), a)
		}
	})
}

func TestCohortsTakeTurns(t *testing.T) {
	stayed := 0
	var size [cohorts]int
	for s := range uint64(12800) {
		at := Cohort(s, midnight)
		size[at]++
		if at != Cohort(s, midnight.Add(59*time.Minute)) {
			t.Fatalf("subject %d changed its cohort within the hour", s)
		}
		if at == Cohort(s, midnight.Add(time.Hour)) {
			stayed++
		}
	}
	if stayed > 200 { // 100 by chance
		t.Errorf("%d of 12,800 kept their cohort over the hour, want about 100", stayed)
	}
	for c, n := range size {
		if n < 60 || n > 140 { // 100 ± 4 standard deviations
			t.Errorf("cohort %d holds %d of 12,800, want about 100", c, n)
		}
	}
}
