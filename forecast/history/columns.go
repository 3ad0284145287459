package history

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// delimiter is the one the first line has most of; a comma if it has none.
func delimiter(text string) rune {
	line, _, _ := strings.Cut(text, "\n")
	best := ','
	for _, d := range ",;\t" {
		if strings.Count(line, string(d)) > strings.Count(line, string(best)) {
			best = d
		}
	}
	return best
}

// A format is how stamps are written: a layout of package time, or unix.
type format string

// wantTime is what [formats] read, for messages.
const wantTime = "a time such as 2026-01-31 08:00:00, 2026-01-31T08:00:00Z, 2026-01-31 or seconds since 1970"

// unix stands for seconds since 1970.
const unix format = "unix"

// formats are tried in this order on the first line of data. A fraction of a
// second is understood after any seconds.
func formats() []format {
	return []format{
		time.RFC3339, "2006-01-02 15:04:05Z07:00",
		"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02",
		"2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01/02", unix,
	}
}

func (f format) String() string {
	if f == unix {
		return "seconds since 1970"
	}
	return "a time such as " + string(f)
}

func (f format) parse(text string, loc *time.Location) (time.Time, error) {
	if f != unix {
		return time.ParseInLocation(string(f), text, loc)
	}
	// From 1973 on: shorter numbers are more likely counts than stamps.
	s, err := strconv.ParseFloat(text, 64)
	if err != nil || !(s >= 1e8 && s < 1e11) {
		return time.Time{}, fmt.Errorf("%q is not between 1e8 and 1e11 seconds", text)
	}
	whole, part := math.Modf(s)
	return time.Unix(int64(whole), int64(math.Round(part*1e6))*1000), nil
}

// timeFormat is the first format that reads the text, "" if none does.
func timeFormat(text string, loc *time.Location) format {
	text = strings.TrimSpace(text)
	for _, f := range formats() {
		if _, err := f.parse(text, loc); err == nil {
			return f
		}
	}
	return ""
}

func anyTime(record []string, loc *time.Location) bool {
	for _, cell := range record {
		if timeFormat(cell, loc) != "" {
			return true
		}
	}
	return false
}

// zoned tells whether a stamp of the format says its zone.
func (f format) zoned() bool { return f == unix || strings.Contains(string(f), "Z07:00") }

// columns are where a line has what, and how its time is written.
type columns struct {
	time, series, state int // series and state are -1 where there is none
	values              []int
	width               int // how many cells a line must have
	format              format
	found               bool
}

// findColumns looks for the columns by name, else by what the first line of
// data holds.
func findColumns(header, first []string, kind Format, o Options) (columns, error) {
	c := columns{series: -1, state: -1}
	for i := range min(len(header), len(first)) {
		if strings.EqualFold(strings.TrimSpace(header[i]), "state") {
			c.state = i
		}
	}
	var err error
	if c.time, err = column(header, first, o.Time, "time", func(i int) bool {
		f := timeFormat(first[i], o.Location)
		// A calendar time in another column is the better guess than a bare number here.
		return f != "" && (f != unix || !anyCalendar(first, o.Location))
	}); err != nil {
		return columns{}, err
	}
	if c.format = timeFormat(first[c.time], o.Location); c.format == "" {
		return columns{}, fmt.Errorf("time %q: want %s", first[c.time], wantTime)
	}
	if kind == Long {
		c.series = c.find(header, first, func(i int) bool { return isSeriesName(header[i]) })
		if c.series < 0 {
			c.series = c.find(header, first, func(int) bool { return true })
		}
		if c.series < 0 {
			return columns{}, fmt.Errorf("no column names the series: want one beside time and value; the columns are %s", listed(header))
		}
	}
	if kind == Wide {
		if err := c.everyOther(header, first, o.Value); err != nil {
			return columns{}, err
		}
	} else {
		value, err := column(header, first, o.Value, "value", func(i int) bool {
			_, numErr := strconv.ParseFloat(strings.TrimSpace(first[i]), 64)
			return i != c.time && i != c.series && i != c.state && (numErr == nil || isMissing(strings.TrimSpace(first[i])) && len(first) == c.others()+1)
		})
		if err != nil {
			return columns{}, err
		}
		if value == c.time {
			return columns{}, fmt.Errorf("column %q is both time and value: want two", header[c.time])
		}
		c.values = []int{value}
	}
	c.width = max(c.time, c.series, c.state, slices.Max(c.values)) + 1
	c.found = true
	return c, nil
}

// others is how many columns are not values.
func (c columns) others() int {
	n := 1
	for _, at := range []int{c.series, c.state} {
		if at >= 0 {
			n++
		}
	}
	return n
}

// find is the first column that fits and is none found before, -1 if none is.
func (c columns) find(header, first []string, fits func(int) bool) int {
	for i := range min(len(header), len(first)) {
		if i != c.time && i != c.state && fits(i) {
			return i
		}
	}
	return -1
}

// everyOther column of a wide table is a series.
func (c *columns) everyOther(header, first []string, value string) error {
	if value != "" {
		return fmt.Errorf("a wide table has a value in every column and %q was named: want csv, or the name of a series", value)
	}
	if len(header) != len(first) {
		return fmt.Errorf("%d cells under %d names: want as many", len(first), len(header))
	}
	for i, text := range first {
		if i == c.time || i == c.state {
			continue
		}
		if _, err := number(text); err != nil {
			return fmt.Errorf("column %q: %q is no number: in a wide table every column but the time is a series; name time and value columns and read it as csv", header[i], text)
		}
		c.values = append(c.values, i)
	}
	if len(c.values) == 0 {
		return fmt.Errorf("no column beside the time: want one for each series")
	}
	return nil
}

func anyCalendar(record []string, loc *time.Location) bool {
	for _, cell := range record {
		if f := timeFormat(cell, loc); f != "" && f != unix {
			return true
		}
	}
	return false
}

// column is the one called name or, without a name, the only one that fits. Of
// several time columns the first is taken; of several values none.
func column(header, first []string, name, kind string, fits func(int) bool) (int, error) {
	have := listed(header)
	if name != "" {
		for i, h := range header {
			if strings.EqualFold(strings.TrimSpace(h), strings.TrimSpace(name)) && i < len(first) {
				return i, nil
			}
		}
		return 0, fmt.Errorf("no %s column %q: the columns are %s", kind, name, have)
	}
	at, names := -1, []string{}
	for i := range min(len(first), len(header)) {
		if fits(i) {
			if at < 0 {
				at = i
			}
			names = append(names, header[i])
		}
	}
	switch {
	case at < 0 && kind == "time":
		return 0, fmt.Errorf("no cell of %s is %s: name the column with --time; the columns are %s", short(fmt.Sprintf("%q", first), 200), wantTime, have)
	case at < 0:
		return 0, fmt.Errorf("no other cell of %s is a number such as 12.5: name the column with --value; the columns are %s", short(fmt.Sprintf("%q", first), 200), have)
	case len(names) > 1 && kind == "value":
		return 0, fmt.Errorf("%d columns hold numbers: name one with --value, or say --format wide if each is a series: %s", len(names), listed(names))
	}
	return at, nil
}

// listed are the names of columns, for a message.
func listed(names []string) string { return short(strings.Join(names, ", "), 1000) }

// numbered names the columns of a file without header.
func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i + 1)
	}
	return names
}
