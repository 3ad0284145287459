package gateway

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

func start(t testing.TB, upstream http.Handler, c Config) *Gateway {
	t.Helper()
	backend := httptest.NewServer(upstream)
	t.Cleanup(backend.Close)
	u, err := url.Parse(backend.URL)
	if err != nil {
		t.Fatal(err)
	}
	c.Upstream = u
	gw, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := gw.Close(ctx); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return gw
}

// plant is a backend as of 2018: workers that each hold a request for a fixed
// time, and a deep FIFO before them.
func plant(workers int, hold time.Duration) http.Handler {
	slots := make(chan struct{}, workers)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		slots <- struct{}{}
		time.Sleep(hold)
		<-slots
		io.WriteString(w, "ok")
	})
}

func TestStormThroughTheProxy(t *testing.T) {
	if testing.Short() {
		t.Skip("loads a server for 8 s")
	}
	const workers, hold, deadline = 10, 100 * time.Millisecond, time.Second
	gw := start(t, plant(workers, hold), Config{Deadline: deadline})
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 512, DisableCompression: true}}
	defer client.CloseIdleConnections()

	const perSecond, seconds, warm = 400, 8, 4
	var good, late, shed, other atomic.Int64
	var mu sync.Mutex
	retries := map[string]int{}
	var wg sync.WaitGroup
	began := time.Now()
	for i := range perSecond * seconds {
		due := began.Add(time.Duration(i) * time.Second / perSecond)
		time.Sleep(time.Until(due))
		counted := due.Sub(began) >= warm*time.Second
		wg.Go(func() {
			resp, err := client.Get(gw.URL() + "/")
			if err != nil {
				t.Error(err)
				return
			}
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if !counted {
				return
			}
			switch {
			case resp.StatusCode == 503:
				shed.Add(1)
				mu.Lock()
				retries[resp.Header.Get("Retry-After")]++
				mu.Unlock()
			case resp.StatusCode != 200:
				other.Add(1)
			case time.Since(due) > deadline:
				late.Add(1)
			default:
				good.Add(1)
			}
		})
	}
	wg.Wait()
	capacity := workers / hold.Seconds()
	share := float64(good.Load()) / (seconds - warm) / capacity
	t.Logf("goodput %.2f of capacity; good %d late %d shed %d other %d; %d values of Retry-After; %+v",
		share, good.Load(), late.Load(), shed.Load(), other.Load(), len(retries), gw.guard.State())
	if share < 0.8 { // in virtual time it is over 0.95; two noisy cores take the rest
		t.Errorf("goodput is %.2f of capacity, want at least 0.8", share)
	}
	if late.Load() > good.Load()/10 || other.Load() > 0 {
		t.Errorf("late %d, other %d, want next to none", late.Load(), other.Load())
	}
	if len(retries) < 3 {
		t.Errorf("Retry-After had the values %v, want them spread", retries)
	}
}

func TestARefusalIsAProblemWithATimeToRetry(t *testing.T) {
	held := make(chan struct{})
	arrived := make(chan struct{}, 1)
	gw := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			arrived <- struct{}{}
			<-held
		}
	}), Config{
		Limiter: Limiter{Law: "fixed", Fixed: 1},
		Routes:  []Route{{Method: "POST", Pattern: "/claims/{id}/settle", Op: "claims.settle", Class: admission.P1}},
	})
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(held)
	wg.Go(func() { http.Get(gw.URL() + "/slow") })
	<-arrived

	// One place is taken; with no completion yet one may wait. Its client says
	// how long it will.
	req, _ := http.NewRequest("POST", gw.URL()+"/claims/7/settle", strings.NewReader("{}"))
	req.Header.Set(TimeoutHeader, "20")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var problem struct {
		Status     int
		Reason     string
		Class      string
		RetryAfter int `json:"retry_after_s"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&problem); err != nil {
		t.Fatal(err)
	}
	after, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || after < 1 || problem.RetryAfter != after {
		t.Errorf("Retry-After is %q and retry_after_s %d, want the same whole seconds", resp.Header.Get("Retry-After"), problem.RetryAfter)
	}
	if got, want := decided(resp.Header), "shed;reason=deadline;class=P1"; got != want {
		t.Errorf("Guard-Decision is %q, want %q", got, want)
	}
	if resp.StatusCode != 503 || problem.Status != 503 || problem.Reason != "deadline" || problem.Class != "P1" {
		t.Errorf("got %d with %+v, want 503 for the deadline of class P1", resp.StatusCode, problem)
	}
	if got, want := resp.Header.Get("Content-Type"), "application/problem+json"; got != want {
		t.Errorf("Content-Type is %q, want %q", got, want)
	}
	for _, path := range []string{"/livez", "/readyz", "/metrics"} {
		resp, err := http.Get(gw.URL() + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 503 {
			t.Errorf("%s is answered %d at the limit, want it refused like any other", path, resp.StatusCode)
		}
	}
}

func TestAnUnreachableServiceIsABadGateway(t *testing.T) {
	gone := httptest.NewServer(nil)
	u, _ := url.Parse(gone.URL)
	gone.Close()
	gw, err := Start(t.Context(), Config{Upstream: u})
	if err != nil {
		t.Fatal(err)
	}
	defer gw.Close(t.Context())
	resp, err := http.Get(gw.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); resp.StatusCode != 502 || got != "application/problem+json" {
		t.Errorf("got %d %s, want 502 as a problem", resp.StatusCode, got)
	}
	if resp.Header.Get("Retry-After") != "" {
		t.Error("a broken service was given a time to retry, as if it had been shed")
	}
	idle(t, gw.guard)
}

func TestAClientThatLeavesGivesItsPlaceBack(t *testing.T) {
	arrived, released := make(chan struct{}), make(chan struct{})
	gw := start(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done() // the proxy hangs up in turn
		close(released)
	}), Config{})
	ctx, leave := context.WithCancel(t.Context())
	go func() { <-arrived; leave() }()
	req, _ := http.NewRequestWithContext(ctx, "GET", gw.URL(), nil)
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
		t.Fatal("answered, want it cut off")
	}
	<-released
	for range 200 {
		if gw.guard.State().InFlight == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("its place is still taken after 2 s")
}

func TestTheProxyPassesRequestsAndAnswersOn(t *testing.T) {
	gw := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Seen", r.Method+" "+r.URL.RequestURI()+" "+r.Header.Get("Idempotency-Key")+" "+string(body))
		w.Header().Set("Guard-Decision", "shed;forged")
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, "made")
	}), Config{})
	req, _ := http.NewRequest("PUT", gw.URL()+"/a%2Fb?c=d", strings.NewReader("body"))
	req.Header.Set("Idempotency-Key", "k1")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if got, want := resp.Header.Get("X-Seen"), "PUT /a%2Fb?c=d k1 body"; got != want {
		t.Errorf("the service saw %q, want %q", got, want)
	}
	if resp.StatusCode != 201 || string(body) != "made" {
		t.Errorf("got %d %q, want 201 made", resp.StatusCode, body)
	}
	if got := resp.Header.Values("Guard-Decision"); len(got) != 1 || decided(resp.Header) != "admitted" {
		t.Errorf("Guard-Decision is %q, want admitted alone", got)
	}
}

func TestAdminPages(t *testing.T) {
	gw := start(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), Config{
		Routes: []Route{{Method: "GET", Pattern: "/pay", Op: "pay", Class: admission.P0}},
	})
	read := func(url string) (int, string) {
		t.Helper()
		resp, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(body)
	}
	read(gw.URL() + "/pay")
	for _, probe := range []string{"/livez", "/readyz"} {
		if status, _ := read(gw.AdminURL() + probe); status != 204 {
			t.Errorf("%s is %d, want 204", probe, status)
		}
	}
	_, page := read(gw.AdminURL() + "/metrics")
	for _, want := range []string{
		`peakday_guard_decisions_total{class="P0",mode="enforce",reason="admitted"} 1`,
		`peakday_guard_latency_seconds_count{class="P0"} 1`,
		`peakday_guard_inflight{class="P0"} 0`,
		"peakday_guard_limit 24",
		"peakday_guard_queue_bound ",
		`peakday_guard_queue_length{class="P3"} 0`,
		"peakday_guard_queue_sojourn_seconds_count 1",
		`peakday_guard_goodput_total{class="P0"} 1`,
		"peakday_guard_level_threshold 1",
		"peakday_guard_config_generation 1",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("/metrics has no %q", want)
		}
	}
	_, page = read(gw.AdminURL() + "/debug/guard")
	var state map[string]any
	if err := json.Unmarshal([]byte(page), &state); err != nil || state["law"] != "elastic" || state["limit"] != 24.0 {
		t.Errorf("/debug/guard is %s (%v), want law elastic at limit 24", page, err)
	}
	want := []string{"baseline", "elasticity", "generation", "in_flight", "latency", "law", "level_threshold", "limit", "maintenance", "mode", "queue_bound", "queued", "rate_at_limit", "reject_ratio", "service"}
	if got := slices.Sorted(maps.Keys(state)); !slices.Equal(got, want) {
		t.Errorf("/debug/guard has %v, want %v", got, want)
	}
}

func TestCloseWaitsForWhatIsUnderWay(t *testing.T) {
	arrived, finish := make(chan struct{}), make(chan struct{})
	gw := start(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(arrived)
		<-finish
		io.WriteString(w, "whole")
	}), Config{})
	answer := make(chan string)
	go func() {
		resp, err := http.Get(gw.URL())
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answer <- string(body)
	}()
	<-arrived
	closed := make(chan error)
	go func() { closed <- gw.Close(t.Context()) }()
	for ready := 204; ready != 503; {
		resp, err := http.Get(gw.AdminURL() + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		ready = resp.StatusCode
	}
	close(finish)
	if got := <-answer; got != "whole" {
		t.Errorf("the request under way got %q, want its whole answer", got)
	}
	if err := <-closed; err != nil {
		t.Errorf("Close: %v", err)
	}
}
