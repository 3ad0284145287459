package history

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func utc(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05", text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestReadCSVFindsItsWay(t *testing.T) {
	for _, c := range []struct {
		name, text string
		options    Options
		start      string
		step       time.Duration
		values     []float64
	}{
		{"a header and commas", "period,count\n1998-05-01 00:00:00,2\n1998-05-01 00:01:00,3\n", Options{}, "1998-05-01 00:00:00", time.Minute, []float64{2, 3}},
		{"no header at all", "1998-05-01 00:00:00,2\n1998-05-01 00:01:00,3\n", Options{}, "1998-05-01 00:00:00", time.Minute, []float64{2, 3}},
		{"semicolons", "t;v\n1998-05-01;2.5\n1998-05-02;3\n", Options{}, "1998-05-01 00:00:00", 24 * time.Hour, []float64{2.5, 3}},
		{"tabs", "t\tv\n1998-05-01 10:00\t2\n1998-05-01 11:00\t3\n", Options{}, "1998-05-01 10:00:00", time.Hour, []float64{2, 3}},
		{"RFC 3339 with a zone", "t,v\n1998-05-01T02:00:00+02:00,2\n1998-05-01T02:30:00+02:00,3\n", Options{}, "1998-05-01 00:00:00", 30 * time.Minute, []float64{2, 3}},
		{"a T and no zone", "t,v\n1998-05-01T02:00:00,2\n1998-05-01T02:30:00,3\n", Options{}, "1998-05-01 02:00:00", 30 * time.Minute, []float64{2, 3}},
		{"slashes", "t,v\n1998/05/01,2\n1998/05/02,3\n", Options{}, "1998-05-01 00:00:00", 24 * time.Hour, []float64{2, 3}},
		{"slashes and a clock", "t,v\n1998/05/01 07:30,2\n1998/05/01 08:00,3\n", Options{}, "1998-05-01 07:30:00", 30 * time.Minute, []float64{2, 3}},
		{"seconds since 1970", "ts,v\n894000000,2\n894000060,3\n", Options{}, "1998-05-01 05:20:00", time.Minute, []float64{2, 3}},
		{"a count that looks like seconds before a calendar time", "bytes,t\n894000000,1998-05-01\n894000001,1998-05-02\n", Options{}, "1998-05-01 00:00:00", 24 * time.Hour, []float64{894000000, 894000001}},
		{"byte order mark and CRLF", "\ufefft,v\r\n1998-05-01,2\r\n1998-05-02,3\r\n", Options{Time: "t"}, "1998-05-01 00:00:00", 24 * time.Hour, []float64{2, 3}},
		{"quoted cells and spaces", "\"t\",\"v\"\n\"1998-05-01\",\" 2 \"\n\"1998-05-02\",3\n", Options{}, "1998-05-01 00:00:00", 24 * time.Hour, []float64{2, 3}},
		{"columns by name, whatever the case", "n,when,hits,end\n1,1998-05-01,2,1999-01-01\n1,1998-05-02,3,1999-01-01\n", Options{Time: "WHEN", Value: "hits"}, "1998-05-01 00:00:00", 24 * time.Hour, []float64{2, 3}},
		{"columns by number in a file without header", "1998-05-01,7,2\n1998-05-02,7,3\n", Options{Value: "3"}, "1998-05-01 00:00:00", 24 * time.Hour, []float64{2, 3}},
		{"a location for stamps without one", "t,v\n1998-05-01 08:00,2\n1998-05-01 09:00,3\n", Options{Location: time.FixedZone("CST", 8*3600)}, "1998-05-01 00:00:00", time.Hour, []float64{2, 3}},
		{"an empty first value", "t,v\n1998-05-01,\n1998-05-02,3\n", Options{}, "1998-05-01 00:00:00", 24 * time.Hour, []float64{math.NaN(), 3}},
	} {
		h, err := ReadCSV(strings.NewReader(c.text), "peak.csv", c.options)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if s := h.Series; !s.Start.Equal(utc(c.start)) || s.Step != c.step || fmt.Sprint(s.Values) != fmt.Sprint(c.values) {
			t.Errorf("%s: got %v every %v: %v, want %s every %v: %v", c.name, s.Start, s.Step, s.Values, c.start, c.step, c.values)
		}
	}
}

func TestReadCSVReportsWhatIsOdd(t *testing.T) {
	h, err := ReadCSV(strings.NewReader(`t,v
2026-01-01 00:00:00,1
2026-01-01 00:01:00,2
2026-01-01 00:01:00,9
2026-01-01 00:05:00,5
2026-01-01 00:03:00,NA
2026-01-01 00:06:10,6
2026-01-01 00:06:50,7
2026-01-01 00:08:00,8
2026-01-01 00:09:00,9
`), "odd.csv", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(h.Series.Values), "[1 2 NaN NaN NaN 5 6 7 8 9]"; got != want {
		t.Errorf("values = %s, want %s", got, want)
	}
	counts := []int{h.Rows, h.Gaps.Count, h.GapBins, h.Duplicates.Count, h.Missing.Count, h.Unsorted.Count, h.OffGrid.Count}
	if want := []int{9, 2, 2, 1, 1, 1, 2}; !slices.Equal(counts, want) {
		t.Errorf("rows, gaps, gap bins, duplicates, missing, unsorted, off grid = %v, want %v", counts, want)
	}
	if got, want := strings.Join(h.Warnings(), "\n"), strings.Join([]string{
		"odd.csv: gaps: 2, 2 bins are missing and left out; first at line 6: none between 2026-01-01 00:01:00 and 2026-01-01 00:03:00",
		"odd.csv: duplicate stamps: 1, the first of each is kept; first at line 4: 2026-01-01 00:01:00 comes again",
		"odd.csv: lines without a value: 1, they are missing bins; first at line 6: no value at 2026-01-01 00:03:00",
		"odd.csv: lines out of order: 1, sorted; first at line 6: 2026-01-01 00:03:00 after 2026-01-01 00:05:00",
		"odd.csv: stamps beside the grid: 2, put in the nearest bin; first at line 7: 2026-01-01 00:06:10 at a step of 1m0s from 2026-01-01 00:00:00",
	}, "\n"); got != want {
		t.Errorf("warnings:\n%s\nwant:\n%s", got, want)
	}
}

func TestReadCSVTellsWhatIsBroken(t *testing.T) {
	many := "t,v\n2026-01-01,1\n" + strings.Repeat("2026-01-02,x\n", 30)
	for _, c := range []struct {
		name, text string
		options    Options
		want       string
	}{
		{"an empty file", "", Options{}, "peak.csv: empty: want a table with a time and a value column, a log, or what Prometheus answers"},
		{"a header alone", "t,v\n", Options{}, "peak.csv:1: no line of data: want a time and a value, such as 2026-01-31 08:00:00,120"},
		{"a decimal comma", "t;v\n2026-01-01;1\n2026-01-02;12,5\n", Options{}, `peak.csv:3: value "12,5": want a number such as 12.5`},
		{"all faults at once", "t,v\n2026-01-01,1\nyesterday,x\n2026-01-03\n", Options{}, `peak.csv:3: time "yesterday": want a time such as 2006-01-02 as in the first line of data
peak.csv:3: value "x": want a number such as 12.5
peak.csv:4: 1 cells: want at least 2`},
		{"no time column", "a,b\nx,1\n", Options{}, `peak.csv:2: no cell of ["x" "1"] is a time such as 2026-01-31 08:00:00, 2026-01-31T08:00:00Z, 2026-01-31 or seconds since 1970: name the column with --time; the columns are a, b`},
		{"no such column", "t,v\n2026-01-01,1\n", Options{Value: "hits"}, `peak.csv:2: no value column "hits": the columns are t, v`},
		{"the time column is not one", "t,v\n2026-01-01,1\n", Options{Time: "v"}, `peak.csv:2: time "1": want a time such as 2026-01-31 08:00:00, 2026-01-31T08:00:00Z, 2026-01-31 or seconds since 1970`},
		{"one column for both", "t,v\n894000000,1\n", Options{Value: "t"}, `peak.csv:2: column "t" is both time and value: want two`},
		{"several numbers", "t,hits,temp\n2026-01-01,1,20\n", Options{}, "peak.csv:2: 2 columns hold numbers: name one with --value, or say --format wide if each is a series: hits, temp"},
		{"a name without end", "a," + strings.Repeat("é", 1000) + "\nx,1\n", Options{}, `peak.csv:2: no cell of ["x" "1"] is a time such as 2026-01-31 08:00:00, 2026-01-31T08:00:00Z, 2026-01-31 or seconds since 1970: name the column with --time; the columns are a, ` + strings.Repeat("é", 498) + "…"},
		{"one stamp", "t,v\n2026-01-01,1\n2026-01-01,2\n", Options{}, "peak.csv: every stamp is 2026-01-01 00:00:00: want at least 2 times"},
		{"a wild stamp", "t,v\n2026-01-01 00:00:00,1\n2026-01-01 00:00:01,2\n2036-01-01 00:00:00,2\n", Options{}, "peak.csv: stamps from 2026-01-01 00:00:00 to 2036-01-01 00:00:00 at a step of 1s are 315532801 bins for 3 lines: want a regular history; look for a wrong stamp"},
		{"a bare quote", "t,v\n2026-01-01,1\n2026-\"01-02,3\n2026-01-03,1\n", Options{}, `peak.csv:3: bare " in non-quoted-field: want plain or properly quoted cells`},
		{"too many to tell", many, Options{}, "stopped after 20 faults"},
	} {
		_, err := ReadCSV(strings.NewReader(c.text), "peak.csv", c.options)
		if err == nil {
			t.Errorf("%s: no error, want %s", c.name, c.want)
		} else if got := err.Error(); got != c.want && !(c.text == many && strings.Contains(got, c.want) && strings.Count(got, "\n") == maxFaults) {
			t.Errorf("%s:\n%s\nwant:\n%s", c.name, got, c.want)
		}
	}
}

func TestReadCSVPassesOnAReadError(t *testing.T) {
	r := io.MultiReader(strings.NewReader("t,v\n2026-01-01,1\n"), iotest.ErrReader(io.ErrUnexpectedEOF))
	_, err := ReadCSV(r, "peak.csv", Options{})
	if want := "reading history peak.csv: unexpected EOF"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// What is read and written plainly reads back the same, and nothing panics.
func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("period,count\n1998-05-01 00:00:00,2\n1998-05-01 00:01:00,3\n"))
	f.Add([]byte("\ufefft;v\r\n1998-05-01;2.5\r\n1998-05-04;\r\n1998-05-02;1\r\n"))
	f.Add([]byte("894000000\t1\n894000060\t2\n894000060\t2\n"))
	f.Add([]byte("t,v\n0001-01-01,1\n9999-12-31,2\n"))
	f.Add([]byte("t,v\n2026-01-01T00:00:00.5Z,1\n2026-01-01T00:00:01Z,1e300\n\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := ReadCSV(bytes.NewReader(data), "fuzz.csv", Options{})
		if err != nil {
			return
		}
		s := h.Series
		if s.Step <= 0 || s.Len() < 2 || h.Rows < 2 {
			t.Fatalf("read %d rows into %d bins of %v", h.Rows, s.Len(), s.Step)
		}
		if got := h.Rows - h.Duplicates.Count + h.GapBins; got != s.Len() {
			t.Fatalf("%d rows - %d duplicates + %d gap bins is not %d bins", h.Rows, h.Duplicates.Count, h.GapBins, s.Len())
		}
		var again bytes.Buffer
		for i, v := range s.Values {
			fmt.Fprintf(&again, "%s,%v\n", s.At(i).Format(time.RFC3339Nano), v)
		}
		h2, err := ReadCSV(&again, "again.csv", Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !h2.Series.Start.Equal(s.Start) || h2.Series.Step != s.Step || fmt.Sprint(h2.Series.Values) != fmt.Sprint(s.Values) {
			t.Fatalf("read back %v, want %v", h2.Series, s)
		}
	})
}
