package gateway

import (
	"fmt"
	"net/http"

	"github.com/peakday/peakday/sut/admission"
)

// A Route gives the requests of one operation their class.
type Route struct {
	Method  string // such as "POST"; "" is any
	Pattern string // path as in http.ServeMux: "/claims/{id}/settle"
	Op      string // operation, for messages: "claims.settle"
	Class   admission.Class
}

// routes finds the class of a request. http.ServeMux does the matching, with
// the rules that readers know; its handlers are marks that are never called.
type routes struct{ mux *http.ServeMux }

type mark admission.Class

func (mark) ServeHTTP(http.ResponseWriter, *http.Request) {}

func newRoutes(list []Route) (routes, error) {
	rs := routes{http.NewServeMux()}
	for i, r := range list {
		if r.Class >= admission.Classes {
			return routes{}, fmt.Errorf("route %s: class %d: want P0 to P3", r.Op, r.Class)
		}
		if why := refusal(r); why != nil {
			return routes{}, fmt.Errorf("route %s: %v: want a method or none, and a path such as /claims/{id}/settle", r.Op, why)
		}
		for _, other := range list[:i] {
			if refusal(other, r) != nil {
				return routes{}, fmt.Errorf("route %s: %q matches the same requests as %q of route %s: want one of them, or one that is a special case of the other",
					r.Op, r.mux(), other.mux(), other.Op)
			}
		}
		rs.mux.Handle(r.mux(), mark(r.Class))
	}
	return rs, nil
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
	defer func() { why = recover() }()
	mux := http.NewServeMux()
	for _, r := range list {
		mux.Handle(r.mux(), mark(r.Class))
	}
	return nil
}

// class is that of the route, P2 where none matches.
func (rs routes) class(r *http.Request) admission.Class {
	h, _ := rs.mux.Handler(r)
	if m, ok := h.(mark); ok {
		return admission.Class(m)
	}
	return admission.P2
}
