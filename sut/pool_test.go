package sut

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// legacy is the pool of 64 workers, 0.8 s and a queue of 2,176.
func legacy(t *testing.T) Profile {
	t.Helper()
	p, err := ProfileByName("legacy-2018")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A call is what one request through a pool came to.
type call struct {
	n       int
	status  int
	elapsed time.Duration
}

var refuse = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })

// burst sends n requests one after the other at one instant and gathers them in the order they were answered.
func burst(p *pool, n int, work http.HandlerFunc) []call {
	var mu sync.Mutex
	var calls []call
	var wg sync.WaitGroup
	h := p.wrap(work, refuse)
	for i := range n {
		wg.Go(func() {
			start, w := time.Now(), httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("POST", "/", strings.NewReader(fmt.Sprint(i))))
			mu.Lock()
			defer mu.Unlock()
			calls = append(calls, call{i, w.Code, time.Since(start)})
		})
		synctest.Wait() // i has its place before i+1 comes
	}
	wg.Wait()
	return calls
}

func TestLegacyPoolServesExactlyItsPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const beyond = 300
		calls := burst(newPool(legacy(t), 1), 64+2176+beyond, func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(5 * time.Millisecond) // the operation is part of the hold, not beside it
			w.WriteHeader(http.StatusCreated)
		})
		refused := 0
		var last time.Duration
		for _, c := range calls {
			if c.status == http.StatusServiceUnavailable {
				if refused++; c.elapsed != 0 {
					t.Fatalf("request %d was refused after %s, want at once", c.n, c.elapsed)
				}
				continue
			}
			if want := 800 * time.Millisecond * time.Duration(1+c.n/64); c.elapsed != want {
				t.Fatalf("request %d took %s, want %s", c.n, c.elapsed, want)
			}
			last = max(last, c.elapsed)
		}
		if refused != beyond {
			t.Errorf("%d refused, want %d", refused, beyond)
		}
		// The last of the queue waits 2176/64 = 34 holds and is served in one: the 28 s of the legend.
		if want := 28 * time.Second; last != want {
			t.Errorf("the last answer came after %s, want %s", last, want)
		}
	})
}

func TestCapacityIsWorkersOverHold(t *testing.T) {
	for workers, want := range map[int]int{32: 40, 64: 80, 128: 160} { // answers a second
		synctest.Test(t, func(t *testing.T) {
			p := legacy(t)
			p.Workers = workers
			pool := newPool(p, 1)
			var answered atomic.Int64
			h := pool.wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), refuse)
			var wg sync.WaitGroup
			begin := time.Now()
			for time.Since(begin) < 8*time.Second { // 500 a second, three times what the largest serves
				wg.Go(func() {
					w := httptest.NewRecorder()
					if h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil)); w.Code == http.StatusOK && time.Since(begin) <= 8*time.Second {
						answered.Add(1)
					}
				})
				time.Sleep(2 * time.Millisecond)
			}
			wg.Wait()
			// 8 s are ten holds; workers that began a little after the start end their tenth a little after the end.
			if got, most := int(answered.Load()), want*8; got > most || got < most-workers {
				t.Errorf("%d workers answered %d in 8 s, want %d less at most one generation of %d", workers, got, most, workers)
			}
		})
	}
}

func TestPoolServesInArrivalOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var order []string
		var mu sync.Mutex
		burst(newPool(Profile{Workers: 1, Hold: time.Second, Queue: 50}, 1), 51, func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			mu.Lock()
			defer mu.Unlock()
			order = append(order, string(body))
		})
		for i, n := range order {
			if n != fmt.Sprint(i) {
				t.Fatalf("served %v, want 0, 1, 2, …", order)
			}
		}
		if len(order) != 51 {
			t.Errorf("served %d, want 51", len(order))
		}
	})
}

func TestPoolWorksForClientsThatLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(Profile{Workers: 1, Hold: time.Second, Queue: 5}, 1)
		worked := 0
		h := p.wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if r.Context().Err() == nil {
				worked++
			}
		}), refuse)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, "GET", "/", nil))
			})
		}
		synctest.Wait()
		cancel() // every client leaves
		synctest.Wait()
		if p.depth() != 5 {
			t.Errorf("%d wait after the clients left, want all 5", p.depth())
		}
		wg.Wait()
		if worked != 6 {
			t.Errorf("worked for %d, want 6", worked)
		}
	})
}

func TestPoolWithoutHoldIsAsFastAsTheWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := burst(newPool(Profile{Workers: 2, Queue: 2}, 1), 5, func(http.ResponseWriter, *http.Request) { time.Sleep(time.Millisecond) })
		var took []time.Duration
		for _, c := range calls {
			took = append(took, c.elapsed)
		}
		slices.Sort(took)
		want := []time.Duration{0, time.Millisecond, time.Millisecond, 2 * time.Millisecond, 2 * time.Millisecond}
		if !slices.Equal(took, want) {
			t.Errorf("took %v, want %v", took, want)
		}
	})
}

func TestPoolFreesEveryWorkerAfterWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(Profile{Workers: 3, Hold: time.Millisecond, Queue: 4}, 1)
		for range 10 {
			burst(p, 9, func(http.ResponseWriter, *http.Request) {})
		}
		if p.free != 3 || p.depth() != 0 {
			t.Errorf("%d free and %d waiting at rest, want 3 and 0", p.free, p.depth())
		}
	})
}

func TestProfileNamesAreListedWhenUnknown(t *testing.T) {
	if _, err := ProfileByName("legacy-2019"); err == nil || !strings.Contains(err.Error(), "modern, legacy-2018") {
		t.Errorf("got %v, want the names there are", err)
	}
	if p, err := ProfileByName(""); err != nil || p.Name != "modern" {
		t.Errorf("empty name gives %q, %v; want modern", p.Name, err)
	}
}

func TestScatteredHoldsKeepTheirMean(t *testing.T) {
	p := newPool(Profile{Workers: 1, Hold: 800 * time.Millisecond, Spread: 0.2}, 1)
	const n = 20_000
	mean, mean2 := 0.0, 0.0 // of the logarithm over that of the hold
	sum := 0.0
	for range n {
		d := p.draw()
		l := math.Log(d.Seconds() / 0.8)
		sum += d.Seconds()
		mean += l / n
		mean2 += l * l / n
	}
	if got := sum / n; math.Abs(got/0.8-1) > 0.005 {
		t.Errorf("mean hold %.4f s, want 0.8", got)
	}
	if got := math.Sqrt(mean2 - mean*mean); math.Abs(got/0.2-1) > 0.02 {
		t.Errorf("standard deviation of the logarithm %.4f, want 0.2", got)
	}
	p.setHold(2 * time.Second)
	if got := p.draw(); got < time.Second || got > 4*time.Second {
		t.Errorf("a hold of %v after it was set to 2 s", got)
	}
	if again := newPool(Profile{Workers: 1, Hold: 800 * time.Millisecond, Spread: 0.2}, 1); again.draw() != newPool(Profile{Workers: 1, Hold: 800 * time.Millisecond, Spread: 0.2}, 1).draw() {
		t.Error("the same seed gives other holds")
	}
}
