package history

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
)

// Read reads the one series of a file, or the one that Options.Series names.
// The name stands in messages. Every broken line is told in one error, the
// first twenty of them, each as name:line: found, wanted.
func Read(r io.Reader, name string, o Options) (History, error) {
	var found History
	var names []string
	for h, err := range Each(r, name, o) {
		other := o.Series != "" && h.ID != "" && h.ID != o.Series
		if err != nil && !other {
			return History{}, err
		}
		if !other && o.Series != "" {
			return h, nil
		}
		if len(names) == mostNames {
			names = append(names, "…")
			break
		}
		found = h
		names = append(names, h.ID)
	}
	switch {
	case o.Series != "":
		return History{}, fmt.Errorf("%s: no series %q: there are %s", name, o.Series, strings.Join(names, ", "))
	case len(names) > 1:
		return History{}, fmt.Errorf("%s: several series: name one with --series, or forecast all with --batch: %s", name, strings.Join(names, ", "))
	}
	return found, nil
}

// mostNames is how many series a message names.
const mostNames = 10

// ReadCSV reads a table with a time and a value column.
func ReadCSV(r io.Reader, name string, o Options) (History, error) {
	o.Format = CSV
	return Read(r, name, o)
}

// Each reads the series of a file one after the other, in the order in which
// they begin. Of M4, and of Prometheus, it holds one at a time. An error whose
// History has an ID is of that series alone, and others follow; another is the
// last.
func Each(r io.Reader, name string, o Options) iter.Seq2[History, error] {
	return func(yield func(History, error) bool) {
		if o.Location == nil {
			o.Location = time.UTC
		}
		if o.Step != 0 && o.Step < time.Second {
			yield(History{}, fmt.Errorf("a step of %v: want at least 1s", o.Step))
			return
		}
		in := bufio.NewReaderSize(r, sniffed)
		if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
			in.Discard(3)
		}
		head, err := in.Peek(sniffed)
		if len(head) == 0 {
			if err != nil && err != io.EOF {
				yield(History{}, fmt.Errorf("reading history %s: %w", name, err))
				return
			}
			yield(History{}, fmt.Errorf("%s: empty: want a table with a time and a value column, a log, or what Prometheus answers", name))
			return
		}
		if o.Format == "" {
			o.Format = Sniff(head)
		}
		report := History{Name: name, Format: o.Format, Measure: o.Measure}
		switch o.Format {
		case CSV, Wide, Long:
			readTable(in, head, report, o, yield)
		case M4:
			readM4(in, head, report, o, yield)
		case Prometheus:
			readPrometheus(in, report, o, yield)
		case OpenMetrics:
			readOpenMetrics(in, report, o, yield)
		case Log:
			h, err := readLog(in, report, o)
			yield(h, err)
		default:
			yield(History{}, fmt.Errorf("format %q: want one of %s", o.Format, join(Formats())))
		}
	}
}

// finishAll yields drafts in order.
func finishAll(drafts []*draft, o Options, yield func(History, error) bool) {
	for i, d := range drafts {
		h, err := d.finish(o)
		drafts[i] = nil // its rows are no longer needed
		if !yield(h, err) {
			return
		}
	}
}

func join[T ~string](words []T) string {
	var text []string
	for _, w := range words {
		text = append(text, string(w))
	}
	return strings.Join(text, ", ")
}
