package gateway

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// A Route says what the requests of one operation are.
type Route struct {
	Method   string          `yaml:"method,omitempty"`     // such as "POST"; "" is any
	Pattern  string          `yaml:"path"`                 // path as in http.ServeMux: "/claims/{id}/settle"
	Op       string          `yaml:"op,omitempty"`         // operation, for messages and metrics: "claims.settle"
	Class    admission.Class `yaml:"class"`                // what it counts for
	Seats    float64         `yaml:"seats,omitempty"`      // parallel places that it takes of the limit; 0 is 1
	Deadline time.Duration   `yaml:"deadline,omitempty"`   // 0 is that of its class
	Body     int             `yaml:"body_bytes,omitempty"` // the largest body, in bytes, more get 413 from the proxy; 0 is the listener's
	Stale    time.Duration   `yaml:"stale,omitempty"`      // during a brownout, an answer to a GET may be so old; 0 keeps none
}

// routeFaults judges the routes by themselves and together.
func routeFaults(fs *faults, list []Route) {
	mux := http.NewServeMux()
	for i, r := range list {
		path := fmt.Sprintf("routes[%d]", i)
		if r.Class >= admission.Classes {
			fs.add(path+".class", "found class %d, want P0 to P3", r.Class)
		}
		if !(r.Seats >= 0 && r.Seats <= 1000) {
			fs.add(path+".seats", "found %v, want a number of places, at most 1000", r.Seats)
		}
		if r.Body < 0 {
			fs.add(path+".body_bytes", "found %d, want 1 or more, or 0 for the listener's", r.Body)
		}
		if r.Deadline < 0 {
			fs.add(path+".deadline", "found %v, want more than 0s", r.Deadline)
		}
		if upper := strings.ToUpper(r.Method); upper != r.Method {
			fs.add(path+".method", "found %q, want %s: methods are upper case", r.Method, upper)
		}
		if r.Stale < 0 || r.Stale > 0 && r.Method != http.MethodGet {
			fs.add(path+".stale", "found it with method %q, want GET: only what is read may be old", r.Method)
		}
		if len(r.Pattern) == 0 || r.Pattern[0] != '/' {
			fs.add(path+".path", "found %q, want a path such as /claims/{id}/settle", r.Pattern)
			continue
		}
		if why := refusal(r); why != nil {
			fs.add(path, "%v: want a method or none, and a path such as /claims/{id}/settle", why)
			continue
		}
		if why := handle(mux, r); why == nil {
			continue
		}
		for j, other := range list[:i] {
			if refusal(other) == nil && refusal(other, r) != nil {
				fs.add(path, "%q matches the same requests as %q of routes[%d]: want one of them, or one that is a special case of the other",
					r.mux(), other.mux(), j)
				break
			}
		}
	}
}

// mux is the pattern as http.ServeMux writes it.
func (r Route) mux() string {
	if r.Method == "" {
		return r.Pattern
	}
	return r.Method + " " + r.Pattern
}

// refusal is the panic by which ServeMux refuses to take these routes
// together, nil if it takes them.
func refusal(list ...Route) (why any) {
	mux := http.NewServeMux()
	for _, r := range list {
		if why := handle(mux, r); why != nil {
			return why
		}
	}
	return nil
}

func handle(mux *http.ServeMux, r Route) (why any) {
	defer func() { why = recover() }()
	mux.Handle(r.mux(), http.NotFoundHandler())
	return nil
}
