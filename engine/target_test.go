package engine

import (
	"net/url"
	"strings"
	"testing"

	"github.com/peakday/peakday/engine/driver"
)

func TestCheckTarget(t *testing.T) {
	for _, test := range []struct {
		name, target string
		allow        []string
		want         string // in the error; empty means accepted
	}{
		{"IPv4 loopback", "http://127.0.0.1:8080", nil, ""},
		{"any of 127/8", "http://127.9.9.9", nil, ""},
		{"IPv6 loopback", "https://[::1]:8443/base", nil, ""},
		{"IPv4 loopback inside IPv6", "http://[::ffff:127.0.0.1]", nil, ""},
		{"the name of this machine", "http://localhost:80", nil, ""},
		{"another machine", "http://192.0.2.1", nil, "--allow-target 192.0.2.1"},
		{"another machine inside IPv6", "http://[::ffff:192.0.2.1]", nil, "not this machine"},
		{"every interface", "http://0.0.0.0:80", nil, "not this machine"},
		{"a network next door", "http://10.0.0.1", nil, "not this machine"},
		{"another machine that is allowed", "http://192.0.2.1:8080", []string{"192.0.2.1"}, ""},
		{"an allowed name is not looked up", "http://Staging.Invalid", []string{"other", "staging.invalid"}, ""},
		{"an allowed name does not allow its subdomains", "http://127.0.0.1.nip.invalid", []string{"127.0.0.1"}, "check the name"},
		{"a loopback name as user", "http://127.0.0.1@192.0.2.1", nil, "header of the scenario"},
		{"a query, which may hold a token", "http://127.0.0.1:8080/api?token=x", nil, "http://127.0.0.1:8080/api: what follows"},
		{"a user with a password", "http://ann:hunter2@127.0.0.1:8080", nil, "header of the scenario"},
		{"a password on a host that is allowed", "http://ann:hunter2@staging.invalid", []string{"staging.invalid"}, "header of the scenario"},
		{"a password in what is no URL", "http://ann:hunter2%zz@127.0.0.1", nil, "header of the scenario"},
		{"a password without a scheme", "ann:hunter2@127.0.0.1:8080", nil, "header of the scenario"},
		{"no scheme", "127.0.0.1:8080", nil, "want a base URL"},
		{"another scheme", "ftp://127.0.0.1", nil, "want a base URL"},
		{"no host", "http://", nil, "want a base URL"},
		{"nothing", "", nil, "want a base URL"},
	} {
		err := CheckTarget(t.Context(), driver.Options{Target: test.target}, test.allow)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %q allowing %v: error %v, want %q", test.name, test.target, test.allow, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the password stands in the error %q", test.name, err)
		}
	}
}

func TestCheckTargetLooksAtWhereItIsConnectedTo(t *testing.T) {
	const name = "http://service.invalid"
	for _, test := range []struct {
		name, target string
		connectTo    map[string]string
		proxy        string
		allow        []string
		address      string
		want         string // in the error; empty means accepted
	}{
		{"a name of no host that leads to this machine", name, map[string]string{"Service.Invalid:80": "127.0.0.1:8080"}, "", nil, "127.0.0.1:8080", ""},
		{"a rule for another port", name, map[string]string{"service.invalid:81": "127.0.0.1:8080"}, "", nil, "service.invalid:80", "check the name"},
		{"the port of https", "https://service.invalid", map[string]string{"service.invalid:443": "127.0.0.1:8443"}, "", nil, "127.0.0.1:8443", ""},
		{"a loopback name that leads elsewhere", "http://localhost:80", map[string]string{"localhost:80": "192.0.2.1:80"}, "", nil, "192.0.2.1:80", "--allow-target 192.0.2.1"},
		{"elsewhere, allowed", "http://localhost:80", map[string]string{"localhost:80": "192.0.2.1:80"}, "", []string{"192.0.2.1"}, "192.0.2.1:80", ""},
		{"where it leads is no address", "http://localhost:80", map[string]string{"localhost:80": "nowhere"}, "", nil, "nowhere", "want HOST:PORT"},
		{"a name that the proxy knows", name, nil, "http://127.0.0.1:3128", nil, "127.0.0.1:3128", ""},
		{"the port of a proxy", name, nil, "socks5://127.0.0.1", nil, "127.0.0.1:1080", ""},
		{"a proxy elsewhere", "http://127.0.0.1", nil, "http://192.0.2.1:3128", nil, "192.0.2.1:3128", "--allow-target 192.0.2.1"},
		{"an address elsewhere behind a proxy", "http://192.0.2.7", nil, "http://127.0.0.1:3128", nil, "127.0.0.1:3128", "--allow-target 192.0.2.7"},
		{"the same, allowed", "http://192.0.2.7", nil, "http://127.0.0.1:3128", []string{"192.0.2.7"}, "127.0.0.1:3128", ""},
	} {
		o := driver.Options{Target: test.target, ConnectTo: test.connectTo}
		if test.proxy != "" {
			o.Proxy, _ = url.Parse(test.proxy)
		}
		if got := Address(o); got != test.address {
			t.Errorf("%s: address %s, want %s", test.name, got, test.address)
		}
		err := CheckTarget(t.Context(), o, test.allow)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", test.name, err, test.want)
		}
	}
}
