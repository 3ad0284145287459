package gateway

import (
	"math"
	"testing"
)

func TestAPercentileIsOfWhatWasCountedSince(t *testing.T) {
	buckets := []float64{0, 1, 2, 3, math.Inf(1)}
	for _, tt := range []struct {
		name          string
		before, after []uint64
		want          float64
	}{
		{"a storm after a quiet week", []uint64{1e9, 0, 0, 0}, []uint64{1e9, 98, 2, 0}, 3},
		{"99 of 100 in the second bucket", []uint64{7, 7, 7, 7}, []uint64{7, 106, 8, 7}, 2},
		{"in the bucket without an end", make([]uint64, 4), []uint64{0, 0, 0, 1}, 1e6},
		{"nothing since", []uint64{5, 6, 7, 8}, []uint64{5, 6, 7, 8}, 0},
	} {
		if got := percentile(.99, buckets, tt.before, tt.after); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	var s sched
	if first := s.p99(); !(first >= 0 && first <= 1e6) {
		t.Errorf("%v of this process, want seconds", first)
	}
}
