package history

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestLogStamp(t *testing.T) {
	want := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct{ name, line, key string }{
		{"common", `192.0.2.1 - - [01/Mar/2026:11:00:00 +0100] "GET / HTTP/1.1" 200 1`, ""},
		{"combined, with a bracket in the agent", `2001:db8::1 - bob [01/Mar/2026:10:00:00 +0000] "GET /a?b=[1] HTTP/1.1" 404 1 "-" "x [y]"`, ""},
		{"Envoy", `[2026-03-01T10:00:00.000Z] "GET / HTTP/2" 200 - 0 5 1 0 "-"`, ""},
		{"ALB", `h2 2026-03-01T10:00:00.000000Z app/x/1 192.0.2.1:1 10.0.0.1:80 0.0 0.0 0.0 200 200 1 2 "GET https://x/ HTTP/2.0"`, ""},
		{"nginx, time_iso8601", `{"remote_addr":"192.0.2.1","time_iso8601":"2026-03-01T10:00:00+00:00","status":"200"}`, ""},
		{"nginx, time_local", `{"time_local":"01/Mar/2026:10:00:00 +0000"}`, ""},
		{"nginx, msec", `{"msec":"1772359200.000"}`, ""},
		{"ALB as JSON", `{"type":"https","time":"2026-03-01T10:00:00.000000Z","elb":"x"}`, ""},
		{"Envoy as JSON", `{"start_time":"2026-03-01T10:00:00.000Z","method":"GET"}`, ""},
		{"milliseconds as a number", `{"timestamp":1772359200000}`, ""},
		{"a key of one's own", `{"time":"soon","seen":{"a":1},"at":"2026-03-01 10:00:00"}`, "at"},
		{"the next key where one holds no time", `{"timestamp":"soon","time":"2026-03-01 10:00:00"}`, ""},
	} {
		got, ok := logStamp([]byte(c.line), Options{Time: c.key, Location: time.UTC})
		if !ok || !got.Equal(want) {
			t.Errorf("%s: %v, %v", c.name, got, ok)
		}
	}
	for _, line := range []string{"", "[", "[]", "{}", `{"time":1}`, `{"time":"0001-01-01"}`, "a b", "[99/Mar/2026:10:00:00 +0000]", "[01/Mar/2300:10:00:00 +0000]", "Mar  1 10:00:00 host sshd: no"} {
		if got, ok := logStamp([]byte(line), Options{Location: time.UTC}); ok {
			t.Errorf("%q is taken for %v", line, got)
		}
	}
}

func TestALogIsCountedWhateverItsOrder(t *testing.T) {
	var clock []string
	for i := range 600 { // ten minutes, a line a second
		clock = append(clock, fmt.Sprintf("10:%02d:%02d", i/60, i%60))
	}
	clock[0], clock[599] = clock[599], clock[0]
	text := commonLog(clock...) + "  \n" + strings.Repeat("x", 200_000) + "\n" + commonLog("10:30:00")
	h, err := Read(strings.NewReader(text), "access.log", Options{Format: Log})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(h.Series.Values); !strings.HasPrefix(got, "[NaN 60 60 60 60 60 60 60 60 60 0 0 ") || h.Rows != 601 || h.Series.Len() != 31 {
		t.Errorf("%d lines in %s", h.Rows, got)
	}
	if got, want := strings.Join(h.Warnings(), "\n"), `access.log: lines without a time: 1, left out; first at line 602: "`+strings.Repeat("x", 80)+`…"
access.log: long stretches of zeros: 1, taken for what came; if the service or what counts was down, mark each with --outage; first at line 600: 2026-03-01T10:10:00..2026-03-01T10:30:00
access.log: bins that the log covers in part: 2, they are missing bins; first at line 600: 60 lines in the bin of 2026-03-01 10:00:00`; got != want {
		t.Errorf("warnings\n%s\nwant\n%s", got, want)
	}
}

func TestHoursOfALogBeginWhereTheZonesDo(t *testing.T) {
	var clock []string
	for i := range 6 * 60 {
		clock = append(clock, fmt.Sprintf("%02d:%02d:10", 10+i/60, i%60))
	}
	h, err := Read(strings.NewReader(commonLog(clock...)), "x", Options{Format: Log, Location: time.FixedZone("half", 5*3600+1800), Step: time.Hour})
	if err != nil || h.Series.Start.Minute() != 0 || fmt.Sprint(h.Series.Values) != "[NaN 60 60 60 60 60 NaN]" {
		t.Errorf("%s, %v", told(h), err)
	}
}

func BenchmarkReadLog(b *testing.B) {
	var clock []string
	for i := range 3600 {
		clock = append(clock, fmt.Sprintf("10:%02d:%02d", i/60, i%60))
	}
	text := []byte(commonLog(clock...))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Read(bytes.NewReader(text), "x", Options{Format: Log}); err != nil {
			b.Fatal(err)
		}
	}
}

// A line of a log without a time is counted among what was left out.
func TestALineWithoutATimeIsLeftOut(t *testing.T) {
	h, err := Read(strings.NewReader(commonLog("10:00:00")+commonLog("10:01:00")+"hello\n"+commonLog("10:02:00")), "x", Options{Format: Log})
	if err != nil || h.LeftOut() != 1 || h.Rows != 3 {
		t.Errorf("%d of %d lines left out, %v", h.LeftOut(), h.Rows, err)
	}
}

// A step need not be whole in any unit, nor a time after 1970 everywhere.
func TestFloorIsTheBinOfATime(t *testing.T) {
	step := 1000500 * time.Microsecond
	for _, bin := range []int64{-1, 0, 1, 7_000_000_000 / 4} {
		at := time.Unix(0, 0).Add(time.Duration(bin) * step)
		if got := floor(at, step); got != bin {
			t.Errorf("%v lies in bin %d, want %d", at, got, bin)
		}
		if got := floor(at.Add(step-1), step); got != bin {
			t.Errorf("the last moment of bin %d lies in bin %d", bin, got)
		}
	}
}
