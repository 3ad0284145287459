package gateway

import (
	"errors"
	"net/http"
	"net/textproto"
	"strings"
)

// Identity says who a request is from, for quotas, fairness and the turn in
// which people are shed. The guard does not prove any of it: whoever can write
// the header that is asked for can be anybody. So a header or a cookie should
// be one that cannot be had for nothing, such as a session.
type Identity struct {
	Subject Source `yaml:"subject,omitempty"` // the person; the zero value is the address
	Tenant  Source `yaml:"tenant,omitempty"`  // who several persons come through: an employer, a portal; the zero value is the subject itself
	Pass    Pass   `yaml:"pass,omitempty"`    // lets those go on who have begun

	// SubjectOf, if not nil, is asked before Subject; "" goes on to that. It
	// runs for every request, so it must be quick, and safe for concurrent use.
	SubjectOf func(*http.Request) string `yaml:"-"`
}

// subject is who the request is from, "" if only its address is known.
func (id *Identity) subject(r *http.Request) string {
	if id.SubjectOf != nil {
		if who := id.SubjectOf(r); who != "" {
			return who
		}
	}
	return id.Subject.of(r)
}

// A Source is where something stands in a request: "address" (of the client),
// "host", "header:NAME" or "cookie:NAME". Where a request has no such header or
// cookie, its address stands in; for a tenant, the subject does.
type Source struct{ kind, name string }

// Header is the Source of a header.
func Header(name string) Source { return Source{"header", textproto.CanonicalMIMEHeaderKey(name)} }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Source) UnmarshalText(text []byte) error {
	kind, name, named := strings.Cut(string(text), ":")
	switch kind {
	case "address", "host":
		if !named {
			*s = Source{kind: kind}
			return nil
		}
	case "header":
		if name != "" && !strings.ContainsAny(name, " :\t\r\n") {
			*s = Header(name)
			return nil
		}
	case "cookie":
		if name != "" && !strings.ContainsAny(name, " ;=\t\r\n") {
			*s = Source{kind, name}
			return nil
		}
	}
	return errors.New("address, host, header:NAME or cookie:NAME")
}

// MarshalText implements encoding.TextMarshaler.
func (s Source) MarshalText() ([]byte, error) {
	if s.name != "" {
		return []byte(s.kind + ":" + s.name), nil
	}
	return []byte(s.kind), nil
}

// of is what stands there, "" if nothing does. It allocates nothing.
func (s Source) of(r *http.Request) string {
	switch s.kind {
	case "host":
		return r.Host
	case "header":
		if h := r.Header[s.name]; len(h) > 0 {
			return h[0]
		}
	case "cookie":
		for _, line := range r.Header["Cookie"] {
			if value, ok := cookie(line, s.name); ok {
				return value
			}
		}
	}
	return ""
}

// cookie finds a cookie in a header such as "a=1; b=2".
func cookie(line, name string) (value string, ok bool) {
	for line != "" {
		var pair string
		pair, line, _ = strings.Cut(line, ";")
		if key, value, ok := strings.Cut(strings.TrimLeft(pair, " "), "="); ok && key == name {
			return value, true
		}
	}
	return "", false
}
