package history

import (
	"bytes"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/forecast/series"
)

// sample is one small file of each format and what it holds.
type sample struct {
	format Format
	text   string
	want   []string // id, start, step, values of each series
}

func samples() []sample {
	return []sample{
		{CSV, "time,value\n2026-03-01 10:00,5\n2026-03-01 10:30,6\n2026-03-01 11:00,7\n",
			[]string{" 2026-03-01 10:00:00 30m0s [5 6 7]"}},
		{Wide, "time,web,app\n2026-03-01 10:00,5,50\n2026-03-01 11:00,,60\n",
			[]string{"web 2026-03-01 10:00:00 1h0m0s [5 NaN]", "app 2026-03-01 10:00:00 1h0m0s [50 60]"}},
		{Long, "series,time,value\nweb,2026-03-01,5\napp,2026-03-01,50\nweb,2026-03-02,6\napp,2026-03-02,60\n",
			[]string{"web 2026-03-01 00:00:00 24h0m0s [5 6]", "app 2026-03-01 00:00:00 24h0m0s [50 60]"}},
		{M4, "\"V1\",\"V2\",\"V3\",\"V4\",\"V5\",\"V6\",\"V7\",\"V8\",\"V9\",\"V10\"\n\"H1\",\"605\",\"586\",586,559,511,443,422,395,382\nH2,1,NA,3,4,5,6,7,8,,\n",
			[]string{"H1 0001-01-01 00:00:00 0s [605 586 586 559 511 443 422 395 382]", "H2 0001-01-01 00:00:00 0s [1 NaN 3 4 5 6 7 8]"}},
		{Prometheus, `{"status":"success","data":{"resultType":"matrix","result":[
			{"metric":{"__name__":"requests_total","code":"200","app":"a"},"values":[[1772359200,"100"],[1772359260,"160"],[1772359320,"20"]]},
			{"metric":{},"values":[[1772359260,"5"],[1772359320,"NaN"],[1772359380,"7.5"]]}]}}`,
			[]string{`requests_total{app="a",code="200"} 2026-03-01 10:00:00 1m0s [60 20]`, "{} 2026-03-01 10:00:00 1m0s [5 NaN 7.5]"}},
		{OpenMetrics, "# TYPE requests counter\nrequests_total{path=\"/a b}\"} 10 1772359200\nrequests_total{path=\"/a b}\"} 25 1772359260 # {trace=\"x\"} 1\n" +
			"requests_total{path=\"/a b}\"} 26.5 1772359320.000\nqueue 3 1772359260\nqueue 4 1772359320\n# EOF\n",
			[]string{`requests_total{path="/a b}"} 2026-03-01 10:00:00 1m0s [15 1.5]`, "queue 2026-03-01 10:00:00 1m0s [3 4]"}},
		{Log, commonLog("10:00:30", "10:01:00", "10:01:59", "10:03:10", "10:04:00"),
			[]string{" 2026-03-01 10:00:00 1m0s [NaN 2 0 1 NaN]"}},
	}
}

func commonLog(clock ...string) string {
	var text strings.Builder
	for _, c := range clock {
		fmt.Fprintf(&text, "192.0.2.1 - - [01/Mar/2026:%s +0000] \"GET /v1/benefits HTTP/1.1\" 200 512\n", c)
	}
	return text.String()
}

// told writes what was read of a series.
func told(h History) string {
	return fmt.Sprintf("%s %s %v %v", h.ID, stamp(h.Series.Start), h.Series.Step, h.Series.Values)
}

func all(t testing.TB, seq iter.Seq2[History, error]) []string {
	t.Helper()
	var got []string
	for h, err := range seq {
		if err != nil {
			t.Error(err)
		}
		got = append(got, told(h))
	}
	return got
}

func TestEachFormatIsRead(t *testing.T) {
	for _, c := range samples() {
		got := all(t, Each(strings.NewReader(c.text), "x", Options{Format: c.format}))
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", c.format, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
		if want := c.format; want != Wide && Sniff([]byte(c.text)) != want {
			t.Errorf("%s is taken for %s", want, Sniff([]byte(c.text)))
		}
		for h := range Each(strings.NewReader(c.text), "x", Options{Format: c.format}) {
			if h.Format != c.format {
				t.Errorf("%s: the history says %s", c.format, h.Format)
			}
			break // a reader must take that
		}
	}
}

func TestSniff(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Format
	}{
		{"nothing", "", CSV},
		{"a table of weather and traffic", "holiday,temp,date_time,traffic\nNone,288.3,2012-10-02 09:00:00,5545\n", CSV},
		{"stamps as seconds in a table", "host,ts,a,b,c,d,e,f,g\nx,894000000,1,2,3,4,5,6,7\n", CSV},
		{"the combined format", `198.51.100.7 - ann [10/Oct/2026:13:55:36 -0700] "GET / HTTP/1.0" 200 2326 "-" "curl/8"`, Log},
		{"a line of an ALB", `https 2026-03-01T10:00:00.186641Z app/lb/50dc 192.0.2.4:2817 - 0.0 0.0 0.0 200 200 34 366 "GET https://a/ HTTP/1.1" "-"`, Log},
		{"a line of Envoy", `[2026-03-01T10:00:00.310Z] "POST /api HTTP/2" 204 - 154 0 226 100 "10.0.35.28"`, Log},
		{"a JSON object a line", "{\"time_iso8601\":\"2026-03-01T10:00:00+00:00\",\"status\":\"200\"}\n{}\n", Log},
		{"pretty JSON of Prometheus", "{\n  \"status\": \"success\",\n", Prometheus},
		{"an error of Prometheus", `{"status":"error","errorType":"bad_data","error":"x"}`, Prometheus},
		{"a sample without a comment", "up{job=\"a\"} 1 1772359200000\n", OpenMetrics},
		{"series by another name", "unique_id,ds,y\nH1,2026-01-01,3\n", Long},
		{"M4 without a header", "H1,1,2,3,4,5,6,7,8\n", M4},
		{"M4 behind a byte order mark", "\ufeffH1;1;2;3;4;5;6;7;8\n", M4},
	} {
		if got := Sniff([]byte(c.text)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// What stands at the end of a bin does so in any order of the lines.
func TestOrderDoesNotMoveSamples(t *testing.T) {
	lines := []string{"up 3 1772359200\n", "up 5 1772359260\n", "up 8 1772359320\n"}
	sorted, err := Read(strings.NewReader(strings.Join(lines, "")), "x", Options{})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(lines)
	reversed, err := Read(strings.NewReader(strings.Join(lines, "")), "x", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !sorted.Series.Start.Equal(time.Unix(1772359140, 0)) || !reversed.Series.Start.Equal(sorted.Series.Start) {
		t.Errorf("from %v on sorted and from %v on reversed, want from a minute before the first stamp on", sorted.Series.Start, reversed.Series.Start)
	}
	if !slices.Equal(reversed.Series.Values, sorted.Series.Values) {
		t.Errorf("values %v reversed, %v sorted", reversed.Series.Values, sorted.Series.Values)
	}
}

func TestEachFormatRefuses(t *testing.T) {
	prom := func(result string) string {
		return `{"status":"success","data":{"resultType":"matrix","result":[` + result + `]}}`
	}
	for _, c := range []struct {
		name   string
		format Format
		text   string
		want   string
	}{
		{"an empty file", "", "", "x: empty: want a table with a time and a value column, a log, or what Prometheus answers"},
		{"an unknown format", "xml", "<a/>", `format "xml": want one of csv, wide, long, m4, prometheus, openmetrics, log`},
		{"wide with a text column", Wide, "time,web,note\n2026-03-01,1,hello\n", `x:2: column "note": "hello" is no number: in a wide table every column but the time is a series; name time and value columns and read it as csv`},
		{"wide with nothing beside the time", Wide, "time\n2026-03-01\n", "x:2: no column beside the time: want one for each series"},
		{"long without names", Long, "time,value\n2026-03-01,1\n", "x:2: no other cell of [\"2026-03-01\" \"1\"] is a number such as 12.5: name the column with --value; the columns are time, value"},
		{"a broken cell of long", Long, "series,time,value\nweb,2026-03-01,1\nweb,2026-03-02,many\n", `x:3: value "many": want a number such as 12.5`},
		{"a state that is none", CSV, "time,value,state\n2026-03-01,1,sleepy\n2026-03-02,1,\n", `x:2: state "sleepy": want one of value, missing, outage, throttled`},
		{"a header alone of M4", M4, "V1,V2\n", "x:1: no line of data: want an id and values, such as H1,605,586"},
		{"a broken cell of M4", M4, "H1,1,2\nH2,1,x\n", `x:2: series H2, value 2: "x": want a number such as 12.5`},
		{"an error of Prometheus", Prometheus, `{"status":"error","errorType":"bad_data","error":"parse error at char 3"}`, "reading history x: byte 72: the query: parse error at char 3"},
		{"an instant query", Prometheus, `{"status":"success","data":{"resultType":"vector","result":[]}}`, `reading history x: byte 49: resultType "vector": want matrix, the answer of /api/v1/query_range`},
		{"no match", Prometheus, prom(""), "x: no series in data.result: want the answer of /api/v1/query_range; does the query match anything?"},
		{"a series without points", Prometheus, prom(`{"metric":{"a":"b"},"values":[]}`), `x {a="b"}: no points: want a longer range`},
		{"native histograms", Prometheus, prom(`{"metric":{},"histograms":[[1,{}]]}`), "x {}: native histograms: query histogram_count() of them for a number"},
		{"a broken point", Prometheus, prom(`{"metric":{},"values":[[1772359200,"1"],["noon",2]]}`), "x {}:2: time \"noon\": want seconds since 1970\nx {}:2: value 2: want a number in quotes such as \"12.5\""},
		{"half an answer", Prometheus, `{"status":"success","data":{"resultType":"matrix","result":[`, "reading history x: byte 60: unexpected EOF"},
		{"no object", Prometheus, `[1]`, "reading history x: byte 1: [ where { of the file should begin: want the answer of /api/v1/query_range"},
		{"a sample without a time", OpenMetrics, "# TYPE a counter\na_total 3\n", `x:2: "a_total 3" has no time: want name{label="…"} value time, as promtool tsdb dump-openmetrics writes`},
		{"a sample without an end", OpenMetrics, "a{b=\"c\" 3 4\n", `x:1: "a{b=\"c\" 3 4": want name{label="…"} value time`},
		{"comments alone", OpenMetrics, "# TYPE a counter\n# EOF\n", `x:1: no sample: want lines such as http_requests_total{code="200"} 1027 1767225600`},
		{"no log", Log, "hello\n", `x:1: "hello" has no time: want lines of an access log (common, combined, ALB, Envoy), or JSON objects with a time; name its key with --time`},
		{"a log of two kinds", Log, commonLog("10:00:00") + "a\nb\n", `x: 2 of 3 lines have no time, first line 2: "a": want an access log of one kind`},
		{"a wild stamp in a log", Log, commonLog("10:00:00") + `- [01/Mar/2036:10:00:00 +0000] "GET"`, "x: lines from 2026-03-01 10:00:00 to 2036-03-01 10:00:00 are 5260321 bins of 1m0s, 2 of them with a line: look for a wrong stamp (the first is at line 1)"},
	} {
		var got error
		for _, err := range Each(strings.NewReader(c.text), "x", Options{Format: c.format}) {
			got = err
		}
		if got == nil || got.Error() != c.want {
			t.Errorf("%s: %v\nwant %s", c.name, got, c.want)
		}
	}
}

// One broken series of M4 is told and the others are read.
func TestABrokenSeriesOfM4DoesNotEndTheFile(t *testing.T) {
	var got []string
	for h, err := range Each(strings.NewReader("a,1,2\nb,x,2\nc\nd,-1,1e300,3,\n"), "x", Options{Format: M4}) {
		if err != nil {
			got = append(got, "error of "+h.ID)
			continue
		}
		got = append(got, fmt.Sprint(h.ID, h.Series.Values, " ", h.LeftOut()))
	}
	if want := "a[1 2] 0|error of b|c[] 0|d[NaN NaN 3] 2"; strings.Join(got, "|") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "|"), want)
	}
}

func TestReadTakesOneSeries(t *testing.T) {
	wide := "time,web,app\n2026-03-01 10:00,5,50\n2026-03-01 11:00,6,60\n"
	h, err := Read(strings.NewReader(wide), "x", Options{Format: Wide, Series: "app"})
	if err != nil || told(h) != "app 2026-03-01 10:00:00 1h0m0s [50 60]" {
		t.Errorf("%s, %v", told(h), err)
	}
	for _, c := range []struct{ name, series, text, want string }{
		{"no choice", "", wide, "x: several series: name one with --series, or forecast all with --batch: web, app"},
		{"a wrong choice", "ap", wide, `x: no series "ap": there are web, app`},
		{"many", "", "time" + strings.Repeat(",s", 30) + "\n2026-03-01" + strings.Repeat(",1", 30) + "\n2026-03-02" + strings.Repeat(",1", 30) + "\n",
			"x: several series: name one with --series, or forecast all with --batch: s, s, s, s, s, s, s, s, s, s, …"},
	} {
		if _, err := Read(strings.NewReader(c.text), "x", Options{Format: Wide, Series: c.series}); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

func TestAbsurdValuesAreLeftOutAndTold(t *testing.T) {
	h, err := Read(strings.NewReader("t,v\n2026-03-01,1\n2026-03-02,-4\n2026-03-03,1e300\n2026-03-04,Inf\n2026-03-05,NaN\n2026-03-06,1e999\n2026-03-07,2\n"), "x", Options{})
	if err != nil || fmt.Sprint(h.Series.Values) != "[1 NaN NaN NaN NaN NaN 2]" || h.LeftOut() != 4 || h.Missing.Count != 1 {
		t.Errorf("%v, %d left out, %v", h.Series.Values, h.LeftOut(), err)
	}
	if got, want := h.Warnings()[1], "x: values that are no count: 4, left out, they are missing bins; first at line 3: -4 at 2026-03-02 00:00:00 is negative"; got != want {
		t.Errorf("warning %s\nwant %s", got, want)
	}
}

// However broken the file, the report is short.
func TestReportsAreBounded(t *testing.T) {
	text := "t,v\n" + strings.Repeat("2026-03-01,-4\n2026-02-01 ,1e300\n", 5000)
	h, err := Read(strings.NewReader(text), "x", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(strings.Join(h.Warnings(), "\n")); n > 3000 || len(h.Duplicates.First) != 5 || h.LeftOut() < 9998 {
		t.Errorf("%d bytes of warnings, %d left out", n, h.LeftOut())
	}
}

func TestStatesAndMarks(t *testing.T) {
	text := "time,value,state\n2026-03-01 10:00,5,\n2026-03-01 11:00,0,outage\n2026-03-01 12:00,9,Throttled\n2026-03-01 13:00,7,value\n2026-03-01 14:00,8,missing\n2026-03-01 15:00,9,\n"
	mark, err := ParseMark("2026-03-01 14:30..2026-03-01 16:00", series.Outage, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	idle := Mark{From: mark.To.AddDate(1, 0, 0), To: mark.To.AddDate(1, 0, 1), State: series.Throttled}
	h, err := Read(strings.NewReader(text), "x", Options{Marks: []Mark{mark, idle}})
	if err != nil {
		t.Fatal(err)
	}
	var states []series.State
	for i := range h.Series.Values {
		states = append(states, h.Series.State(i))
	}
	if got, want := fmt.Sprint(h.Series.Values, states), "[5 NaN 9 7 NaN NaN] [value outage throttled value outage outage]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := strings.Join(h.Warnings(), "\n"), `x: bins in an outage: 3, what would have come in them is not known
x: throttled bins: 1, their values are lower bounds of the demand
x: throttled from 2027-03-01 16:00:00 to 2027-03-02 16:00:00: no bin of the history is in it`; got != want {
		t.Errorf("warnings\n%s\nwant\n%s", got, want)
	}
	for _, text := range []string{"", "2026-03-01", "2026-03-02..2026-03-01", "a..b", "2026-03-01..", "..2026-03-01"} {
		if _, err := ParseMark(text, series.Outage, time.UTC); err == nil {
			t.Errorf("ParseMark(%q): no error", text)
		}
	}
}

func TestMeasures(t *testing.T) {
	text := "time,value\n2026-03-01 10:00,5\n2026-03-01 10:01,6\n2026-03-01 10:02,4\n"
	for _, c := range []struct {
		measure Measure
		want    string
	}{
		{Count, " 2026-03-01 10:00:00 1m0s [5 6 4]"},
		{Rate, " 2026-03-01 10:00:00 1m0s [300 360 240]"},
		{Counter, " 2026-03-01 10:00:00 1m0s [1 4]"},
	} {
		h, err := Read(strings.NewReader(text), "x", Options{Measure: c.measure})
		if err != nil || told(h) != c.want || h.Resets.Count != map[Measure]int{Counter: 1}[c.measure] {
			t.Errorf("%s: %s, %v, want %s", c.measure, told(h), err, c.want)
		}
	}
}

// The bins of a counter lie between its samples and take their states from them.
func TestACounterKeepsItsStates(t *testing.T) {
	text := "time,value,state\n2026-03-01 10:00,5,\n2026-03-01 10:01,6,throttled\n2026-03-01 10:02,8,\n2026-03-01 10:03,9,outage\n2026-03-01 10:04,12,\n2026-03-01 10:05,16,\n"
	h, err := Read(strings.NewReader(text), "x", Options{Measure: Counter})
	if err != nil {
		t.Fatal(err)
	}
	var states []series.State
	for i := range h.Series.Values {
		states = append(states, h.Series.State(i))
	}
	if got, want := fmt.Sprint(h.Series.Values, states), "[1 2 NaN NaN 4] [value throttled missing outage value]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A counter that is scraped at jittering times rises evenly all the same, and
// what came across a hole is in no bin.
func TestACounterIsReadBetweenItsSamples(t *testing.T) {
	var text strings.Builder
	fmt.Fprintln(&text, "# TYPE served counter")
	start := 1772359200.0
	for i := range 20 {
		at := start + 15*float64(i)
		if i > 0 {
			at += 2 * math.Sin(float64(i)) // jitter
		}
		if i == 8 || i == 9 {
			continue
		}
		fmt.Fprintf(&text, "served_total %.3f %.3f\n", 4*(at-start), at)
	}
	h, err := Read(strings.NewReader(text.String()), "x", Options{})
	if err != nil || h.Series.Step != 15*time.Second || h.GapBins != 4 && h.GapBins != 3 {
		t.Fatalf("%s, %d bins of gap, %v", told(h), h.GapBins, err)
	}
	for i, v := range h.Series.Values {
		if !math.IsNaN(v) && math.Abs(v-60) > 0.01 {
			t.Errorf("bin %d holds %g, want 60", i, v)
		}
	}
}

func TestAStepThatIsAskedForIsSummed(t *testing.T) {
	text := "time,value\n2026-03-01 00:00,1\n2026-03-01 00:15,2\n2026-03-01 00:30,3\n2026-03-01 00:45,4\n2026-03-01 01:00,5\n2026-03-01 01:30,7\n"
	h, err := Read(strings.NewReader(text), "x", Options{Step: time.Hour})
	if err != nil || told(h) != " 2026-03-01 00:00:00 1h0m0s [10 24]" || h.Estimated != 1 {
		t.Errorf("%s, %d estimated, %v", told(h), h.Estimated, err)
	}
	if _, err := Read(strings.NewReader(text), "x", Options{Step: 20 * time.Minute}); err == nil || err.Error() != "x: resampling a step of 15m0s to 20m0s: want a whole multiple" {
		t.Errorf("error %v", err)
	}
	if _, err := Read(strings.NewReader(text), "x", Options{Step: time.Millisecond}); err == nil {
		t.Error("a step of a millisecond: no error")
	}
}

// Reading is a function of the bytes, yields only values that are counts, and
// ends whatever the bytes are.
func FuzzEach(f *testing.F) {
	for _, c := range samples() {
		for i, format := range Formats() {
			if format == c.format {
				f.Add([]byte(c.text), uint8(i))
			}
		}
	}
	f.Add([]byte("{\"time\":1772359200.5}\n{\"ts\":\"2026-03-01T10:00:00Z\"}\n{"), uint8(6))
	f.Add([]byte("a_total 5 1\na_total 1e999 2\na_total 3 9e13\n"), uint8(5))
	f.Fuzz(func(t *testing.T, data []byte, format uint8) {
		o := Options{Location: time.FixedZone("X", 5400)}
		if n := int(format) % (len(Formats()) + 1); n < len(Formats()) {
			o.Format = Formats()[n]
		}
		read := func() string {
			var text strings.Builder
			for h, err := range Each(bytes.NewReader(data), "fuzz", o) {
				fmt.Fprintln(&text, told(h), err, h.Warnings())
				if err != nil {
					continue
				}
				for i, v := range h.Series.Values {
					if v < 0 || math.IsInf(v, 0) || math.IsNaN(v) != (h.Series.State(i) == series.Missing || h.Series.State(i) == series.Outage) {
						t.Fatalf("value %g in state %v", v, h.Series.State(i))
					}
				}
			}
			return text.String()
		}
		if a, b := read(), read(); a != b {
			t.Fatalf("read twice:\n%s\nand\n%s", a, b)
		}
	})
}
