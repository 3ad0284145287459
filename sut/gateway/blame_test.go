package gateway

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
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
				h := g.handler(hold(time.Hour), false) // one that does not know of the deadline
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

// slowly is the body of an upload, and the writer of an answer, over a slow network.
type slowly struct {
	http.ResponseWriter
	each time.Duration
	left int
}

func (s *slowly) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	time.Sleep(s.each)
	s.left--
	p[0] = 'x'
	return 1, nil
}

func (s *slowly) Write(p []byte) (int, error) {
	time.Sleep(s.each)
	return s.ResponseWriter.Write(p)
}

func TestASlowClientIsNoSlowService(t *testing.T) {
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(100 * time.Millisecond)
		body, _ := io.ReadAll(r.Body)
		w.Write(body)
	})
	for _, tt := range []struct {
		name             string
		sending, reading time.Duration
	}{{"one that sends slowly", 5 * time.Second, 0}, {"one that reads slowly", 0, 5 * time.Second}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGuard(t, Config{Deadline: 3 * time.Second, Limiter: Limiter{Law: "aimd"}})
				h := g.Middleware(echo)
				before := g.State().Limit
				var clients sync.WaitGroup
				for range 12 {
					clients.Go(func() {
						r := httptest.NewRequest("POST", "/", &slowly{each: tt.sending, left: 1})
						h.ServeHTTP(&slowly{ResponseWriter: httptest.NewRecorder(), each: tt.reading}, r)
					})
				}
				clients.Wait()
				if s := g.State(); s.Limit < before || s.Service != 100*time.Millisecond {
					t.Errorf("the limit fell from %d to %d, and service takes %v; want the limit kept, and 100 ms", before, s.Limit, s.Service)
				}
				idle(t, g)
			})
		})
	}
}
