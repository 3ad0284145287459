package httpapi_test

import (
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/peakday/peakday/sut/httpapi"
)

// TestDocumentIsOpenAPI holds the document against a library that knows the standard and not us.
func TestDocumentIsOpenAPI(t *testing.T) {
	d, err := openapi3.NewLoader().LoadFromData(httpapi.Document())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil { // each example against its schema
		t.Error(err)
	}
	if d.OpenAPI != "3.1.0" || d.Paths.Len() < 29 {
		t.Errorf("version %s with %d paths, want 3.1.0 with one for each operation", d.OpenAPI, d.Paths.Len())
	}
}
