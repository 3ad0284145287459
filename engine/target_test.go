package engine

import (
	"strings"
	"testing"
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
		err := CheckTarget(t.Context(), test.target, test.allow)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %q allowing %v: error %v, want %q", test.name, test.target, test.allow, err, test.want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the password stands in the error %q", test.name, err)
		}
	}
}
