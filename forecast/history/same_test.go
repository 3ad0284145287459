package history

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/peakday/peakday/forecast/series"
)

// One series, written in each format, is read as the same bins: values, holes
// and start. A log has no holes and its ends are cut.
func TestEveryFormatTellsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const step = time.Minute
		start := time.Unix(1772323200, 0).UTC().Add(step * time.Duration(rapid.IntRange(0, 100_000).Draw(t, "start")))
		counts := rapid.SliceOfN(rapid.IntRange(-3, 6), 5, 60).Draw(t, "counts") // below 0 is a hole
		counts[0], counts[1], counts[2] = 1, 2, 3                                // so that the step is a minute
		counts[len(counts)-1] = 1
		var want []string
		var csv, wide, long, prom, metrics, log strings.Builder
		csv.WriteString("time,value\n")
		wide.WriteString("time,a,b\n")
		long.WriteString("series,time,value\n")
		prom.WriteString(`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"x":"a"},"values":[`)
		holes, since := 0, 0 // bins since the last hole
		for i, n := range counts {
			// After a hole come three bins, for the step is the most common distance.
			if since++; n < 0 && since > 1 && since < 4 {
				n = 0
			}
			if n < 0 {
				since = 0
			}
			at := start.Add(time.Duration(i) * step)
			end := at.Add(step).Unix()
			if n < 0 {
				want = append(want, "NaN")
				holes++
				continue
			}
			want = append(want, fmt.Sprint(n))
			fmt.Fprintf(&csv, "%s,%d\n", at.Format("2006-01-02 15:04"), n)
			fmt.Fprintf(&wide, "%s,%d,%d\n", at.Format(time.RFC3339), n, n+1)
			fmt.Fprintf(&long, "b,%[1]d,%[2]d\na,%[1]d,%[3]d\n", at.Unix(), n+1, n)
			if i > 0 {
				prom.WriteString(",")
			}
			fmt.Fprintf(&prom, `[%d.000,"%d"]`, end, n)
			fmt.Fprintf(&metrics, "q{x=\"a\"} %d %d000\n", n, end) // milliseconds
			for k := range n {
				fmt.Fprintf(&log, "- - - [%s] \"GET / HTTP/1.1\" 200 0\n", at.Add(time.Duration(k)*step/6).Format("02/Jan/2006:15:04:05 -0700"))
			}
		}
		prom.WriteString("]}]}}")
		for _, c := range []struct {
			format Format
			series string
			text   string
		}{
			{CSV, "", csv.String()}, {Wide, "a", wide.String()}, {Long, "a", long.String()},
			{Prometheus, "", prom.String()}, {OpenMetrics, "", metrics.String()},
		} {
			h, err := Read(strings.NewReader(c.text), "x", Options{Format: c.format, Series: c.series})
			if err != nil {
				t.Fatal(c.format, err)
			}
			if got := strings.Trim(fmt.Sprint(h.Series.Values), "[]"); got != strings.Join(want, " ") || !h.Series.Start.Equal(start) || h.GapBins != holes || h.Series.Count(series.Missing) != holes {
				t.Fatalf("%s: from %v %s, want from %v %s", c.format, h.Series.Start, got, start, want)
			}
		}
		h, err := Read(strings.NewReader(log.String()), "x", Options{Format: Log})
		if err != nil {
			t.Fatal(err)
		}
		zeros := strings.ReplaceAll(strings.Join(want[1:len(want)-1], " "), "NaN", "0")
		if got := strings.Trim(fmt.Sprint(h.Series.Values), "[]"); got != "NaN "+zeros+" NaN" || !h.Series.Start.Equal(start) {
			t.Fatalf("log: from %v %s, want from %v NaN %s NaN", h.Series.Start, got, start, zeros)
		}
	})
}
