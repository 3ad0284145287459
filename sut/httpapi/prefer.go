package httpapi

import (
	"net/http"
	"strings"
)

// prefersLater tells whether the caller would rather have a receipt now than the answer later (RFC 7240).
func prefersLater(r *http.Request) bool {
	for _, field := range r.Header.Values("Prefer") {
		for preference := range strings.SplitSeq(field, ",") {
			name, _, _ := strings.Cut(preference, ";")
			if strings.EqualFold(strings.TrimSpace(name), "respond-async") {
				return true
			}
		}
	}
	return false
}
