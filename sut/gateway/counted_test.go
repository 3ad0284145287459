package gateway

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/retry/client"
)

func TestTheIndexIsThatOfTheReport(t *testing.T) {
	for _, tt := range []struct {
		name string
		got  []float64
		want float64
	}{
		{"all the same", []float64{7, 7, 7}, 1},
		{"one of four has everything", []float64{9, 0, 0, 0}, 0.25},
		{"20 of 100 share it, the rest has nothing", append([]float64{5, 5}, make([]float64, 8)...), 0.2}, // section 3 of the report: the share that is not discriminated
		{"worked out by hand", []float64{1, 2, 3}, 36.0 / 42},
		{"nobody", nil, 1},
		{"nobody got anything", []float64{0, 0}, 1},
	} {
		if got := jain(tt.got); math.Abs(got-tt.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestFairnessIsThatOfTheLastMinute(t *testing.T) {
	g := newGuard(t, Config{})
	f, now := &g.metrics.fairness, time.Unix(1000, 0)
	f.tick(now)
	if !math.IsNaN(f.value()) {
		t.Errorf("%v before anything is known, want no number", f.value())
	}
	for tenant := range uint64(3) { // two who are refused sometimes; the third gets all that it asks for
		for range 30 * (tenant + 1) {
			f.count(tenant, false)
		}
		if tenant < 2 {
			f.count(tenant, true)
		}
	}
	f.tick(now.Add(59 * time.Second))
	if !math.IsNaN(f.value()) {
		t.Errorf("%v before the minute is over, want no number", f.value())
	}
	f.tick(now.Add(time.Minute))
	if want := 90.0 * 90 / (2 * (900 + 3600)); f.value() != want {
		t.Errorf("%v, want %v of 30 and 60", f.value(), want)
	}
	f.tick(now.Add(2 * time.Minute))
	if f.value() != 1 {
		t.Errorf("%v after a minute without refusals, want 1", f.value())
	}
}

// The numbers by which a client of ours counts its attempts are understood, and
// no others.
func TestRetriesAreCounted(t *testing.T) {
	g := newGuard(t, Config{})
	failing := httptest.NewServer(g.Middleware(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })))
	defer failing.Close()
	r, err := http.NewRequestWithContext(t.Context(), "GET", failing.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&client.Transport{Base: failing.Client().Transport}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if got := g.metrics.retries.Load(); got != 2 {
		t.Errorf("%d retries of three attempts, want 2", got)
	}
	h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, number := range []string{"1", "0", "-2", "x", "", strings.Repeat("9", 40)} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set(AttemptHeader, number)
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	if got := g.metrics.retries.Load(); got != 2 {
		t.Errorf("%d after numbers that say nothing, want 2 still", got)
	}
}

// Refusals take time of the processor, whoever reads the request; what is served
// does not count.
func TestRefusalsAreMeasured(t *testing.T) {
	up := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer up.Close()
	u, _ := url.Parse(up.URL)
	for name, slow := range map[string]bool{"before parsing": false, "read by net/http": true} {
		t.Run(name, func(t *testing.T) {
			gw, err := Start(context.Background(), Config{Upstream: u, Listener: Listener{NoFastPath: slow}})
			if err != nil {
				t.Fatal(err)
			}
			defer gw.Close(context.Background())
			c := &http.Client{}
			ask := func(want int) {
				t.Helper()
				resp, err := c.Get(gw.URL())
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if resp.StatusCode != want {
					t.Fatalf("status %d, want %d", resp.StatusCode, want)
				}
			}
			refusing := &gw.guard.metrics.refusing
			for range 100 {
				ask(http.StatusOK)
			}
			if got := refusing.Load(); got != 0 {
				t.Errorf("%d ns for what was served, want none", got)
			}
			closeAll(gw.guard)
			n := 0
			for refusing.Load() == 0 && n < 50*sampleEvery { // chance says which one is measured
				ask(http.StatusServiceUnavailable)
				n++
			}
			one := refusing.Load() / sampleEvery
			if one <= 0 || one > int64(50*time.Millisecond) {
				t.Errorf("a refusal took %d ns of the processor in %d, want some microseconds", one, n)
			}
		})
	}
}

// The lots are given here: of those that are drawn, few are measured.
func TestWhatIsServedIsNoRefusal(t *testing.T) {
	g := newGuard(t, Config{})
	h := g.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	after := func(lot uint32) int64 {
		r := httptest.NewRequest("GET", "/", nil)
		h.ServeHTTP(httptest.NewRecorder(), r.WithContext(context.WithValue(r.Context(), fastKey{}, &fastConn{drawn: true, lot: lot})))
		return g.metrics.refusing.Load()
	}
	const measured, kept = 1, 1 << 22 // kept by the ring
	if got := after(measured); got != 0 {
		t.Errorf("%d ns of refusals when one was served, want none", got)
	}
	closeAll(g)
	if got := after(kept); got != 0 || len(g.ring.samples("")) != 1 {
		t.Errorf("%d ns and %d samples of one refusal that is to be kept, want none and one", got, len(g.ring.samples("")))
	}
	if got := after(measured); got <= 0 || len(g.ring.samples("")) != 1 {
		t.Errorf("%d ns and %d samples after one that is to be measured, want some and one still", got, len(g.ring.samples("")))
	}
}
