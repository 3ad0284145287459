// Package oracletest compares with what another program computed: tables that a
// script beside them wrote, mostly R's, as testdata/NAME.csv with a line of names.
//
//	for _, r := range oracletest.Rows(t, "models") {
//		m, err := Fit(oracletest.Column(t, r.Text("series"), "y"))
//		…
//		mean, _ := m.Forecast(20)
//		if off := oracletest.Farthest(mean, r.Numbers("mean", 20)); off > 1e-9 {
//			t.Errorf("means are off R's by %.2g", off)
//		}
//	}
//
// What cannot be read ends the test.
package oracletest

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// A Row is one line of a table.
type Row struct {
	t     testing.TB
	where string
	cells map[string]string
}

// Rows are the lines of testdata/NAME.csv after the first.
func Rows(t testing.TB, name string) []Row {
	t.Helper()
	file := "testdata/" + name + ".csv"
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if len(lines) < 2 {
		t.Fatalf("%s: %d lines: want one of names and one of values at least", file, len(lines))
	}
	rows := make([]Row, len(lines)-1)
	for i, line := range lines[1:] {
		rows[i] = Row{t, fmt.Sprintf("%s:%d", file, i+2), map[string]string{}}
		for k, cell := range line {
			rows[i].cells[lines[0][k]] = strings.TrimSpace(cell)
		}
	}
	return rows
}

// Column is one column of testdata/NAME.csv.
func Column(t testing.TB, name, column string) []float64 {
	t.Helper()
	var values []float64
	for _, r := range Rows(t, name) {
		values = append(values, r.Number(column))
	}
	return values
}

// Text is a cell as it was written.
func (r Row) Text(column string) string {
	r.t.Helper()
	cell, ok := r.cells[column]
	if !ok {
		r.t.Fatalf("%s: no column %q", r.where, column)
	}
	return cell
}

// Number is a cell; NaN is one.
func (r Row) Number(column string) float64 {
	r.t.Helper()
	v, err := strconv.ParseFloat(r.Text(column), 64)
	if err != nil {
		r.t.Fatalf("%s: %s is %q: want a number", r.where, column, r.Text(column))
	}
	return v
}

// Numbers are the cells of column1, column2, … up to n.
func (r Row) Numbers(column string, n int) []float64 {
	r.t.Helper()
	values := make([]float64, n)
	for i := range values {
		values[i] = r.Number(column + strconv.Itoa(i+1))
	}
	return values
}

// Off is |got - want| / |want|; 0 for equals, +Inf where either is NaN, so that
// no bound lets it pass.
func Off(got, want float64) float64 {
	off := math.Abs(got-want) / math.Abs(want)
	switch {
	case got == want:
		return 0
	case math.IsNaN(off):
		return math.Inf(1)
	}
	return off
}

// Farthest is the largest [Off] of two lists, +Inf if their lengths differ.
func Farthest(got, want []float64) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	worst := 0.0
	for i := range want {
		worst = max(worst, Off(got[i], want[i]))
	}
	return worst
}
