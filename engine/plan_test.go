package engine

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios"
)

// mixed is a day with a ramp, three operations and two actors.
func mixed() scenarios.Scenario {
	s := even(10, 10*time.Second)
	s.Shape.Phases = []scenarios.Phase{
		{Kind: scenarios.Ramp, Length: 2 * time.Second, To: scenarios.Rate{Value: 300, Times: true}},
		{Kind: scenarios.Hold, Length: 8 * time.Second},
	}
	s.Mix = []scenarios.Weight{{Op: "account.get", Share: 6}, {Op: "claims.settle", Share: 3}, {Op: "pension.estimate", Share: 1}}
	s.Actors = []scenarios.Actor{{Name: "patient", Share: 3}, {Name: "hasty", Share: 1}}
	return s
}

func arrivalsOf(t *testing.T, s scenarios.Scenario) (*Plan, []Arrival) {
	t.Helper()
	p := planned(t, s)
	var all []Arrival
	for a := range p.Arrivals {
		all = append(all, a)
	}
	return p, all
}

func TestPlanCountsTheIntegral(t *testing.T) {
	p, all := arrivalsOf(t, mixed())
	const want = 2*(10+3000)/2 + 8*3000
	if p.Planned != want || len(all) != want || p.Peak != 3000 || p.Length() != 10*time.Second {
		t.Errorf("planned %d, walked %d, peak %d, length %v; want %d, 3000 and 10s", p.Planned, len(all), p.Peak, p.Length(), want)
	}
}

func TestPlanKeepsTheShares(t *testing.T) {
	_, all := arrivalsOf(t, mixed())
	n := float64(len(all))
	ops, actors := map[string]float64{}, map[string]float64{}
	for _, a := range all {
		ops[a.Op] += 1 / n
		actors[a.Actor] += 1 / n
	}
	for got, want := range map[*float64]float64{
		new(ops["account.get"]): 0.6, new(ops["claims.settle"]): 0.3, new(ops["pension.estimate"]): 0.1,
		new(actors["patient"]): 0.75, new(actors["hasty"]): 0.25,
	} {
		if math.Abs(*got-want) > 4*math.Sqrt(want*(1-want)/n) { // four deviations of a binomial share
			t.Errorf("share %.4f, want %.2f (operations %v, actors %v)", *got, want, ops, actors)
		}
	}
}

func TestPlanIsAFunctionOfTheSeed(t *testing.T) {
	for _, arrivals := range []scenarios.Arrivals{scenarios.Even, scenarios.Poisson} {
		s := mixed()
		s.Arrivals = arrivals
		p, first := arrivalsOf(t, s)
		q, second := arrivalsOf(t, s)
		if !reflect.DeepEqual(first, second) || p.Hash != q.Hash {
			t.Errorf("%s: the same seed gave another plan", arrivals)
		}
		s.Seed++
		q, third := arrivalsOf(t, s)
		if q.Hash == p.Hash || reflect.DeepEqual(first, third) {
			t.Errorf("%s: another seed gave the same plan", arrivals)
		}
		if q.Planned != p.Planned {
			t.Errorf("%s: another seed changed the total from %d to %d", arrivals, p.Planned, q.Planned)
		}
	}
}

func TestStreamsOfChanceDoNotDisturbEachOther(t *testing.T) {
	_, even := arrivalsOf(t, mixed())
	s := mixed()
	s.Arrivals = scenarios.Poisson
	_, poisson := arrivalsOf(t, s)
	for i := range even {
		if even[i].Op != poisson[i].Op || even[i].Actor != poisson[i].Actor {
			t.Fatalf("arrival %d changed from %+v to %+v with the kind of arrivals", i, even[i], poisson[i])
		}
	}
}

func TestHashIsOfFirstAttemptsOnly(t *testing.T) {
	base := planned(t, mixed()).Hash
	for name, change := range map[string]func(*scenarios.Scenario){
		"the guard of a variant": func(s *scenarios.Scenario) { s.Variants = []scenarios.Variant{{Name: "protected", Guard: true}} },
		"retries":                func(s *scenarios.Scenario) { s.Actors[0].Retry.Attempts = 3 },
		"the timeout":            func(s *scenarios.Scenario) { s.Timeout = time.Second },
	} {
		s := mixed()
		change(&s)
		if planned(t, s).Hash != base {
			t.Errorf("%s changed the hash of the arrivals", name)
		}
	}
	s := mixed()
	s.Mix[0].Share = 7
	if planned(t, s).Hash == base {
		t.Error("another mix left the hash as it was")
	}
}

// quick knows its person without making the request.
type quick struct{ asked }

func (quick) Person(seq uint64) uint64 { return seq }
func (q quick) At(seq uint64, op string) (scenarios.Request, error) {
	if seq > 0 {
		return scenarios.Request{}, errors.New("made a request for its person")
	}
	return q.asked.At(seq, op)
}

func TestAPersonThatIsKnownNeedsNoRequest(t *testing.T) {
	p, err := NewPlan(context.Background(), mixed(), quick{})
	if err != nil {
		t.Fatal(err)
	}
	if want := planned(t, mixed()).Hash; p.Hash != want {
		t.Errorf("hash %s, want %s as with requests that are made", p.Hash, want)
	}
}

// choosy knows one operation.
type choosy struct{}

func (choosy) At(_ uint64, op string) (scenarios.Request, error) {
	if op != "account.get" {
		return scenarios.Request{}, errors.New("unknown operation")
	}
	return scenarios.Request{}, nil
}

func TestPlanRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*scenarios.Scenario)
		want   string
	}{
		"an unknown operation": {func(*scenarios.Scenario) {}, "claims.settle: unknown operation"},
		"an empty mix":         {func(s *scenarios.Scenario) { s.Mix = nil }, "no operation"},
		"a shape without load": {func(s *scenarios.Scenario) { s.Shape = scenarios.Shape{} }, "no load"},
	} {
		s := mixed()
		test.change(&s)
		if _, err := NewPlan(context.Background(), s, choosy{}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q in it", name, err, test.want)
		}
	}
}

func TestPhase(t *testing.T) {
	s := mixed()
	s.Shape.Base = 10
	s.Shape.Points = []scenarios.Point{{At: 0, Rate: scenarios.Rate{Value: 1}}, {At: 20 * time.Second, Rate: scenarios.Rate{Value: 1}}}
	s.Shape.PeakAt = 5 * time.Second
	p := planned(t, s)
	for at, want := range map[time.Duration]string{0: "day", 5 * time.Second: "ramp", 7 * time.Second: "hold", 14999 * time.Millisecond: "hold",
		15 * time.Second: "day", 29 * time.Second: "day", 30 * time.Second: "drain"} {
		if got := p.Phase(at); got != want {
			t.Errorf("at %v: %q, want %q", at, got, want)
		}
	}
}
