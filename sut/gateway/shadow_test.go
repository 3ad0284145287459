package gateway

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// In earnest the second would have begun when the first was done, and the third
// would have found it there, though the service had answered both long since.
func TestWhoWouldHaveWaitedHoldsAPlaceAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, Config{Mode: DryRun, Deadline: 30 * time.Second, Limiter: Limiter{Law: "fixed", Fixed: 1}})
		h := g.Middleware(hold(time.Second))
		began := time.Now()
		var served sync.WaitGroup
		for _, r := range []struct {
			at   time.Duration
			want string
		}{{0, "admitted"}, {100 * time.Millisecond, "queued"}, {1500 * time.Millisecond, "queued"}, {3100 * time.Millisecond, "admitted"}} {
			time.Sleep(time.Until(began.Add(r.at)))
			served.Go(func() {
				status, decision := decisionOf(h, "/")
				if took := time.Since(began) - r.at; status != 200 || decision != "dry_run;reason="+r.want+";class=P2" || took != time.Second {
					t.Errorf("at %v: %d %q after %v, want it served in a second, and %s", r.at, status, decision, took, r.want)
				}
			})
		}
		served.Wait()
		synctest.Wait()
		idle(t, g)
		if got := g.metrics.decisions[toLook][admission.P2][admission.Admitted].Load(); got != 4 || g.metrics.inside(admission.P2) != 0 {
			t.Errorf("%d would have been let in and %d have not left, want 4 and none", got, g.metrics.inside(admission.P2))
		}
		if got := time.Duration(g.metrics.latency[admission.P2].sum.Load()); got != 5400*time.Millisecond {
			t.Errorf("they would have taken %v, want 4 s of service and 1.4 s of waiting", got)
		}
	})
}

// What would have been refused holds nothing that the next could want.
func TestWhatADryRunWouldHaveRefusedCountsForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, Config{Mode: DryRun, PerClient: 3, Limiter: Limiter{Law: "fixed", Fixed: 1}})
		h := g.Middleware(hold(600 * time.Millisecond))
		var served sync.WaitGroup
		for _, want := range []string{"admitted", "queued", "queue_full", "queue_full", "queue_full"} {
			served.Go(func() {
				if _, decision := decisionOf(h, "/"); decision != "dry_run;reason="+want+";class=P2" {
					t.Errorf("%q, want %s", decision, want)
				}
			})
			synctest.Wait()
		}
		served.Wait()
		synctest.Wait()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if n := len(g.clients.here); n != 0 {
			t.Errorf("%d clients are here, want none", n)
		}
		idle(t, g)
	})
}

// Each request is decided on once, also where the brain breaks over what is only looked at.
func TestOfWhomABrainBreaksOverWhileHeWouldHaveWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGuard(t, Config{Mode: DryRun, PerClient: 3, Limiter: Limiter{Law: "fixed", Fixed: 1}})
		h := g.Middleware(hold(time.Second))
		var served sync.WaitGroup
		for range 2 {
			served.Go(func() { decisionOf(h, "/") })
			synctest.Wait()
		}
		broken := g.core.Load()
		broken.mu.Lock()
		broken.brain = nil // every call panics
		broken.mu.Unlock()
		served.Wait()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if got := g.metrics.decisions[toLook][admission.P2][admission.Admitted].Load(); got != 2 || g.metrics.broken[brokeOpen].Load() != 1 || g.metrics.inside(admission.P2) != 0 {
			t.Errorf("%d would have been let in, %d of them without a brain, and %d have not left; want 2, 1 and none",
				got, g.metrics.broken[brokeOpen].Load(), g.metrics.inside(admission.P2))
		}
		if n := len(g.clients.here); n != 0 {
			t.Errorf("%d clients are here, want none", n)
		}
		idle(t, g)
	})
}

// The same people before the same service, whose speed does not go by how many
// it has: in earnest and in a dry run the same comes of them. The lots are drawn,
// so that it is not the same ones.
func TestADryRunDecidesAsAGuardInEarnest(t *testing.T) {
	const people = 2000
	for _, rate := range []int{40, 60, 150} { // a second; five places of 0.1 s serve 50
		t.Run(fmt.Sprint(rate, " a second"), func(t *testing.T) {
			admitted := func(mode Mode) (n uint64) {
				synctest.Test(t, func(t *testing.T) {
					g := newGuard(t, Config{Mode: mode, Limiter: Limiter{Law: "fixed", Fixed: 5}})
					h := g.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
						i, _ := strconv.Atoi(r.URL.Query().Get("i"))
						time.Sleep(time.Duration(50+37*i%101) * time.Millisecond)
					}))
					var served sync.WaitGroup
					for i := range people {
						served.Go(func() {
							r := httptest.NewRequest("GET", "/?i="+strconv.Itoa(i), nil)
							r.RemoteAddr = fmt.Sprintf("10.0.%d.%d:1", i/256, i%256)
							h.ServeHTTP(httptest.NewRecorder(), r)
						})
						time.Sleep(time.Second / time.Duration(rate))
					}
					served.Wait()
					time.Sleep(10 * time.Second)
					synctest.Wait()
					idle(t, g)
					all := uint64(0)
					for m := range g.metrics.decisions {
						for k := range g.metrics.decisions[m][admission.P2] {
							all += g.metrics.decisions[m][admission.P2][k].Load()
						}
						n += g.metrics.decisions[m][admission.P2][admission.Admitted].Load()
					}
					if all != people {
						t.Errorf("in mode %s %d were decided on, want each of %d once", mode, all, people)
					}
				})
				return n
			}
			really, would := admitted(Enforce), admitted(DryRun)
			if d := int64(really) - int64(would); d < -people/50 || d > people/50 {
				t.Errorf("%d were let in and %d would have been, want the same within a fiftieth of all", really, would)
			}
			t.Logf("%d were let in, %d would have been", really, would)
		})
	}
}
