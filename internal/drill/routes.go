package drill

import (
	"strings"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/admission"
	"github.com/peakday/peakday/sut/gateway"
	"github.com/peakday/peakday/sut/traffic"
)

// ServiceRoutes are the classes of the bundled service's operations.
func ServiceRoutes() []gateway.Route {
	var routes []gateway.Route
	for _, o := range traffic.Operations() {
		routes = append(routes, gateway.Route{Method: o.Method, Pattern: o.Path, Op: o.Name, Class: class(o.Class)})
	}
	return routes
}

// Routes are the classes of a scenario's literal requests. Requests that differ only in their query share a route, and
// the class of the first of them.
func Routes(s scenarios.Scenario) []gateway.Route {
	var routes []gateway.Route
	seen := map[string]bool{}
	for _, r := range s.Requests {
		method := r.Method
		if method == "" {
			method = "GET"
		}
		path, _, _ := strings.Cut(r.Path, "?")
		if strings.HasSuffix(path, "/") {
			path += "{$}" // the path itself, not all that lies under it
		}
		if key := method + " " + path; !seen[key] {
			seen[key] = true
			routes = append(routes, gateway.Route{Method: method, Pattern: path, Op: r.Op, Class: class(r.Class)})
		}
	}
	return routes
}

// class reads P0 to P3; anything else is P2.
func class(name string) admission.Class {
	for c := admission.P0; c < admission.Classes; c++ {
		if c.String() == name {
			return c
		}
	}
	return admission.P2
}
