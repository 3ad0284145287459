package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/peakday/peakday/forecast/series"
)

const (
	// logStep is the bin of a log that no option says. Longer ones are summed of
	// it, so that hours and days begin where the zone's do.
	logStep = time.Minute
	// mostBins is how many bins with a line a log may have; 16 bytes each.
	mostBins = 10_000_000
)

// readLog counts the lines of an access log in bins. A log is whole between its
// first and its last line: a bin without a line is a zero. It holds a count for
// each bin that has one, whatever the order of the lines, and no line.
func readLog(in *bufio.Reader, h History, o Options) (History, error) {
	step := logStep
	if o.Step > 0 && o.Step < step {
		step = o.Step
	}
	h.Measure = Count
	counts := map[int64]int64{}
	var first, last time.Time
	firstLine, lines := 0, 0
	for {
		text, err := longLine(in)
		if err == io.EOF {
			break
		}
		if err != nil {
			return h, fmt.Errorf("reading history %s: %w", h.Name, err)
		}
		if lines++; len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		at, ok := logStamp(text, o)
		if !ok {
			h.Unreadable.add(lines, "%q", short(string(text), 80))
			if h.Rows == 0 && h.Unreadable.Count >= maxFaults {
				break
			}
			continue
		}
		if h.Rows++; h.Rows == 1 || at.Before(first) {
			first, firstLine = at, lines
		}
		if h.Rows == 1 || at.After(last) {
			last = at
		}
		counts[floor(at, step)]++
		if len(counts) > mostBins {
			return h, fmt.Errorf("%s:%d: more than %d bins of %v have a line: raise --step", h.Name, lines, mostBins, step)
		}
	}
	if h.Rows == 0 {
		if h.Unreadable.Count == 0 {
			return h, fmt.Errorf("%s: no line: want an access log", h.Name)
		}
		return h, fmt.Errorf("%s:%d: %s has no time: want lines of an access log (common, combined, ALB, Envoy), or JSON objects with a time; name its key with --time",
			h.Name, h.Unreadable.First[0].Line, h.Unreadable.First[0].Text)
	}
	if 2*h.Unreadable.Count > h.Rows {
		return h, fmt.Errorf("%s: %d of %d lines have no time, first line %d: %s: want an access log of one kind",
			h.Name, h.Unreadable.Count, lines, h.Unreadable.First[0].Line, h.Unreadable.First[0].Text)
	}
	from, bins := floor(first, step), floor(last, step)-floor(first, step)+1
	if bins > 1000*int64(len(counts))+100_000 || last.Sub(first) > maxSpan {
		return h, fmt.Errorf("%s: lines from %s to %s are %d bins of %v, %d of them with a line: look for a wrong stamp (the first is at line %d)",
			h.Name, stamp(first), stamp(last), bins, step, len(counts), firstLine)
	}
	values := make([]float64, bins)
	for bin, n := range counts {
		values[bin-from] = float64(n)
	}
	h.Series = series.Series{Start: time.Unix(0, 0).Add(time.Duration(from) * step).In(o.Location), Step: step, Values: values}
	h.cut(firstLine, lines)
	h.mark(o.Marks)
	h.listen(func(int) int { return firstLine })
	return h.coarsen(o.Step)
}

// floor is the bin of a time, counted from 1970.
func floor(t time.Time, step time.Duration) int64 {
	since := t.UnixNano() // anyStamp keeps the year within it
	bin := since / int64(step)
	if since < 0 && since%int64(step) != 0 {
		bin--
	}
	return bin
}

// cut the first and the last bin, of which the log covers a part.
func (h *History) cut(first, last int) {
	values, s := h.Series.Values, h.Series
	h.Cut.add(first, "%g lines in the bin of %s", values[0], stamp(s.Start))
	if n := len(values) - 1; n > 0 {
		h.Cut.add(last, "%g lines in the bin of %s", values[n], stamp(s.At(n)))
		values[n] = math.NaN()
	}
	values[0] = math.NaN()
}

// logStamp finds the time of one line: of a JSON object by its keys; of text in
// the first brackets, as in the common and the combined format and Envoy's own,
// or in the second word, as of an ALB.
func logStamp(line []byte, o Options) (time.Time, bool) {
	line = bytes.TrimSpace(line)
	if bytes.HasPrefix(line, []byte("{")) {
		return jsonStamp(line, o)
	}
	if open := bytes.IndexByte(line, '['); open >= 0 && open < 512 {
		if end := bytes.IndexByte(line[open:], ']'); end > 0 && end < 64 {
			if t, ok := anyStamp(string(line[open+1:open+end]), o.Location); ok {
				return t, true
			}
		}
	}
	_, rest, _ := bytes.Cut(line, []byte(" "))
	word, _, more := bytes.Cut(rest, []byte(" "))
	if !more || len(word) > 64 || !bytes.Contains(word, []byte("T")) {
		return time.Time{}, false
	}
	return anyStamp(string(word), o.Location)
}

// stampKeys are where nginx, ALB, Envoy and common log formatters have the
// time of a request, in this order.
func stampKeys() []string {
	return []string{"time_iso8601", "time_local", "start_time", "@timestamp", "timestamp", "time", "msec", "ts", "date"}
}

func jsonStamp(line []byte, o Options) (time.Time, bool) {
	keys := stampKeys()
	if o.Time != "" {
		keys = []string{o.Time}
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(line, &object) != nil {
		return time.Time{}, false
	}
	for _, key := range keys {
		raw, ok := object[key]
		if !ok {
			continue
		}
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw) // a number
		}
		if t, ok := anyStamp(text, o.Location); ok {
			return t, true
		}
	}
	return time.Time{}, false
}

// anyStamp reads a time as a log writes it. Only years that a duration since
// 1970 can hold are times.
func anyStamp(text string, loc *time.Location) (time.Time, bool) {
	t, err := time.Parse("02/Jan/2006:15:04:05 -0700", text)
	if err != nil {
		f := timeFormat(strings.TrimSpace(text), loc)
		if f == "" {
			return msec(text)
		}
		t, err = f.parse(strings.TrimSpace(text), loc)
	}
	return t, err == nil && t.Year() >= 1970 && t.Year() < 2200
}

// msec reads milliseconds since 1970, which some loggers write.
func msec(text string) (time.Time, bool) {
	t, err := promTime(text)
	return t, err == nil && t.Year() >= 1973
}

// longLine reads a line without its end, of which only the first 64 KiB are
// kept: no stamp stands behind them.
func longLine(in *bufio.Reader) ([]byte, error) {
	text, err := in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		if err == io.EOF && len(text) > 0 {
			err = nil
		}
		return bytes.TrimRight(text, "\r\n"), err
	}
	kept := bytes.Clone(text)
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = in.ReadSlice('\n')
	}
	if err == io.EOF {
		err = nil
	}
	return kept, err
}
