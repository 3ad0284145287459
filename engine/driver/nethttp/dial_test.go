package nethttp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
)

// whoAsks answers with the address that a request comes from.
func whoAsks(w http.ResponseWriter, r *http.Request) {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	fmt.Fprint(w, host, " ", r.Host)
}

func TestConnectTo(t *testing.T) {
	server := serve(t, whoAsks)
	for _, target := range []string{"http://service.example", "http://Service.Example:80"} {
		l := openedOver(t, driver.Options{Target: target, ConnectTo: map[string]string{"service.example:80": listens(server).String(), "other.example:80": "192.0.2.1:80"}},
			func(context.Context, string, string) ([]netip.Addr, error) { return nil, errors.New("asked DNS") }, connectTCP)
		r := get("/")
		r.Keep = true
		wantAnswer(t, one(t, l, r), 200, "127.0.0.1 "+strings.TrimPrefix(target, "http://"))
	}
}

func TestSourcesAreUsedInTurn(t *testing.T) {
	var seen events
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		seen.add("%s", host)
	})
	sources := addresses("127.0.0.1", "::1", "127.0.0.2") // ::1 cannot reach an IPv4 address
	l := opened(t, driver.Options{Target: server.URL, Sources: sources, Close: true})
	for range 4 {
		if out := one(t, l, get("/")); out.Status != 200 {
			t.Fatal(out.Kind, out.Err)
		}
	}
	all := seen.list()
	slices.Sort(all)
	if want := []string{"127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.2"}; !slices.Equal(all, want) {
		t.Errorf("connections from %v, want %v", all, want)
	}
	l = opened(t, driver.Options{Target: server.URL, Sources: addresses("::1")})
	wantFailure(t, one(t, l, get("/")), result.KindDial, false, "no source address")
	l = opened(t, driver.Options{Target: server.URL, Sources: addresses("192.0.2.7")})
	wantFailure(t, one(t, l, get("/")), result.KindDial, false, "192.0.2.7")
}

func addresses(texts ...string) (all []netip.Addr) {
	all, _ = fixed(texts...)(context.Background(), "", "")
	return all
}

func TestConnectionsTakeTheAddressesOfANameInTurn(t *testing.T) {
	all := addresses("192.0.2.1", "192.0.2.2", "2001:db8::1", "192.0.2.3")
	for turn, want := range map[int]string{
		0: "[192.0.2.1 192.0.2.2 192.0.2.3 2001:db8::1]",
		1: "[192.0.2.2 192.0.2.3 192.0.2.1 2001:db8::1]",
		5: "[192.0.2.3 192.0.2.1 192.0.2.2 2001:db8::1]",
	} {
		if got := fmt.Sprint(inTurn(all, turn)); got != want {
			t.Errorf("turn %d: %s, want %s", turn, got, want)
		}
	}
}

func TestAnAddressThatRefusesIsFollowedByTheNext(t *testing.T) {
	server := serve(t, whoAsks)
	target := fmt.Sprintf("http://service.example:%d", listens(server).Port())
	l := openedOver(t, driver.Options{Target: target}, fixed("::1", "127.0.0.1"), connectTCP)
	if out := one(t, l, get("/")); out.Status != 200 {
		t.Error(out.Kind, out.Err)
	}
}

// One address that is not allowed is enough: a name that leads there is not to be trusted with the others.
func TestAllowIsAskedAboutEveryAddressBeforeTheFirstConnection(t *testing.T) {
	l := openedOver(t, driver.Options{Target: "http://service.example", Allow: onlyLoopback}, fixed("127.0.0.1", "192.0.2.1"), noNetwork(t))
	wantFailure(t, one(t, l, get("/")), result.KindDial, false, "service.example: 192.0.2.1 is not this machine")
}

// The name is this machine when the run begins, and another when a connection is replaced.
func TestAllowIsAskedAtEachReconnect(t *testing.T) {
	server := serve(t, whoAsks)
	var moved atomic.Bool
	l := openedOver(t, driver.Options{Target: fmt.Sprintf("http://localhost:%d", listens(server).Port()), Allow: onlyLoopback, Close: true, DNSFor: -1},
		func(ctx context.Context, network, host string) ([]netip.Addr, error) {
			if moved.Load() {
				return addresses("192.0.2.1"), nil
			}
			return addresses("127.0.0.1"), nil
		}, connectTCP)
	if out := one(t, l, get("/")); out.Status != 200 {
		t.Fatal(out.Kind, out.Err)
	}
	moved.Store(true)
	wantFailure(t, one(t, l, get("/")), result.KindDial, false, "localhost: 192.0.2.1 is not this machine")
}

func TestDNSIsAskedAsOftenAsTheOptionSays(t *testing.T) {
	server := serve(t, whoAsks)
	for _, test := range []struct {
		name   string
		keep   time.Duration
		lookup int32
	}{{"once a run", 0, 1}, {"once an hour", time.Hour, 1}, {"when the answer is too old", time.Nanosecond, 4}, {"at every connect", -1, 4}} {
		var asked atomic.Int32
		l := openedOver(t, driver.Options{Target: fmt.Sprintf("http://service.example:%d", listens(server).Port()), DNSFor: test.keep, Close: true},
			func(context.Context, string, string) ([]netip.Addr, error) {
				asked.Add(1)
				return addresses("127.0.0.1"), nil
			}, connectTCP)
		for range 4 {
			if out := one(t, l, get("/")); out.Status != 200 {
				t.Fatal(out.Kind, out.Err)
			}
		}
		if n := asked.Load(); n != test.lookup {
			t.Errorf("%s: %d lookups for 4 connections, want %d", test.name, n, test.lookup)
		}
	}
}

func TestALookupThatFailsIsADialFailureAndForgotten(t *testing.T) {
	server := serve(t, whoAsks)
	var asked atomic.Int32
	l := openedOver(t, driver.Options{Target: fmt.Sprintf("http://service.example:%d", listens(server).Port())},
		func(context.Context, string, string) ([]netip.Addr, error) {
			if asked.Add(1) == 1 {
				return nil, errors.New("the server misbehaves")
			}
			return addresses("127.0.0.1"), nil
		}, connectTCP)
	wantFailure(t, one(t, l, get("/")), result.KindDial, false, "looking up service.example: the server misbehaves")
	if out := one(t, l, get("/")); out.Status != 200 {
		t.Error(out.Kind, out.Err)
	}
	l = openedOver(t, driver.Options{Target: "http://service.example"}, fixed(), noNetwork(t))
	wantFailure(t, one(t, l, get("/")), result.KindDial, false, "no address")
}

// DNS answers after 3 s: who has less patience times out, the others share the one lookup.
func TestSlowDNSEndsByTheDeadline(t *testing.T) {
	for _, keep := range []time.Duration{0, -1} {
		synctest.Test(t, func(t *testing.T) {
			var asked atomic.Int32
			l := openedOver(t, driver.Options{Target: "http://service.example", DNSFor: keep},
				func(ctx context.Context, _, _ string) ([]netip.Addr, error) {
					asked.Add(1)
					select {
					case <-time.After(3 * time.Second):
						return addresses("192.0.2.1"), nil
					case <-ctx.Done():
						return nil, ctx.Err()
					}
				},
				func(context.Context, netip.Addr, netip.AddrPort) (net.Conn, error) {
					return nil, errors.New("unreachable")
				})
			begin := time.Now()
			hasty, patient := get("/"), get("/")
			hasty.Deadline, patient.Deadline = begin.Add(time.Second), begin.Add(time.Minute)
			l.Submit(0, hasty)
			l.Submit(1, patient)
			outs := gather(t, l, 2)
			wantFailure(t, outs[0], result.KindTimeout, false, "looking up service.example")
			wantFailure(t, outs[1], result.KindDial, false, "unreachable")
			for slot, want := range []time.Duration{time.Second, 3 * time.Second} {
				if took := outs[slot].Done.Sub(begin); took != want {
					t.Errorf("slot %d took %v, want %v", slot, took, want)
				}
			}
			if n := asked.Load(); keep == 0 && n != 1 {
				t.Errorf("%d lookups, want 1", n)
			}
			l.Close()
		})
	}
}
