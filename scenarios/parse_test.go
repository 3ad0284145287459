package scenarios

import (
	_ "embed"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

// everyKey is a document that uses each key once or more.
//
//go:embed testdata/every-key.yaml
var everyKey []byte

func TestParseReadsEveryKey(t *testing.T) {
	s, err := Parse("every.yaml", everyKey)
	if err != nil {
		t.Fatal(err)
	}
	checks := []struct {
		name      string
		got, want any
	}{
		{"title", s.Title, "All of it"},
		{"description", s.Description, "Two lines,\nthe second this.\n"},
		{"seed", s.Seed, uint64(7)},
		{"service", s.Service, Service{"legacy-2018", 32, 1000}},
		{"base", s.Shape.Base, 5.0},
		{"forecast", *s.Shape.Forecast, Forecast{"worldcup98", 0.9}},
		{"point", s.Shape.Points[1], Point{21*time.Hour + 30*time.Second, Rate{4, false}}},
		{"peak_at", s.Shape.PeakAt, 21 * time.Hour},
		{"ramp", s.Shape.Phases[0], Phase{Kind: Ramp, Length: 5 * time.Second, To: Rate{300, true}}},
		{"hold", s.Shape.Phases[1], Phase{Kind: Hold, Length: 24 * time.Second}},
		{"decay", s.Shape.Phases[4], Phase{Kind: Decay, Length: 6 * time.Second, To: Rate{1, true}, Half: 2 * time.Second, Overload: Overload{Policy: Spawn, Most: 20000}}},
		{"mix", s.Mix[1], Weight{"visit", 1}},
		{"arrivals", s.Arrivals, Replay},
		{"instants", s.Instants, "due.txt"},
		{"drop in a phase", s.Shape.Phases[2].Overload, Overload{Policy: Drop}},
		{"overload", s.Overload, Overload{Policy: Queue, Most: 500}},
		{"abort", s.Abort[1].String(), "lateness p99 <= 1s over 500ms"},
		{"check", s.Requests[2].Checks[0], "status == 200"},
		{"extract", s.Requests[2].Extract[1], Extract{"csrf", "header X-CSRF"}},
		{"step", s.Journeys[0].Steps[0].Request, "login"},
		{"think", s.Journeys[0].Steps[1].Think, Think{time.Second, 3 * time.Second}},
		{"branch", s.Journeys[0].Steps[2].Branch[1].Steps[0].Think, Think{2 * time.Second, 2 * time.Second}},
		{"feeder", s.Feeders[0], Feeder{"people", "people.csv", Unique}},
		{"cookies", s.Cookies, true},
		{"setup", s.Setup[0].Request, "home"},
		{"teardown", s.Teardown[0].Request, "home"},
		{"header keeps its placeholder", s.Requests[1].Headers[0], Header{"Authorization", "Bearer ${TOKEN}"}},
		{"body", s.Requests[1].Body, `{"a": 1}`},
		{"actor", s.Actors[0], Actor{"citizen", 0.5, 30 * time.Second, Retry{3, Exponential, time.Second, 0.5, 0.1}}},
		{"an actor's patience is the timeout by default", s.Actors[1], Actor{"clerk", 1, 20 * time.Second, Retry{}}},
		{"variant", s.Variants[1], Variant{"protected", true, "fixed", 8}},
		{"judge", s.Judge, Span{10 * time.Second, 20 * time.Second}},
		{"budget", s.Budgets[0].Value, 0.999},
		{"oracle scope", s.Oracles[0].Scope, "home"},
		{"capacity", s.Capacity, 80.0},
	}
	for _, c := range checks {
		if c.got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, c.got, c.want)
		}
	}
}

func TestParseFillsInWhatIsLeftOut(t *testing.T) {
	s, err := Parse("least.yaml", []byte("name: least\nshape: {base: 5/s, phases: [{hold: 1s}]}\nrequests: [{op: a, path: /}, {op: b, path: /b}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Timeout != 30*time.Second || s.GoodWithin != s.Timeout || s.Drain != s.Timeout || s.MaxInFlight != 8192 || s.Seed != 1 {
		t.Errorf("defaults: %+v", s)
	}
	if len(s.Variants) != 2 || s.Variants[0].Guard || !s.Variants[1].Guard {
		t.Errorf("variants: %+v", s.Variants)
	}
	if len(s.Actors) != 1 || s.Actors[0].Patience != s.Timeout {
		t.Errorf("actors: %+v", s.Actors)
	}
	if len(s.Mix) != 2 || s.Mix[0] != (Weight{"a", 1}) || s.Mix[1] != (Weight{"b", 1}) {
		t.Errorf("mix: %+v", s.Mix)
	}
}

// frame is a valid document; the tests replace or add lines.
const frame = "name: frame\nshape: {base: 5/s, phases: [{hold: 10s}]}\nmix: R\n"

func TestParseNamesPlaceFindingAndWish(t *testing.T) {
	tests := []struct {
		name, document string
		want           []string // one fault a line, in order
	}{
		{"an unknown key suggests the nearest", frame + "timeuot: 3s\n", []string{
			`x.yaml:4:1: timeuot: found an unknown key, did you mean "timeout"?`}},
		{"an unknown key near none", "name: a\nmix: R\nshape: {base: 5/s, phases: [{hold: 10s, colour: 5x}]}\n", []string{`x.yaml:3:41: shape.phases[0].colour: found an unknown key, want one of hold, rate, overload`}},
		{"a timeout of nothing is one fault", frame + "timeout: 0s\n", []string{`x.yaml:4:10: timeout: found 0s, want more than 0s`}},
		{"a repeated key", frame + "seed: 1\nseed: 2\n", []string{`x.yaml:5:1: seed: found the key a second time, want it once; the first is in line 4`}},
		{"a duration without its unit", frame + "timeout: 30\n", []string{`x.yaml:4:10: timeout: found 30, want a duration such as 30s or 1m30s`}},
		{"a negative duration", frame + "timeout: -3s\n", []string{`x.yaml:4:10: timeout: found "-3s", want a duration such as 30s or 1m30s`}},
		{"text where a list belongs", frame + "budgets: p99 <= 1s\n", []string{`x.yaml:4:10: budgets: found "p99 <= 1s", want a list with at least one entry`}},
		{"a number where text belongs", frame + "title: 5\n", []string{`x.yaml:4:8: title: found 5, want text; put it in quotes`}},
		{"nothing where keys belong", frame + "service:\n", []string{`x.yaml:4:10: service: found nothing, want keys with values: profile, workers, people`}},
		{"a word that is none of the known", frame + "arrivals: poison\n", []string{`x.yaml:4:11: arrivals: found "poison", want one of even, poisson, replay`}},
		{"a budget that is none", frame + "budgets: [\"p99 < 1s\"]\n", []string{`x.yaml:4:11: budgets[0]: budget "p99 < 1s": no <= or >=; want [scope] metric <=|>= value, such as "admitted p95 <= 3s"`}},
		{"missing keys stand at their object", "title: t\nshape: {phases: [{hold: 1s}]}\nmix: R\n", []string{
			`x.yaml:1:1: name: found no such key, want the scenario's name: lower case words joined by dashes`,
			`x.yaml:2:8: shape.base: found no such key, want arrivals per second that 1x means, such as 5/s, or users beside the shape`}},
		{"a phase of no form", strings.Replace(frame, "hold: 10s", "wait: 10s", 1), []string{
			`x.yaml:2:29: shape.phases[0]: found keys with values, want one of {ramp: 5s, to: 300x}, {hold: 20s} or {half_life: 5s, for: 20s, to: 1x}`}},
		{"an anchor", frame + "title: &a b\n", []string{`x.yaml:4:8: title: found an anchor or alias, which scenarios do not use, want text; put it in quotes`}},
		{"a second document", frame + "---\nname: b\n", []string{`x.yaml:5:1: found a second document, want one scenario a file`}},
		{"a list as the document", "- a\n", []string{`x.yaml:1:1: found a list, want keys with values: name, title, description, seed, service, shape, arrivals, instants, users, think, mix, mix_name, requests, journeys, feeders, cookies, setup, teardown, actors, timeout, good_within, drain, max_in_flight, overload, abort, capacity, variants, judge, budgets, oracles`}},
		{"nothing at all", "# soon\n", []string{"x.yaml:1:1: found nothing, want a scenario; `peakday scenario new` prints one to start from"}},
		{"broken YAML", "name: {a\n", []string{`x.yaml:1:8: found something that is not YAML: could not find flow map content`}},
		{"brackets without end", strings.Repeat("[", 1<<20), []string{`x.yaml: found values nested deeper than 100 levels, want a scenario of four or five`}},
		{"dashes without end", strings.Repeat("- ", 1<<20), []string{`x.yaml: found values nested deeper than 100 levels, want a scenario of four or five`}},
		{"bytes that are no text", "name: a\nti\xff: b\n", []string{`x.yaml:2:3: found a byte that is not UTF-8, want text in UTF-8`}},
		{"points that fall back", "name: a\nmix: R\nshape:\n  base: 5/s\n  points:\n    - {at: \"09:00\", rate: 1x}\n    - {at: \"08:00\", rate: 1x}\n", []string{
			`x.yaml:7:12: shape.points[1].at: found 08:00, want later than the point before`}},
		{"the name of a mix beside requests", frame + "requests: [{op: a, path: /}]\n", []string{`x.yaml:3:6: mix: found the library's mix "R" beside requests, want the shares of the requests`}},
		{"a share of zero", "name: a\nshape: {base: 5/s, phases: [{hold: 10s}]}\nmix: {a: 0}\n", []string{`x.yaml:3:10: mix.a: found the share 0, want more than 0 and at most a billion`}},
		{"a law without the guard", frame + "variants: [{name: a, law: vegas}]\n", []string{`x.yaml:4:12: variants[0]: found a law or a limit without the guard, want guard: true beside it`}},
		{"users with a base", frame + "users: 4\n", []string{`x.yaml:2:15: shape.base: found a base beside users, want it left out: 1x means the users`}},
		{"users that are no number, once", "name: a\nmix: R\nshape: {phases: [{hold: 1s}]}\nusers: many\n", []string{`x.yaml:4:8: users: found "many", want a whole number from 0 to 1000000`}},
		{"no users", "name: a\nmix: R\nshape: {phases: [{hold: 1s}]}\nusers: 0\n", []string{`x.yaml:4:8: users: found 0, want 1 to 1000000, or in an open model no such key`}},
		{"users with rates, arrivals and a day", "name: a\nmix: R\nusers: 4\narrivals: poisson\nshape: {phases: [{hold: 1s, rate: 5/s}], points: [{at: \"00:00\", rate: 1x}, {at: \"01:00\", rate: 2x}]}\n", []string{
			`x.yaml:4:11: arrivals: found poisson beside users, want it left out: in a closed model the answers say when requests are sent`,
			`x.yaml:5:8: shape: found a day of arrivals beside users, want phases only`,
			`x.yaml:5:35: shape.phases[0].rate: found 5/s beside users, want a multiple of them such as 2x`}},
		{"a pause of users without users", frame + "think: 3s..1s\n", []string{
			`x.yaml:4:8: think: found 3s..1s, want the shorter pause first`,
			`x.yaml:4:8: think: found a pause of users without users, want users: 64 beside it, or a pause among the steps of a journey`}},
		{"replay without its instants", frame + "arrivals: replay\n", []string{`x.yaml:4:11: arrivals: found replay without instants, want the file of them: instants: due.txt`}},
		{"instants without replay", frame + "instants: due.txt\n", []string{`x.yaml:4:11: instants: found a file of instants, want arrivals: replay beside it`}},
		{"an overload policy that is none", frame + "overload: dorp\n", []string{`x.yaml:4:11: overload: found "dorp", want drop, {queue: 500}, {late: 2s} or {spawn: 20000}`}},
		{"limits of overload that are none", "name: a\nmix: R\nshape: {base: 5/s, phases: [{hold: 10s, overload: {late: 0s}}, {hold: 1s, overload: {spawn: 20}}]}\noverload: {queue: 0}\n", []string{
			`x.yaml:3:51: shape.phases[0].overload: found 0s, want more than 0s`,
			`x.yaml:3:85: shape.phases[1].overload: found spawn: 20, want more than max_in_flight, 8192, and at most 1000000`,
			`x.yaml:4:11: overload: found queue: 0, want 1 to 1000000`}},
		{"abort rules that are none", frame + "abort: [failed <= 50%, failed <= 5% over 250ms, failed < 5% over 1s, x failed <= 5% over 1s]\n", []string{
			`x.yaml:4:9: abort[0]: abort rule "failed <= 50%": found no window, want a budget and a time, such as "failed <= 50% over 2s"`,
			`x.yaml:4:24: abort[1]: abort rule "failed <= 5% over 250ms": found the window "250ms", want 100ms to 10m in steps of 100ms, such as 2s`,
			`x.yaml:4:49: abort[2]: budget "failed < 5%": no <= or >=; want [scope] metric <=|>= value, such as "admitted p95 <= 3s"`}},
		{"journeys without requests", frame + "journeys: [{name: j, steps: [a]}]\nsetup: [b]\n", []string{
			`x.yaml:4:11: journeys: found steps without requests, want the requests that they name`,
			`x.yaml:5:8: setup: found steps without requests, want the requests that they name`}},
		{"all faults at once, wrong types beside wrong values", "name: No\nseed: -1\nshape: {base: 5, phases: [{ramp: 5s}]}\nmix: R\ntimeout: 1s\ngood_within: 2s\nactors: [{name: a, share: 0, retry: {attempts: 101}}]\n", []string{
			`x.yaml:1:7: name: found "No", want lower case words joined by dashes, such as reform-day, of 64 letters at most`,
			`x.yaml:2:7: seed: found -1, want a whole number from 0 to 18446744073709551615`,
			`x.yaml:3:15: shape.base: found 5, want a rate such as 5/s`,
			`x.yaml:3:27: shape.phases[0].to: found no such key, want the rate at its end, such as 300x`,
			`x.yaml:6:14: good_within: found 2s, want at most the timeout, 1s`,
			`x.yaml:7:27: actors[0].share: found 0, want more than 0 and at most a billion`,
			`x.yaml:7:48: actors[0].retry.attempts: found 101, want a whole number from 0 to 100`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse("x.yaml", []byte(test.document))
			got := ""
			if err != nil {
				got = err.Error()
			}
			if want := strings.Join(test.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestParseFollowsTheVariablesOfAJourney(t *testing.T) {
	const frame = `name: a
shape: {base: 5/s, phases: [{hold: 1s}]}
requests:
  - {op: login, path: /login, extract: {token: json token}}
  - {op: query, path: "/q?t=${token}"}
`
	tests := []struct{ name, more, want string }{
		{"a variable is known after the step that extracts it", "journeys: [{name: j, steps: [login, query]}]\nmix: {j: 1}", ""},
		{"and not before", "journeys: [{name: j, steps: [query, login]}]", `x.yaml:6:30: journeys[0].steps[0]: found the request "query", whose path needs ${token}, which no step before it gives on every way here; extract it in an earlier step or in setup`},
		{"nor by itself in the mix", "mix: {query: 1}", `x.yaml:6:14: mix.query: found the request "query", whose path needs ${token}, which no step before it gives on every way here; extract it in an earlier step or in setup`},
		{"setup gives it to all", "setup: [login]\nteardown: [query]\nmix: {query: 1}", ""},
		{"one way of two is not enough", "journeys: [{name: j, steps: [{branch: [{steps: [login]}, {}]}, query]}]", `x.yaml:6:64: journeys[0].steps[1]: found the request "query", whose path needs ${token}, which no step before it gives on every way here; extract it in an earlier step or in setup`},
		{"no request on some way", "journeys: [{name: j, steps: [{branch: [{steps: [login]}, {}]}]}]", `x.yaml:6:29: journeys[0].steps: found a way through without a request, want one on every way`},
		{"extracted on both ways", "journeys: [{name: j, steps: [{branch: [{steps: [login]}, {steps: [login, query]}]}, query]}]", ""},
		{"extracted on one way", "setup: [{branch: [{steps: [login]}, {steps: [lgin]}]}]\njourneys: [{name: j, steps: [login, query]}]", `x.yaml:6:46: setup[0].branch[1].steps[0]: found the unknown request "lgin", did you mean "login"?`},
		{"a pause first", "journeys: [{name: j, steps: [{think: 1s}, login]}]", `x.yaml:6:29: journeys[0].steps: found a pause before the first request, want a request first: a session begins with it`},
		{"names that clash", "feeders: [{name: token, file: a.csv}, {name: seq, file: a.txt}]\njourneys: [{name: login, steps: [login]}]", `x.yaml:6:18: feeders[0].name: found "token", the name of a variable, want another name
x.yaml:6:46: feeders[1].name: found "seq", want lower case letters, digits and underscores, such as people, and not a word of templates
x.yaml:6:57: feeders[1].file: found "a.txt", want a .csv or a .jsonl file
x.yaml:7:19: journeys[0].name: found "login", the op of a request, want another name`},
		{"templates, checks and picks that are none", `  - op: c
    path: "/${tokn}/${people.id}/${"
    headers: {X: "${Token}", Y: "${tokn} ${random:9..1}", Z: "${PEOPLE.id}"}
    check: [status = 200, "json a", body contains ok, length in 3..1, 'status in 200..299']
    extract: {Token: json a, b: jsn a, c: "regexp id", d: "header a b", e: json}`, `x.yaml:7:11: requests[2].path: found "${" without its }, want ${name}, or $${ for the characters themselves
x.yaml:8:18: requests[2].headers.X: found "${Token}", want ${NAME} of the environment, ${name} of an earlier answer, ${feeder.column}, ${seq}, ${person}, ${random}, ${random:1..100} or ${uuid}
x.yaml:8:33: requests[2].headers.Y: found "${random:9..1}", want ${NAME} of the environment, ${name} of an earlier answer, ${feeder.column}, ${seq}, ${person}, ${random}, ${random:1..100} or ${uuid}
x.yaml:8:62: requests[2].headers.Z: found "${PEOPLE.id}", want ${NAME} of the environment, ${name} of an earlier answer, ${feeder.column}, ${seq}, ${person}, ${random}, ${random:1..100} or ${uuid}
x.yaml:9:13: requests[2].check[0]: check "status = 200": found "=", want ==, !=, <, <=, >, >= or in, such as status == 200
x.yaml:9:27: requests[2].check[1]: check "json a": found no comparison, want exists, or ==, !=, <, <=, > or >= with a value, such as json data.token exists
x.yaml:9:37: requests[2].check[2]: check "body contains ok": found "ok", want a text in quotes, such as body contains "ok"
x.yaml:9:55: requests[2].check[3]: check "length in 3..1": found "3..1", want a whole number, or with in a range such as 200..299
x.yaml:10:22: requests[2].extract.Token: found the name "Token", want lower case letters, digits and underscores, such as token, and not a word of templates
x.yaml:10:33: requests[2].extract.b: found "jsn a", want where it stands: "json data.token", "header X-CSRF", "cookie sid" or "regexp id=(\d+)"
x.yaml:10:43: requests[2].extract.c: found "id" without a group, want what is taken in parentheses, such as id=(\d+)
x.yaml:10:59: requests[2].extract.d: found the header name "a b", want one such as X-CSRF
x.yaml:10:76: requests[2].extract.e: found "json", want a path after it, such as json data.token`},
		{"variables and feeders that are not there", `  - {op: c, path: "/${tokn}/${peple.id}"}
feeders: [{name: people, file: a.csv}]
setup: [rows]`, `x.yaml:6:19: requests[2].path: found ${tokn}, which no request extracts, did you mean "token"?; a variable of the environment is written in upper case
x.yaml:6:19: requests[2].path: found ${peple.id}, but no feeder "peple", did you mean "people"?
x.yaml:8:9: setup[0]: found the unknown request "rows", want one of c, login, query`},
		{"a row in setup", `  - {op: c, path: "/${people.id}"}
feeders: [{name: people, file: a.csv}]
setup: [c]`, `x.yaml:8:9: setup[0]: found ${people.id} in "c", want no row of a feeder here: rows are for sessions`},
		{"a pace in an open model", "journeys: [{name: j, pace: 3s, steps: [login]}]", `x.yaml:6:28: journeys[0].pace: found a pace without users, want users: 64 at the top: in an open model the shape says when journeys begin`},
		{"a Cookie beside cookies", "  - {op: c, path: /, headers: {cookie: a=b}}\ncookies: true", `x.yaml:6:40: requests[2].headers.cookie: found a Cookie header beside cookies: true, want one of them`},
		{"a budget of a journey", "journeys: [{name: j, steps: [login]}]\nbudgets: [j p99 <= 1s]", `x.yaml:7:11: budgets[0]: found the unknown scope "j", want one of P0, P1, P2, P3, login, query`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			document := frame + test.more + "\n"
			if !strings.Contains(document, "mix:") {
				document += "mix: {login: 1}\n"
			}
			got := ""
			if _, err := Parse("x.yaml", []byte(document)); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestValidateKnowsThePlaceOfAParsedScenario(t *testing.T) {
	s, err := Parse("x.yaml", []byte("name: a\nshape: {base: 5/s, phases: [{hold: 10s}]}\nmix: {claims.settle: 1, claims.setle: 2}\nbudgets:\n  - P0 success >= 99%\n  - claim.settle p99 <= 1s\n"))
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	if err := s.Validate([]string{"claims.settle", "account.get"}); err != nil {
		got = err.Error()
	}
	want := `x.yaml:3:39: mix.claims.setle: found an unknown operation, did you mean "claims.settle"?
x.yaml:6:5: budgets[1]: found the unknown scope "claim.settle", did you mean "claims.settle"?`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestValidateOfAScenarioBuiltInCode(t *testing.T) {
	err := Scenario{Name: "a"}.Validate(nil)
	if err == nil {
		t.Fatal("an empty scenario is valid")
	}
	for _, want := range []string{"shape.base: ", "shape: found no load", "mix: found no mix", "actors: found no actor", "timeout: found 0s", "variants: found no variant", "max_in_flight: found 0"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no fault begins with %q in\n%s", want, err)
		}
	}
	if _, err := Marshal(Scenario{Name: "a"}); err == nil {
		t.Error("an invalid scenario is written")
	}
}

func TestAHeaderMayComeSeveralTimes(t *testing.T) {
	const text = "name: a\nshape: {base: 5/s, phases: [{hold: 1s}]}\nrequests: [{op: a, path: /, headers: {X: [one, two], Y: three}}]\n"
	s, err := Parse("x.yaml", []byte(text))
	want := []Header{{"X", "one"}, {"X", "two"}, {"Y", "three"}}
	if err != nil || !reflect.DeepEqual(s.Requests[0].Headers, want) {
		t.Fatalf("got %+v, %v; want %v", s.Requests, err, want)
	}
	s.Requests[0].Headers = append(s.Requests[0].Headers, Header{"X", "four"})
	if err := s.Validate(nil); err == nil || !strings.Contains(err.Error(), "want its values one after the other") {
		t.Errorf("values of a header apart from each other: %v", err)
	}
}

func TestAnAbortRuleThatComparesWithTheCapacityNeedsOne(t *testing.T) {
	const text = frame + "abort: [goodput >= 0.5*capacity over 2s]\n"
	_, err := Parse("x.yaml", []byte(text))
	if err == nil || !strings.Contains(err.Error(), `x.yaml:4:9: abort[0]: found "goodput >= 0.5*capacity over 2s" and no capacity`) || !strings.Contains(err.Error(), "--capacity 80") {
		t.Errorf("without: %v", err)
	}
	if _, err := Parse("x.yaml", []byte(text+"capacity: 80/s\n")); err != nil {
		t.Errorf("with: %v", err)
	}
}

// What cannot be read back must not be written: a result keeps its scenario.
func TestMarshalRefusesWhatParseWouldNotRead(t *testing.T) {
	s, err := Parse("x.yaml", []byte("name: a\nshape: {base: 5/s, phases: [{hold: 1s}]}\nrequests: [{op: a, path: /}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	s.Requests[0].Body = strings.Repeat("x", maxDocument)
	if _, err := Marshal(s); err == nil || !strings.Contains(err.Error(), "take bodies and rows from a feeder") {
		t.Errorf("got %v", err)
	}
}

// The nearest name is looked for where one is wrong only: for 10,000 it took 43 s, and takes some ms so.
func TestThousandsOfRequestsAreValidatedAtOnce(t *testing.T) {
	s, err := Parse("x.yaml", []byte(frame))
	if err != nil {
		t.Fatal(err)
	}
	s.MixName = ""
	for i := range 10_000 {
		op := fmt.Sprintf("get.some.path.to.an.account.%d", i)
		s.Requests = append(s.Requests, Literal{Op: op, Path: "/"})
		s.Mix = append(s.Mix, Weight{op, 1})
	}
	start := time.Now()
	if err := s.Validate(nil); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestRenormaliseKeepsProportions(t *testing.T) {
	kept, missing, share := Renormalise([]Weight{{"a", 6}, {"b", 1}, {"c", 3}}, []string{"c", "a"})
	if len(kept) != 2 || kept[0] != (Weight{"a", 6}) || kept[1] != (Weight{"c", 3}) || len(missing) != 1 || missing[0] != "b" || share != 0.9 {
		t.Errorf("got %v, missing %v, share %v", kept, missing, share)
	}
	if kept, _, share := Renormalise(nil, nil); kept != nil || share != 0 {
		t.Errorf("of nothing: got %v, %v", kept, share)
	}
}

// The package's documentation shows documents; they must be some.
func TestTheDocumentsOfTheDocumentationParse(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	after := func(text string) string {
		_, block, _ := strings.Cut(string(source), text+"\n//\n")
		block, _, _ = strings.Cut(block, "\n//\n")
		return strings.ReplaceAll(block, "//\t", "")
	}
	parse := func(block string) Scenario {
		s, err := Parse("doc.go", []byte(block))
		if err != nil {
			t.Errorf("%v\n%s", err, block)
		}
		return s
	}
	if s := parse(after("with their defaults.")); s.Name != "reform-day" || len(s.Oracles) != 1 {
		t.Errorf("got %+v", s)
	}
	if s := parse("name: closed\nshape: {phases: [{hold: 10s, rate: 2x}]}\nmix: R\n" + after("says how many:")); s.Users != 64 || s.Shape.Base != 64 {
		t.Errorf("got %+v", s)
	}
	if s := parse(after("Package journey runs them.")); len(s.Journeys) != 1 || s.Mix[0] != (Weight{"claim", 1}) {
		t.Errorf("got %+v", s)
	}
}

func TestMarshalShapeIsAPartOfADocument(t *testing.T) {
	s, err := Parse("x.yaml", everyKey)
	if err != nil {
		t.Fatal(err)
	}
	data, err := MarshalShape(s.Shape)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse("y.yaml", append([]byte("name: y\nmix: R\n"), data...))
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if !reflect.DeepEqual(again.Shape, s.Shape) {
		t.Errorf("got %+v, want %+v", again.Shape, s.Shape)
	}
	if _, err := MarshalShape(Shape{Base: -1}); err == nil || !strings.Contains(err.Error(), "shape.base: found -1/s") {
		t.Errorf("a negative base: %v", err)
	}
}
