// Package history reads traffic histories from files.
//
//	h, err := history.Read(file, "peak.csv", history.Options{})       // the one series of a file
//	for h, err := range history.Each(file, "m4.csv", history.Options{}) // or all, one after the other
//
// # Formats
//
// [Sniff] tells them apart by the first bytes; an option overrides it.
//
//	csv          time,value                a table of one series, other columns aside
//	wide         time,web,app              a column for each series
//	long         series,time,value         a line for each value of each series
//	m4           H1,605,586,586            a line for each series, no stamps
//	prometheus   {"status":"success",…     what /api/v1/query_range answers
//	openmetrics  served_total 17 1.7e9     text with stamps, as promtool tsdb dump-openmetrics writes
//	log          … [01/Mar/2026:10:00:00…  access log: common, combined, ALB, Envoy, or JSON a line
//
// # Tables
//
// What is worked out of a table, in this order:
//
//  1. a byte order mark and CRLF are dropped; the delimiter is the comma,
//     semicolon or tab that the first line has most of;
//  2. the first line is a header unless one of its cells is a time;
//  3. the time column is the first whose cell in the first line of data reads
//     as a time; the value column is the one other column with a number. Where
//     several would do, it asks for a name and does not guess. A column named
//     state holds value, missing, outage or throttled, empty for value;
//  4. all times share the format of the first: RFC 3339, 2006-01-02 15:04:05
//     (also with T, with / for -, or without seconds), 2006-01-02, or seconds since 1970;
//  5. the step is the most common difference of neighbouring stamps.
//
// Stamps without a zone are what the clock of [Options].Location showed. An
// hour that it showed twice is taken in the order of the file, one that it
// never showed is left out; both are told. Dates alone are days in any zone.
//
// # What values are
//
// A [series.Series] holds counts of a bin. Values that are a [Rate] are taken
// times the step, those of a [Counter] as their differences. What Prometheus
// and OpenMetrics give stands at the end of the time it tells of, and so in the
// bin before its stamp. A [Log] is counted, and in it no line is a zero.
//
// # What is broken and what is odd
//
// A cell that is not what it should be is an error that names line, finding
// and wish, twenty at once. What is odd but readable is counted in [History],
// each kind with the first five places, and told by [History.Warnings], never
// hidden: holes in time, stamps that come twice (the first is kept), lines out
// of order (sorted), stamps beside the grid (put in the nearest bin), missing
// values, and values that no count can be (left out). What was left out is
// counted by [History.LeftOut].
//
// # Why duplicates are not summed
//
// A stamp that comes twice is as often a line written twice as two halves of
// one bin, and the file does not say which. Keeping the first changes the
// least; the count is in the report, so that a reader who knows better can
// mend the file.
//
// # Why a negative value is no error
//
// A meter that hiccups once in a year should not keep a planner from the rest
// of it. Its bin is missing, not zero and not clipped, and the warning names
// the line. A text where a number should be is an error all the same: it is the
// wrong column.
package history
