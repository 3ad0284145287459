package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios"
)

func TestNeeds(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*scenarios.Scenario)
		want   int
	}{
		{"peak times timeout", func(s *scenarios.Scenario) { s.Timeout = 500 * time.Millisecond; s.MaxInFlight = 9000 }, 1500},
		{"no more than may be in flight", func(s *scenarios.Scenario) { s.MaxInFlight = 8192 }, 8192},
		{"no more than there are", func(s *scenarios.Scenario) { s.MaxInFlight = 1e6 }, 27010},
	} {
		s := mixed()
		test.change(&s)
		n := planned(t, s).Needs()
		want := Needs{Planned: 27010, Peak: 3000, Sockets: test.want, Length: 10 * time.Second, Longest: 70 * time.Second}
		if n != want {
			t.Errorf("%s: %+v, want %+v", test.name, n, want)
		}
	}
}

func TestFit(t *testing.T) {
	for _, test := range []struct {
		name   string
		limits Limits
		want   string
	}{
		{"enough of both", Limits{OpenFiles: 1128, Ports: 1000}, ""},
		{"a file too few", Limits{OpenFiles: 1127, Ports: 1000}, "ulimit -n 1128"},
		{"a port too few", Limits{OpenFiles: 9999, Ports: 999}, "ip_local_port_range"},
	} {
		err := test.limits.Fit(Needs{Sockets: 1000})
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", test.name, err, test.want)
		}
	}
}

func TestReadLimits(t *testing.T) {
	l, err := ReadLimits()
	if err != nil || l.OpenFiles < 64 || l.Ports < 1000 || l.Ports > 65536 {
		t.Errorf("%+v, %v: not the limits of a machine", l, err)
	}
}
