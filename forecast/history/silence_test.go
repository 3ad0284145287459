package history

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/forecast/series"
)

func TestALongStretchOfZerosIsTold(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		empty func(hour int) bool // of 30 days
		state series.State        // of the mark
		mark  string
		want  string // in the warnings; "" for none
	}{
		{"an outage that nobody marked", func(h int) bool { return h >= 100 && h < 138 }, series.Outage, "", "long stretches of zeros: 1, taken for what came; if the service or what counts was down, mark each with --outage; first at line 102: 2026-03-05T04:00:00..2026-03-06T18:00:00"},
		{"zeros up to the end", func(h int) bool { return h >= 700 }, series.Outage, "", "2026-03-30T04:00:00..2026-03-31T00:00:00"},
		{"marked, it is known", func(h int) bool { return h >= 100 && h < 138 }, series.Outage, "2026-03-05T04:00:00..2026-03-06T18:00:00", ""},
		{"throttled to nothing", func(h int) bool { return h >= 100 && h < 138 }, series.Throttled, "2026-03-05T04:00:00..2026-03-06T18:00:00", ""},
		{"where most was not counted", func(h int) bool { return h >= 700 && h < 704 }, series.Missing, "2026-03-01T10:00:00..2026-03-30T00:00:00", "2026-03-30T04:00:00..2026-03-30T08:00:00"},
		{"closed at night", func(h int) bool { return h%24 < 6 }, series.Outage, "", ""},
		{"one empty hour", func(h int) bool { return h == 100 }, series.Outage, "", ""},
	} {
		var file strings.Builder
		file.WriteString("time,calls\n")
		for h := range 720 {
			calls := 60 + h%24
			if c.empty(h) {
				calls = 0
			}
			fmt.Fprintf(&file, "%s,%d\n", start.Add(time.Duration(h)*time.Hour).Format("2006-01-02 15:04"), calls)
		}
		var o Options
		if c.mark != "" {
			mark, err := ParseMark(c.mark, c.state, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			o.Marks = []Mark{mark}
		}
		h, err := ReadCSV(strings.NewReader(file.String()), "calls.csv", o)
		told := strings.Join(h.Warnings(), "\n")
		if err != nil || c.want == "" && h.Silent.Count > 0 || !strings.Contains(told, c.want) {
			t.Errorf("%s: %v, want %q in %q", c.name, err, c.want, told)
		}
	}
}
