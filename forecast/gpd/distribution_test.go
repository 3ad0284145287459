package gpd

import (
	"math"
	"testing"

	"github.com/peakday/peakday/forecast/oracletest"
	"pgregory.net/rapid"
)

// evd's qgpd and pgpd.
func TestQuantilesAgreeWithR(t *testing.T) {
	for _, r := range oracletest.Rows(t, "qgpd") {
		p, want := r.Number("p"), r.Number("q")
		d := Distribution{r.Number("scale"), r.Number("shape")}
		if q := d.Quantile(1 - p); oracletest.Off(q, want) > 1e-8 {
			t.Errorf("%+v: quantile %v is %v, R's %v", d, p, q, want)
		}
		if over := d.Over(0.9 * want); oracletest.Off(over, r.Number("over")) > 1e-6 {
			t.Errorf("%+v: over %v lies %v, R's %v", d, 0.9*want, over, r.Number("over"))
		}
	}
}

func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Distribution{rapid.Float64Range(1e-3, 1e3).Draw(t, "scale"), rapid.Float64Range(-0.9, 1.5).Draw(t, "shape")}
		p := rapid.Float64Range(1e-6, 1).Draw(t, "over")
		if got := d.Over(d.Quantile(p)); math.Abs(got-p) > 1e-6*p {
			t.Fatalf("%+v: over the quantile of %v lies %v", d, p, got)
		}
		smaller := p * rapid.Float64Range(0.01, 1).Draw(t, "share")
		if d.Quantile(smaller) < d.Quantile(p) {
			t.Fatalf("%+v: quantiles of %v and %v cross", d, smaller, p)
		}
		tail := Tail{Distribution: d, Threshold: 7, Points: 1000, Clusters: rapid.IntRange(10, 60).Draw(t, "clusters")}
		if tail.Return(1e5) > tail.Return(1e6) {
			t.Fatalf("%+v: levels of rarer returns are lower", tail)
		}
		short, _ := tail.Max(0.9, 24)
		long, _ := tail.Max(0.9, 240)
		if short > long {
			t.Fatalf("%+v: the largest of 24 lies over that of 240", tail)
		}
	})
}
