package chart_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/peakday/peakday/reports/chart"
)

func draw(t *testing.T, c chart.Chart) string {
	t.Helper()
	var out bytes.Buffer
	if err := c.SVG(&out); err != nil {
		t.Fatalf("SVG: %v", err)
	}
	return out.String()
}

func sample() chart.Chart {
	at, good, shed := []float64{}, []float64{}, []float64{}
	for i := range 30 {
		at = append(at, float64(i))
		good = append(good, math.Min(80, 5+float64(i*10)))
		shed = append(shed, math.Max(0, float64(i-3)*50))
	}
	return chart.Chart{
		Alt: `Good & <shed> "answers" over time`,
		X:   chart.Axis{Label: "due, seconds from the start"},
		Y:   chart.Axis{Label: "requests a second, log scale", Scale: chart.LogZero},
		Lines: []chart.Line{
			{Name: "good", X: at, Y: good, Color: chart.Blue, Wide: true},
			{Name: "shed", X: at, Y: shed, Color: chart.Orange, Dash: chart.Dashed},
		},
		Bands:  []chart.Band{{Name: "usual", X: at, Low: good, High: shed, Color: chart.Blue, Opacity: 0.2}},
		Shades: []chart.Shade{{Name: "judged", From: 10, To: 25, Color: chart.Gray, Opacity: 0.1}},
		Marks:  []chart.Mark{{Name: "capacity 80/s", At: 80, Color: chart.Text, Dash: chart.Dotted}},
	}
}

func TestSVGIsWellFormedAndTakesItsColoursFromThePage(t *testing.T) {
	svg := draw(t, sample())
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		_, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed XML: %v", err)
		}
	}
	for _, want := range []string{"fill:var(--gray", `role="img"`, `aria-label="Good &amp; &lt;shed&gt; &#34;answers&#34; over time"`, "<title>", "var(--blue", "var(--orange", "var(--muted", "stroke-dasharray", ">1,000<", ">capacity 80/s<"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the picture lacks %s", want)
		}
	}
	for _, not := range []string{"#01FE", "#01fe", "<?xml", "NaN", "Inf", "http://www.w3.org/1999/xlink\"\n"} {
		if strings.Contains(svg, not) {
			t.Errorf("the picture holds %q", not)
		}
	}
}

func TestSVGOfNothingIsStillAPicture(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]chart.Chart{
		"no lines":                 {Alt: "nothing"},
		"a line of gaps":           {Alt: "gaps", Lines: []chart.Line{{X: []float64{0, 1}, Y: []float64{nan, nan}}}},
		"zeros on a log axis":      {Alt: "zeros", Y: chart.Axis{Scale: chart.Log}, Lines: []chart.Line{{X: []float64{0, 1}, Y: []float64{0, 0}}}},
		"one point":                {Alt: "point", Lines: []chart.Line{{X: []float64{3}, Y: []float64{4}}}},
		"the same value all along": {Alt: "flat", Y: chart.Axis{Scale: chart.Log}, Lines: []chart.Line{{X: []float64{1, 2}, Y: []float64{10, 10}}}},
		"a band of one point":      {Alt: "band", Bands: []chart.Band{{X: []float64{1}, Low: []float64{0}, High: []float64{1}}}},
	} {
		t.Run(name, func(t *testing.T) {
			if svg := draw(t, c); strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") || !strings.HasSuffix(svg, "</svg>\n") {
				t.Errorf("not a whole picture:\n%s", svg)
			}
		})
	}
}

func TestGapsBreakALine(t *testing.T) {
	c := chart.Chart{Alt: "gap", Lines: []chart.Line{{X: []float64{0, 1, 2, 3, 4}, Y: []float64{1, 2, math.NaN(), 2, 1}, Color: chart.Blue}}}
	if got := strings.Count(draw(t, c), "var(--blue"); got != 2 {
		t.Errorf("%d strokes for a line with one gap, want 2", got)
	}
}

func TestAlignGivesBothChartsTheLargerRange(t *testing.T) {
	small := chart.Chart{Lines: []chart.Line{{X: []float64{0, 73}, Y: []float64{1, 9}}}}
	large := chart.Chart{Lines: []chart.Line{{X: []float64{0, 1}, Y: []float64{1, 900}}}}
	chart.Align(&small, &large)
	if small.X.Max != 73 || large.X.Max != 73 || small.X.Min != 0 {
		t.Errorf("after Align the right ends are %v and %v, want 73", small.X.Max, large.X.Max)
	}
	if small.Y.Max != large.Y.Max || small.Y.Max < 900 {
		t.Errorf("after Align the tops are %v and %v, want the same and at least 900", small.Y.Max, large.Y.Max)
	}
}

func TestNumbersAsPeopleReadThem(t *testing.T) {
	for _, c := range []struct{ name, got, want string }{
		{"thousands are set apart", chart.Thousands(1234567), "1,234,567"},
		{"small numbers stay", chart.Thousands(0.25), "0.25"},
		{"binary dust is dropped", chart.Thousands(0.1 + 0.2), "0.3"},
		{"three digits need no comma", chart.Thousands(999), "999"},
		{"negative numbers have a minus", chart.Thousands(-1500), "−1,500"},
		{"below a second in milliseconds", chart.Time(0.25), "250 ms"},
		{"below a millisecond in microseconds", chart.Time(0.00012), "120 µs"},
		{"below a microsecond in nanoseconds", chart.Time(0.00000012), "120 ns"},
		{"seconds from one on", chart.Time(28.04), "28 s"},
		{"zero seconds", chart.Time(0), "0 s"},
		{"a measured value keeps its zeros", chart.Measured(28.001), "28.0"},
		{"a measured value has three digits", chart.Measured(0.0012345), "0.00123"},
		{"a measured thousand has three digits too", chart.Measured(81479), "81,500"},
		{"rounding up to a thousand", chart.Measured(999.7), "1,000"},
		{"rounding up to ten", chart.Measured(9.996), "10.0"},
		{"nothing measured is zero", chart.Measured(0), "0"},
		{"a share with its nines", chart.Percent(0.9999), "99.99 %"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("got %q, want %q", c.got, c.want)
			}
		})
	}
}
