package gateway

import (
	"net/http"
	"net/url"
	"strings"
)

// A matcher finds the route of a request. Its rules are those of
// http.ServeMux, which its fuzz test compares it with; ServeMux itself takes
// several times as long and allocates, which is too much for a refusal.
type matcher struct{ methods children } // by method; "" is any

// A segment is a place in the tree of paths.
type segment struct {
	literal children // next segment by its text; "" is the end after a slash
	any     *segment // next segment whatever it is
	route   int16    // of the path that ends here; 0 is none
	rest    int16    // of all paths that go on from here; 0 is none
}

// children are found by name. Most places of a tree have few, and to compare
// them one by one is then quicker than a map; those with many get one.
type children struct {
	list []child
	many map[string]*segment // of all, once there are more than few
}

type child struct {
	name string
	*segment
}

const few = 8

func (cs *children) get(name string) *segment {
	if cs.many != nil {
		return cs.many[name]
	}
	for i := range cs.list {
		if c := &cs.list[i]; c.name == name {
			return c.segment
		}
	}
	return nil
}

// of is the child of that name, made if there is none yet.
func (cs *children) of(name string) *segment {
	if s := cs.get(name); s != nil {
		return s
	}
	s := &segment{}
	cs.list = append(cs.list, child{name, s})
	if cs.many != nil {
		cs.many[name] = s
	} else if len(cs.list) > few {
		cs.many = map[string]*segment{}
		for _, c := range cs.list {
			cs.many[c.name] = c.segment
		}
	}
	return s
}

// newMatcher numbers the routes from 1. They are without fault.
func newMatcher(list []Route) matcher {
	var m matcher
	for i, r := range list {
		m.methods.of(r.Method).add(strings.Split(r.Pattern[1:], "/"), int16(i+1))
	}
	return m
}

func (s *segment) add(path []string, route int16) {
	first := path[0]
	last := len(path) == 1
	switch {
	case last && first == "{$}":
		first = "" // an empty last segment would be all that follows
	case last && (first == "" || strings.HasSuffix(first, "...}")):
		s.rest = route
		return
	case strings.HasPrefix(first, "{"):
		if s.any == nil {
			s.any = &segment{}
		}
		s.any.end(path, route)
		return
	}
	if text, err := url.PathUnescape(first); err == nil {
		first = text
	}
	s.literal.of(first).end(path, route)
}

func (s *segment) end(path []string, route int16) {
	if len(path) == 1 {
		s.route = route
		return
	}
	s.add(path[1:], route)
}

// match is the number of the route of a request, 0 if there is none.
func (m *matcher) match(method string, u *url.URL) int {
	if u.RawPath != "" {
		return m.matchPath(method, u.EscapedPath(), true)
	}
	return m.matchPath(method, u.Path, false)
}

// matchPath matches a path whose segments are still escaped, or are not. One
// that ServeMux would redirect because it is not clean has no route.
func (m *matcher) matchPath(method, path string, escaped bool) int {
	if path == "" || path[0] != '/' {
		return 0
	}
	if n := m.methods.get(method).match(path[1:], escaped); n != 0 {
		return int(n)
	}
	if method == http.MethodHead {
		if n := m.methods.get(http.MethodGet).match(path[1:], escaped); n != 0 {
			return int(n)
		}
	}
	return int(m.methods.get("").match(path[1:], escaped))
}

// match follows the most special way first, and goes back where it ends.
func (s *segment) match(path string, escaped bool) int16 {
	if s == nil {
		return 0
	}
	first, rest, more := path, "", false
	for i := range len(path) { // segments are too short for a call to be worth it
		if path[i] == '/' {
			first, rest, more = path[:i], path[i+1:], true
			break
		}
	}
	if dirty(first, more) {
		return 0
	}
	text := first
	if escaped {
		if plain, err := url.PathUnescape(first); err == nil {
			text = plain
		}
	}
	if n := s.literal.get(text).follow(rest, more, escaped); n != 0 {
		return n
	}
	if first != "" {
		if n := s.any.follow(rest, more, escaped); n != 0 {
			return n
		}
	}
	if s.rest != 0 && clean(path) {
		return s.rest
	}
	return 0
}

func (s *segment) follow(rest string, more, escaped bool) int16 {
	if s == nil {
		return 0
	}
	if !more {
		return s.route
	}
	return s.match(rest, escaped)
}

// clean reports whether none of the segments is one that ServeMux would redirect.
func clean(path string) bool {
	for more := true; more; {
		var first string
		if first, path, more = strings.Cut(path, "/"); dirty(first, more) {
			return false
		}
	}
	return true
}

// dirty reports whether a segment is a dot or two, or empty and not the last.
func dirty(segment string, more bool) bool {
	return segment == "" && more || segment == "." || segment == ".."
}
