package hist

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func durations() *rapid.Generator[[]int64] {
	return rapid.SliceOfN(rapid.OneOf(
		rapid.Int64Range(0, 1000),
		rapid.Int64Range(0, int64(time.Second)),
		rapid.Int64Range(0, int64(MaxDuration)),
	), 1, 300)
}

func TestQuantilesAreWithinTheStatedErrorOfASort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := durations().Draw(t, "values")
		q := rapid.Float64Range(0, 1).Draw(t, "q")
		var h Histogram
		for _, v := range values {
			h.Record(time.Duration(v))
		}
		slices.Sort(values)
		rank := min(max(int(math.Ceil(q*float64(len(values)))), 1), len(values))
		want, got := float64(values[rank-1]), float64(h.Quantile(q))
		if math.Abs(got-want) > RelativeError*want+0.5 {
			t.Fatalf("Quantile(%g) = %g, sort says %g", q, got, want)
		}
	})
}

func TestMergeInAnyOrderIsTheSameAsRecordingAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(durations(), 1, 6).Draw(t, "parts")
		var all, forward, backward Histogram
		hists := make([]Histogram, len(parts))
		for i, part := range parts {
			for _, v := range part {
				all.Record(time.Duration(v))
				hists[i].Record(time.Duration(v))
			}
		}
		for i := range hists {
			forward.Merge(&hists[i])
			backward.Merge(&hists[len(hists)-1-i])
		}
		want, _ := json.Marshal(all)
		for _, h := range []Histogram{forward, backward} {
			if got, _ := json.Marshal(h); string(got) != string(want) {
				t.Fatalf("merged %s, recorded %s", got, want)
			}
		}
	})
}

func TestJSONReadsBackTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h, back Histogram
		for _, v := range durations().Draw(t, "values") {
			h.Record(time.Duration(v))
		}
		text, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		again, _ := json.Marshal(back)
		if string(text) != string(again) || back.Count() != h.Count() || back.Quantile(.5) != h.Quantile(.5) {
			t.Fatalf("read back %s, want %s", again, text)
		}
	})
}

func TestEdges(t *testing.T) {
	var h Histogram
	if h.Quantile(.5) != 0 || h.Mean() != 0 || h.Max() != 0 {
		t.Error("an empty histogram is not all zero")
	}
	h.Record(-time.Second)
	h.Record(2 * MaxDuration)
	if h.Min() != 0 || h.Max() != MaxDuration || h.Quantile(1) != MaxDuration {
		t.Errorf("min %v max %v q1 %v, want 0 and %v", h.Min(), h.Max(), h.Quantile(1), MaxDuration)
	}
	if err := json.Unmarshal([]byte(`{"buckets":[[99999999,1]]}`), &h); err == nil {
		t.Error("a bucket past the end was read")
	}
	for i := range bucket(uint64(MaxDuration)) {
		if from := uint64(128+i%128) << max(0, i/128-1); i >= 256 && bucket(from) != i || i >= 256 && bucket(from-1) != i-1 {
			t.Fatalf("bucket %d does not begin at %d ns, as the file says", i, from)
		}
		if bucket(middle(i)) != i || bucket(bucketEnd(i)) != i || bucket(bucketEnd(i)+1) != i+1 {
			t.Fatalf("bucket %d: middle %d, end %d fall elsewhere", i, middle(i), bucketEnd(i))
		}
	}
}

func BenchmarkRecord(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	values := make([]time.Duration, 1024)
	for i := range values {
		values[i] = time.Duration(r.ExpFloat64() * float64(20*time.Millisecond))
	}
	var h Histogram
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		h.Record(values[i&1023])
		i++
	}
}
