package drill

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/forecast"
	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/library"
	"github.com/peakday/peakday/scenarios/profile"
	"github.com/peakday/peakday/sut/admission"
	"github.com/peakday/peakday/sut/gateway"
	"github.com/peakday/peakday/sut/traffic"
)

func flagship(t *testing.T) scenarios.Scenario {
	t.Helper()
	s, err := library.Open("reform-day-300x")
	if err == nil {
		s, err = library.Resolve(s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// a day that doubles at noon
var day = forecast.Day{
	P:          0.95,
	Points:     []forecast.Point{{At: 0, Times: 1}, {At: 12 * time.Hour, Times: 2}, {At: 24 * time.Hour, Times: 1}},
	PeakAt:     12 * time.Hour,
	MedianRate: 200, PeakRate: 400,
}

func TestTheEventIsLaidOnThePeakOfTheDay(t *testing.T) {
	s := Lay(flagship(t), day)
	p, marks, err := profile.Of(s.Shape)
	if err != nil {
		t.Fatal(err)
	}
	if want := 6 * time.Second; marks.PhasesFrom != want {
		t.Errorf("the event begins at %v, want noon of a day of 12 s: %v", marks.PhasesFrom, want)
	}
	if got := p.Rate(0); got != 5 {
		t.Errorf("the day begins at %g/s, want its median at the base of 5/s", got)
	}
	if got := p.Rate(marks.PhasesFrom); math.Abs(got-10) > 1e-9 {
		t.Errorf("the event begins at %g/s, want the day's peak of 10/s", got)
	}
	if marks.PeakRate != 1500 {
		t.Errorf("peak %g/s, want 300 × 5/s", marks.PeakRate)
	}
	if got := s.Shape.Event(); got != 300 {
		t.Errorf("event of %g times the base, want 300", got)
	}
}

func TestWhatTheServiceLacksOfAMixIsSaid(t *testing.T) {
	s := flagship(t)
	if _, notes, err := serveable(s); err != nil || len(notes) != 0 {
		t.Errorf("the library's own mix: %q, %v; want all of it served", notes, err)
	}
	whole := len(s.Mix)
	s.Mix = append(slices.Clone(s.Mix), scenarios.Weight{Op: "pigeons.send", Share: 1})
	s, notes, err := serveable(s)
	if err != nil || len(s.Mix) != whole || len(notes) != 1 || !strings.Contains(notes[0], "pigeons.send") {
		t.Errorf("%d operations are left of %d, notes %q, %v", len(s.Mix), whole, notes, err)
	}
	if _, _, err := serveable(scenarios.Scenario{Mix: []scenarios.Weight{{Op: "pigeons.send", Share: 1}}}); err == nil {
		t.Error("a mix of which nothing is left was taken")
	}
}

func TestTheGuardIsToldNothingAboutTheService(t *testing.T) {
	s := flagship(t)
	s.Service.Workers = 4711
	s.Capacity = 5889
	file := filepath.Join(t.TempDir(), "guard.yaml")
	args, err := GuardArgs(s, gateway.Limiter{}, file)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"--config", file}; !slices.Equal(args, want) {
		t.Errorf("the guard gets %q, want %q", args, want)
	}
	document, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, hint := range []string{"4711", "5889", "workers", "capacity", "legacy", "goodput", "300"} {
		if strings.Contains(string(document), hint) {
			t.Errorf("the guard is told %q:\n%s", hint, document)
		}
	}
	if !strings.Contains(string(document), "deadline: 3s") {
		t.Errorf("the guard is not told the deadline:\n%s", document)
	}
}

func TestRoutesGiveTheClassOfTheScenario(t *testing.T) {
	routes := Routes(scenarios.Scenario{Requests: []scenarios.Literal{
		{Op: "home", Path: "/"}, {Op: "order", Class: "P0", Method: "POST", Path: "/orders?x=1"}, {Op: "again", Class: "P3", Method: "POST", Path: "/orders?x=2"},
	}})
	if len(routes) != 2 || routes[0].Pattern != "/{$}" || routes[0].Class != admission.P2 || routes[1].Pattern != "/orders" || routes[1].Class != admission.P0 {
		t.Errorf("got %+v", routes)
	}
	routes = Routes(scenarios.Scenario{Requests: []scenarios.Literal{{Op: "look", Path: "/accounts/${people.id}/last?n=${seq}"}, {Op: "odd", Path: "/a$${b}"}}})
	if len(routes) != 2 || routes[0].Pattern != "/accounts/{part2}/last" || routes[1].Pattern != "/a${b}" {
		t.Errorf("templates: got %+v", routes)
	}
	patterns := map[string]admission.Class{}
	for _, r := range ServiceRoutes() {
		patterns[r.Method+" "+r.Pattern] = r.Class
	}
	for _, o := range traffic.Routes() {
		if got, ok := patterns[o.Pattern()]; !ok || got.String() != o.Class {
			t.Errorf("%s has class %s as %s, want a route of class %s", o.Name, got, o.Pattern(), o.Class)
		}
	}
}
