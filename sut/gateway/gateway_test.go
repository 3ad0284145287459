package gateway

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
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
		share, good.Load(), late.Load(), shed.Load(), other.Load(), len(retries), gw.Guard().State())
	if share < 0.85 {
		t.Errorf("goodput is %.2f of capacity, want at least 0.85", share)
	}
	if late.Load() > good.Load()/50 || other.Load() > 0 {
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
		Law: "fixed", FixedLimit: 1,
		Routes: []Route{{"POST", "/claims/{id}/settle", "claims.settle", admission.P1}},
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
	if got, want := resp.Header.Get("Guard-Decision"), "shed;reason=deadline;class=P1"; got != want {
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
		if resp.StatusCode != 200 {
			t.Errorf("%s is answered %d at the limit, want it let through", path, resp.StatusCode)
		}
	}
}
