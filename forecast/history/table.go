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

	"github.com/peakday/peakday/forecast/series"
)

// readTable reads CSV, Wide and Long: they differ in what their columns are.
func readTable(in *bufio.Reader, head []byte, report History, o Options, yield func(History, error) bool) {
	table := newTable(in, head)
	f := faults{name: report.Name}
	drafts, err := readRows(table, report, &o, &f)
	if err != nil {
		err = fmt.Errorf("reading history %s: %w", report.Name, err)
	} else {
		err = f.err()
	}
	if err != nil {
		yield(History{}, err)
		return
	}
	finishAll(drafts, o, yield)
}

func newTable(in io.Reader, head []byte) *csv.Reader {
	table := csv.NewReader(in)
	table.Comma = delimiter(string(head))
	table.FieldsPerRecord = -1
	table.ReuseRecord = true
	return table
}

// readRows collects the lines of data, a draft for each series. What is broken
// goes to f; the error is one of reading. Where the times are dates it takes the
// zone out of the options.
func readRows(table *csv.Reader, report History, o *Options, f *faults) ([]*draft, error) {
	var header []string
	var c columns
	var drafts []*draft
	byID := map[string]*draft{}
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
			if c, err = findColumns(header, record, report.Format, *o); err != nil {
				f.add(line, "%v", err)
				break // without columns every other line would be a fault
			}
			if c.format == time.DateOnly {
				o.forgetZone()
			}
			if report.Format != Long {
				for _, v := range c.values {
					h := report
					if report.Format == Wide {
						h.ID = header[v]
					}
					drafts = append(drafts, &draft{h: h})
				}
			}
		}
		if len(record) < c.width {
			f.add(line, "%d cells: want at least %d", len(record), c.width)
			continue
		}
		to := drafts
		if report.Format == Long {
			id := record[c.series]
			if byID[id] == nil {
				h := report
				h.ID = strings.Clone(id)
				byID[h.ID] = &draft{h: h}
				drafts = append(drafts, byID[h.ID])
			}
			to = []*draft{byID[id]}
		}
		c.parse(record, o.Location, line, to, f)
	}
	if len(drafts) == 0 && f.n == 0 {
		f.add(1, "no line of data: want a time and a value, such as 2026-01-31 08:00:00,120")
	}
	return drafts, nil
}

// parse reads one line into the drafts of its values. What cannot be read is
// added to f.
func (c columns) parse(record []string, loc *time.Location, line int, drafts []*draft, f *faults) {
	before := f.n
	at, err := c.format.parse(strings.TrimSpace(record[c.time]), time.UTC)
	if err != nil {
		f.add(line, "time %q: want %s as in the first line of data", record[c.time], c.format)
	}
	state := series.Value
	if text := ""; c.state >= 0 {
		if text = strings.TrimSpace(record[c.state]); text != "" {
			if state, err = series.ParseState(text); err != nil {
				f.add(line, "%v", err)
			}
		}
	}
	values := make([]float64, 0, 1)
	for _, v := range c.values {
		value, err := number(record[v])
		if err != nil {
			f.add(line, "value %q: want a number such as 12.5", record[v])
		}
		values = append(values, value)
	}
	if f.n > before {
		return
	}
	text := record[c.time]
	for i, d := range drafts {
		at := at.In(loc)
		if !c.format.zoned() {
			var twice, never bool
			at, twice, never = onClock(at.UTC(), loc, d.last)
			if never {
				d.h.Never.add(line, "%s in %s", text, loc)
				continue
			}
			if twice {
				d.h.Twice.add(line, "%s in %s", text, loc)
			}
		}
		d.add(line, at, values[i], state)
	}
}

// number reads a value: NaN if it is missing.
func number(text string) (float64, error) {
	text = strings.TrimSpace(text)
	if isMissing(text) {
		return math.NaN(), nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if errors.Is(err, strconv.ErrRange) {
		return v, nil // infinite, which is told of as absurd
	}
	return v, err
}

func isMissing(text string) bool {
	switch len(text) {
	case 0:
		return true
	case 2, 3, 4:
		switch strings.ToLower(text) {
		case "na", "nan", "null":
			return true
		}
	}
	return false
}
