package httpapi_test

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/peakday/peakday/sut/httpapi"
)

// A contract is the OpenAPI document that the service serves, as a judge of what it takes and answers. It reads the
// document alone and shares no code with the service. Whether a body fits its schema is for a library that knows the
// standard and not us; its own check of whole exchanges lets pass what is not documented, such as a query parameter or a
// body where none is told of.
type contract struct{ *openapi3.T }

func readContract(t testing.TB) *contract {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromData(httpapi.Document())
	fatal(t, err)
	return &contract{document}
}

// judge finds what of an exchange is not in the document. Requests that were refused may break it; answers may not.
func (c *contract) judge(r *http.Request, body []byte, w *httptest.ResponseRecorder) error {
	methods := c.find(r.URL.EscapedPath())
	op := methods[r.Method]
	switch {
	case r.URL.Path == httpapi.DocumentPath:
		return nil
	case methods == nil && w.Code != http.StatusNotFound:
		return fmt.Errorf("status %d on a path that is not documented", w.Code)
	case methods != nil && op == nil && w.Code != http.StatusMethodNotAllowed:
		return fmt.Errorf("status %d by a method that is not documented", w.Code)
	case op == nil:
		return c.problem(w)
	}
	response := op.Responses.Status(w.Code)
	if response == nil {
		return fmt.Errorf("%s: status %d is not documented", op.OperationID, w.Code)
	}
	if response.Ref != "" {
		return c.problem(w)
	}
	if err := fits(response.Value.Content, w.Header().Get("Content-Type"), w.Body.Bytes()); err != nil {
		return fmt.Errorf("%s: answer: %w", op.OperationID, err)
	}
	return took(op, r, body)
}

// find is the operations of a path by method: a literal one, or one with {id} for a segment up to its verb.
func (c *contract) find(path string) map[string]*openapi3.Operation {
	if item := c.Paths.Value(path); item != nil {
		return item.Operations()
	}
	for template, item := range c.Paths.Map() {
		pattern := strings.Replace(regexp.QuoteMeta(template), `\{id\}`, "[^/:]+", 1)
		if regexp.MustCompile("^" + pattern + "$").MatchString(path) {
			return item.Operations()
		}
	}
	return nil
}

// named is the name of the operation that a request asks for.
func (c *contract) named(r *http.Request) string {
	return c.find(r.URL.EscapedPath())[r.Method].OperationID
}

func (c *contract) problem(w *httptest.ResponseRecorder) error {
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		return fmt.Errorf("status %d with %q, want application/problem+json", w.Code, got)
	}
	return valid(c.Components.Schemas["Problem"], w.Body.Bytes())
}

// took judges a request that the service took.
func took(op *openapi3.Operation, r *http.Request, body []byte) error {
	for name := range r.URL.Query() {
		if !slices.ContainsFunc(op.Parameters, func(p *openapi3.ParameterRef) bool { return p.Value.In == "query" && p.Value.Name == name }) {
			return fmt.Errorf("%s: took query parameter %s, which is not documented", op.OperationID, name)
		}
	}
	for _, p := range op.Parameters {
		value := ""
		switch p.Value.In {
		case "header":
			value = r.Header.Get(p.Value.Name)
		case "query":
			value = r.URL.Query().Get(p.Value.Name)
		default:
			continue
		}
		if value == "" && p.Value.Required {
			return fmt.Errorf("%s: took a request without %s, which the document requires", op.OperationID, p.Value.Name)
		}
		if err := p.Value.Schema.Value.VisitJSON(value); value != "" && err != nil {
			return fmt.Errorf("%s: took %s: %w", op.OperationID, p.Value.Name, err)
		}
	}
	switch {
	case op.RequestBody == nil && len(body) > 0:
		return fmt.Errorf("%s: took a body, none is documented", op.OperationID)
	case op.RequestBody == nil:
		return nil
	case r.Header.Get("Content-Encoding") != "":
		return nil // its content was judged where it came unpacked
	}
	if err := fits(op.RequestBody.Value.Content, r.Header.Get("Content-Type"), body); err != nil {
		return fmt.Errorf("%s: request: %w", op.OperationID, err)
	}
	return nil
}

func fits(documented openapi3.Content, contentType string, body []byte) error {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	media, ok := documented[kind]
	switch {
	case !ok:
		return fmt.Errorf("media type %s is not documented", kind)
	case kind != "application/json":
		return nil
	}
	return valid(media.Schema, body)
}

func valid(schema *openapi3.SchemaRef, body []byte) error {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return fmt.Errorf("body is no JSON: %w", err)
	}
	return schema.Value.VisitJSON(v, openapi3.EnableJSONSchema2020())
}
