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

	"github.com/peakday/peakday/forecast/series"
)

// readM4 reads a line for each series: an id and its values, of which each line
// has as many as it has. Empty cells at the end are no values. There are no
// stamps: the series begins at the zero time and its step is the option's. It
// holds one line at a time.
func readM4(in *bufio.Reader, head []byte, report History, o Options, yield func(History, error) bool) {
	table := newTable(in, head)
	lines := 0 // of data
	for first := true; ; first = false {
		record, err := table.Read()
		if err == io.EOF {
			if lines == 0 {
				yield(History{}, fmt.Errorf("%s:1: no line of data: want an id and values, such as H1,605,586", report.Name))
			}
			return
		}
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			yield(History{}, fmt.Errorf("%s:%d: %v: want plain or properly quoted cells", report.Name, broken.Line, broken.Err))
			return
		}
		if err != nil {
			yield(History{}, fmt.Errorf("reading history %s: %w", report.Name, err))
			return
		}
		line, _ := table.FieldPos(0)
		if first && namesColumns(record) {
			continue
		}
		lines++
		h, err := m4Line(record, line, report, o)
		if !yield(h, err) {
			return
		}
	}
}

// namesColumns tells a header: no cell after the first is a number, and one is a text.
func namesColumns(record []string) bool {
	text := false
	for _, cell := range record[min(1, len(record)):] {
		if _, err := strconv.ParseFloat(strings.TrimSpace(cell), 64); err == nil {
			return false
		}
		text = text || !isMissing(strings.TrimSpace(cell))
	}
	return text
}

func m4Line(record []string, line int, h History, o Options) (History, error) {
	h.ID, h.Measure = strings.Clone(record[0]), Count
	cells := record[1:]
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	f := faults{name: h.Name}
	values := make([]float64, len(cells))
	for i, cell := range cells {
		v, err := number(cell)
		if err != nil && f.more() {
			f.add(line, "series %s, value %d: %q: want a number such as 12.5", h.ID, i+1, cell)
		}
		if why := absurd(v); why != "" {
			h.Absurd.add(line, "value %d of %s, %s, is %s", i+1, h.ID, cell, why)
			v = math.NaN()
		} else if math.IsNaN(v) {
			h.Missing.add(line, "value %d of %s", i+1, h.ID)
		}
		values[i] = v
	}
	if err := f.err(); err != nil {
		if h.ID == "" {
			h.ID = strconv.Itoa(line) // an error with an id is of this series alone
		}
		return h, err
	}
	h.Rows = len(values)
	h.Series = series.Series{Step: o.Step, Values: values}
	if o.Step > 0 {
		h.mark(o.Marks)
	}
	return h, nil
}
