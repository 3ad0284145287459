package httpapi

import (
	_ "embed"
	"net/http"
	"strconv"
)

// document describes the interface (OpenAPI 3.1). It is made from the table of routes, the types of package agency and the
// examples that -run EveryOperation -update records, by go test ./sut/httpapi -run DocumentIs -update; the test fails
// while it is stale.
//
//go:embed openapi.json
var document []byte

// DocumentPath is where the API serves its own description.
const DocumentPath = "/v1/openapi.json"

// Document is the OpenAPI 3.1 description of the public interface.
func Document() []byte { return append([]byte(nil), document...) }

func serveDocument(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "application/openapi+json")
	h.Set("Content-Length", strconv.Itoa(len(document)))
	h.Set("Cache-Control", "public, max-age=3600")
	w.Write(document)
}
