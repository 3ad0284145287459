package httpapi

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/peakday/peakday/sut/agency"
)

// A Problem is an error as the caller sees it (RFC 9457). Detail holds no personal data.
type Problem struct {
	Type   string `json:"type"` // "urn:peakday:problem:visit-settled"; programs branch on it
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`

	header http.Header // sent with it, such as Allow
}

// Error makes a Problem an error, so that a handler can return it.
func (p *Problem) Error() string { return p.Detail }

func problem(status int, code, detail string) *Problem {
	return &Problem{Type: "urn:peakday:problem:" + code, Title: http.StatusText(status), Status: status, Detail: detail}
}

func (p *Problem) with(name, value string) *Problem {
	if p.header == nil {
		p.header = make(http.Header)
	}
	p.header.Set(name, value)
	return p
}

// ServeHTTP answers with the problem.
func (p *Problem) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	body, _ := json.Marshal(p) // strings and a number: cannot fail
	h := w.Header()
	for name, values := range p.header {
		h[name] = values
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(body)+1))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	w.Write(append(body, '\n')) // the caller may have left
}

// Overloaded is the bare 503 of a service whose queue is full: no reason, no time to come back. It is made once,
// for it is answered most when there is least time for it.
func Overloaded() http.Handler {
	body := []byte(`{"type":"urn:peakday:problem:overloaded","title":"Service Unavailable","status":503}` + "\n")
	length, kind := []string{strconv.Itoa(len(body))}, []string{"application/problem+json"}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Length"] = length
		w.Header()["Content-Type"] = kind
		w.WriteHeader(http.StatusServiceUnavailable)
		w.Write(body)
	})
}

// refused is a refusal of the agency as a problem.
func refused(r *agency.Refusal) *Problem {
	status := map[agency.Reason]int{
		agency.Malformed:     http.StatusBadRequest,
		agency.Unknown:       http.StatusUnauthorized,
		agency.Forbidden:     http.StatusForbidden,
		agency.NotFound:      http.StatusNotFound,
		agency.Conflict:      http.StatusConflict,
		agency.Unprocessable: http.StatusUnprocessableEntity,
	}[r.Reason]
	p := problem(status, r.Code, r.Detail)
	if status == http.StatusUnauthorized {
		p.with("WWW-Authenticate", "Bearer")
	}
	return p
}
