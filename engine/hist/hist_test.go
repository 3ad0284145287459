package hist

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	"unsafe"

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
	if got := bucket(uint64(MaxDuration)); got != lastBucket {
		t.Errorf("the last bucket is %d, not %d", got, lastBucket)
	}
	for i := range lastBucket {
		if from := uint64(128+i%128) << max(0, i/128-1); i >= 256 && bucket(from) != i || i >= 256 && bucket(from-1) != i-1 {
			t.Fatalf("bucket %d does not begin at %d ns, as the file says", i, from)
		}
		if bucket(middle(i)) != i || bucket(bucketEnd(i)) != i || bucket(bucketEnd(i)+1) != i+1 {
			t.Fatalf("bucket %d: middle %d, end %d fall elsewhere", i, middle(i), bucketEnd(i))
		}
	}
}

// The distributions of the project's goals: a long tail, two humps far apart, a tail without a mean, and clocks that tick in
// milliseconds, each of 200,000 values.
func distributions() map[string][]int64 {
	r := rand.New(rand.NewPCG(3, 4))
	draw := func(one func() float64) []int64 {
		out := make([]int64, 200_000)
		for i := range out {
			out[i] = min(int64(one()*1e9), int64(MaxDuration))
		}
		return out
	}
	lognormal := func(median, sigma float64) float64 { return median * math.Exp(sigma*r.NormFloat64()) }
	return map[string][]int64{
		"lognormal": draw(func() float64 { return lognormal(0.02, 1) }),
		"bimodal": draw(func() float64 {
			if r.IntN(50) == 0 {
				return lognormal(2, 0.1)
			}
			return lognormal(0.0001, 0.2)
		}),
		"Pareto":  draw(func() float64 { return 0.001 * math.Pow(1-r.Float64(), -1/1.1) }),
		"integer": draw(func() float64 { return math.Round(1000*lognormal(0.02, 1)) / 1000 }),
	}
}

func TestQuantilesOfRealShapesAreWithinHalfAPercentAndRise(t *testing.T) {
	for name, values := range distributions() {
		var h Histogram
		var sum float64
		for _, v := range values {
			h.Record(time.Duration(v))
			sum += float64(v)
		}
		slices.Sort(values)
		last := time.Duration(0)
		for _, q := range []float64{0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1} {
			want, got := float64(values[int(math.Ceil(q*float64(len(values))))-1]), h.Quantile(q)
			if math.Abs(float64(got)-want) > 0.005*want {
				t.Errorf("%s: q%g = %v, sort says %v", name, q, got, time.Duration(want))
			}
			if got < last {
				t.Errorf("%s: q%g = %v, below the quantile before it, %v", name, q, got, last)
			}
			last = got
		}
		if mean := sum / float64(len(values)); math.Abs(float64(h.Mean())-mean) > 1 {
			t.Errorf("%s: mean %v, want %v", name, h.Mean(), time.Duration(mean))
		}
	}
}

func TestARankIsNotPushedUpByRounding(t *testing.T) {
	var h Histogram
	for i := range 100 {
		h.Record(time.Duration(i + 1)) // 1 to 100 ns, each in a bucket of its own
	}
	for percent := 1; percent <= 100; percent++ {
		if got := h.Quantile(float64(percent) / 100); got != time.Duration(percent) {
			t.Errorf("q%d of 1 to 100 is %d", percent, got)
		}
	}
}

func TestPackingAndUnpackingChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var whole, packs Histogram
		for _, v := range durations().Draw(t, "values") {
			whole.Record(time.Duration(v))
			packs.Record(time.Duration(v))
			if rapid.Bool().Draw(t, "pack") {
				packs.Pack()
			}
		}
		same(t, &packs, &whole)
		q := rapid.Float64Range(0, 1).Draw(t, "q")
		packs.Pack()
		if packs.Quantile(q) != whole.Quantile(q) || packs.Mean() != whole.Mean() {
			t.Fatalf("packed, q%g is %v, want %v", q, packs.Quantile(q), whole.Quantile(q))
		}
	})
}

func TestAResetHistogramIsEmptyAndRecordsAsANewOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var used, fresh Histogram
		for _, v := range durations().Draw(t, "before") {
			used.Record(time.Duration(v))
		}
		used.Reset()
		same(t, &used, &fresh)
		for _, v := range durations().Draw(t, "after") {
			used.Record(time.Duration(v))
			fresh.Record(time.Duration(v))
		}
		same(t, &used, &fresh)
	})
}

func TestCountsOutgrowTwoBytes(t *testing.T) {
	var h, twice Histogram
	for range 70_000 {
		h.Record(time.Millisecond)
	}
	h.Record(time.Second) // a chunk made after the counts were widened
	for range 3 {
		twice.Merge(&h)
		twice.Merge(&twice)
	}
	var got []uint64
	for _, n := range twice.Buckets {
		got = append(got, n)
	}
	if want := []uint64{14 * 70_000, 14}; !slices.Equal(got, want) || twice.Count() != 14*70_001 {
		t.Errorf("counts %v of %d, want %v", got, twice.Count(), want)
	}
}

func TestTheSumStaysTrueWhereFloatsDoNot(t *testing.T) {
	var h, part, back Histogram
	for range 1000 {
		part.Record(time.Hour - 1)
	}
	for range 4 {
		h.Merge(&part) // 1.44e16 ns, beyond 2^53
	}
	h.Record(1)
	text, _ := json.Marshal(h)
	if err := json.Unmarshal(text, &back); err != nil || back.sum != 4000*uint64(time.Hour-1)+1 {
		t.Errorf("sum %d, %v, want %d", back.sum, err, 4000*uint64(time.Hour-1)+1)
	}
	for range 3000 {
		part.Merge(&h) // beyond 584 years, in whatever order
		h.Merge(&part)
		if h.sum == math.MaxUint64 {
			break
		}
	}
	if h.sum != math.MaxUint64 || h.Mean() < h.Min() || h.Mean() > h.Max() {
		t.Errorf("sum %d, mean %v", h.sum, h.Mean())
	}
}

// size is the memory of a histogram in bytes.
func size(h *Histogram) int {
	bytes := int(unsafe.Sizeof(*h)) + len(h.packed)
	if h.table != nil {
		bytes += int(unsafe.Sizeof(*h.table)) + 2*cap(h.table.narrow) + 8*cap(h.table.wide)
	}
	return bytes
}

func TestMemoryGoesByWhatIsCounted(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name              string
		values            int
		spread            float64 // octaves
		recording, packed int     // bytes, at most
	}{
		{"three like answers", 3, 0.1, 400, 80},
		{"a hundred answers over three octaves", 100, 3, 2000, 300},
		{"a million answers over three octaves", 1_000_000, 3, 6000, 1500},
	} {
		var h Histogram
		for range c.values {
			h.Record(time.Duration(1e6 * math.Exp2(c.spread*r.Float64())))
		}
		if got := size(&h); got > c.recording {
			t.Errorf("%s: %d bytes while recording, want at most %d", c.name, got, c.recording)
		}
		h.Pack()
		if got := size(&h); got > c.packed {
			t.Errorf("%s: %d bytes packed, want at most %d", c.name, got, c.packed)
		}
	}
}

func TestRecordingAgainAllocatesNothing(t *testing.T) {
	var h Histogram
	record := func() {
		h.Reset()
		for d := time.Microsecond; d < MaxDuration; d += d / 3 {
			h.Record(d)
		}
	}
	record()
	if n := testing.AllocsPerRun(10, record); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// same compares all that a histogram holds.
func same(t *rapid.T, got, want *Histogram) {
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	if string(g) != string(w) || got.Count() != want.Count() {
		t.Fatalf("got %s, want %s", g, w)
	}
}

func FuzzUnmarshal(f *testing.F) {
	f.Add([]byte(`{"buckets":[[2231,2],[2300,70000]],"sum":0.024,"min":2e-07,"max":0.012}`))
	f.Add([]byte(`{"buckets":[[5,1],[4,1]]}`))
	f.Add([]byte(`{"sum":18446744073.709551615,"max":1e99}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var h, back Histogram
		if h.UnmarshalJSON(text) != nil {
			return
		}
		again, err := json.Marshal(h)
		if err != nil || json.Unmarshal(again, &back) != nil || back != h {
			t.Fatalf("%s reads as %s and then as %+v, %v", text, again, back, err)
		}
		h.Quantile(0.5)
		h.Record(time.Second)
	})
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

func BenchmarkMerge(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	var cell, sum Histogram
	for range 500 {
		cell.Record(time.Duration(r.ExpFloat64() * float64(20*time.Millisecond)))
	}
	b.Run("recording", func(b *testing.B) {
		for b.Loop() {
			sum.Merge(&cell)
		}
	})
	cell.Pack()
	b.Run("packed", func(b *testing.B) {
		for b.Loop() {
			sum.Merge(&cell)
		}
	})
}
