package watch

import (
	"errors"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/hist"
	"github.com/peakday/peakday/engine/result"
)

// calm is a run of ten seconds with nothing wrong, a sample a second, of a process that was busy before.
func calm() []Sample {
	var samples []Sample
	for i := range 11 {
		at := time.Duration(i) * time.Second
		samples = append(samples, Sample{
			At:        at,
			CPU:       time.Hour + at/2,
			Waited:    map[int]time.Duration{1: time.Minute + at/1000, 2: at / 500},
			Throttled: time.Minute,
			Stolen:    500,
			Ticks:     1e6 + uint64(200*i),
			GCPause:   time.Minute + at/10000,
			GCPauses:  &metrics.Float64Histogram{Counts: []uint64{9, 9, 0}, Buckets: []float64{0, 1e-4, 1e-3, 1}},
			Files:     20,
			Sockets:   100,
		})
	}
	return samples
}

func account(samples []Sample) *Account {
	a := &Account{Cores: 2, OpenFiles: 1000, Ports: 28232}
	for _, s := range samples {
		a.Add(s)
	}
	return a
}

func late(d time.Duration) *hist.Histogram {
	var h hist.Histogram
	h.Record(d)
	return &h
}

func find(t *testing.T, checks []result.Check, name string) result.Check {
	t.Helper()
	for _, c := range checks {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no check %q in %v", name, checks)
	return result.Check{}
}

func failed(checks []result.Check) (names []string) {
	for _, c := range checks {
		if !c.OK {
			names = append(names, c.Name)
		}
	}
	return names
}

func TestACalmRunIsValidAndItsTableWhole(t *testing.T) {
	checks := account(calm()).Checks(Seen{Lateness: late(time.Millisecond)}, Standard(5*time.Millisecond))
	if names := failed(checks); names != nil {
		t.Errorf("not OK: %q", names)
	}
	want := map[string]float64{
		lateness: 0.001, still: 0, clock: 0, short: 0, throttled: 0, busy: 0.25, waiting: 0.002, stolen: 0, gcShare: 0.0001,
		gcPause: 0, lag: 0, openFiles: 20, sockets: 100,
	}
	if len(checks) != len(want) {
		t.Errorf("%d lines, want %d", len(checks), len(want))
	}
	for name, value := range want {
		if c := find(t, checks, name); c.Value < value*0.99 || c.Value > value*1.01 || c.Note != "" {
			t.Errorf("%s is %v, want %v; note %q", name, c.Value, value, c.Note)
		}
	}
}

func TestWhatProvesAGapVoidsARunAlone(t *testing.T) {
	tests := []struct {
		name   string
		change func(i int, s *Sample)
		seen   Seen
		fails  string
	}{
		{"late", nil, Seen{Lateness: late(6 * time.Millisecond)}, lateness},
		{"stopped for half a second", func(i int, s *Sample) {
			if i > 4 {
				s.Still = 500 * time.Millisecond
			}
		}, Seen{}, still},
		{"the clock was set back", func(i int, s *Sample) {
			if i > 4 {
				s.Clock = -time.Second
			}
		}, Seen{}, clock},
		{"one request without a descriptor", nil, Seen{Short: 1}, short},
		{"throttled for two in a hundred seconds", func(i int, s *Sample) { s.Throttled += time.Duration(i) * 20 * time.Millisecond }, Seen{}, throttled},
	}
	for _, test := range tests {
		samples := calm()
		for i := range samples {
			if test.change != nil {
				test.change(i, &samples[i])
			}
		}
		checks := account(samples).Checks(test.seen, Standard(5*time.Millisecond))
		if names := failed(checks); len(names) != 1 || names[0] != test.fails {
			t.Errorf("%s: not OK are %q, want %s alone", test.name, names, test.fails)
		} else if c := find(t, checks, test.fails); c.Note == "" {
			t.Errorf("%s: no note", test.name)
		}
	}
}

func TestWhatExplainsAGapVoidsARunOnlyWithOne(t *testing.T) {
	tests := []struct {
		name   string
		change func(i int, s *Sample)
		seen   Seen
		fails  string
	}{
		{"a second of both cores", func(i int, s *Sample) {
			if i > 5 {
				s.CPU += 1500 * time.Millisecond
			}
		}, Seen{}, busy},
		{"a thread that waits 5 % of the time", func(i int, s *Sample) { s.Waited[2] = time.Duration(i) * 50 * time.Millisecond }, Seen{}, waiting},
		{"a tenth of the machine stolen", func(i int, s *Sample) { s.Stolen += uint64(20 * i) }, Seen{}, stolen},
		{"the world stopped for 2 % of the time", func(i int, s *Sample) { s.GCPause += time.Duration(i) * 20 * time.Millisecond }, Seen{}, gcShare},
		{"two long pauses in a hundred", func(i int, s *Sample) {
			s.GCPauses = &metrics.Float64Histogram{Counts: []uint64{9, 9 + 10*uint64(i), uint64(i)}, Buckets: []float64{0, 1e-4, 1e-3, 1}}
		}, Seen{}, gcPause},
		{"loops that wake late", nil, Seen{Lag: late(time.Second)}, lag},
		{"960 of 1000 descriptors", func(i int, s *Sample) { s.Files = 960 }, Seen{}, openFiles},
		{"more sockets than ports", func(i int, s *Sample) { s.Sockets = 30000 }, Seen{}, sockets},
	}
	for _, test := range tests {
		samples := calm()
		for i := range samples {
			if test.change != nil {
				test.change(i, &samples[i])
			}
		}
		a := account(samples)
		test.seen.Lateness = late(time.Millisecond)
		calmly := a.Checks(test.seen, Standard(5*time.Millisecond))
		if names := failed(calmly); names != nil {
			t.Errorf("%s, all in time: not OK are %q", test.name, names)
		}
		if c := find(t, calmly, test.fails); c.Value <= c.Limit || !strings.Contains(c.Note, "without harm") {
			t.Errorf("%s, all in time: %+v", test.name, c)
		}
		test.seen.Lateness = late(10 * time.Millisecond)
		if names := failed(a.Checks(test.seen, Standard(5*time.Millisecond))); len(names) != 2 || names[0] != lateness || names[1] != test.fails {
			t.Errorf("%s, and late: not OK are %q, want lateness and %s", test.name, names, test.fails)
		}
	}
}

func TestWhatCannotBeReadIsSaidAndIsOK(t *testing.T) {
	samples := calm()
	for i := range samples {
		samples[i].unread(waiting, errors.New("no /proc here"))
		samples[i].Waited = nil
		samples[i].GCPauses = nil
	}
	a := &Account{} // no limits known
	for _, s := range samples {
		a.Add(s)
	}
	checks := a.Checks(Seen{Lateness: late(time.Second)}, Standard(5*time.Millisecond))
	if names := failed(checks); len(names) != 1 {
		t.Errorf("not OK are %q, want lateness alone", names)
	}
	if c := find(t, checks, waiting); c.Note != "not known: no /proc here" {
		t.Errorf("%+v", c)
	}
	if c := find(t, checks, openFiles); c.Note != "the limit is not known" {
		t.Errorf("%+v", c)
	}
}

func TestASampleThatCouldNotBeReadDoesNotCountThreadsTwice(t *testing.T) {
	samples := calm()
	samples[5].Waited = nil
	if c := find(t, account(samples).Checks(Seen{}, Standard(5*time.Millisecond)), waiting); c.Value > 0.0021 {
		t.Errorf("%+v, want 0.002", c)
	}
}

func TestOneSampleOrNoneIsNoRunAndNoPanic(t *testing.T) {
	for n := range 2 {
		if names := failed(account(calm()[:n]).Checks(Seen{}, Standard(5*time.Millisecond))); names != nil {
			t.Errorf("%d samples: not OK are %q", n, names)
		}
	}
}

func TestGCPausesAreThoseOfTheRun(t *testing.T) {
	edges := []float64{0, 1e-4, 1e-3, 1e-2}
	before := &metrics.Float64Histogram{Counts: []uint64{0, 0, 1000}, Buckets: edges}
	after := &metrics.Float64Histogram{Counts: []uint64{99, 1, 1000}, Buckets: edges}
	a := account([]Sample{{GCPauses: before}, {At: time.Second, GCPauses: after}})
	if p99 := a.GCPauseP99(); p99 != 100*time.Microsecond {
		t.Errorf("p99 %v, want 100µs", p99)
	}
}
