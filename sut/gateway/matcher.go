package gateway

import (
	"net/http"
	"net/url"
	"strings"
)

// A matcher finds the route of a request. Its rules are those of
// http.ServeMux, which its fuzz test compares it with; ServeMux itself takes
// several times as long and allocates, which is too much for a refusal.
type matcher struct {
	methods map[string]*segment // "" is any method
}

// A segment is a place in the tree of paths.
type segment struct {
	literal map[string]*segment // next segment by its text; "" is the end after a slash
	any     *segment            // next segment whatever it is
	route   int16               // of the path that ends here; 0 is none
	rest    int16               // of all paths that go on from here; 0 is none
}

// newMatcher numbers the routes from 1. They are without fault.
func newMatcher(list []Route) matcher {
	m := matcher{map[string]*segment{}}
	for i, r := range list {
		at := m.methods[r.Method]
		if at == nil {
			at = &segment{}
			m.methods[r.Method] = at
		}
		at.add(strings.Split(r.Pattern[1:], "/"), int16(i+1))
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
	next := s.literal[first]
	if next == nil {
		next = &segment{}
		if s.literal == nil {
			s.literal = map[string]*segment{}
		}
		s.literal[first] = next
	}
	next.end(path, route)
}

func (s *segment) end(path []string, route int16) {
	if len(path) == 1 {
		s.route = route
		return
	}
	s.add(path[1:], route)
}

// match is the number of the route of a request, 0 if there is none.
func (m matcher) match(method string, u *url.URL) int {
	if u.RawPath != "" {
		return m.matchPath(method, u.EscapedPath(), true)
	}
	return m.matchPath(method, u.Path, false)
}

// matchPath matches a path whose segments are still escaped, or are not. One
// that ServeMux would redirect because it is not clean has no route.
func (m matcher) matchPath(method, path string, escaped bool) int {
	if path == "" || path[0] != '/' || !clean(path) {
		return 0
	}
	if n := m.methods[method].match(path[1:], escaped); n != 0 {
		return int(n)
	}
	if method == http.MethodHead {
		if n := m.methods[http.MethodGet].match(path[1:], escaped); n != 0 {
			return int(n)
		}
	}
	return int(m.methods[""].match(path[1:], escaped))
}

// match follows the most special way first, and goes back where it ends.
func (s *segment) match(path string, escaped bool) int16 {
	if s == nil {
		return 0
	}
	first, rest, more := strings.Cut(path, "/")
	text := first
	if escaped {
		if plain, err := url.PathUnescape(first); err == nil {
			text = plain
		}
	}
	if n := s.literal[text].follow(rest, more, escaped); n != 0 {
		return n
	}
	if first != "" {
		if n := s.any.follow(rest, more, escaped); n != 0 {
			return n
		}
	}
	return s.rest
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

// clean reports whether no segment but the last is empty, and none is a dot or
// two.
func clean(path string) bool {
	if strings.Contains(path, "//") {
		return false
	}
	for {
		i := strings.Index(path, "/.")
		if i < 0 {
			return true
		}
		path = path[i+2:]
		if rest := strings.TrimPrefix(path, "."); rest == "" || rest[0] == '/' || path == "" || path[0] == '/' {
			return false
		}
	}
}
