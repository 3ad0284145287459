package selftest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/driver/nethttp"
	"github.com/peakday/peakday/scenarios"
)

// A liar is a driver that does or says something wrong.
type liar struct {
	driver.Driver
	before func(driver.Loop, uint64, *scenarios.Request) // in the place of Submit
	after  func(*driver.Outcome)                         // to each outcome
}

func (l liar) Open() (driver.Loop, error) {
	loop, err := l.Driver.Open()
	return liarLoop{loop, l}, err
}

type liarLoop struct {
	driver.Loop
	liar liar
}

func (l liarLoop) Submit(slot uint64, r *scenarios.Request) {
	if l.liar.before != nil {
		l.liar.before(l.Loop, slot, r)
		return
	}
	l.Loop.Submit(slot, r)
}

func (l liarLoop) Wait(until time.Time) []driver.Outcome {
	outs := l.Loop.Wait(until)
	for i := range outs {
		if l.liar.after != nil {
			l.liar.after(&outs[i])
		}
	}
	return outs
}

// What the self-test is for: each way to be wrong is found, by the check that is meant to find it.
func TestEachLieIsFound(t *testing.T) {
	if testing.Short() {
		t.Skip("loads a server on loopback for ten seconds")
	}
	server, err := startReference()
	if err != nil {
		t.Fatal(err)
	}
	defer server.stop()
	stall := load{rate: 500, length: 1500 * time.Millisecond, arrivals: scenarios.Even, stallFrom: 500 * time.Millisecond, stallFor: 500 * time.Millisecond, inFlight: 1000}
	poisson := load{rate: 500, length: time.Second, arrivals: scenarios.Poisson, inFlight: 1000}
	once := 0
	for _, test := range []struct {
		lie  string
		load load
		liar liar
		want string // the check that does not hold
	}{
		{"a watch that starts when the answer comes", stall, liar{after: func(o *driver.Outcome) { o.Sent = o.Done }}, apartWhat + "p99"},
		{"a watch that starts a millisecond early", stall, liar{after: func(o *driver.Outcome) { o.Sent = o.Sent.Add(-time.Millisecond) }}, apartWhat + "p99"},
		{"a watch that stops at the sending", stall, liar{after: func(o *driver.Outcome) { o.Done = o.Sent }}, "latency p99"},
		{"answers slower than they were by a twentieth", stall, liar{after: func(o *driver.Outcome) { o.Done = o.Done.Add(o.Done.Sub(o.Sent) / 20) }}, "latency p90"},
		{"requests that leave in bursts", poisson, liar{before: func(l driver.Loop, slot uint64, r *scenarios.Request) {
			if slot == 0 {
				time.Sleep(150 * time.Millisecond)
			}
			l.Submit(slot, r)
		}}, "distance of the arrivals"},
		{"a request that is another one", stall, liar{before: func(l driver.Loop, slot uint64, r *scenarios.Request) {
			if r.Person == 7 {
				r.Path = "/?n=8"
			}
			l.Submit(slot, r)
		}}, "exactly once"},
		{"a request that never left", stall, liar{before: func(l driver.Loop, slot uint64, r *scenarios.Request) {
			if once++; once == 3 {
				r.Path = "/"
			}
			l.Submit(slot, r)
		}}, "exactly once"},
	} {
		t.Run(test.lie, func(t *testing.T) {
			test.liar.Driver = nethttp.Driver{Options: driver.Options{Target: server.URL}}
			s, err := server.shoot(t.Context(), test.load, test.liar)
			if err != nil {
				t.Fatal(err)
			}
			checks := slices.Concat(s.complete(), s.apart())
			if test.load.arrivals == scenarios.Poisson {
				checks = append(checks, s.randomly()...)
			} else {
				checks = slices.Concat(checks, s.stalled(test.load, 0.9, 0.99), s.evenly(test.load))
			}
			wrong := failing(checks)
			if !slices.ContainsFunc(wrong, func(w string) bool { return strings.Contains(w, test.want) }) {
				t.Errorf("found %q, want one about %q", wrong, test.want)
			}
		})
	}
}
