package httpapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/httpapi"
)

// A contract is the OpenAPI document that the service serves, as a judge of what it takes and answers. It reads the
// document alone and shares no code with the service.
type contract struct {
	paths   map[string]map[string]operation
	schemas map[string]any
}

// The parts of the document that are judged by.
type operation struct {
	ID          string      `json:"operationId"`
	Parameters  []parameter `json:"parameters"`
	RequestBody *content    `json:"requestBody"`
	Responses   map[string]struct {
		Ref string `json:"$ref"`
		content
	} `json:"responses"`
}

type parameter struct {
	Name     string `json:"name"`
	In       string `json:"in"`
	Required bool   `json:"required"`
}

type content struct {
	Content map[string]struct {
		Schema map[string]any `json:"schema"`
	} `json:"content"`
}

func readContract(t testing.TB) *contract {
	t.Helper()
	var document struct {
		OpenAPI    string                          `json:"openapi"`
		Paths      map[string]map[string]operation `json:"paths"`
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	fatal(t, json.Unmarshal(httpapi.Document(), &document))
	if document.OpenAPI != "3.1.0" {
		t.Fatalf("openapi %q, want 3.1.0", document.OpenAPI)
	}
	return &contract{document.Paths, document.Components.Schemas}
}

// judge finds what of an exchange is not in the document. Requests that were refused may break it; answers may not.
func (c *contract) judge(r *http.Request, body []byte, w *httptest.ResponseRecorder) error {
	methods, found := c.find(r.URL.EscapedPath())
	op, served := methods[strings.ToLower(r.Method)]
	switch {
	case r.URL.Path == httpapi.DocumentPath:
		return nil
	case !found && w.Code != http.StatusNotFound:
		return fmt.Errorf("status %d on a path that is not documented", w.Code)
	case found && !served && w.Code != http.StatusMethodNotAllowed:
		return fmt.Errorf("status %d by a method that is not documented", w.Code)
	case !found, !served:
		return c.problem(w)
	}
	response, ok := op.Responses[strconv.Itoa(w.Code)]
	if !ok {
		return fmt.Errorf("%s: status %d is not documented", op.ID, w.Code)
	}
	if response.Ref != "" {
		return c.problem(w)
	}
	if err := c.fits(response.content, w.Header().Get("Content-Type"), w.Body.Bytes()); err != nil {
		return fmt.Errorf("%s: answer: %w", op.ID, err)
	}
	return c.request(op, r, body)
}

// find is the methods of a path: a literal one, or one with {id} for a segment up to its verb.
func (c *contract) find(path string) (map[string]operation, bool) {
	if methods, ok := c.paths[path]; ok {
		return methods, true
	}
	for template, methods := range c.paths {
		pattern := strings.Replace(regexp.QuoteMeta(template), `\{id\}`, "[^/:]+", 1)
		if regexp.MustCompile("^" + pattern + "$").MatchString(path) {
			return methods, true
		}
	}
	return nil, false
}

// named is the name of the operation that a request asks for.
func (c *contract) named(r *http.Request) string {
	methods, _ := c.find(r.URL.EscapedPath())
	return methods[strings.ToLower(r.Method)].ID
}

func (c *contract) problem(w *httptest.ResponseRecorder) error {
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		return fmt.Errorf("status %d with %q, want application/problem+json", w.Code, got)
	}
	return c.valid(map[string]any{"$ref": "#/components/schemas/Problem"}, parse(w.Body.Bytes()), "problem")
}

// request judges one that the service took.
func (c *contract) request(op operation, r *http.Request, body []byte) error {
	for name := range r.URL.Query() {
		if !slices.ContainsFunc(op.Parameters, func(p parameter) bool { return p.In == "query" && p.Name == name }) {
			return fmt.Errorf("%s: took query parameter %s, which is not documented", op.ID, name)
		}
	}
	for _, p := range op.Parameters {
		if p.Required && (p.In == "header" && r.Header.Get(p.Name) == "" || p.In == "query" && !r.URL.Query().Has(p.Name)) {
			return fmt.Errorf("%s: took a request without %s, which the document requires", op.ID, p.Name)
		}
	}
	switch {
	case op.RequestBody == nil && len(body) > 0:
		return fmt.Errorf("%s: took a body, none is documented", op.ID)
	case op.RequestBody == nil:
		return nil
	}
	if r.Header.Get("Content-Encoding") != "" {
		return nil // its content was judged where it came unpacked
	}
	if err := c.fits(*op.RequestBody, r.Header.Get("Content-Type"), body); err != nil {
		return fmt.Errorf("%s: request: %w", op.ID, err)
	}
	return nil
}

func (c *contract) fits(documented content, contentType string, body []byte) error {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	media, ok := documented.Content[kind]
	switch {
	case !ok:
		return fmt.Errorf("media type %s is not documented", kind)
	case kind != "application/json":
		return nil
	}
	return c.valid(media.Schema, parse(body), "body")
}

func parse(body []byte) any {
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return err
	}
	return v
}

// valid judges a value by a schema (JSON Schema 2020-12, the keywords that the document has). A keyword that it does not
// know is an error: nothing in the document goes unjudged.
func (c *contract) valid(schema map[string]any, v any, at string) error {
	if broken, ok := v.(error); ok {
		return fmt.Errorf("%s is no JSON: %w", at, broken)
	}
	for _, keyword := range slices.Sorted(maps.Keys(schema)) {
		var err error
		want := schema[keyword]
		switch keyword {
		case "$ref":
			name := strings.TrimPrefix(want.(string), "#/components/schemas/")
			target, ok := c.schemas[name].(map[string]any)
			if !ok {
				return fmt.Errorf("the document has no schema %s", name)
			}
			err = c.valid(target, v, at)
		case "type":
			if got := kind(v); got != want && (got != "integer" || want != "number") {
				return fmt.Errorf("%s is a %s, want %s", at, got, want)
			}
		case "pattern":
			if s, ok := v.(string); ok && !regexp.MustCompile(want.(string)).MatchString(s) {
				return fmt.Errorf("%s is %q, want %s", at, s, want)
			}
		case "items":
			for i, item := range array(v) {
				err = cmpErr(err, c.valid(want.(map[string]any), item, at+"["+strconv.Itoa(i)+"]"))
			}
		case "required":
			for _, name := range want.([]any) {
				if _, ok := object(v)[name.(string)]; !ok {
					return fmt.Errorf("%s has no %s", at, name)
				}
			}
		case "properties":
			for name, value := range object(v) {
				if s, ok := want.(map[string]any)[name].(map[string]any); ok {
					err = cmpErr(err, c.valid(s, value, at+"."+name))
				}
			}
		case "additionalProperties":
			err = c.additional(schema, want, v, at)
		case "description":
		default:
			return fmt.Errorf("%s: keyword %s is not judged here", at, keyword)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *contract) additional(schema map[string]any, want, v any, at string) error {
	known, _ := schema["properties"].(map[string]any)
	for name, value := range object(v) {
		if _, ok := known[name]; ok {
			continue
		}
		s, ok := want.(map[string]any)
		if !ok {
			return fmt.Errorf("%s has %s, which is not documented", at, name)
		}
		if err := c.valid(s, value, at+"."+name); err != nil {
			return err
		}
	}
	return nil
}

func cmpErr(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

func array(v any) []any           { a, _ := v.([]any); return a }
func object(v any) map[string]any { o, _ := v.(map[string]any); return o }

func kind(v any) any {
	switch v := v.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case json.Number:
		if _, err := v.Int64(); err == nil {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	case nil:
		return "null"
	}
	return fmt.Sprintf("%T", v)
}
