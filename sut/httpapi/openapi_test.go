package httpapi

import (
	"bytes"
	"encoding"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/traffic"
	"github.com/peakday/peakday/sut/workflow"
)

var Update = flag.Bool("update", false, "write openapi.json and testdata/examples.json anew")

func TestDocumentIsThatOfTheTable(t *testing.T) {
	want, err := json.MarshalIndent(describe(t), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *Update {
		if err := os.WriteFile("openapi.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(want, Document()) {
		t.Error("openapi.json is stale: run go test ./sut/httpapi -run DocumentIs -update, and read the difference")
	}
}

// A thing is a JSON object of the document.
type thing = map[string]any

// describe makes the OpenAPI 3.1 document from the table of routes, what is told of each in documented, and the Go types
// of bodies and answers.
func describe(t *testing.T) thing {
	s := schemas{thing{}, closed(t), map[string]bool{}}
	paths := thing{}
	told, examples := documented(), readExamples(t)
	for _, op := range traffic.Routes() {
		d, ok := told[op.Name]
		if !ok {
			t.Errorf("%s is not documented", op.Name)
		}
		if e := examples[op.Name]; e.Answer == nil || (e.Request == nil) != (d.in == nil && d.file == nil) {
			t.Errorf("%s has no example, or one of the wrong parts: run go test ./sut/httpapi -run EveryOperation -update", op.Name)
		}
		delete(told, op.Name)
		path, ok := paths[op.Path].(thing)
		if !ok {
			path = thing{}
			paths[op.Path] = path
		}
		path[strings.ToLower(op.Method)] = d.operation(op, s, examples[op.Name])
	}
	for name := range told {
		t.Errorf("%s is documented and not in the table", name)
	}
	s.of(reflect.TypeFor[Problem](), nil)
	for field := range s.words {
		if !s.used[field] {
			t.Errorf("%s has words, and is no field", field)
		}
	}
	return thing{
		"openapi": "3.1.0",
		"info": thing{
			"title": "peakday reference social-insurance service", "version": "1",
			"description": "The system under test of peakday. Its people are made up. Money is in whole fen. Every error is a problem (RFC 9457); every mutation takes an Idempotency-Key.",
		},
		"paths": paths,
		"components": thing{
			"schemas": s.named,
			"responses": thing{"Problem": thing{
				"description": "what was found, what was wanted (RFC 9457)",
				"content":     thing{"application/problem+json": thing{"schema": ref("Problem")}},
			}},
			"securitySchemes": thing{
				"token":       thing{"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "Ed25519, from POST /v1/sessions or the operator"},
				"signature":   thing{"type": "http", "scheme": "signature", "description": "HTTP message signature (RFC 9421, hmac-sha256) over @method, @path, @query, content-digest and idempotency-key"},
				"certificate": thing{"type": "mutualTLS", "description": "client certificate whose common name is the bank's or hospital's id"},
			},
		},
	}
}

// A doc is what the table of routes does not say of an operation.
type doc struct {
	says     string
	in       any      // zero value of the JSON body; nil: none
	optional []string // fields of the body that may be left out; others too are read as zero, which is then refused
	file     []string // the media types of a file that is the body instead
	query    []param
	status   int    // of success; 0 is 200
	out      any    // zero value of the answer
	text     string // the media type of an answer that is not JSON
	also     []int
}

// A param is one of the query.
type param struct {
	name, says string
	required   bool
}

func (d doc) operation(op traffic.Operation, s schemas, e Example) thing {
	o := thing{"operationId": op.Name, "summary": d.says, "x-class": op.Class, "responses": d.responses(op, s, e), "security": security(op.Callers)}
	params := []thing{header("X-Request-Timeout-Ms", "milliseconds after which the answer is of no use", false)}
	if strings.Contains(op.Path, "{id}") {
		params = append(params, thing{"name": "id", "in": "path", "required": true, "schema": s.narrowed(thing{"type": "string"}, op.Name+"/{id}", reflect.TypeFor[string]())})
	}
	for _, q := range d.query {
		params = append(params, thing{"name": q.name, "in": "query", "required": q.required, "description": q.says, "schema": s.narrowed(thing{"type": "string"}, op.Name+"?"+q.name, reflect.TypeFor[string]())})
	}
	if op.Mutates {
		params = append(params, header("Idempotency-Key", "new for every request, the same for its repetitions", true))
	}
	if op.Async {
		params = append(params, header("Prefer", "respond-async: answer 202 at once, do it later (RFC 7240)", false))
	}
	if op.Method == "PATCH" {
		params = append(params, header("If-Match", "the ETag that was changed; none: whatever it is", false))
	}
	o["parameters"] = params
	switch {
	case d.file != nil:
		content := thing{}
		for _, media := range d.file {
			content[media] = thing{"schema": thing{"type": "string"}}
		}
		content[d.file[0]].(thing)["example"] = e.Request
		o["requestBody"] = thing{"required": true, "content": content}
	case d.in != nil:
		o["requestBody"] = thing{"required": true, "content": thing{"application/json": thing{"schema": s.of(reflect.TypeOf(d.in), d.optional), "example": e.Request}}}
	}
	if op.Callers != 0 {
		o["x-roles"] = strings.Split(op.Callers.String(), ", ")
	}
	return o
}

func header(name, says string, required bool) thing {
	return thing{"name": name, "in": "header", "required": required, "description": says, "schema": thing{"type": "string"}}
}

func security(callers workflow.Roles) []thing {
	list := []thing{}
	if callers&^partners != 0 {
		list = append(list, thing{"token": []string{}})
	}
	if callers&partners != 0 {
		list = append(list, thing{"signature": []string{}}, thing{"certificate": []string{}})
	}
	return list
}

// responses are all there can be: the harness fails on another.
func (d doc) responses(op traffic.Operation, s schemas, e Example) thing {
	status := d.status
	if status == 0 {
		status = http.StatusOK
	}
	good := thing{"description": http.StatusText(status)}
	if d.text != "" {
		good["content"] = thing{d.text: thing{"schema": thing{"type": "string"}, "example": e.Answer}}
	} else if d.out != nil {
		good["content"] = thing{"application/json": thing{"schema": s.of(reflect.TypeOf(d.out), nil), "example": e.Answer}}
	}
	list := thing{strconv.Itoa(status): good}
	refusals := append([]int{400, 500, 503}, d.also...)
	if op.Callers != 0 {
		refusals = append(refusals, 401, 403)
	}
	if strings.Contains(op.Path, "{id}") {
		refusals = append(refusals, 404)
	}
	if d.in != nil || d.file != nil {
		refusals = append(refusals, 413, 415, 422)
	}
	if op.Mutates {
		good["headers"] = thing{"Idempotent-Replayed": thing{"description": "true where this is the stored answer of an earlier request", "schema": thing{"type": "string"}}}
		refusals = append(refusals, 409, 422)
	}
	if op.Async {
		list["202"] = thing{
			"description": "taken in, done later",
			"headers":     thing{"Location": thing{"description": "of the job", "schema": thing{"type": "string"}}},
			"content":     thing{"application/json": thing{"schema": s.of(reflect.TypeFor[agency.Queued](), nil)}},
		}
	}
	for _, r := range refusals {
		list[strconv.Itoa(r)] = thing{"$ref": "#/components/responses/Problem"}
	}
	return list
}

// schemas are those of the named types, by name, with the words of their fields.
type schemas struct {
	named thing
	words map[string][]string // closed
	used  map[string]bool
}

func ref(name string) thing { return thing{"$ref": "#/components/schemas/" + name} }

// of is the schema of a type as encoding/json writes it. Structs stand under their names, once for what is sent to the
// service, where some fields may be left out, and for what it answers.
func (s schemas) of(t reflect.Type, optional []string) thing {
	switch {
	case t.Kind() == reflect.Pointer:
		return s.of(t.Elem(), optional)
	case t == reflect.TypeFor[rules.Month]():
		return thing{"type": "string", "pattern": `^\d{4}-(0[1-9]|1[0-2])$`}
	case t == reflect.TypeFor[rules.Date]():
		return thing{"type": "string", "pattern": `^\d{4}-\d{2}-\d{2}$`}
	case t == reflect.TypeFor[ledger.Fen]():
		return thing{"type": "integer", "description": "fen"}
	case t == reflect.TypeFor[json.RawMessage]():
		return thing{}
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return thing{"type": "string"}
	}
	switch t.Kind() {
	case reflect.String:
		return thing{"type": "string"}
	case reflect.Bool:
		return thing{"type": "boolean"}
	case reflect.Int, reflect.Int64, reflect.Uint64, reflect.Int32:
		return thing{"type": "integer"}
	case reflect.Float64:
		return thing{"type": "number"}
	case reflect.Slice:
		return thing{"type": "array", "items": s.of(t.Elem(), optional)}
	case reflect.Map:
		return thing{"type": "object", "additionalProperties": s.of(t.Elem(), optional)}
	case reflect.Struct:
		name := strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
		if _, known := s.named[name]; !known {
			s.named[name] = nil // for a type that holds itself
			properties, required := thing{}, []string{}
			s.fields(t, optional, properties, &required)
			slices.Sort(required)
			s.named[name] = thing{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
		}
		return ref(name)
	}
	panic("no schema for " + t.String())
}

func (s schemas) fields(t reflect.Type, optional []string, properties thing, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case tag == "-" || !f.IsExported() && !f.Anonymous:
		case f.Anonymous && tag == "":
			s.fields(f.Type, optional, properties, required)
		default:
			if tag == "" {
				tag = f.Name
			}
			properties[tag] = s.narrowed(s.of(f.Type, optional), t.Name()+"."+tag, f.Type)
			if !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero") && !slices.Contains(optional, tag) {
				*required = append(*required, tag)
			}
		}
	}
}

// narrowed is the schema of a field or parameter, with the words that it may hold where these are a closed set. The words of
// a list or of an object are those of what it holds.
func (s schemas) narrowed(schema thing, field string, t reflect.Type) thing {
	words, isClosed := s.words[field]
	switch {
	case !isClosed && t == reflect.TypeFor[workflow.State]():
		panic("a state without its machine: " + field)
	case !isClosed:
		return schema
	}
	s.used[field] = true
	switch t.Kind() {
	case reflect.Slice:
		schema["items"].(thing)["enum"] = words
	case reflect.Map:
		schema["additionalProperties"].(thing)["enum"] = words
	default:
		schema["enum"] = words
	}
	return schema
}
