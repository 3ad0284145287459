package history

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/peakday/peakday/forecast/series"
)

// readOpenMetrics reads text with a stamp on every sample, as promtool tsdb
// dump-openmetrics writes it. Stamps are seconds, or milliseconds where they
// are above 1e11, as Prometheus' older text has them. The type counter, or a
// name that ends as a counter's does, says that differences count.
func readOpenMetrics(in *bufio.Reader, report History, o Options, yield func(History, error) bool) {
	counters := map[string]bool{}
	byID := map[string]*draft{}
	var drafts []*draft
	f := faults{name: report.Name}
	for line := 1; f.more(); line++ {
		text, err := longLine(in)
		if err == io.EOF {
			break
		}
		if err != nil {
			yield(History{}, fmt.Errorf("reading history %s: %w", report.Name, err))
			return
		}
		sample := strings.TrimSpace(string(text))
		if sample == "" {
			continue
		}
		if strings.HasPrefix(sample, "#") {
			if words := strings.Fields(sample); len(words) == 4 && words[1] == "TYPE" && words[3] == "counter" {
				counters[words[2]] = true
			}
			if sample == "# EOF" {
				break
			}
			continue
		}
		id, rest, ok := splitSample(sample)
		words := strings.Fields(rest)
		if !ok || len(words) == 0 {
			f.add(line, "%q: want name{label=\"…\"} value time", short(sample, 80))
			continue
		}
		if len(words) == 1 || words[1] == "#" {
			f.add(line, "%q has no time: want name{label=\"…\"} value time, as promtool tsdb dump-openmetrics writes", short(sample, 80))
			continue
		}
		value, err := number(words[0])
		if err != nil {
			f.add(line, "value %q: want a number such as 12.5", words[0])
		}
		at, timeErr := promTime(words[1])
		if timeErr != nil {
			f.add(line, "time %q: want seconds since 1970", words[1])
		}
		if err != nil || timeErr != nil {
			continue
		}
		d := byID[id]
		if d == nil {
			d = &draft{h: report, ends: true}
			d.h.ID = id
			name, _, _ := strings.Cut(id, "{")
			d.h.Measure, d.h.Assumed = promMeasure(name, o.Measure)
			if o.Measure == "" && (counters[name] || counters[strings.TrimSuffix(name, "_total")]) {
				d.h.Measure, d.h.Assumed = Counter, false
			}
			byID[id] = d
			drafts = append(drafts, d)
		}
		d.add(line, at.In(o.Location), value, series.Value)
	}
	if f.n == 0 && len(drafts) == 0 {
		f.add(1, "no sample: want lines such as http_requests_total{code=\"200\"} 1027 1767225600")
	}
	if err := f.err(); err != nil {
		yield(History{}, err)
		return
	}
	finishAll(drafts, o, yield)
}

// splitSample cuts a sample after its name and labels. A brace or a blank in
// the quotes of a label ends nothing.
func splitSample(s string) (id, rest string, ok bool) {
	quoted, braces := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			braces = true
		case c == '}' && braces:
			return s[:i+1], s[i+1:], true
		case (c == ' ' || c == '\t') && !braces:
			return s[:i], s[i:], i > 0
		}
	}
	return "", "", false
}

// short cuts a text that is quoted in a message after so many bytes.
func short(text string, most int) string {
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
