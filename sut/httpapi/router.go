package httpapi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/traffic"
)

// A router finds the operation of a request. It is a table of its own because [http.ServeMux] has no verbs after a
// wildcard, as in /v1/claims/{id}:reverse, and because metrics and body limits ask the same question.
type router struct {
	routes []traffic.Operation
	paths  map[string]map[string]int // path with {id} → method → place in routes
}

func newRouter() *router {
	t := &router{routes: traffic.Routes(), paths: make(map[string]map[string]int)}
	for i, o := range t.routes {
		if t.paths[o.Path] == nil {
			t.paths[o.Path] = make(map[string]int)
		}
		t.paths[o.Path][o.Method] = i
	}
	return t
}

// find is the place of the operation in the table and what stands for {id}, or the problem that there is none. The path is
// escaped, so that an {id} may hold a slash: B01%2F4711.
func (t *router) find(method, path string) (route int, id string, none *Problem) {
	methods, ok := t.paths[path]
	if !ok || strings.IndexByte(path, '{') >= 0 { // an {id} could be called "{id}"
		before, segment, after := split(path)
		verb := ""
		if i := strings.LastIndexByte(segment, ':'); i >= 0 {
			segment, verb = segment[:i], segment[i:]
		}
		var err error
		id, err = url.PathUnescape(segment)
		if methods, ok = t.paths[before+"{id}"+verb+after]; !ok || err != nil || id == "" || !store.Text(id) {
			return 0, "", problem(http.StatusNotFound, "not-found", "no such path")
		}
	}
	if route, ok = methods[method]; !ok {
		var allow []string
		for m := range methods {
			allow = append(allow, m)
		}
		slices.Sort(allow)
		list := strings.Join(allow, ", ")
		return 0, "", problem(http.StatusMethodNotAllowed, "method-not-allowed", "this method is not served here: want "+list).with("Allow", list)
	}
	return route, id, nil
}

// split takes "/v1/claims/7/lines" apart into "/v1/claims/", "7" and "/lines".
func split(path string) (before, segment, after string) {
	const root = "/v1/"
	if !strings.HasPrefix(path, root) {
		return path, "", ""
	}
	i := strings.IndexByte(path[len(root):], '/')
	if i < 0 {
		return path, "", ""
	}
	i += len(root) + 1
	segment = path[i:]
	if j := strings.IndexByte(segment, '/'); j >= 0 {
		segment, after = segment[:j], segment[j:]
	}
	return path[:i], segment, after
}
