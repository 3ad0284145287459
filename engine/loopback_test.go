package engine_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/peakday/peakday/engine"
	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/driver/nethttp"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// plain asks for /.
type plain struct{}

func (plain) At(seq uint64, op string) (scenarios.Request, error) {
	return scenarios.Request{Op: op, Class: "P2", Person: seq, Method: "GET", Path: "/"}, nil
}

// rising is the plan of a second's ramp from one rate to another, which is held for a second more.
func rising(t *testing.T, from, to float64) *engine.Plan {
	t.Helper()
	plan, err := engine.NewPlan(context.Background(), scenarios.Scenario{
		Name: "rising", Seed: 3,
		Shape: scenarios.Shape{Base: from, Phases: []scenarios.Phase{
			{Kind: scenarios.Ramp, Length: time.Second, To: scenarios.Rate{Value: to}},
			{Kind: scenarios.Hold, Length: time.Second, To: scenarios.Rate{Value: to}},
		}},
		Mix:     []scenarios.Weight{{Op: "root", Share: 1}},
		Timeout: 5 * time.Second, GoodWithin: 5 * time.Second, Drain: 5 * time.Second, MaxInFlight: 1000,
	}, plain{})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// The server's clock checks ours: what arrived, and when, against the plan.
func TestLoopback(t *testing.T) {
	if testing.Short() {
		t.Skip("loads a server on loopback for two seconds")
	}
	var mu sync.Mutex
	var arrived []time.Time
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := time.Now()
		mu.Lock()
		arrived = append(arrived, now)
		mu.Unlock()
		io.WriteString(w, "ok")
	}))
	defer server.Close()
	plan := rising(t, 50, 450)
	var file bytes.Buffer
	log := result.NewLog(&file)
	if err := log.Header(result.Header{Format: result.Format, Planned: plan.Planned}); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	end, err := engine.Engine{Driver: nethttp.Driver{Options: driver.Options{Target: server.URL}}, Log: log}.Run(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	if err := log.End(*end); err != nil {
		t.Fatal(err)
	}
	run, err := result.Read("loopback.run", &file)
	if err != nil {
		t.Fatal(err)
	}
	all := run.All()
	if plan.Planned != 700 || end.Sent != 700 || all.Good != 700 || len(arrived) != 700 {
		t.Fatalf("planned %d, sent %d, good %d, arrived %d; want 700 of each (ramp 250 + hold 450)", plan.Planned, end.Sent, all.Good, len(arrived))
	}
	i, early := 0, 0
	for a := range plan.Arrivals {
		if arrived[i].Before(start.Add(a.Due)) { // start is a little before the engine's own
			early++
		}
		i++
	}
	if early > 0 {
		t.Errorf("%d of %d arrivals came before they were due", early, i)
	}
	t.Logf("lateness p50 %v p99 %v, latency p50 %v p99 %v, invalid %q", run.Lateness.Quantile(0.5), run.Lateness.Quantile(0.99),
		all.Latency.Quantile(0.5), all.Latency.Quantile(0.99), end.Invalid)
}
