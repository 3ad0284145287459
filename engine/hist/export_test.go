package hist

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// rows reads the percentile text as the plotter of HdrHistogram does: lines without # that have four words.
func rows(t *testing.T, h *Histogram) (out [][4]float64, text string) {
	t.Helper()
	var b strings.Builder
	if err := h.WritePercentiles(&b); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		words := strings.Fields(line)
		if strings.HasPrefix(line, "#") || len(words) != 4 || words[0] == "Value" {
			continue
		}
		var row [4]float64
		for i, w := range words {
			v, err := strconv.ParseFloat(w, 64)
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			row[i] = v
		}
		out = append(out, row)
	}
	return out, b.String()
}

func TestPercentileTextAgreesWithASort(t *testing.T) {
	for name, values := range distributions() {
		var h Histogram
		for _, v := range values {
			h.Record(time.Duration(v))
		}
		slices.Sort(values)
		got, _ := rows(t, &h)
		for i, row := range got {
			value, level, count := row[0]*1e6, row[1], row[2]
			rank := min(max(int(math.Ceil(level*float64(len(values))))-1, 0), len(values)-1)
			if want := float64(values[rank]); math.Abs(value-want) > 0.005*want+500 { // three digits of a millisecond are printed
				t.Errorf("%s: %g of the values are up to %.0f ns, sort says %.0f", name, level, value, want)
			}
			if i > 0 && (row[0] < got[i-1][0] || count < got[i-1][2] || level <= got[i-1][1]) {
				t.Errorf("%s: row %v does not rise from %v", name, row, got[i-1])
			}
		}
		if last := got[len(got)-1]; last[1] != 1 || last[2] != float64(len(values)) || !math.IsInf(last[3], 1) {
			t.Errorf("%s: the last row is %v", name, last)
		}
	}
}

func TestPercentileTextOfFewValues(t *testing.T) {
	var h Histogram
	if got, text := rows(t, &h); len(got) != 0 || !strings.Contains(text, "Total count    =            0]") {
		t.Errorf("nothing is written as\n%s", text)
	}
	for range 3 {
		h.Record(100 * time.Millisecond)
	}
	h.Record(200 * time.Millisecond) // the middle of its bucket is 199.754 ms
	const want = `       Value     Percentile   TotalCount 1/(1-Percentile)

     100.000 0.000000000000            3             1.00
     100.000 0.100000000000            3             1.11
     100.000 0.200000000000            3             1.25
     100.000 0.300000000000            3             1.43
     100.000 0.400000000000            3             1.67
     100.000 0.500000000000            3             2.00
     100.000 0.550000000000            3             2.22
     100.000 0.600000000000            3             2.50
     100.000 0.650000000000            3             2.86
     100.000 0.700000000000            3             3.33
     100.000 0.750000000000            3             4.00
     199.754 0.775000000000            4             4.44
     200.000 1.000000000000            4              inf
#[Mean    =      125.000, StdDeviation   =       43.195]
#[Max     =      200.000, Total count    =            4]
#[Buckets =           35, SubBuckets     =          256]
`
	if _, text := rows(t, &h); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}

// The oracle is client_golang's own histogram, fed with the same values at the same schema.
func TestNativeHistogramIsWhatPrometheusWouldHaveCounted(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var h Histogram
	oracle := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "oracle", NativeHistogramBucketFactor: 1.0219})
	values := make([]float64, 50_000)
	for i := range values {
		d := time.Duration(2e7 * math.Exp(r.NormFloat64()))
		if i%1000 == 0 {
			d = 0
		}
		h.Record(d)
		oracle.Observe(d.Seconds())
		values[i] = d.Seconds()
	}
	n := h.Native()
	metric, err := prometheus.NewConstNativeHistogram(prometheus.NewDesc("ours", "", nil, nil), n.Count, n.Sum, n.Positive, nil, n.Zero, n.Schema, n.ZeroThreshold, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	var ours, theirs dto.Metric
	if err := metric.Write(&ours); err != nil {
		t.Fatal(err)
	}
	if err := oracle.Write(&theirs); err != nil {
		t.Fatal(err)
	}
	a, b := ours.GetHistogram(), theirs.GetHistogram()
	if a.GetSchema() != b.GetSchema() || a.GetSampleCount() != b.GetSampleCount() || a.GetZeroCount() != b.GetZeroCount() ||
		math.Abs(a.GetSampleSum()-b.GetSampleSum()) > 1e-6 {
		t.Errorf("schema %d, count %d, zero %d, sum %g; Prometheus has %d, %d, %d, %g", a.GetSchema(), a.GetSampleCount(), a.GetZeroCount(),
			a.GetSampleSum(), b.GetSchema(), b.GetSampleCount(), b.GetZeroCount(), b.GetSampleSum())
	}
	slices.Sort(values)
	for _, q := range []float64{0.5, 0.9, 0.99, 0.999, 1} {
		want := values[int(math.Ceil(q*float64(len(values))))-1]
		if low, high := edges(a, q); want < low*(1-RelativeError) || want > high*(1+RelativeError) {
			t.Errorf("q%g lies in (%g, %g], sort says %g", q, low, high, want)
		}
	}
}

// edges are those of the bucket in which the q-quantile of a native histogram lies.
func edges(h *dto.Histogram, q float64) (low, high float64) {
	rank := math.Ceil(q * float64(h.GetSampleCount()))
	seen, count, key, next := float64(h.GetZeroCount()), int64(0), int32(0), 0
	for _, span := range h.GetPositiveSpan() {
		key += span.GetOffset()
		for range span.GetLength() {
			count += h.GetPositiveDelta()[next]
			next++
			if seen += float64(count); seen >= rank {
				octave := math.Ldexp(1, int(h.GetSchema()))
				return math.Exp2(float64(key-1) / octave), math.Exp2(float64(key) / octave)
			}
			key++
		}
	}
	return math.NaN(), math.NaN()
}
