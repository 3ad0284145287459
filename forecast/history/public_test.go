package history

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/peakday/peakday/forecast/series"
)

// public opens a series that may not be shipped.
func public(t testing.TB, name string) *os.File {
	t.Helper()
	dir := os.Getenv("PEAKDAY_DATA")
	if dir == "" {
		t.Skip("PEAKDAY_DATA does not say where public series are")
	}
	file, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

// The road has no data for 307 days from 2014-08-08 on, and an hour has a line
// for each kind of weather that was in it: 48,204 lines of 40,575 stamps (by
// sort -u).
func TestMetro(t *testing.T) {
	h, err := Read(public(t, "seasonal/metro_interstate_traffic_volume_hourly.csv"), "metro", Options{Value: "traffic_volume"})
	if err != nil {
		t.Fatal(err)
	}
	hole := time.Date(2014, 8, 8, 2, 0, 0, 0, time.UTC)
	first := int(hole.Sub(h.Series.Start) / time.Hour)
	days := 0
	for i := first; h.Series.State(i) == series.Missing; i++ {
		days = (i - first + 1) / 24
	}
	if h.Series.Step != time.Hour || days != 307 || h.Rows != 48204 || h.Duplicates.Count != 48204-40575 {
		t.Errorf("a hole of %d days from bin %d on, %q", days, first, h.Warnings())
	}
	t.Logf("%q", h.Warnings())
	var found []int
	for _, s := range series.FindSeasons(h.Series) {
		found = append(found, s.Length)
	}
	if !slices.Equal(found, []int{24, 168}) {
		t.Errorf("seasons %v", found)
	}
}

// The server was down from 1995-08-01 14:52 to 08-03 04:36, 2,264 minutes that
// the file has as zeros. Its log has no lines of 07-28 13:32 to 07-31.
func TestNASAOutage(t *testing.T) {
	zoneless := func(text string) Mark {
		m, err := ParseMark(text, series.Outage, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	h, err := Read(public(t, "web/nasa_http_1995_minute_until_08-14.csv"), "nasa",
		Options{Value: "requests", Marks: []Mark{zoneless("1995-08-01 14:52..1995-08-03 04:36")}})
	if err != nil {
		t.Fatal(err)
	}
	if got := h.Series.Count(series.Outage); got != 2264 {
		t.Errorf("%d minutes of outage, want 2264", got)
	}
	from := int(time.Date(1995, 8, 1, 14, 52, 0, 0, time.UTC).Sub(h.Series.Start) / time.Minute)
	if around := fmt.Sprint(h.Series.State(from-1), h.Series.State(from), h.Series.State(from+2263), h.Series.State(from+2264)); around != "value outage outage value" {
		t.Errorf("around it: %s", around)
	}
	if h.GapBins < 3000 || h.Series.Count(series.Missing) != h.GapBins {
		t.Errorf("%d bins of gap, %d missing", h.GapBins, h.Series.Count(series.Missing))
	}
	hours, estimated, err := h.Series.Resample(time.Hour, 0.5)
	if err != nil || hours.Count(series.Outage) != 38 { // from 15:00 of the 1st to 04:00 of the 3rd, of which 24 minutes were counted
		t.Errorf("%d hours of outage, %d estimated, %v", hours.Count(series.Outage), estimated, err)
	}
	t.Logf("%q, %d hours of outage, %d estimated", h.Warnings(), hours.Count(series.Outage), estimated)
}

func TestM4Hourly(t *testing.T) {
	n, lengths := 0, map[int]int{}
	for h, err := range Each(public(t, "m4_hourly/Hourly-train.csv"), "m4", Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; h.ID != fmt.Sprint("H", n) || h.Format != M4 || len(h.Warnings()) > 0 {
			t.Errorf("series %d is %s of %s: %q", n, h.ID, h.Format, h.Warnings())
		}
		lengths[h.Series.Len()]++
	}
	if fmt.Sprint(lengths) != "map[700:169 960:245]" {
		t.Errorf("lengths %v", lengths)
	}
}
