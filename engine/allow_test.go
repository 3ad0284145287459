package engine

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// dns is a resolver whose answers change.
type dns struct {
	names map[string][]netip.Addr
	asked int
}

func (d *dns) resolve(_ context.Context, _, host string) ([]netip.Addr, error) {
	d.asked++
	if a := d.names[host]; a != nil {
		return a, nil
	}
	return nil, errors.New("no such host")
}

func addresses(texts ...string) (all []netip.Addr) {
	for _, s := range texts {
		all = append(all, netip.MustParseAddr(s))
	}
	return all
}

func TestAllow(t *testing.T) {
	d := &dns{names: map[string][]netip.Addr{
		"staging.example": addresses("192.0.2.1", "2001:db8::1"),
		"localhost":       addresses("192.0.2.66"), // it looks like this machine, and nobody allowed it
	}}
	for _, test := range []struct {
		name    string
		hosts   []string
		address string
		want    string // in the error; empty means allowed
	}{
		{"loopback needs no leave", nil, "127.0.0.1", ""},
		{"all of 127/8 is loopback", nil, "127.77.0.9", ""},
		{"so is IPv6's", nil, "::1", ""},
		{"and loopback inside IPv6", nil, "::ffff:127.0.0.1", ""},
		{"another machine is refused", nil, "192.0.2.1", "--allow-target"},
		{"every interface is not loopback", nil, "0.0.0.0", "--allow-target"},
		{"nor is the neighbourhood", nil, "169.254.169.254", "--allow-target"},
		{"an address that was named is allowed", []string{"192.0.2.1"}, "192.0.2.1", ""},
		{"also as IPv4 inside IPv6", []string{"192.0.2.1"}, "::ffff:192.0.2.1", ""},
		{"and no other one", []string{"192.0.2.1"}, "192.0.2.2", "--allow-target"},
		{"the address of a name is allowed", []string{"staging.example"}, "192.0.2.1", ""},
		{"each of its addresses", []string{"staging.example"}, "2001:db8::1", ""},
		{"what localhost resolves to is not", []string{"staging.example"}, "192.0.2.66", "--allow-target"},
		{"a name that cannot be looked up allows nothing", []string{"gone.example"}, "192.0.2.1", "looking up gone.example: no such host"},
		{"and takes nothing from one that can", []string{"gone.example", "staging.example"}, "192.0.2.1", ""},
	} {
		err := newGuard(test.hosts, d.resolve).allow(netip.MustParseAddr(test.address))
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %s allowing %v: error %v, want %q", test.name, test.address, test.hosts, err, test.want)
		}
	}
}

// The name moves during the run: its new address counts once the guard has asked again, its old one stays.
func TestAllowFollowsANameThatMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &dns{names: map[string][]netip.Addr{"staging.example": addresses("192.0.2.1")}}
		g := newGuard([]string{"staging.example"}, d.resolve)
		old, moved := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
		if err := g.allow(old); err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			if g.allow(moved) == nil {
				t.Fatal("an address that is not the name's was allowed")
			}
		}
		if d.asked != 1 {
			t.Errorf("%d lookups for 1,000 refusals within a second, want 1", d.asked)
		}
		d.names["staging.example"] = addresses("192.0.2.2")
		time.Sleep(guardPause)
		for _, a := range []netip.Addr{moved, old} {
			if err := g.allow(a); err != nil {
				t.Error(err)
			}
		}
		if d.asked != 2 {
			t.Errorf("%d lookups, want 2", d.asked)
		}
	})
}
