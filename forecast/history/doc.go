// Package history reads traffic histories from files.
//
// [ReadCSV] takes any table with a time and a value column:
//
//	period,count
//	1998-06-10 17:25:00,126511
//	1998-06-10 17:26:00,128565
//
// What it works out by itself, in this order:
//
//  1. a byte order mark and CRLF are dropped; the delimiter is the comma,
//     semicolon or tab that the first line has most of;
//  2. the first line is a header unless one of its cells is a time;
//  3. the time column is the first whose cell in the first line of data reads
//     as a time; the value column is the one other column with a number. Where
//     several would do, it asks for a name and does not guess;
//  4. all times share the format of the first: RFC 3339, 2006-01-02 15:04:05
//     (also with T, or without seconds), 2006-01-02, or seconds since 1970;
//  5. the step is the most common difference of neighbouring stamps.
//
// Values are counts of a bin and so at least 0. An empty cell, NA, NaN or null
// is a missing value.
//
// What is broken is an error that names line, finding and wish, twenty at
// once. What is odd but readable is reported in [History], never hidden: holes
// in time, stamps that come twice (the first is kept), lines out of order
// (sorted), stamps beside the grid (put in the nearest bin) and missing
// values.
//
// # Why duplicates are not summed
//
// A stamp that comes twice is as often a line written twice as two halves of
// one bin, and the file does not say which. Keeping the first changes the
// least; the count is in the report, so that a reader who knows better can
// mend the file.
package history
