package chart_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/peakday/peakday/reports/chart"
)

// Whatever the values, gaps and infinities included, the picture is well-formed, finite and bounded in size.
func TestAnyValuesGiveAPicture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 30).Draw(t, "points")
		values := func(label string) []float64 {
			return rapid.SliceOfN(rapid.OneOf(rapid.Float64(), rapid.Float64Range(-1e4, 1e4), rapid.Float64Range(1e9, 1e9+1e-5),
				rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0})), n, n).Draw(t, label)
		}
		scales := []chart.Scale{chart.Linear, chart.Log, chart.LogZero}
		c := chart.Chart{
			Alt:   "anything",
			X:     chart.Axis{Scale: rapid.SampledFrom(scales).Draw(t, "x scale")},
			Y:     chart.Axis{Scale: rapid.SampledFrom(scales).Draw(t, "y scale")},
			Lines: []chart.Line{{Name: "line", X: values("x"), Y: values("y"), Steps: rapid.Bool().Draw(t, "steps")}},
			Bands: []chart.Band{{X: values("band x"), Low: values("low"), High: values("high"), Opacity: 0.3}},
		}
		var out bytes.Buffer
		if err := c.SVG(&out); err != nil {
			t.Fatalf("SVG: %v", err)
		}
		svg := out.String()
		if out.Len() > 100_000 {
			t.Fatalf("%d bytes for %d points", out.Len(), n)
		}
		d := xml.NewDecoder(&out)
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("not well-formed: %v", err)
			}
		}
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Fatalf("a coordinate is not finite:\n%s", svg)
		}
	})
}
