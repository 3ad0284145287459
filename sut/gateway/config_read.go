package gateway

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/peakday/peakday/scenarios/suggest"
)

// maxConfig bounds what ReadConfig reads, in bytes, and maxDepth how deep it
// may be nested: the time of the YAML parser grows with the square of that.
const (
	maxConfig = 1 << 20
	maxDepth  = 50
)

// ReadConfig reads a configuration in YAML; the package documentation has the
// grammar. An unknown key is an error. All faults are reported at once, one a
// line, each beginning with name, line and column. What is announced must have
// been by now.
func ReadConfig(name string, r io.Reader, now time.Time) (Config, error) {
	d := document{name: name, places: map[string]place{}}
	var c Config
	text, err := io.ReadAll(io.LimitReader(r, maxConfig+1))
	if err != nil {
		return c, fmt.Errorf("reading %s: %w", name, err)
	}
	if body := d.parse(text); body != nil {
		d.read(body, reflect.ValueOf(&c).Elem(), "")
	}
	d.required(c)
	for _, f := range c.faults(now) {
		if !d.hasFault(f.path) {
			d.fault(d.placeOf(f.path), f.path, "%s", f.message)
		}
	}
	return c, d.err()
}

// required reports the keys that must be there: their zero would be taken for
// something, the highest class or midnight.
func (d *document) required(c Config) {
	for _, list := range []struct {
		key  string
		n    int
		keys [2]struct{ key, want string }
	}{
		{"routes", len(c.Routes), [2]struct{ key, want string }{{"path", "a path such as /claims/{id}/settle"}, {"class", "P0 to P3"}}},
		{"quotas", len(c.Quotas), [2]struct{ key, want string }{{"name", "lower case letters, digits and dashes"}, {"limit", "requests in a time, such as 30/1m"}}},
		{"access.hours", len(c.Access.Hours), [2]struct{ key, want string }{{"from", `a time of day such as "08:00"`}, {"to", `a time of day such as "20:00"`}}},
	} {
		for i := range list.n {
			path := fmt.Sprintf("%s[%d]", list.key, i)
			faulty := d.hasFault(path)
			for _, k := range list.keys {
				if key := path + "." + k.key; !faulty && d.places[key] == (place{}) {
					d.fault(d.placeOf(path), key, "found no such key, want %s", k.want)
				}
			}
		}
	}
}

// A document is a file as it is read: where each value stood and what is wrong.
type document struct {
	name   string
	places map[string]place // of the value at a path
	found  []located
}

type place struct{ line, column int }

type located struct {
	place
	path, message string
}

func (d *document) fault(at place, path, format string, args ...any) {
	d.found = append(d.found, located{at, path, fmt.Sprintf(format, args...)})
}

// hasFault says whether the value at a path, or a part of it, could not be
// read: to judge it would only repeat that.
func (d *document) hasFault(path string) bool {
	return slices.ContainsFunc(d.found, func(f located) bool {
		return f.path == "" || f.path == path || strings.HasPrefix(f.path, path+".") || strings.HasPrefix(f.path, path+"[")
	})
}

// placeOf is where the value at a path stands, or the nearest part above it
// that was written out.
func (d *document) placeOf(path string) place {
	for {
		if at, ok := d.places[path]; ok || path == "" {
			return at
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
}

func (d *document) err() error {
	slices.SortStableFunc(d.found, func(a, b located) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
	var list []error
	for _, f := range d.found {
		where, what := d.name, f.message
		if f.line > 0 {
			where = fmt.Sprintf("%s:%d:%d", d.name, f.line, f.column)
		}
		if f.path != "" {
			what = f.path + ": " + what
		}
		list = append(list, fmt.Errorf("%s: %s", where, what))
	}
	return errors.Join(list...)
}

// parse gives the one document in text; nil when it is empty, which is a
// configuration too, or none.
func (d *document) parse(text []byte) (body ast.Node) {
	if len(text) > maxConfig || depth(text) > maxDepth {
		d.fault(place{}, "", "found more than %d bytes or %d levels, want a configuration of a guard", maxConfig, maxDepth)
		return nil
	}
	// The parser has panicked on texts that no person would write (v1.19.2).
	defer func() {
		if p := recover(); p != nil {
			body = nil
			d.fault(place{}, "", "found something that is not YAML (%v)", p)
		}
	}()
	file, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, message := place{}, err.Error()
		if e, ok := err.(interface {
			GetToken() *token.Token
			GetMessage() string
		}); ok {
			message = e.GetMessage()
			if t := e.GetToken(); t != nil && t.Position != nil {
				at = place{t.Position.Line, t.Position.Column}
			}
		}
		d.fault(at, "", "found something that is not YAML: %s", message)
		return nil
	}
	for _, doc := range file.Docs {
		if body != nil && doc.Body != nil {
			d.fault(where(doc.Body), "", "found a second document, want one configuration a file")
			return nil
		}
		body = cmp.Or(doc.Body, body)
	}
	if _, ok := body.(*ast.CommentGroupNode); ok {
		return nil
	}
	return body
}

// depth bounds how deep lists and braces are nested. It does not know quotes,
// so it may count too many, never too few.
func depth(text []byte) (deepest int) {
	open := 0
	for line := range bytes.Lines(text) {
		indent := len(line) - len(bytes.TrimLeft(line, " -"))
		for _, c := range line {
			switch c {
			case '[', '{':
				open++
			case ']', '}':
				open = max(0, open-1)
			}
			deepest = max(deepest, open+indent/2)
		}
	}
	return deepest
}

// read puts what stands at n into v. Structs are mappings by their tags.
func (d *document) read(n ast.Node, v reflect.Value, path string) {
	d.places[path] = where(n)
	switch {
	case isScalar(v):
		d.readScalar(n, v, path)
	case v.Kind() == reflect.Struct:
		keys := tags(v.Type())
		for _, e := range d.entries(n, path, "keys with values: "+strings.Join(keys, ", ")) {
			i := slices.Index(keys, e.key)
			if i < 0 {
				d.fault(where(e.at), join(path, e.key), "found an unknown key, %s", suggest.Of(e.key, keys))
				continue
			}
			d.read(e.value, field(v, e.key), join(path, e.key))
		}
	case v.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, e := range d.entries(n, path, "names with values") {
			name, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			if want := setScalar(name, e.key); want != "" {
				d.fault(where(e.at), join(path, e.key), "found %q, want %s", e.key, want)
				continue
			}
			d.read(e.value, value, join(path, e.key))
			v.SetMapIndex(name, value)
		}
	case v.Kind() == reflect.Slice:
		list, ok := n.(*ast.SequenceNode)
		if !ok {
			d.fault(where(n), path, "found %s, want a list", describe(n))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(list.Values), len(list.Values)))
		for i, item := range list.Values {
			d.read(item, v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.read(n, v.Elem(), path)
	default:
		panic("gateway: no way to read a " + v.Type().String())
	}
}

// tags are the keys of a struct, in order.
func tags(t reflect.Type) (keys []string) {
	for i := range t.NumField() {
		if key, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); key != "" && key != "-" {
			keys = append(keys, key)
		}
	}
	return keys
}

func field(v reflect.Value, key string) reflect.Value {
	for i := range v.NumField() {
		if k, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ","); k == key {
			return v.Field(i)
		}
	}
	panic("gateway: no field " + key)
}

// entry is one key of a mapping.
type entry struct {
	key   string
	at    ast.Node
	value ast.Node
}

// entries gives the keys of a mapping, each once.
func (d *document) entries(n ast.Node, path, want string) (list []entry) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		d.fault(where(n), path, "found %s, want %s", describe(n), want)
	}
	for _, v := range values {
		key, ok := v.Key.(*ast.StringNode)
		if !ok {
			d.fault(where(v.Key), path, "found %s as a key, want plain text", describe(v.Key))
			continue
		}
		if slices.ContainsFunc(list, func(e entry) bool { return e.key == key.Value }) {
			d.fault(where(key), join(path, key.Value), "found the key a second time, want it once")
			continue
		}
		list = append(list, entry{key.Value, key, v.Value})
	}
	return list
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func where(n ast.Node) place {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key // the token of a block is its first colon
	}
	if m, ok := n.(*ast.MappingValueNode); ok {
		n = m.Key
	}
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return place{}
	}
	p := n.GetToken().Position
	return place{p.Line, p.Column}
}

// describe names what stands in the document, for people.
func describe(n ast.Node) string {
	switch n := n.(type) {
	case *ast.NullNode, nil:
		return "nothing"
	case *ast.StringNode:
		return strconv.Quote(n.Value)
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value
	case *ast.MappingNode, *ast.MappingValueNode:
		return "keys with values"
	case *ast.SequenceNode:
		return "a list"
	}
	return "an anchor, a tag or a block of text"
}
