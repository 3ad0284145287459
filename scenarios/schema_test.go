package scenarios_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/scenarios/library"
)

func TestSchemaAcceptsWhatParseAccepts(t *testing.T) {
	check := checker(t)
	s, err := scenarios.Parse("every-key.yaml", []byte(everyKey(t)))
	if err != nil {
		t.Fatal(err)
	}
	written, err := scenarios.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	documents := map[string]string{"every key": everyKey(t), "its canonical form": string(written), "the closed model": closedModel(t)}
	for _, name := range library.List() {
		source, err := library.Source(name)
		if err != nil {
			t.Fatal(err)
		}
		documents[name] = string(source)
		s, err := library.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if s, err = library.Resolve(s); err != nil {
			t.Fatal(err)
		}
		canonical, err := scenarios.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		documents["the canonical form of "+name] = string(canonical)
	}
	for name, document := range documents {
		if breach := check(document); breach != "" {
			t.Errorf("%s: %s", name, breach)
		}
	}
}

func TestSchemaRefusesWhatParseRefuses(t *testing.T) {
	check := checker(t)
	edits := []struct{ name, old, new string }{
		{"no name", "name: every-key\n", ""},
		{"an unknown key", "seed: 7", "sede: 7"},
		{"an unknown key inside", "{profile: ", "{size: 3, profile: "},
		{"a negative seed", "seed: 7", "seed: -7"},
		{"text for a number", "seed: 7", `seed: "7"`},
		{"a rate without unit", "base: 5/s", "base: 5"},
		{"a multiple as the base", "base: 5/s", "base: 5x"},
		{"a rate with another unit", "rate: 4/s", "rate: 4/min"},
		{"a duration without unit", "timeout: 20s", "timeout: 20"},
		{"a negative duration", "timeout: 20s", "timeout: -20s"},
		{"an unknown profile", "legacy-2018", "legacy"},
		{"a phase of two forms", "{hold: 24s}", "{hold: 24s, ramp: 3s, to: 3x}"},
		{"a phase of no form", "{hold: 24s}", "{wait: 24s}"},
		{"a decay without its length", "for: 6s, ", ""},
		{"an unknown backoff", "exponential", "quadratic"},
		{"a list of no budgets", `["P0 success >= 99.9%"]`, "[]"},
		{"a budget without comparison", "P0 success >= 99.9%", "P0 success"},
		{"a weight that is text", "{home: 3,", "{home: many,"},
		{"a guard that is neither true nor false", "guard: true", "guard: maybe"},
		{"an overload policy that is none", "overload: {queue: 500}", "overload: spwan"},
		{"an overload policy of two", "overload: {queue: 500}", "overload: {queue: 500, late: 2s}"},
		{"an abort rule without its window", " over 2s", ""},
		{"a pause without unit", "{think: 1s..3s}", "{think: 1..3}"},
		{"a step of two kinds", "{think: 1s..3s}", "{think: 1s..3s, branch: [{share: 1}]}"},
		{"an unknown key deep in a journey", "{share: 2, steps: [home]}", "{share: 2, stps: [home]}"},
		{"an order of rows that is none", "order: unique", "order: once"},
		{"cookies that are neither true nor false", "cookies: true", "cookies: many"},
		{"a time of day without minutes", `peak_at: "21:00"`, `peak_at: "21"`},
	}
	for _, e := range edits {
		t.Run(e.name, func(t *testing.T) {
			document := everyKey(t)
			broken := strings.Replace(document, e.old, e.new, 1)
			if broken == document {
				t.Fatalf("%q is not in the document", e.old)
			}
			if breach := check(broken); breach == "" {
				t.Errorf("the schema accepts %q", e.new)
			}
			if _, err := scenarios.Parse("x.yaml", []byte(broken)); err == nil {
				t.Errorf("Parse accepts %q", e.new)
			}
		})
	}
}

// mix_name stands beside a library mix only, so the document with every key cannot hold it. A policy of overload has one
// form at a time.
func TestSchemaAndDocumentKnowTheSameKeys(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal(scenarios.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	inSchema := map[string]bool{}
	schemaKeys(schema, "", inSchema)
	for _, name := range schema["$defs"].(map[string]any) {
		schemaKeys(name.(map[string]any), ".step", inSchema)
	}
	inDocument := map[string]bool{".mix_name": true, ".overload.late": true, ".overload.spawn": true, ".shape.phases.overload.queue": true}
	documentKeys(decode(t, everyKey(t)), "", inDocument)
	documentKeys(decode(t, closedModel(t)), "", inDocument)
	got, want := slices.Sorted(maps.Keys(inSchema)), slices.Sorted(maps.Keys(inDocument))
	if !slices.Equal(got, want) {
		t.Errorf("schema   %v\ndocument %v", got, want)
	}
}

func everyKey(t *testing.T) string { return read(t, "testdata/every-key.yaml") }

func closedModel(t *testing.T) string { return read(t, "testdata/closed.yaml") }

func read(t *testing.T, name string) string {
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func schemaKeys(s map[string]any, path string, keys map[string]bool) {
	if properties, ok := s["properties"].(map[string]any); ok {
		for name, p := range properties {
			keys[path+"."+name] = true
			schemaKeys(p.(map[string]any), path+"."+name, keys)
		}
	}
	if items, ok := s["items"].(map[string]any); ok {
		schemaKeys(items, path, keys)
	}
	if forms, ok := s["oneOf"].([]any); ok {
		for _, form := range forms {
			schemaKeys(form.(map[string]any), path, keys)
		}
	}
}

func documentKeys(v any, path string, keys map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			keys[path+"."+name] = true
			switch {
			case path+"."+name == ".mix" || name == "headers" || name == "extract": // their keys are names of the user's
			case name == "steps" || name == "setup" || name == "teardown":
				documentKeys(value, ".step", keys)
			default:
				documentKeys(value, path+"."+name, keys)
			}
		}
	case []any:
		for _, item := range v {
			documentKeys(item, path, keys)
		}
	}
}

// checker gives a function that names the first breach of the schema, or nothing.
func checker(t *testing.T) func(document string) string {
	var schema map[string]any
	if err := json.Unmarshal(scenarios.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	for _, ref := range references(schema) {
		name := strings.TrimPrefix(ref["$ref"].(string), "#/$defs/")
		delete(ref, "$ref")
		maps.Copy(ref, schema["$defs"].(map[string]any)[name].(map[string]any))
	}
	return func(document string) string { return breach(t, schema, decode(t, document), "") }
}

// references are the parts of a schema that stand for a named one.
func references(v any) (list []map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		if v["$ref"] != nil {
			return []map[string]any{v}
		}
		for _, part := range v {
			list = append(list, references(part)...)
		}
	case []any:
		for _, part := range v {
			list = append(list, references(part)...)
		}
	}
	return list
}

// decode reads YAML as JSON's types.
func decode(t *testing.T, document string) (v any) {
	data, err := yaml.YAMLToJSON([]byte(document))
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// breach checks the keywords that the schema uses, and fails on one it does not know.
func breach(t *testing.T, schema map[string]any, v any, path string) string {
	for keyword, want := range schema {
		ok := true
		switch keyword {
		case "$schema", "$defs", "title", "description", "default", "properties":
		case "type":
			ok = isType(v, want.(string))
		case "pattern":
			s, isText := v.(string)
			ok = !isText || regexp.MustCompile(want.(string)).MatchString(s)
		case "enum":
			ok = slices.Contains(want.([]any), v)
		case "minimum":
			n, isNumber := v.(float64)
			ok = !isNumber || n >= want.(float64)
		case "maximum":
			n, isNumber := v.(float64)
			ok = !isNumber || n <= want.(float64)
		case "minItems":
			list, isList := v.([]any)
			ok = !isList || float64(len(list)) >= want.(float64)
		case "minProperties":
			m, isObject := v.(map[string]any)
			ok = !isObject || float64(len(m)) >= want.(float64)
		case "required":
			m, isObject := v.(map[string]any)
			for _, key := range want.([]any) {
				_, has := m[key.(string)]
				ok = ok && (has || !isObject)
			}
		case "items":
			list, _ := v.([]any)
			for i, item := range list {
				if b := breach(t, want.(map[string]any), item, fmt.Sprintf("%s[%d]", path, i)); b != "" {
					return b
				}
			}
		case "additionalProperties":
			if b := breachOfProperties(t, schema, v, path); b != "" {
				return b
			}
		case "oneOf":
			fits := 0
			for _, form := range want.([]any) {
				if breach(t, form.(map[string]any), v, path) == "" {
					fits++
				}
			}
			ok = fits == 1
		default:
			t.Fatalf("%s: the checker does not know the keyword %q", path, keyword)
		}
		if !ok {
			return fmt.Sprintf("%s: %v breaks %s", path, v, keyword) // not what is wanted: a schema may hold itself
		}
	}
	return ""
}

func breachOfProperties(t *testing.T, schema map[string]any, v any, path string) string {
	m, _ := v.(map[string]any)
	properties, _ := schema["properties"].(map[string]any)
	for key, value := range m {
		p, known := properties[key].(map[string]any)
		if !known {
			if p, known = schema["additionalProperties"].(map[string]any); !known {
				return fmt.Sprintf("%s: unknown key %s", path, key)
			}
		}
		if b := breach(t, p, value, path+"."+key); b != "" {
			return b
		}
	}
	return ""
}

func isType(v any, want string) bool {
	switch v := v.(type) {
	case string:
		return want == "string"
	case bool:
		return want == "boolean"
	case float64:
		return want == "number" || want == "integer" && v == float64(int64(v))
	case []any:
		return want == "array"
	case map[string]any:
		return want == "object"
	}
	return false
}
