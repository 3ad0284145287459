package history

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/peakday/peakday/forecast/series"
)

// promSeries is one element of data.result of a range query.
type promSeries struct {
	Metric     map[string]string    `json:"metric"`
	Values     [][2]json.RawMessage `json:"values"`
	Histograms []json.RawMessage    `json:"histograms"`
}

// readPrometheus reads what /api/v1/query_range answers, one series at a time:
//
//	{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1.7e9,"3"],…]}]}}
func readPrometheus(in *bufio.Reader, report History, o Options, yield func(History, error) bool) {
	d := json.NewDecoder(in)
	n, stopped := 0, false
	err := walk(d, "", func(path string) error {
		switch path {
		case ".error", ".data.resultType":
			var text string
			if err := d.Decode(&text); err != nil {
				return err
			}
			if path == ".error" {
				return fmt.Errorf("the query: %s", text)
			}
			if text != "matrix" {
				return fmt.Errorf("resultType %q: want matrix, the answer of /api/v1/query_range", text)
			}
			return nil
		case ".data.result[]":
			n++
			var p promSeries
			if err := d.Decode(&p); err != nil {
				return err
			}
			h, err := p.history(report, o)
			if !yield(h, err) {
				stopped = true
				return io.EOF
			}
			return nil
		}
		var other json.RawMessage
		return d.Decode(&other)
	})
	switch {
	case stopped:
	case err != nil:
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		yield(History{}, fmt.Errorf("reading history %s: byte %d: %w", report.Name, d.InputOffset(), err))
	case n == 0:
		yield(History{}, fmt.Errorf("%s: no series in data.result: want the answer of /api/v1/query_range; does the query match anything?", report.Name))
	}
}

// walk goes down to the leaves of .data and the elements of .data.result and
// calls leaf for each with the decoder before its value.
func walk(d *json.Decoder, path string, leaf func(path string) error) error {
	if path != "" && path != ".data" && path != ".data.result" {
		return leaf(path)
	}
	open, err := d.Token()
	if err != nil {
		return err
	}
	want := json.Delim('{')
	if path == ".data.result" {
		want = '['
	}
	if open != want {
		return fmt.Errorf("%v where %s of %s should begin: want the answer of /api/v1/query_range", open, want, orTop(path))
	}
	for d.More() {
		below := path + "[]"
		if want == '{' {
			key, err := d.Token()
			if err != nil {
				return err
			}
			below = path + "." + fmt.Sprint(key)
		}
		if err := walk(d, below, leaf); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

func orTop(path string) string {
	if path == "" {
		return "the file"
	}
	return path[1:]
}

func (p promSeries) history(h History, o Options) (History, error) {
	h.ID, h.point = promName(p.Metric), true
	h.Measure, h.Assumed = promMeasure(p.Metric["__name__"], o.Measure)
	if len(p.Values) == 0 && len(p.Histograms) > 0 {
		return h, fmt.Errorf("%s: native histograms: query histogram_count() of them for a number", h.where())
	}
	f := faults{name: h.where()}
	d := draft{h: h, ends: true}
	for i, point := range p.Values {
		at, err := promTime(string(point[0]))
		if err != nil {
			f.add(i+1, "time %s: want seconds since 1970", point[0])
		}
		text, err := strconv.Unquote(string(point[1]))
		value := math.NaN()
		if err == nil {
			value, err = number(text)
		}
		if err != nil {
			f.add(i+1, "value %s: want a number in quotes such as \"12.5\"", point[1])
		}
		if !f.more() {
			break
		}
		d.add(i+1, at.In(o.Location), value, series.Value)
	}
	if err := f.err(); err != nil {
		return h, err
	}
	if len(d.rows) == 0 {
		return h, fmt.Errorf("%s: no points: want a longer range", h.where())
	}
	return d.finish(o)
}

// promTime reads seconds since 1970, or milliseconds as the text format of
// Prometheus has them, from 2001 on.
func promTime(text string) (time.Time, error) {
	s, err := strconv.ParseFloat(text, 64)
	if err != nil || !(s >= 0 && s < 1e14) {
		return time.Time{}, fmt.Errorf("%q is not a time", text)
	}
	if s >= 1e11 {
		s /= 1000
	}
	whole, part := math.Modf(s)
	return time.Unix(int64(whole), int64(math.Round(part*1e3))*1e6), nil
}

// promMeasure is what the values of a metric are. Only the name of a counter
// tells: PromQL's functions drop it.
func promMeasure(name string, asked Measure) (m Measure, assumed bool) {
	switch {
	case asked != "":
		return asked, false
	case strings.HasSuffix(name, "_total"), strings.HasSuffix(name, "_count"), strings.HasSuffix(name, "_bucket"):
		return Counter, false
	}
	return Count, true
}

// promName writes a metric as PromQL does, labels sorted.
func promName(labels map[string]string) string {
	var pairs []string
	for k, v := range labels {
		if k != "__name__" {
			pairs = append(pairs, k+"="+strconv.Quote(v))
		}
	}
	slices.Sort(pairs)
	if len(pairs) == 0 && labels["__name__"] != "" {
		return labels["__name__"]
	}
	return labels["__name__"] + "{" + strings.Join(pairs, ",") + "}"
}
