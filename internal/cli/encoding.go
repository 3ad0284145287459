package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"strings"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// An encoding is one result log on its way into one format.
type encoding struct {
	results string
	to      string
	clock   result.Clock

	written uint64
	without [3]uint64 // dropped, lost, never ended
	cut     *result.CutError
}

func (e *encoding) write(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	var err error
	if e.to == "hdr" {
		err = e.percentiles(out)
	} else {
		err = e.vegeta(out)
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

// read gives the header and the entries that have a time.
func (e *encoding) read(use func(result.Header, iter.Seq2[result.Entry, error]) error) error {
	f, err := os.Open(e.results)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading results: %w; a run keeps them unless it is given --results=false", err)
	}
	if err != nil {
		return fmt.Errorf("reading results: %w", err)
	}
	defer f.Close()
	header, entries, err := result.ReadEntries(e.results, bufio.NewReaderSize(f, 1<<16))
	if err != nil {
		return err
	}
	e.without, e.cut = [3]uint64{}, nil
	return use(header, func(yield func(result.Entry, error) bool) {
		for entry, err := range entries {
			if errors.As(err, &e.cut) {
				return
			}
			if _, _, ok := entry.Interval(e.clock); err == nil && !ok {
				e.leaveOut(&entry)
				continue
			}
			if !yield(entry, err) {
				return
			}
		}
	})
}

func (e *encoding) leaveOut(entry *result.Entry) {
	switch entry.Outcome {
	case result.Dropped:
		e.without[0]++
	case result.Lost:
		e.without[1]++
	default:
		e.without[2]++
	}
}

// notes say what is not in the output.
func (e *encoding) notes() (notes []string) {
	if e.without != [3]uint64{} {
		notes = append(notes, fmt.Sprintf("left out, since they have no time: %d dropped, %d lost, %d unfinished", e.without[0], e.without[1], e.without[2]))
	}
	if e.cut != nil {
		notes = append(notes, e.cut.Error())
	}
	return notes
}

func (e *encoding) percentiles(w io.Writer) error {
	var h hist.Histogram
	err := e.read(func(_ result.Header, entries iter.Seq2[result.Entry, error]) error {
		for entry, err := range entries {
			if err != nil {
				return err
			}
			_, took, _ := entry.Interval(e.clock)
			h.Record(took)
		}
		return nil
	})
	e.written = h.Count()
	if err != nil {
		return err
	}
	return h.WritePercentiles(w)
}

// vegeta writes the results by time and numbers them so: vegeta plot waits for a number that is missing, and refuses a time
// that goes back. The log is read twice, to know how much of it must be held to bring it in order.
func (e *encoding) vegeta(w io.Writer) error {
	var encode vegeta.Encoder
	switch e.to {
	case "csv":
		encode = vegeta.NewCSVEncoder(w)
	case "json":
		encode = vegeta.NewJSONEncoder(w)
	default:
		encode = vegeta.NewEncoder(w)
	}
	instant := func(entry *result.Entry) time.Duration {
		from, _, _ := entry.Interval(e.clock)
		return from
	}
	var disorder time.Duration
	err := e.read(func(_ result.Header, entries iter.Seq2[result.Entry, error]) error {
		disorder = result.Disorder(entries, instant)
		return nil
	})
	if err != nil {
		return err
	}
	return e.read(func(header result.Header, entries iter.Seq2[result.Entry, error]) error {
		requests := requestsOf(header)
		for entry, err := range result.InOrder(entries, instant, disorder) {
			if err != nil {
				return err
			}
			r := header.Vegeta(&entry, e.clock)
			r.Seq, r.Method, r.URL = e.written, requests[entry.Op].Method, requests[entry.Op].URL
			if err := encode(&r); err != nil {
				return err
			}
			e.written++
		}
		return nil
	})
}

// requestsOf is the method and URL of each operation. A log does not keep the requests of the bundled service, each of which
// is another one: theirs is the target with the operation behind a #.
func requestsOf(h result.Header) []vegeta.Target {
	literals := map[string]scenarios.Literal{}
	if sc, err := scenarioOf(&result.Run{Header: h}); err == nil {
		for _, l := range sc.Requests {
			literals[l.Op] = l
		}
	}
	targets := make([]vegeta.Target, len(h.Operations))
	for i, op := range h.Operations {
		base := strings.TrimSuffix(h.Target, "/")
		if l, ok := literals[op]; ok {
			method := l.Method
			if method == "" {
				method = "GET"
			}
			targets[i] = vegeta.Target{Method: method, URL: base + plainOf(l.Path)}
			continue
		}
		targets[i] = vegeta.Target{URL: base + "/#" + op}
	}
	return targets
}

// plainOf is a template as it was sent, but for what differs from request to request, which stands as it was written.
func plainOf(template string) string {
	pieces, err := scenarios.ParseTemplate(template)
	if err != nil {
		return template
	}
	var b strings.Builder
	for _, p := range pieces {
		if p.Kind == scenarios.Text {
			b.WriteString(p.Name)
		} else {
			b.WriteString(p.String())
		}
	}
	return b.String()
}
