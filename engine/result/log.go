package result

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxSeconds bounds a run that Read accepts: a week. It keeps a damaged file from asking for absurd memory.
const maxSeconds = 7 * 24 * 3600

// Format is the version of the file that this package writes.
const Format = 1

// A line of a .run file: exactly one field is set.
type line struct {
	Header *Header `json:"header,omitempty"`
	Tick   *Tick   `json:"tick,omitempty"`
	End    *End    `json:"end,omitempty"`
}

// A Log writes a run as it happens. Each call is one write of one whole line, so a killed process loses at most the
// second it was in.
type Log struct{ w io.Writer }

// NewLog returns a log that writes to w.
func NewLog(w io.Writer) *Log { return &Log{w} }

// Header writes the opening line.
func (l *Log) Header(h Header) error { return l.write(line{Header: &h}) }

// Tick writes one second.
func (l *Log) Tick(t Tick) error { return l.write(line{Tick: &t}) }

// End writes the closing line.
func (l *Log) End(e End) error { return l.write(line{End: &e}) }

func (l *Log) write(v line) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("writing result: %w", err)
	}
	if _, err := l.w.Write(append(text, '\n')); err != nil {
		return fmt.Errorf("writing result: %w", err)
	}
	return nil
}

// ErrNoRun means that a file holds no run: not even a header.
var ErrNoRun = errors.New("no run")

// Read reads a run from a .run file called name. A file that was cut off gives what is there, with End nil; damage
// anywhere but at its end is an error that names the line.
func Read(name string, r io.Reader) (*Run, error) {
	var run *Run
	b := newBuilder()
	lines := bufio.NewReaderSize(r, 1<<20)
	for n := 1; ; n++ {
		text, err := lines.ReadBytes('\n')
		if err == io.EOF {
			break // what follows the last newline was cut off
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		var l line
		if err := json.Unmarshal(text, &l); err != nil {
			return nil, fmt.Errorf("%s:%d: %w; want a line of a .run file, one JSON object", name, n, err)
		}
		switch {
		case n == 1 && l.Header != nil && l.Header.Format == Format:
			run = &Run{Header: *l.Header}
		case n == 1 && l.Header != nil:
			return nil, fmt.Errorf("%s:1: format %d; this peakday reads format %d", name, l.Header.Format, Format)
		case n == 1:
			return nil, fmt.Errorf("%s:1: %w: the first line is not a header", name, ErrNoRun)
		case run.End != nil:
			return nil, fmt.Errorf("%s:%d: a line after the end; were two runs joined?", name, n)
		case l.Tick != nil:
			if at := l.Tick.At; at < 0 || at >= maxSeconds {
				return nil, fmt.Errorf("%s:%d: second %d, want 0 to %d", name, n, at, maxSeconds-1)
			}
			for _, c := range l.Tick.Cells {
				if c.Due < 0 || c.Due >= maxSeconds {
					return nil, fmt.Errorf("%s:%d: due in second %d, want 0 to %d", name, n, c.Due, maxSeconds-1)
				}
			}
			b.tick(run, l.Tick)
		case l.End != nil:
			run.End = l.End
		default:
			return nil, fmt.Errorf("%s:%d: neither tick nor end", name, n)
		}
	}
	if run == nil {
		return nil, fmt.Errorf("%s: %w: it is empty", name, ErrNoRun)
	}
	b.finish(run)
	return run, nil
}
