package httpapi

import "net/http"

// problems serves mux. It answers unknown paths and methods, which the mux does in plain text, with problems.
func problems(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern == "" {
			h = unrouted(h, r)
		}
		h.ServeHTTP(w, r)
	})
}

// unrouted is the mux's own refusal as a problem.
func unrouted(refusal http.Handler, r *http.Request) http.Handler {
	seen := statusOnly{header: make(http.Header)}
	refusal.ServeHTTP(&seen, r)
	if seen.status == http.StatusMethodNotAllowed {
		allow := seen.header.Get("Allow")
		return problem(http.StatusMethodNotAllowed, "method-not-allowed", r.Method+" is not served here: want "+allow).with("Allow", allow)
	}
	return problem(http.StatusNotFound, "not-found", "no such path")
}

// statusOnly is a response that keeps status and header and forgets the body.
type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header         { return s.header }
func (s *statusOnly) WriteHeader(status int)      { s.status = status }
func (s *statusOnly) Write(b []byte) (int, error) { return len(b), nil }
