package gateway

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Forwarding says whom to believe about where a request comes from. The zero
// value believes nobody: the client is whoever opened the connection.
type Forwarding struct {
	// Trusted are the networks of the balancers and proxies before the guard.
	// What they append to X-Forwarded-For is believed, and nothing else is.
	Trusted []netip.Prefix `yaml:"trusted_hops,omitempty"`
}

// Client is the address of the client: that of the peer, and as long as that is
// a trusted hop, the one it names in X-Forwarded-For, read from the right. What
// stands further left was written by the client itself and is not looked at. It
// is the zero Addr if r.RemoteAddr is no address, as in some tests. Client
// allocates nothing, unless a trusted hop names what is no address.
func (f Forwarding) Client(r *http.Request) netip.Addr {
	client := peer(r.RemoteAddr)
	if len(f.Trusted) > 0 {
		f.walk(client, r.Header["X-Forwarded-For"], func(hop netip.Addr) { client = hop })
	}
	return client
}

func (f Forwarding) trusts(a netip.Addr) bool {
	for _, p := range f.Trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// encrypted reports whether the client asked by HTTPS: of the guard itself, or of
// a trusted hop that says so.
func (f Forwarding) encrypted(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") && f.trusts(peer(r.RemoteAddr))
}

// walk calls believed with each hop that may be believed, from the nearest to
// the client, the peer left out. A hop that is no address ends it: the trusted
// one that named it is then the last that is known.
func (f Forwarding) walk(peer netip.Addr, lines []string, believed func(netip.Addr)) {
	from := peer
	for _, line := range slices.Backward(lines) {
		for more := true; more; {
			if !f.trusts(from) {
				return
			}
			hop := line
			if comma := strings.LastIndexByte(line, ','); comma >= 0 {
				line, hop = line[:comma], line[comma+1:]
			} else {
				more = false
			}
			if from = parseHop(strings.TrimSpace(hop)); !from.IsValid() {
				return
			}
			believed(from)
		}
	}
}

// parseHop reads an address with or without port and brackets. The zone of an
// address means nothing on another machine: such a hop is no address.
func parseHop(s string) netip.Addr {
	if strings.Count(s, ":") == 1 || strings.HasPrefix(s, "[") {
		if ap, err := netip.ParseAddrPort(s); err == nil {
			return plain(ap.Addr())
		}
		s = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}
	}
	return plain(a)
}

func plain(a netip.Addr) netip.Addr {
	if a.Zone() != "" {
		return netip.Addr{}
	}
	return a.Unmap()
}

// peer is the address in a RemoteAddr.
func peer(remote string) netip.Addr {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}

// forwardingHeaders are names by which services are used to learn what is
// before them. From a hop that is not trusted they are forged until proven
// otherwise. Forwarded (RFC 7239) is never passed on: one chain is enough.
var forwardingHeaders = []string{"X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Real-Ip"}

// stamp sets the forwarding headers of the request to the service: the hops
// that are believed, the peer last. A trusted peer's word on host and scheme
// stands, since it knows how the client reached it.
func (f Forwarding) stamp(out, in *http.Request) {
	from := peer(in.RemoteAddr)
	trusted := f.trusts(from)
	for _, name := range forwardingHeaders {
		if in.Header[name] != nil && trusted {
			out.Header[name] = in.Header[name]
		} else {
			delete(out.Header, name)
		}
	}
	delete(out.Header, "Forwarded")
	if _, ok := out.Header["X-Forwarded-Host"]; !ok {
		out.Header["X-Forwarded-Host"] = []string{in.Host}
	}
	if _, ok := out.Header["X-Forwarded-Proto"]; !ok {
		out.Header["X-Forwarded-Proto"] = httpScheme
		if in.TLS != nil {
			out.Header["X-Forwarded-Proto"] = httpsScheme
		}
	}
	if !from.IsValid() {
		delete(out.Header, "X-Forwarded-For")
		return
	}
	chain := from.String()
	f.walk(from, in.Header["X-Forwarded-For"], func(hop netip.Addr) { chain = hop.String() + ", " + chain })
	out.Header["X-Forwarded-For"] = []string{chain}
}

var httpScheme, httpsScheme = []string{"http"}, []string{"https"}
