package history

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// Options say what the file does not. The zero value works out everything.
type Options struct {
	Time     string         // name of the time column; "" looks for it; "1", "2", ... in a file without header
	Value    string         // name of the value column, likewise
	Location *time.Location // of stamps without a zone, and of the hours of the week; nil is UTC
}

// maxFaults is how many broken lines one error tells.
const maxFaults = 20

// ReadCSV reads a history from a table of text. The name stands in messages.
// Every broken line is told in one error, the first twenty of them, each as
// name:line: found, wanted.
func ReadCSV(r io.Reader, name string, o Options) (History, error) {
	if o.Location == nil {
		o.Location = time.UTC
	}
	in := bufio.NewReaderSize(r, 1<<16)
	if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
		in.Discard(3)
	}
	start, err := in.Peek(1 << 12) // enough of the first line to count delimiters
	if len(start) == 0 {
		if err != nil && err != io.EOF {
			return History{}, fmt.Errorf("reading history %s: %w", name, err)
		}
		return History{}, fmt.Errorf("%s: empty: want a table with a time and a value column", name)
	}
	table := csv.NewReader(in)
	table.Comma = delimiter(string(start))
	table.FieldsPerRecord = -1
	table.ReuseRecord = true

	f := faults{name: name}
	rows, err := readRows(table, o, &f)
	if err != nil {
		return History{}, fmt.Errorf("reading history %s: %w", name, err)
	}
	if err := f.err(); err != nil {
		return History{}, err
	}
	return grid(name, rows)
}

// readRows collects the lines of data. What is broken goes to f; the error is
// one of reading.
func readRows(table *csv.Reader, o Options, f *faults) ([]row, error) {
	var header []string
	var c columns
	var rows []row
	for f.more() {
		record, err := table.Read()
		if err == io.EOF {
			break
		}
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			f.add(broken.Line, "%v: want plain or properly quoted cells", broken.Err)
			continue
		}
		if err != nil {
			return nil, err
		}
		line, _ := table.FieldPos(0)
		if header == nil {
			if named := !anyTime(record, o.Location); named {
				header = append([]string{}, record...)
				continue
			}
			header = numbered(len(record))
		}
		if !c.found {
			if c, err = findColumns(header, record, o); err != nil {
				f.add(line, "%v", err)
				break // without columns every other line would be a fault
			}
		}
		if r, ok := c.parse(record, o.Location, line, f); ok {
			rows = append(rows, r)
		}
	}
	if len(rows) == 0 && f.n == 0 {
		f.add(1, "no line of data: want a time and a value, such as 2026-01-31 08:00:00,120")
	}
	return rows, nil
}

// parse reads one line. A line it cannot read is added to f.
func (c columns) parse(record []string, loc *time.Location, line int, f *faults) (row, bool) {
	if len(record) <= max(c.time, c.value) {
		f.add(line, "%d cells: want at least %d", len(record), max(c.time, c.value)+1)
		return row{}, false
	}
	r := row{line: line}
	at, err := c.format.parse(strings.TrimSpace(record[c.time]), loc)
	if err != nil {
		f.add(line, "time %q: want %s as in the first line of data", record[c.time], c.format)
	} else {
		r.at = at.In(loc)
	}
	text := strings.TrimSpace(record[c.value])
	if isMissing(text) {
		r.value = math.NaN()
		return r, err == nil
	}
	v, numErr := strconv.ParseFloat(text, 64)
	if numErr != nil || math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
		f.add(line, "value %q: want a number of at least 0 such as 12.5", record[c.value])
		return row{}, false
	}
	r.value = v
	return r, err == nil
}

func isMissing(text string) bool {
	switch strings.ToLower(text) {
	case "", "na", "nan", "null":
		return true
	}
	return false
}

// faults gathers what is broken, up to maxFaults.
type faults struct {
	name string
	n    int
	all  []error
}

func (f *faults) add(line int, format string, args ...any) {
	f.n++
	if f.n <= maxFaults {
		f.all = append(f.all, fmt.Errorf("%s:%d: %s", f.name, line, fmt.Sprintf(format, args...)))
	}
}

func (f *faults) more() bool { return f.n < maxFaults }

func (f *faults) err() error {
	if f.n >= maxFaults {
		f.all = append(f.all, fmt.Errorf("%s: stopped after %d faults; is it the right file, column and time format?", f.name, f.n))
	}
	return errors.Join(f.all...)
}
