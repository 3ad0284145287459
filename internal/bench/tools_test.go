package main

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func fixture(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// same compares what two runs said; NaN is the same as NaN.
func same(a, b Said) bool {
	eq := func(x, y float64) bool { return math.Abs(x-y) < 1e-12 || math.IsNaN(x) && math.IsNaN(y) }
	quantiles := func(x, y Quantiles) bool { return eq(x.P50, y.P50) && eq(x.P99, y.P99) && eq(x.P999, y.P999) }
	return quantiles(a.Latency, b.Latency) && quantiles(a.Lateness, b.Lateness) &&
		a.Requests == b.Requests && a.Failed == b.Failed && a.Missed == b.Missed && a.Verdict == b.Verdict
}

// The files are what the tools printed, unedited; the numbers wanted were read from them by eye, those of vegeta
// were sorted by another program.
func TestToolsAreReadAsTheySpeak(t *testing.T) {
	nan := math.NaN()
	vegeta := func(rate int) func([]byte) (Said, error) {
		return func(text []byte) (Said, error) { return readVegetaRows(bytes.NewReader(text), rate) }
	}
	for _, c := range []struct {
		name, file string
		read       func([]byte) (Said, error)
		want       Said
	}{
		{"peakday: a run on a busy machine", "peakday.json", readPeakdaySummary,
			Said{Requests: 500, Latency: Quantiles{0.000076544, 0.020512768, 0.026647153},
				Lateness: Quantiles{0.000016832, 0.020381696, 0.026391561}, Verdict: "invalid"}},
		{"wrk: quantiles in µs and ms", "wrk.txt", plain(readWrk, Load{}),
			Said{Requests: 39304, Latency: Quantiles{794e-6, 22.09e-3, nan}, Lateness: unsaid}},
		{"wrk: every answer was a 404", "wrk-404.txt", plain(readWrk, Load{}),
			Said{Requests: 70265, Failed: 70265, Latency: Quantiles{51e-6, 3.46e-3, nan}, Lateness: unsaid}},
		{"vegeta: lateness against its own best send", "vegeta.csv", vegeta(200),
			Said{Requests: 20, Latency: Quantiles{144220e-9, 7369669e-9, 7369669e-9}, Lateness: Quantiles{484725e-9, 2949613e-9, 2949613e-9}}},
		{"vegeta flat out has no plan to be late for", "vegeta.csv", vegeta(0),
			Said{Requests: 20, Latency: Quantiles{144220e-9, 7369669e-9, 7369669e-9}, Lateness: unsaid}},
		{"k6: 404s, and iterations dropped for want of users", "k6-404.json", plain(readK6, Load{}),
			Said{Requests: 4086, Failed: 4086, Missed: 918, Latency: Quantiles{0.12144150000000001e-3, 4.911839050000003e-3, 10.782852410000013e-3}, Lateness: unsaid}},
		{"fortio: as many as its connections plan", "fortio.json", plain(readFortio, Load{Rate: 103, For: time.Second, Connections: 4}),
			Said{Requests: 100, Latency: Quantiles{0.00013076923076923077, 0.000264231, 0.0002715003000000001}, Lateness: unsaid}},
		{"fortio: fewer than its connections plan", "fortio.json", plain(readFortio, Load{Rate: 120, For: time.Second, Connections: 4}),
			Said{Requests: 100, Missed: 20, Latency: Quantiles{0.00013076923076923077, 0.000264231, 0.0002715003000000001}, Lateness: unsaid}},
		{"hey: answers by status", "hey.txt", plain(readHey, Load{}),
			Said{Requests: 88126, Latency: Quantiles{0.0014, 0.0039, nan}, Lateness: unsaid}},
		{"hey: connections refused", "hey-refused.txt", plain(readHey, Load{}),
			Said{Requests: 16, Failed: 16, Latency: unsaid, Lateness: unsaid}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.read(fixture(t, c.file))
			if err != nil || !same(got, c.want) {
				t.Errorf("%s: got %+v, %v, want %+v", c.file, got, err, c.want)
			}
		})
	}
}

// plain is a parser that needs no files beside the standard output.
func plain(read func(context.Context, string, job, []byte) (Said, error), l Load) func([]byte) (Said, error) {
	return func(text []byte) (Said, error) { return read(context.Background(), "", job{Load: l}, text) }
}

func TestAToolThatSaysNothingIsAnError(t *testing.T) {
	for _, tool := range tools {
		if tool.Name == "vegeta" {
			continue // it speaks through a file
		}
		if got, err := tool.read(t.Context(), "", job{}, []byte("{}")); err == nil {
			t.Errorf("%s: an empty answer was read as %+v", tool.Name, got)
		}
	}
	if got, err := readVegetaRows(bytes.NewReader(nil), 1); err == nil {
		t.Errorf("vegeta: no rows were read as %+v", got)
	}
}

func TestEveryRowCanBeAsked(t *testing.T) {
	for _, row := range rows {
		for _, name := range row.Tools {
			asked := false
			for _, tool := range tools {
				if tool.Name != name {
					continue
				}
				asked = true
				c, err := tool.ask("/bin/"+name, job{Load: row.Load, Extra: row.Extra, URL: "http://127.0.0.1:1", Dir: t.TempDir()})
				if err != nil || c.Args[0] != "/bin/"+name {
					t.Errorf("%s, %s: %v, %v", row.Name, name, c.Args, err)
				}
			}
			if !asked {
				t.Errorf("%s names %s, which is no tool", row.Name, name)
			}
		}
	}
}
