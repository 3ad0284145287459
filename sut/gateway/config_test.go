package gateway

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/peakday/peakday/sut/admission"
)

// today is after what the example says was announced.
var today = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

func example(t testing.TB) (Config, []byte) {
	t.Helper()
	text, err := os.ReadFile("testdata/guard.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := ReadConfig("guard.yaml", bytes.NewReader(text), today)
	if err != nil {
		t.Fatal(err)
	}
	return c, text
}

func TestTheExampleIsRead(t *testing.T) {
	c, _ := example(t)
	if c.Mode != DryRun || c.Upstream.String() != "http://127.0.0.1:8080" || c.Deadline != 3*time.Second ||
		c.Limiter != (Limiter{Law: "vegas", Seed: 32, Least: 4, Most: 512, SLO: 2 * time.Second}) ||
		c.Classes[admission.P0] != (Class{Reserve: .25, Deadline: 5 * time.Second, Fail: FailOpen}) ||
		c.Routes[1] != (Route{Method: "POST", Pattern: "/v1/claims/{id}/settle", Op: "claims.settle", Class: admission.P1, Seats: 2, Deadline: 4 * time.Second, Body: 65536}) {
		t.Errorf("got %+v", c)
	}
}

// Every key that there is stands in the example, so that it is a reference.
func TestTheExampleHasEveryKey(t *testing.T) {
	_, text := example(t)
	var look func(reflect.Type)
	look = func(rt reflect.Type) {
		switch rt.Kind() {
		case reflect.Slice, reflect.Map, reflect.Pointer:
			look(rt.Elem())
		case reflect.Struct:
			for _, key := range tags(rt) {
				if !bytes.Contains(text, []byte(key+":")) {
					t.Errorf("the example has no key %s of %v", key, rt)
				}
			}
			for i := range rt.NumField() {
				if tag := rt.Field(i).Tag.Get("yaml"); tag != "" && tag != "-" {
					look(rt.Field(i).Type)
				}
			}
		}
	}
	look(reflect.TypeFor[Config]())
}

func TestAConfigurationIsWrittenAsItIsRead(t *testing.T) {
	read, _ := example(t)
	for _, c := range []Config{{}, read, read.Effective()} {
		text, err := yaml.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ReadConfig("again", bytes.NewReader(text), today)
		if err != nil || !reflect.DeepEqual(again, c) {
			t.Errorf("%v: got %+v from\n%swant %+v", err, again, text, c)
		}
		if _, err := json.Marshal(c); err != nil {
			t.Error(err)
		}
	}
}

func TestEveryFaultIsReportedWithItsPlace(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"an unknown key near a known one", "mdoe: off\n", `g:1:1: mdoe: found an unknown key, did you mean "mode"?`},
		{"an unknown key near none", "limiter: {colour: 5}\n", `g:1:11: limiter.colour: found an unknown key, want one of law, fixed, seed, least, most, slo`},
		{"a word that is none of the known", "mode: on\n", `g:1:7: mode: found "on", want enforce or dry_run or off`},
		{"a duration without a unit", "deadline: 3\n", "g:1:11: deadline: found 3, want a duration such as 800ms or 3s"},
		{"nothing where a value belongs", "deadline:\n", "g:1:11: deadline: found nothing, want a duration such as 800ms or 3s"},
		{"a list where a word belongs", "mode: [a]\n", "g:1:7: mode: found a list, want text"},
		{"a class that there is not", "classes: {P4: {fail: open}}\n", `g:1:11: classes.P4: found "P4", want a class, P0 to P3`},
		{"a route without a class, which would be the highest", "routes: [{path: /a}]\n", "g:1:10: routes[0].class: found no such key, want P0 to P3"},
		{"a method that would match nothing", "routes: [{method: get, path: /a, class: P1}]\n", `g:1:19: routes[0].method: found "get", want GET: methods are upper case`},
		{"a quota without name and limit", "quotas: [{by: address}]\n", "g:1:10: quotas[0].name: found no such key, want lower case letters, digits and dashes\ng:1:10: quotas[0].limit: found no such key, want requests in a time, such as 30/1m"},
		{"maintenance without its end", "maintenance: [{announced: 2026-11-01T00:00:00+08:00, from: 2026-12-01T22:00:00+08:00}]\n", "g:1:15: maintenance[0].to: found no such key, want a time with its zone such as 2026-11-20T00:00:00+08:00"},
		{"a day where a time belongs", "maintenance: [{announced: 2026-11-01, from: 2026-12-01T22:00:00+08:00, to: 2026-12-02T06:00:00+08:00}]\n", `g:1:27: maintenance[0].announced: found "2026-11-01", want a time with its zone such as 2026-11-20T00:00:00+08:00`},
		{"less than none", "per_client: -1\n", "g:1:13: per_client: found -1, want a whole number from 0 to 2147483647"},
		{"a pass without a cookie", "identity: {pass: {for: 5m}}\n", "g:1:24: identity.pass.for: found it without cookie, want the name of the cookie that holds the pass, such as guard"},
		{"a brownout of nothing", "brownout: [{refused: 0.1}]\n", "g:1:12: brownout[0]: found neither stale nor off, want what is left out"},
		{"old answers of no route", "brownout: [{refused: 0.1, stale: true}]\n", "g:1:34: brownout[0].stale: found it without a route that has stale, want the routes whose old answers will do"},
		{"a service that is no HTTP service", "upstream: ftp://x/\n", `g:1:11: upstream: found "ftp://x/", want a URL such as http://127.0.0.1:8080`},
		{"a port alone", "addr: 8000\n", `g:1:7: addr: found "8000", want host and port, 0 to 65535, such as 127.0.0.1:8000, or :8000 for all addresses of this machine`},
		{"a port that there is not", "admin: 127.0.0.1:99999\n", `g:1:8: admin: found "127.0.0.1:99999", want host and port, 0 to 65535, such as 127.0.0.1:8000, or :8000 for all addresses of this machine`},
		{"two listeners on one port", "addr: :8000\nadmin: 127.0.0.1:8000\n", `g:2:8: admin: found "127.0.0.1:8000", which is addr, want another port`},
		{"a guard before itself", "addr: 0.0.0.0:8000\nupstream: http://localhost:8000\n", `g:2:11: upstream: found "http://localhost:8000", where the guard itself listens, want the service behind it`},
		{"a key given twice", "mode: off\nmode: off\n", "g:2:1: mode: found the key a second time, want it once"},
		{"two documents", "mode: off\n---\nmode: off\n", "g:3:1: found a second document, want one configuration a file"},
		{"something else", "[", "g:1:1: found something that is not YAML: sequence end token ']' not found"},
		{"a list of configurations", "- mode: off\n", "g:1:1: found a list, want keys with values: mode, upstream, addr, admin, deadline, limiter, classes, routes, per_client, quotas, brownout, breaker, maintenance, access, identity, forwarding, listener, tls, proxy"},
		{"all at once, wrong values beside wrong types", "mode: on\nlimiter: {law: guess, seed: x}\nroutes:\n  - {path: a, class: P1}\n  - {method: POST, path: /b, class: P9, stale: 3s}\n",
			`g:1:7: mode: found "on", want enforce or dry_run or off
g:2:16: limiter.law: found "guess", want one of elastic, vegas, gradient2, aimd, fixed
g:2:29: limiter.seed: found "x", want a whole number such as 24
g:4:12: routes[0].path: found "a", want a path such as /claims/{id}/settle
g:5:37: routes[1].class: found "P9", want a class, P0 to P3
g:5:48: routes[1].stale: found it with method "POST", want GET: only what is read may be old`},
	} {
		_, err := ReadConfig("g", strings.NewReader(tt.text), today)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: got\n%v\nwant\n%s", tt.name, err, tt.want)
		}
	}
	for _, text := range []string{"", "# nothing yet\n", "---\n"} {
		if c, err := ReadConfig("g", strings.NewReader(text), today); err != nil || !reflect.DeepEqual(c, Config{}) {
			t.Errorf("%q: got %+v, %v, want the zero configuration", text, c, err)
		}
	}
}

// The same port of another machine, or one that the system picks, is no conflict.
func TestAddressesThatDoNotMeet(t *testing.T) {
	for _, text := range []string{
		"addr: 127.0.0.1:0\nadmin: 127.0.0.1:0\n", "addr: 10.0.0.1:80\nadmin: 10.0.0.2:80\n", "addr: :8000\nupstream: http://10.0.0.7:8000\n", "addr: :8000\nupstream: http://service:8000\n",
	} {
		if _, err := ReadConfig("g", strings.NewReader(text), today); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestTheEffectiveConfigurationHasTheDefaults(t *testing.T) {
	c := Config{Breaker: &Breaker{Least: 5}, Listener: Listener{Idle: time.Minute}}.Effective()
	if *c.Breaker != (Breaker{Share: .5, Least: 5, Window: 10 * time.Second, Pause: time.Second}) {
		t.Errorf("breaker %+v", *c.Breaker)
	}
	if l := c.Limiter; l.Least != 2 || l.Most != 4096 || l.Seed != 0 {
		t.Errorf("limiter %+v, want the bounds of elastic, and no seed: one that is given is taken for measured", l)
	}
	text, err := yaml.Marshal(c)
	if err != nil || !bytes.Contains(text, []byte("tenant: address\n")) || !bytes.Contains(text, []byte("drain: 0s\n")) {
		t.Errorf("%v, want tenant and drain in\n%s", err, text)
	}
}

// What can be read can be written and read again, and nothing panics.
func FuzzReadConfig(f *testing.F) {
	_, text := example(f)
	f.Add(text)
	f.Add([]byte("a: &x [*x]\n"))
	f.Add([]byte("!!map {? a : b}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ReadConfig("g", bytes.NewReader(text), today)
		if err != nil {
			return
		}
		written, err := yaml.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ReadConfig("again", bytes.NewReader(written), today)
		if err != nil {
			t.Fatalf("%v in what was written:\n%s", err, written)
		}
		if once, _ := yaml.Marshal(again); !bytes.Equal(once, written) {
			t.Errorf("written %s, and again %s", written, once)
		}
	})
}
