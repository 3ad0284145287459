package result

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/scenarios"
)

func of(values ...time.Duration) (h hist.Histogram) {
	for _, v := range values {
		h.Record(v)
	}
	return h
}

func repeat(d time.Duration, n int) []time.Duration {
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = d
	}
	return out
}

// a run of two seconds: 80 good and 20 refused due in the first, 10 late, 5 timeouts and 5 resets in the second
var (
	header = Header{Format: Format, Scenario: "calm-day", Variant: "protected", Seed: 7, JudgeTo: 2}
	ticks  = []Tick{
		{At: 0, Sent: 100, Cells: []Cell{
			{Due: 0, Op: "account.get", Class: "P1", Outcome: Good, Count: 50, Latency: of(repeat(100*time.Millisecond, 50)...)},
			{Due: 0, Op: "claims.settle", Class: "P0", Outcome: Good, Count: 30, Latency: of(repeat(200*time.Millisecond, 30)...)},
			{Due: 0, Op: "claims.settle", Class: "P0", Outcome: Shed, Kind: "status_503", Count: 20, Latency: of(repeat(time.Millisecond, 20)...)},
		}, Lateness: of(repeat(time.Millisecond, 100)...)},
		{At: 1, Sent: 20, Cells: []Cell{
			{Due: 1, Op: "account.get", Class: "P1", Outcome: Late, Count: 10, Latency: of(repeat(4*time.Second, 10)...)},
		}},
		{At: 31, Cells: []Cell{
			{Due: 1, Op: "account.get", Class: "P1", Outcome: Failed, Kind: KindTimeout, Count: 5, Latency: of(repeat(30*time.Second, 5)...)},
			{Due: 1, Op: "account.get", Class: "P1", Retry: true, Outcome: Failed, Kind: KindReset, Count: 5, Latency: of(repeat(time.Second, 5)...)},
		}},
	}
	end = End{Planned: 115, Sent: 115, Retries: 5}
)

func written(t *testing.T) []byte {
	t.Helper()
	var file bytes.Buffer
	log := NewLog(&file)
	if err := log.Header(header); err != nil {
		t.Fatal(err)
	}
	for _, tick := range ticks {
		if err := log.Tick(tick); err != nil {
			t.Fatal(err)
		}
	}
	if err := log.End(end); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestAFileReadsBackAsTheRunThatWasWritten(t *testing.T) {
	got, err := Read("x.run", bytes.NewReader(written(t)))
	if err != nil {
		t.Fatal(err)
	}
	if want := NewRun(header, ticks, &end); !reflect.DeepEqual(got.Header, want.Header) || len(got.Cells) != len(want.Cells) ||
		!reflect.DeepEqual(*got.All(), *want.All()) || !reflect.DeepEqual(got.Ends, want.Ends) || got.Partial() {
		t.Errorf("read %+v, want %+v", got, want)
	}
}

func TestAFileCutAnywhereGivesWhatWasWhole(t *testing.T) {
	file := written(t)
	first := bytes.IndexByte(file, '\n') + 1
	for cut := range len(file) {
		run, err := Read("x.run", bytes.NewReader(file[:cut]))
		switch {
		case cut < first:
			if !errors.Is(err, ErrNoRun) {
				t.Fatalf("cut at %d: %v, want ErrNoRun", cut, err)
			}
		case err != nil:
			t.Fatalf("cut at %d: %v", cut, err)
		case !run.Partial():
			t.Fatalf("cut at %d of %d: not partial", cut, len(file))
		case len(run.Ends) != bytes.Count(file[:cut], []byte("\n"))-1:
			t.Fatalf("cut at %d: %d ticks", cut, len(run.Ends))
		}
	}
}

func TestDamageNamesItsLine(t *testing.T) {
	lines := strings.SplitAfter(string(written(t)), "\n")
	for name, damaged := range map[string]struct{ file, want string }{
		"not JSON":           {lines[0] + "{\n", "x.run:2: "},
		"no header":          {lines[1], "x.run:1: no run"},
		"a later format":     {`{"header":{"format":9}}` + "\n", "x.run:1: format 9"},
		"two runs joined":    {strings.Join(lines, "") + strings.Join(lines, ""), "x.run:6: a line after the end"},
		"neither tick nor e": {lines[0] + "{}\n", "x.run:2: neither"},
		"ended before start": {lines[0] + `{"tick":{"at":-1}}` + "\n", "x.run:2: second -1"},
		"due in a century":   {lines[0] + `{"tick":{"cells":[{"due":3000000000}]}}` + "\n", "x.run:2: due in second 3000000000"},
	} {
		if _, err := Read("x.run", strings.NewReader(damaged.file)); err == nil || !strings.Contains(err.Error(), damaged.want) {
			t.Errorf("%s: %v, want %q", name, err, damaged.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"header":{"format":1}}` + "\n" + `{"tick":{"at":3,"cells":[{"due":-1,"count":2}]}}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		run, err := Read("fuzz", bytes.NewReader(data))
		if err == nil {
			run.Windows()
		}
	})
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestAFullDiskIsAnError(t *testing.T) {
	if err := NewLog(full{}).Header(header); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("got %v", err)
	}
}

func TestValuesOfBudgets(t *testing.T) {
	run := NewRun(header, ticks, &end)
	for _, c := range []struct {
		budget string
		want   float64
		n      uint64
	}{
		{"goodput >= 1/s", 40, 120},
		{"answered >= 1/s", 45, 120},
		{"success >= 99%", 90. / 120, 120},
		{"P0 success >= 99%", 30. / 50, 50},
		{"shed <= 1%", 20. / 120, 120},
		{"failed <= 1%", 10. / 120, 120},
		{"timeouts <= 1%", 5. / 95, 95}, // of the 90 answered and 5 timed out; refusals and resets were not admitted
		{"claims.settle p50 <= 1s", .2, 50},
		{"claims.settle admitted p1 <= 1s", .2, 30},
		{"answered p99 <= 1s", 4, 90},
		{"answered mean <= 1s", (50*.1 + 30*.2 + 10*4) / 90, 90},
		{"lateness p99 <= 5ms", .001, 100},
		{"nothing.such p99 <= 1s", 0, 0},
	} {
		b, err := scenarios.ParseBudget(c.budget)
		if err != nil {
			t.Fatal(err)
		}
		from, to := run.JudgedSpan()
		got, n := run.Value(b, from, to)
		if diff := got - c.want; diff > c.want*hist.RelativeError+1e-9 || -diff > c.want*hist.RelativeError+1e-9 || n != c.n {
			t.Errorf("%s: %g of %d, want %g of %d", c.budget, got, n, c.want, c.n)
		}
	}
}

func TestTheOverloadSpanBeginsAfterTheFirstRefusal(t *testing.T) {
	run := NewRun(header, ticks, &end)
	from, to, ok := run.OverloadSpan()
	if !ok || from != time.Second || to != 2*time.Second {
		t.Errorf("got %v to %v, %v; want 1s to 2s", from, to, ok)
	}
	if _, _, ok := NewRun(header, ticks[1:], nil).OverloadSpan(); ok {
		t.Error("a run without refusals has an overload span")
	}
}

func TestMergingLeavesTheTicksAsTheyWere(t *testing.T) {
	split := []Tick{ticks[0], ticks[0]}
	once, twice := NewRun(header, split, nil), NewRun(header, split, nil)
	if once.All().Good != 160 || !reflect.DeepEqual(once.All(), twice.All()) {
		t.Errorf("merged once %d good, twice %d; want 160 both times", once.All().Good, twice.All().Good)
	}
}

func TestWindowsCoverEverySecond(t *testing.T) {
	windows := NewRun(header, ticks, &end).Windows()
	if len(windows) != 2 || windows[0].Offered() != 100 || windows[1].Retries != 5 || windows[1].Late != 10 {
		t.Errorf("got %+v", windows)
	}
}

func TestAChecksSentenceHasItsUnits(t *testing.T) {
	for _, test := range []struct {
		check Check
		want  string
	}{
		{Check{Name: "lateness p99", Value: 0.0060004, Limit: 0.005, Unit: "s", Note: "too late"}, "lateness p99 is 6ms, limit 5ms: too late"},
		{Check{Name: "lateness p99", Value: 2e-9, Limit: 1e-9, Unit: "s"}, "lateness p99 is 2ns, limit 1ns"},
		{Check{Name: "throttled", Value: 0.81234, Limit: 0.01, Unit: "share of time"}, "throttled is 81.2 % of the time, limit 1 % of the time"},
		{Check{Name: "open files", Value: 1020, Limit: 972.8, Unit: "descriptors"}, "open files is 1020 descriptors, limit 972.8 descriptors"},
	} {
		if got := test.check.String(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
