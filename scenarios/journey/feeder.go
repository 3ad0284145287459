package journey

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/peakday/peakday/scenarios"
	"github.com/tidwall/gjson"
)

// rows are what a feeder gives: the cells of the columns that templates use, one after the other.
type rows struct {
	name, file string
	order      scenarios.Order
	place      uint32   // among the feeders, for its stream of chance
	columns    []string // of the file; those of JSON lines are the keys of the first object
	kept       []string // those that are kept, in the order of the cells
	data       []byte
	ends       []uint32 // of each cell in data
	count      int
}

// row is the one of a session, from 0.
func (r *rows) row(p *Program, seq uint64) int {
	switch {
	case r.count == 0: // a feeder with faults
		return 0
	case r.order == scenarios.Random:
		source := p.stream(seq, -1, partFeeder|r.place)
		return int(within(source.Uint64(), uint64(r.count-1)))
	}
	return int(seq % uint64(r.count)) // unique: below count, see Program.Check
}

// cell is valid as long as the rows are.
func (r *rows) cell(row, column int) []byte {
	i := row*len(r.kept) + column
	start := uint32(0)
	if i > 0 {
		start = r.ends[i-1]
	}
	return r.data[start:r.ends[i]]
}

// column is the place of a column among those that are kept.
func (r *rows) column(name string) (int, bool) {
	i := slices.Index(r.kept, name)
	return i, i >= 0
}

// end ends a cell.
func (r *rows) end() { r.ends = append(r.ends, uint32(len(r.data))) }

// maxData is what the ends of cells can count.
const maxData = math.MaxUint32

var errTooLong = errors.New("more than 4 GiB in the columns that are used")

// read fills the rows with the wanted columns of a file; the name says what it holds. Of the wanted columns it keeps
// those that the file has.
func (r *rows) read(file io.Reader, wanted []string) error {
	read := r.readCSV
	if strings.HasSuffix(r.file, ".jsonl") {
		read = r.readLines
	}
	in := bufio.NewReaderSize(file, 1<<16)
	if mark, err := in.Peek(3); err == nil && string(mark) == "\ufeff" {
		in.Discard(3)
	}
	err := read(in, wanted)
	if err == nil && r.count == 0 {
		err = fmt.Errorf("%s: found no rows, want one or more", r.file)
	}
	if err != nil {
		r.count = 0
	}
	return err
}

// readCSV reads a header line and rows of as many fields (RFC 4180).
func (r *rows) readCSV(in *bufio.Reader, wanted []string) error {
	c := csv.NewReader(in)
	c.ReuseRecord = true
	c.FieldsPerRecord = -1 // its own fault does not count rows
	head, err := c.Read()
	if err == io.EOF {
		return fmt.Errorf("%s:1: found nothing, want a line with the names of the columns", r.file)
	} else if err != nil {
		return r.csvFault(err)
	}
	r.columns = slices.Clone(head)
	seen := map[string]bool{}
	var places []int
	for i, name := range r.columns {
		if seen[name] {
			return fmt.Errorf("%s:1: found the column %q a second time, want another name", r.file, name)
		}
		seen[name] = true
		if slices.Contains(wanted, name) {
			r.kept, places = append(r.kept, name), append(places, i)
		}
	}
	for {
		record, err := c.Read()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return r.csvFault(err)
		case len(record) != len(r.columns):
			line, _ := c.FieldPos(0)
			return fmt.Errorf("%s:%d: row %d: %d fields, want %d", r.file, line, r.count+1, len(record), len(r.columns))
		}
		for _, i := range places {
			r.data = append(r.data, record[i]...)
			r.end()
		}
		r.count++
		if len(r.data) > maxData {
			return fmt.Errorf("%s: found %w", r.file, errTooLong)
		}
	}
}

// csvFault places what package csv found.
func (r *rows) csvFault(err error) error {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		return fmt.Errorf("%s:%d: row %d: %w, in column %d", r.file, e.Line, r.count+1, e.Err, e.Column)
	}
	return fmt.Errorf("reading %s: %w", r.file, err)
}

// maxLine bounds a line of JSON.
const maxLine = 1 << 20

// readLines reads one JSON object a line; blank lines are passed over. A text loses its quotes, null is empty, all else
// stays as it is written. Of a key that stands twice the last counts, as with encoding/json.
func (r *rows) readLines(in *bufio.Reader, wanted []string) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	cells := make([]gjson.Result, len(wanted))
	for line := 1; lines.Scan(); line++ {
		text := bytes.Trim(lines.Bytes(), " \t\r") // the blanks of JSON
		if len(text) == 0 {
			continue
		}
		fault := func(format string, args ...any) error {
			return fmt.Errorf("%s:%d: row %d: %s", r.file, line, r.count+1, fmt.Sprintf(format, args...))
		}
		if !utf8.Valid(text) {
			return fault("found a byte that is not UTF-8, want JSON in UTF-8")
		}
		if !gjson.ValidBytes(text) || text[0] != '{' {
			return fault("found %q, want an object on one line, such as {\"id\": 7}", clip(text))
		}
		clear(cells)
		gjson.Parse(view(text)).ForEach(func(key, value gjson.Result) bool {
			name := textOf(key)
			if r.count == 0 {
				r.columns = append(r.columns, strings.Clone(name))
			}
			if i := slices.Index(wanted, name); i >= 0 {
				cells[i] = value
			}
			return true
		})
		if len(r.columns) == 0 {
			return fault("found an object without keys, want those of the columns")
		}
		if r.count == 0 {
			r.kept = slices.DeleteFunc(slices.Clone(wanted), func(name string) bool { return !slices.Contains(r.columns, name) })
		}
		for _, name := range r.kept {
			value := cells[slices.Index(wanted, name)]
			switch {
			case !value.Exists():
				return fault("found no %q, want it in every row", name)
			case value.Type == gjson.String:
				r.data = append(r.data, textOf(value)...)
			case value.Type != gjson.Null:
				r.data = append(r.data, value.Raw...)
			}
			r.end()
		}
		r.count++
		if len(r.data) > maxData {
			return fmt.Errorf("%s: found %w", r.file, errTooLong)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("%s: row %d: found a line of more than %d bytes, want shorter ones", r.file, r.count+1, maxLine)
	} else if err != nil {
		return fmt.Errorf("reading %s: %w", r.file, err)
	}
	return nil
}

// textOf is a text of valid JSON. Where one half of a surrogate pair is escaped alone, gjson loses what is escaped after it.
func textOf(r gjson.Result) string {
	if !strings.Contains(r.Raw, `\u`) {
		return r.Str
	}
	var text string
	json.Unmarshal([]byte(r.Raw), &text)
	return text
}

// clip keeps a message on a line.
func clip(b []byte) []byte { return b[:min(len(b), 60)] }
