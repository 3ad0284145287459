package drill

import (
	"strconv"
	"strings"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/admission"
	"github.com/peakday/peakday/sut/gateway"
	"github.com/peakday/peakday/sut/traffic"
)

// ServiceRoutes are the classes of the bundled service's operations. Those that share a pattern share a class.
func ServiceRoutes() []gateway.Route {
	var routes []gateway.Route
	seen := map[string]bool{}
	for _, o := range traffic.Routes() {
		if pattern := o.Pattern(); !seen[pattern] {
			seen[pattern] = true
			_, path, _ := strings.Cut(pattern, " ")
			routes = append(routes, gateway.Route{Method: o.Method, Pattern: path, Op: o.Name, Class: class(o.Class)})
		}
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
		path = pattern(path)
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

// pattern puts a wildcard in the place of every segment that holds a piece of a template.
func pattern(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if strings.Contains(strings.ReplaceAll(s, "$${", ""), "${") {
			segments[i] = "{part" + strconv.Itoa(i) + "}"
		}
	}
	return strings.ReplaceAll(strings.Join(segments, "/"), "$${", "${")
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
