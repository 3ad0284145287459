package gateway

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func trusting(prefixes ...string) (f Forwarding) {
	for _, p := range prefixes {
		f.Trusted = append(f.Trusted, netip.MustParsePrefix(p))
	}
	return f
}

func TestTheClientIsTheFirstHopFromTheRightThatIsNotTrusted(t *testing.T) {
	for _, tt := range []struct {
		name, trusted, remote, lines string // lines of X-Forwarded-For are separated by |
		client, sent                 string
	}{
		{"nobody is trusted: what the client says is dropped", "", "198.51.100.7:99", "1.2.3.4", "198.51.100.7", "198.51.100.7"},
		{"an untrusted peer forges a chain of trusted hops", "10.0.0.0/8", "198.51.100.7:99", "1.2.3.4, 10.0.0.1", "198.51.100.7", "198.51.100.7"},
		{"a balancer names the client", "10.0.0.0/8", "10.0.0.1:99", "203.0.113.5", "203.0.113.5", "203.0.113.5, 10.0.0.1"},
		{"a client forges the left of the chain", "10.0.0.0/8", "10.0.0.1:99", "1.2.3.4,9.9.9.9, 203.0.113.5", "203.0.113.5", "203.0.113.5, 10.0.0.1"},
		{"two trusted hops over two lines", "10.0.0.0/8", "10.0.0.1:99", "6.6.6.6, 203.0.113.5|10.0.0.2", "203.0.113.5", "203.0.113.5, 10.0.0.2, 10.0.0.1"},
		{"a client that pretends to be a trusted hop stays the client", "10.0.0.0/8", "10.0.0.1:99", "10.9.9.9, 203.0.113.5", "203.0.113.5", "203.0.113.5, 10.0.0.1"},
		{"the balancer says nothing", "10.0.0.0/8", "10.0.0.1:99", "", "10.0.0.1", "10.0.0.1"},
		{"what is no address ends the chain", "10.0.0.0/8", "10.0.0.1:99", "203.0.113.5, unknown", "10.0.0.1", "10.0.0.1"},
		{"an empty hop ends the chain", "10.0.0.0/8", "10.0.0.1:99", "203.0.113.5,", "10.0.0.1", "10.0.0.1"},
		{"all hops are trusted: the farthest is the client", "10.0.0.0/8", "10.0.0.1:99", "10.0.0.3, 10.0.0.2", "10.0.0.3", "10.0.0.3, 10.0.0.2, 10.0.0.1"},
		{"ports and brackets are read", "10.0.0.0/8 2001:db8::/32", "[2001:db8::1]:99", "[2001:dead::5]:443, 10.0.0.2:80", "2001:dead::5", "2001:dead::5, 10.0.0.2, 2001:db8::1"},
		{"an IPv4 address in IPv6 is the same address", "10.0.0.0/8", "[::ffff:10.0.0.1]:99", "::ffff:203.0.113.5", "203.0.113.5", "203.0.113.5, 10.0.0.1"},
		{"a zone is no address", "10.0.0.0/8", "10.0.0.1:99", "fe80::1%eth0", "10.0.0.1", "10.0.0.1"},
	} {
		var f Forwarding
		if tt.trusted != "" {
			f = trusting(strings.Fields(tt.trusted)...)
		}
		in := httptest.NewRequest("GET", "http://pay.example/", nil)
		in.RemoteAddr = tt.remote
		if tt.lines != "" {
			in.Header["X-Forwarded-For"] = strings.Split(tt.lines, "|")
		}
		if got := f.Client(in).String(); got != tt.client {
			t.Errorf("%s: client %s, want %s", tt.name, got, tt.client)
		}
		out := in.Clone(t.Context())
		f.stamp(out, in)
		if got := strings.Join(out.Header["X-Forwarded-For"], "|"); got != tt.sent {
			t.Errorf("%s: sent on %q, want %q", tt.name, got, tt.sent)
		}
		if n := testing.AllocsPerRun(10, func() { f.Client(in) }); n != 0 && tt.client != "10.0.0.1" {
			t.Errorf("%s: %v allocations, want none", tt.name, n)
		}
	}
}

func TestForgedForwardingHeadersAreDropped(t *testing.T) {
	ask := func(remote string) http.Header {
		in := httptest.NewRequest("GET", "http://pay.example/", nil)
		in.RemoteAddr = remote
		for _, name := range append([]string{"Forwarded", "X-Forwarded-For"}, forwardingHeaders...) {
			in.Header.Set(name, "forged")
		}
		out := in.Clone(t.Context())
		trusting("10.0.0.0/8").stamp(out, in)
		return out.Header
	}
	for name, values := range ask("198.51.100.7:99") {
		for _, v := range values {
			if strings.Contains(v, "forged") {
				t.Errorf("an untrusted peer's %s: %s came through", name, v)
			}
		}
	}
	h := ask("10.0.0.1:99")
	if h.Get("X-Forwarded-Proto") != "forged" || h.Get("Forwarded") != "" || h.Get("X-Forwarded-For") != "10.0.0.1" {
		t.Errorf("from a trusted peer: %v; want its scheme, no Forwarded, and no hop that is no address", h)
	}
	if h := ask("198.51.100.7:99"); h.Get("X-Forwarded-Proto") != "http" || h.Get("X-Forwarded-Host") != "pay.example" {
		t.Errorf("the guard's own word is missing: %v", h)
	}
}

func FuzzClient(f *testing.F) {
	f.Add("203.0.113.5, [2001:db8::1]:80", "10.0.0.2:1")
	trusted := trusting("0.0.0.0/0", "::/0")
	f.Fuzz(func(t *testing.T, a, b string) {
		r := &http.Request{RemoteAddr: "10.0.0.1:99", Header: http.Header{"X-Forwarded-For": {a, b}}}
		if c := trusted.Client(r); !c.IsValid() || c.Is4In6() || c.Zone() != "" {
			t.Errorf("client %v of %q: want an address, plain", c, []string{a, b})
		}
	})
}
