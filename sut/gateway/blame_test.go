package gateway

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// Who hangs up after its own, short deadline says nothing of the service; who
// does so after the route's says that it is too slow.
func TestWhoLeavesEarlyIsNotHeldAgainstTheService(t *testing.T) {
	for _, tt := range []struct {
		name   string
		stay   time.Duration
		opened bool
	}{{"after its own deadline", 5 * time.Millisecond, false}, {"after the route's", 3 * time.Second, true}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGuard(t, Config{Limiter: Limiter{Law: "fixed", Fixed: 25}, Deadline: 3 * time.Second, Breaker: &Breaker{}})
				h := g.handler(hold(time.Hour)) // one that does not know of the deadline
				ctx, leave := context.WithTimeout(t.Context(), tt.stay)
				defer leave()
				for range 25 {
					r := httptest.NewRequest("GET", "/", nil).WithContext(ctx)
					r.Header.Set(TimeoutHeader, "5")
					go h.ServeHTTP(httptest.NewRecorder(), r)
				}
				time.Sleep(tt.stay)
				synctest.Wait()
				if got := g.core.Load().breakerState() == admission.Open; got != tt.opened {
					t.Errorf("the breaker is open: %v, want %v", got, tt.opened)
				}
				idle(t, g)
			})
		})
	}
}

// What a client can bring about by itself does not open the breaker.
func TestAnUpgradeThatCannotBeIsNotHeldAgainstTheService(t *testing.T) {
	gw := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") == "" {
			return
		}
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n")
	}), Config{Breaker: &Breaker{}})
	for upgrade, want := range map[string]int{"\xff\xff": 400, "chat/2, chat": 502} {
		for range 25 {
			c := dialRaw(t, gw)
			fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\n", upgrade)
			if got := statusLine(t, c); got != want {
				t.Fatalf("Upgrade: %q got %d, want %d", upgrade, got, want)
			}
			c.Close()
		}
	}
	if s := gw.guard.core.Load().breakerState(); s != admission.Closed {
		t.Errorf("the breaker is %v, want it closed", s)
	}
	idle(t, gw.guard)
}

func statusLine(t *testing.T, c net.Conn) (status int) {
	t.Helper()
	if _, err := fmt.Fscanf(c, "HTTP/1.1 %d", &status); err != nil {
		t.Fatal(err)
	}
	return status
}

func TestAHouseholdIsOneAddress(t *testing.T) {
	g := newGuard(t, Config{})
	address := func(remote string) uint64 {
		return g.address(g.plan.Load(), &http.Request{RemoteAddr: remote})
	}
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{"[2001:db8::1]:1", "[2001:db8::ffff:2]:2", true},
		{"[2001:db8::1]:1", "[2001:db8:0:1::1]:1", false},
		{"[fe80::1%eth0]:1", "[fe80::2%eth0]:1", true},
		{"192.0.2.1:1", "192.0.2.1:2", true},
		{"192.0.2.1:1", "192.0.2.2:1", false},
	} {
		if got := address(tt.a) == address(tt.b); got != tt.same {
			t.Errorf("%s and %s are the same: %v, want %v", tt.a, tt.b, got, tt.same)
		}
	}
}
