package gateway

import (
	"cmp"
	"net"
	"net/netip"
	"reflect"
	"strconv"
)

// addressFaults judges where a guard listens, and what it passes to, by
// themselves and together: a guard before itself would pass a request round and
// round.
func addressFaults(fs *faults, c Config) {
	var upstream endpoint
	if u := c.Upstream; u != nil {
		switch {
		case u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
			fs.add("upstream", "found %q, want a URL such as http://127.0.0.1:8080", u.Redacted())
		case u.User != nil:
			fs.add("upstream", "found %q, want it without user and password, which the guard would drop; clients send their own Authorization", u.Redacted())
		default:
			upstream = endpoint{u.Hostname(), cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])}
		}
	}
	public, admin := readEndpoint(fs, "addr", c.Addr), readEndpoint(fs, "admin", c.AdminAddr)
	if public.meets(admin) {
		fs.add("admin", "found %q, which is addr, want another port", c.AdminAddr)
	}
	if public.meets(upstream) || admin.meets(upstream) {
		fs.add("upstream", "found %q, where the guard itself listens, want the service behind it", c.Upstream.Redacted())
	}
}

// An endpoint is a host, "" for all of this machine, and a port, "" or "0" for one that nobody knows yet.
type endpoint struct{ host, port string }

// readEndpoint reads an address to listen on. "" is left out.
func readEndpoint(fs *faults, path, text string) endpoint {
	if text == "" {
		return endpoint{}
	}
	host, port, err := net.SplitHostPort(text)
	if n, wrong := strconv.ParseUint(port, 10, 16); err != nil || wrong != nil || n == 0 && port != "0" {
		fs.add(path, "found %q, want host and port, 0 to 65535, such as 127.0.0.1:8000, or :8000 for all addresses of this machine", text)
		return endpoint{}
	}
	return endpoint{host, port}
}

// meets reports whether who asks for one of them may come to the other.
func (e endpoint) meets(o endpoint) bool {
	if e.port == "" || e.port == "0" || e.port != o.port {
		return false
	}
	return e.host == o.host || e.all() && o.here() || o.all() && e.here()
}

// all says whether it is every address of this machine.
func (e endpoint) all() bool {
	a, err := netip.ParseAddr(e.host)
	return e.host == "" || err == nil && a.IsUnspecified()
}

// here says whether it is surely on this machine.
func (e endpoint) here() bool {
	a, err := netip.ParseAddr(e.host)
	return e.all() || e.host == "localhost" || err == nil && a.IsLoopback()
}

// StartOnly are the keys with a value that only Start looks at: a guard that is
// middleware does not.
func (c Config) StartOnly() (keys []string) {
	for _, key := range startOnly() {
		if !field(reflect.ValueOf(c), key).IsZero() {
			keys = append(keys, key)
		}
	}
	return keys
}

// startOnly are the keys that only Start looks at, and no reload changes.
func startOnly() []string { return []string{"upstream", "addr", "admin", "listener", "tls", "proxy"} }
