package scenarios

import (
	_ "embed"
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
		{"decay", s.Shape.Phases[3], Phase{Kind: Decay, Length: 6 * time.Second, To: Rate{1, true}, Half: 2 * time.Second}},
		{"mix", s.Mix[1], Weight{"order", 1}},
		{"header keeps its placeholder", s.Requests[1].Headers[0], Header{"Authorization", "Bearer ${TOKEN}"}},
		{"body", s.Requests[1].Body, `{"a": 1}`},
		{"actor", s.Actors[0], Actor{"citizen", 0.5, 30 * time.Second, Retry{3, Exponential, time.Second, 0.5}}},
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
		{"an unknown key near none", "name: a\nmix: R\nshape: {base: 5/s, phases: [{hold: 10s, colour: 5x}]}\n", []string{`x.yaml:3:41: shape.phases[0].colour: found an unknown key, want one of hold, rate`}},
		{"a timeout of nothing is one fault", frame + "timeout: 0s\n", []string{`x.yaml:4:10: timeout: found 0s, want more than 0s`}},
		{"a repeated key", frame + "seed: 1\nseed: 2\n", []string{`x.yaml:5:1: seed: found the key a second time, want it once; the first is in line 4`}},
		{"a duration without its unit", frame + "timeout: 30\n", []string{`x.yaml:4:10: timeout: found 30, want a duration such as 30s or 1m30s`}},
		{"a negative duration", frame + "timeout: -3s\n", []string{`x.yaml:4:10: timeout: found "-3s", want a duration such as 30s or 1m30s`}},
		{"text where a list belongs", frame + "budgets: p99 <= 1s\n", []string{`x.yaml:4:10: budgets: found "p99 <= 1s", want a list with at least one entry`}},
		{"a number where text belongs", frame + "title: 5\n", []string{`x.yaml:4:8: title: found 5, want text; put it in quotes`}},
		{"nothing where keys belong", frame + "service:\n", []string{`x.yaml:4:10: service: found nothing, want keys with values: profile, workers, people`}},
		{"a word that is none of the known", frame + "arrivals: poison\n", []string{`x.yaml:4:11: arrivals: found "poison", want one of even, poisson`}},
		{"a budget that is none", frame + "budgets: [\"p99 < 1s\"]\n", []string{`x.yaml:4:11: budgets[0]: budget "p99 < 1s": no <= or >=; want [scope] metric <=|>= value, such as "admitted p95 <= 3s"`}},
		{"missing keys stand at their object", "title: t\nshape: {phases: [{hold: 1s}]}\nmix: R\n", []string{
			`x.yaml:1:1: name: found no such key, want the scenario's name: lower case words joined by dashes`,
			`x.yaml:2:8: shape.base: found no such key, want arrivals per second that 1x means, such as 5/s`}},
		{"a phase of no form", strings.Replace(frame, "hold: 10s", "wait: 10s", 1), []string{
			`x.yaml:2:29: shape.phases[0]: found keys with values, want one of {ramp: 5s, to: 300x}, {hold: 20s} or {half_life: 5s, for: 20s, to: 1x}`}},
		{"an anchor", frame + "title: &a b\n", []string{`x.yaml:4:8: title: found an anchor or alias, which scenarios do not use, want text; put it in quotes`}},
		{"a second document", frame + "---\nname: b\n", []string{`x.yaml:5:1: found a second document, want one scenario a file`}},
		{"a list as the document", "- a\n", []string{`x.yaml:1:1: found a list, want keys with values: name, title, description, seed, service, shape, arrivals, mix, mix_name, requests, actors, timeout, good_within, drain, max_in_flight, capacity, variants, judge, budgets, oracles`}},
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

func TestRenormaliseKeepsProportions(t *testing.T) {
	kept, missing, share := Renormalise([]Weight{{"a", 6}, {"b", 1}, {"c", 3}}, []string{"c", "a"})
	if len(kept) != 2 || kept[0] != (Weight{"a", 6}) || kept[1] != (Weight{"c", 3}) || len(missing) != 1 || missing[0] != "b" || share != 0.9 {
		t.Errorf("got %v, missing %v, share %v", kept, missing, share)
	}
	if kept, _, share := Renormalise(nil, nil); kept != nil || share != 0 {
		t.Errorf("of nothing: got %v, %v", kept, share)
	}
}

// The package's documentation shows a document; it must be one.
func TestTheDocumentOfTheDocumentationParses(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(source), "with their defaults.\n//\n")
	block, _, _ = strings.Cut(block, "\n//\n")
	s, err := Parse("doc.go", []byte(strings.ReplaceAll(block, "//\t", "")))
	if err != nil {
		t.Fatalf("%v\n%s", err, block)
	}
	if s.Name != "reform-day" || len(s.Oracles) != 1 {
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
