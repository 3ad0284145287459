package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

func encodeCommand(s *session) *cobra.Command {
	c := &cobra.Command{
		Use:   "encode RUN --to FORMAT",
		Short: "Give every result of a run to other tools: vegeta, CSV, JSON, HdrHistogram.",
		Long: `Give every result of a run to other tools. vegeta, csv and json are vegeta's three encodings, which vegeta report and
vegeta plot read; hdr is the percentile text of HdrHistogram, in milliseconds.

By default a result is timed from when it was due, so that latency is what a person felt; --clock sent times it from its first
byte, as vegeta does itself, or from when it was ready where it failed before that. What was dropped, lost or never ended has
no time and is left out, and that is said. What failed in spite of a 2xx answer has code 0.`,
		Example: "  peakday encode peakday-runs/20261121T214200Z-calm-day --variant protected --to vegeta | vegeta report\n  peakday encode protected.run --to hdr --out latency.hgrm",
		Args:    exactly("RUN"),
	}
	to := &choice{words: []string{"vegeta", "csv", "json", "hdr"}} // no default
	c.Flags().Var(to, "to", "what to write")
	clock := newChoice(string(result.ByDue), string(result.BySent))
	c.Flags().Var(clock, "clock", "what a result is timed from")
	out := c.Flags().String("out", "-", "file to write; - is standard output")
	variant := c.Flags().String("variant", "", "variant to encode, in a folder that holds several")
	c.RunE = func(c *cobra.Command, args []string) error {
		if to.value == "" {
			return usage(c, "no --to given: want %s", strings.Join(to.words, ", "))
		}
		name, err := resultsOf(args[0], *variant)
		if err != nil {
			return err
		}
		e := encoding{results: name, to: to.value, clock: result.Clock(clock.value)}
		if *out == "-" {
			err = e.write(s.stdout)
		} else {
			err = writeFile(*out, e.write)
		}
		if err != nil {
			return err
		}
		for _, note := range e.notes() {
			fmt.Fprintf(s.stderr, "peakday: %s\n", note)
		}
		if *out != "-" {
			fmt.Fprintf(s.stderr, "peakday: wrote %d results to %s\n", e.written, *out)
		}
		return nil
	}
	return c
}

// resultsOf is the result log that a RUN argument names: the log itself, the .run beside it, or the folder of a drill.
func resultsOf(ref, variant string) (string, error) {
	info, err := os.Stat(ref)
	if err != nil {
		return "", fmt.Errorf("reading results: %w; want a .results or .run file or the folder of a drill, as in peakday-runs", err)
	}
	if !info.IsDir() {
		if variant != "" {
			return "", fmt.Errorf("--variant %s chooses in a folder, and %s is a file; leave it out", variant, ref)
		}
		if base, ok := strings.CutSuffix(ref, ".run"); ok {
			ref = base + ".results"
		}
		return ref, nil
	}
	if variant != "" {
		return filepath.Join(ref, variant+".results"), nil
	}
	names, err := filepath.Glob(filepath.Join(ref, "*.results"))
	switch {
	case err != nil:
		return "", fmt.Errorf("reading results: %w", err)
	case len(names) == 0:
		return "", fmt.Errorf("no results in %s; a run keeps them unless it is given --results=false", ref)
	case len(names) > 1:
		for i, n := range names {
			names[i] = strings.TrimSuffix(filepath.Base(n), ".results")
		}
		return "", fmt.Errorf("%s holds the results of %s; choose one with --variant", ref, strings.Join(names, ", "))
	}
	return names[0], nil
}

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
			targets[i] = vegeta.Target{Method: method, URL: base + l.Path}
			continue
		}
		targets[i] = vegeta.Target{URL: base + "/#" + op}
	}
	return targets
}
