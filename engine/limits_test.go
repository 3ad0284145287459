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
		want   int // sockets
		guard  bool
	}{
		{"peak times timeout", func(s *scenarios.Scenario) { s.Timeout = 500 * time.Millisecond; s.MaxInFlight = 9000 }, 1500, false},
		{"peak times timeout times the attempts of the most stubborn", func(s *scenarios.Scenario) {
			s.Timeout, s.MaxInFlight = 500*time.Millisecond, 9000
			s.Actors[0].Retry.Attempts, s.Actors[1].Retry.Attempts = 4, 2
		}, 6000, false},
		{"no more than may be in flight", func(s *scenarios.Scenario) { s.MaxInFlight = 8192 }, 8192, false},
		{"no more than there are", func(s *scenarios.Scenario) { s.MaxInFlight = 1e6 }, 27010, false},
		{"no more than there are, each tried three times", func(s *scenarios.Scenario) { s.MaxInFlight = 1e6; s.Actors[1].Retry.Attempts = 3 }, 81030, false},
		{"a guard in the second variant", func(s *scenarios.Scenario) {
			s.MaxInFlight = 10
			s.Variants = []scenarios.Variant{{Name: "unprotected"}, {Name: "protected", Guard: true}}
		}, 10, true},
	} {
		s := mixed()
		test.change(&s)
		n := planned(t, s).Needs()
		want := Needs{Planned: 27010, Peak: 3000, Sockets: test.want, Guarded: test.guard, Length: 10 * time.Second, Longest: 70 * time.Second}
		if n != want {
			t.Errorf("%s: %+v, want %+v", test.name, n, want)
		}
	}
}

func TestFit(t *testing.T) {
	for _, test := range []struct {
		name   string
		limits Limits
		guard  bool
		want   string
	}{
		{"enough of both", Limits{OpenFiles: 1128, Ports: 1000}, false, ""},
		{"a file too few", Limits{OpenFiles: 1127, Ports: 1000}, false, "ulimit -n 1128"},
		{"a port too few", Limits{OpenFiles: 9999, Ports: 999}, false, "ip_local_port_range"},
		{"enough for the guard, whose connections to the service take no port from ours", Limits{OpenFiles: 2128, Ports: 1000}, true, ""},
		{"a file too few for the guard", Limits{OpenFiles: 2127, Ports: 1000}, true, "ulimit -n 2128"},
	} {
		err := test.limits.Fit(Needs{Sockets: 1000, Guarded: test.guard})
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
