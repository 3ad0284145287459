package history

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/peakday/peakday/forecast/series"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// zdump of the tz database: Berlin goes from 03:00 CEST back to 02:00 CET at
// 2026-10-25 01:00 UTC and from 02:00 CET to 03:00 CEST at 2026-03-29 01:00
// UTC; Lord Howe moves by half an hour, from 02:00 to 01:30 on 2026-04-05 at
// 15:00 UTC of the day before; Samoa had no 2011-12-30.
func TestAClockThatShowsAnHourTwiceOrNever(t *testing.T) {
	for _, c := range []struct {
		name, zone string
		stamps     string
		want       string // as UTC
		twice      int
		never      int
	}{
		{"an hour that comes twice is read in order", "Europe/Berlin", "2026-10-25 01:00|2026-10-25 02:00|2026-10-25 02:00|2026-10-25 03:00",
			"24 23:00|25 00:00|25 01:00|25 02:00", 2, 0},
		{"with half hours too", "Europe/Berlin", "2026-10-25 02:00|2026-10-25 02:30|2026-10-25 02:00|2026-10-25 02:30|2026-10-25 03:00",
			"25 00:00|25 00:30|25 01:00|25 01:30|25 02:00", 4, 0},
		{"written once it is the first of the two", "Europe/Berlin", "2026-10-25 01:00|2026-10-25 02:00|2026-10-25 03:00|2026-10-25 04:00",
			"24 23:00|25 00:00|25 02:00|25 03:00", 1, 0},
		{"written three times the third is a duplicate", "Europe/Berlin", "2026-10-25 01:00|2026-10-25 02:00|2026-10-25 02:00|2026-10-25 02:00|2026-10-25 03:00",
			"24 23:00|25 00:00|25 01:00|25 00:00|25 02:00", 3, 0},
		{"an hour that never was is left out", "Europe/Berlin", "2026-03-29 00:00|2026-03-29 01:00|2026-03-29 02:00|2026-03-29 03:00|2026-03-29 04:00",
			"28 23:00|29 00:00|29 01:00|29 02:00", 0, 1},
		{"half an hour twice", "Australia/Lord_Howe", "2026-04-05 01:00|2026-04-05 01:30|2026-04-05 01:30|2026-04-05 02:00",
			"04 14:00|04 14:30|04 15:00|04 15:30", 2, 0},
		{"a day that never was", "Pacific/Apia", "2011-12-28 00:00|2011-12-29 00:00|2011-12-30 00:00|2011-12-31 00:00", "28 10:00|29 10:00|30 10:00", 0, 1},
		{"no summer time since 1991", "Asia/Shanghai", "2026-03-29 01:00|2026-03-29 02:00", "28 17:00|28 18:00", 0, 0},
	} {
		text := "time,value\n" + strings.ReplaceAll(c.stamps, "|", ",1\n") + ",1\n"
		var rows []string
		drafts := parsed(t, text, zone(t, c.zone))
		for _, r := range drafts.rows {
			rows = append(rows, r.at.UTC().Format("02 15:04"))
		}
		if got := strings.Join(rows, "|"); got != c.want || drafts.h.Twice.Count != c.twice || drafts.h.Never.Count != c.never {
			t.Errorf("%s: %s, twice %d, never %d; want %s, %d, %d", c.name, got, drafts.h.Twice.Count, drafts.h.Never.Count, c.want, c.twice, c.never)
		}
	}
}

// parsed are the rows of a plain table before they are laid on a grid.
func parsed(t *testing.T, text string, loc *time.Location) *draft {
	t.Helper()
	f := faults{name: "x"}
	drafts, err := readRows(newTable(strings.NewReader(text), []byte(text)), History{Name: "x", Format: CSV}, &Options{Location: loc}, &f)
	if err != nil || f.err() != nil || len(drafts) != 1 {
		t.Fatal(err, f.err())
	}
	return drafts[0]
}

// Every instant of two years, written by the clock of its zone, is read back.
func TestWhatAClockShowsIsReadBack(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Asia/Shanghai", "Africa/Casablanca"} {
		loc := zone(t, name)
		var text strings.Builder
		text.WriteString("time,value\n")
		start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
		const n = 2 * 365 * 48
		for i := range n {
			fmt.Fprintf(&text, "%s,%d\n", start.Add(time.Duration(i)*30*time.Minute).In(loc).Format("2006-01-02 15:04"), i)
		}
		h, err := Read(strings.NewReader(text.String()), name, Options{Location: loc})
		if err != nil {
			t.Fatal(err)
		}
		if h.Series.Len() != n || h.GapBins+h.Duplicates.Count+h.Unsorted.Count+h.Never.Count != 0 {
			t.Errorf("%s: %d bins, %q", name, h.Series.Len(), h.Warnings())
		}
		for i, v := range h.Series.Values {
			if v != float64(i) {
				t.Fatalf("%s: %s holds %g, want %d", name, h.Series.At(i), v, i)
			}
		}
	}
}

// In Berlin 26 October 2025 has 25 hours: a table of dates is laid on days all the same.
func TestDatesAreDaysInAnyZone(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no zones on this machine: ", err)
	}
	mark, err := ParseMark("2025-10-27..2025-10-28", series.Outage, zone)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Location: zone, Marks: []Mark{mark}}
	h, err := ReadCSV(strings.NewReader("date,calls\n2025-10-25,1\n2025-10-26,2\n2025-10-27,3\n2025-10-28,4\n"), "days.csv", o)
	if err != nil {
		t.Fatal(err)
	}
	if got := h.Series.At(3).Format(time.DateTime); got != "2025-10-28 00:00:00" || h.OffGrid.Count > 0 || h.Series.Step != 24*time.Hour {
		t.Errorf("the last of %v bins of %v begins at %s, beside the grid %d", h.Series.Len(), h.Series.Step, got, h.OffGrid.Count)
	}
	if h.Series.Count(series.Outage) != 1 || h.Series.State(2) != series.Outage || !o.Marks[0].From.Equal(mark.From) {
		t.Errorf("states %v, marks of the caller %v: want the third day an outage", h.Series.States, o.Marks)
	}
}
