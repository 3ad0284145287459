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
	for _, r := range list {
		if r.Class >= admission.Classes {
			return routes{}, fmt.Errorf("route %s: class %d: want P0 to P3", r.Op, r.Class)
		}
		if err := rs.add(r); err != nil {
			return routes{}, fmt.Errorf("route %s: %w", r.Op, err)
		}
	}
	return rs, nil
}

// add turns into an error the panic by which ServeMux refuses a bad pattern.
func (rs routes) add(r Route) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	pattern := r.Pattern
	if r.Method != "" {
		pattern = r.Method + " " + r.Pattern
	}
	rs.mux.Handle(pattern, mark(r.Class))
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
