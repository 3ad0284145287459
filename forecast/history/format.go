package history

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Format is how a file holds its series.
type Format string

const (
	CSV         Format = "csv"         // a table with a time and a value column
	Wide        Format = "wide"        // a table with a time column and a column for each series
	Long        Format = "long"        // a table with columns for series, time and value
	M4          Format = "m4"          // a line for each series: its id, then its values
	Prometheus  Format = "prometheus"  // JSON of the range API, /api/v1/query_range
	OpenMetrics Format = "openmetrics" // OpenMetrics or Prometheus text with timestamps
	Log         Format = "log"         // access log: common, combined, ALB, Envoy, or a JSON object a line
)

// Formats are all there are.
func Formats() []Format { return []Format{CSV, Wide, Long, M4, Prometheus, OpenMetrics, Log} }

// ParseFormat reads the name of a format.
func ParseFormat(text string) (Format, error) {
	if f := Format(text); slices.Contains(Formats(), f) {
		return f, nil
	}
	return "", fmt.Errorf("format %q: want one of %s", text, join(Formats()))
}

// sniffed is how many bytes of a file Sniff needs at most.
const sniffed = 1 << 16

// Sniff tells the format by the first bytes of a file, at most 64 KiB of them:
//
//   - an object of JSON with "data" and "status" is Prometheus, one that ends
//     with its line is a Log;
//   - a line of # TYPE, # HELP or # UNIT, or a name, a value and a stamp, is
//     OpenMetrics;
//   - a first line in which a log's stamp is found where logs have it is a Log;
//   - a table without a time column or a calendar time whose lines are a text and at least 8
//     numbers is M4;
//   - a table with a header that names a series column is Long;
//   - anything else is CSV. Wide is never guessed: a table with several columns
//     of numbers may as well have one of traffic and others of weather.
func Sniff(head []byte) Format {
	head = bytes.TrimPrefix(head, []byte("\ufeff"))
	text := bytes.TrimLeft(head, " \t\r\n")
	first, _, _ := bytes.Cut(text, []byte("\n"))
	first = bytes.TrimRight(first, "\r")
	switch {
	case bytes.HasPrefix(text, []byte("{")):
		if bytes.Contains(first, []byte(`"resultType"`)) || !json.Valid(first) || bytes.Contains(first, []byte(`"status":"error"`)) {
			return Prometheus
		}
		return Log
	case metricsLine().Match(first):
		return OpenMetrics
	}
	if _, ok := logStamp(first, Options{Location: time.UTC}); ok {
		return Log
	}
	return sniffTable(head)
}

// metricsLine is a comment of OpenMetrics or a sample with a stamp.
func metricsLine() *regexp.Regexp {
	return regexp.MustCompile(`^(# (TYPE|HELP|UNIT) |# EOF|[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\})? [-+0-9.eEinfINFNa]+ -?[0-9.]+$)`)
}

func sniffTable(head []byte) Format {
	table := csv.NewReader(bytes.NewReader(head))
	table.Comma = delimiter(string(head))
	table.FieldsPerRecord = -1
	a, _ := table.Read()
	if slices.ContainsFunc(a, isSeriesName) {
		return Long
	}
	b, err := table.Read()
	if err != nil {
		b = a // one line, or one that the head cuts: it is data or says nothing
	}
	if slices.ContainsFunc(a, isTimeName) || len(b) < 9 || anyCalendar(a, time.UTC) || anyCalendar(b, time.UTC) {
		return CSV
	}
	if _, err := strconv.ParseFloat(strings.TrimSpace(b[0]), 64); err == nil {
		return CSV
	}
	for _, cell := range b[1:9] {
		cell = strings.TrimSpace(cell)
		if _, err := strconv.ParseFloat(cell, 64); err != nil && !isMissing(cell) {
			return CSV
		}
	}
	return M4
}

// isSeriesName tells whether a column of that name holds the names of series.
func isSeriesName(cell string) bool {
	switch strings.ToLower(strings.TrimSpace(cell)) {
	case "series", "series_id", "unique_id", "item_id", "metric":
		return true
	}
	return false
}

// isTimeName tells whether a column of that name holds stamps.
func isTimeName(cell string) bool {
	switch strings.ToLower(strings.TrimSpace(cell)) {
	case "time", "ts", "timestamp", "stamp", "date", "datetime", "date_time", "ds":
		return true
	}
	return false
}
