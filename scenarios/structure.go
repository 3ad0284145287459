package scenarios

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/peakday/peakday/scenarios/suggest"
)

// A field is one key of an object of type O in the document.
type field[O any] struct {
	key      string
	doc      string
	schema   schema
	required bool
	read     func(r *reader, n ast.Node, path string, o *O)
	write    func(O) (value node, ok bool) // false leaves the key out
}

// key is a field that may be left out; its zero value means what doc says.
func key[O any, T any](name string, k kind[T], place func(*O) *T, doc string) field[O] {
	return field[O]{
		key: name, doc: doc, schema: k.schema,
		read: func(r *reader, n ast.Node, path string, o *O) {
			if v, ok := k.read(r, n, path); ok {
				*place(o) = v
			}
		},
		write: func(o O) (node, bool) {
			v := *place(&o)
			return k.write(v), !isZero(v)
		},
	}
}

// always writes the key even when its value is zero.
func (f field[O]) always() field[O] {
	write := f.write
	f.write = func(o O) (node, bool) { v, _ := write(o); return v, true }
	return f
}

// must makes a key that may not be left out.
func (f field[O]) must() field[O] {
	f.required = true
	return f.always()
}

// whenAbsent says in the schema what a document that leaves the key out gets. The value itself comes from the
// start of the object, from fillIn, or is what zero means.
func (f field[O]) whenAbsent(value any) field[O] {
	f.schema = f.schema.with("default", value)
	return f
}

// object is a mapping with these keys and no others. Reading starts from the value start.
func object[O any](start O, fields ...field[O]) kind[O] {
	return kind[O]{
		schema: objectSchema(fields),
		read: func(r *reader, n ast.Node, path string) (O, bool) {
			o := start
			list, ok := r.entries(n, path, "keys with values: "+strings.Join(names(fields), ", "))
			if !ok {
				return o, false
			}
			given := map[string]bool{}
			for _, e := range list {
				given[e.key] = true
				readField(r, e, join(path, e.key), fields, &o)
			}
			for _, f := range fields {
				if f.required && !given[f.key] {
					r.fault(n, join(path, f.key), "found no such key, want %s", f.doc)
				}
			}
			return o, true // a broken key leaves the others to be judged
		},
		write: func(o O) node {
			var m mapping
			for _, f := range fields {
				if v, ok := f.write(o); ok {
					m = append(m, pair{f.key, v})
				}
			}
			return m
		},
	}
}

func readField[O any](r *reader, e entry, path string, fields []field[O], o *O) {
	for _, f := range fields {
		if f.key == e.key {
			r.source.places[path] = placeOf(e.value)
			f.read(r, e.value, path, o)
			return
		}
	}
	known := names(fields)
	r.fault(e.at, path, "found an unknown key, %s", suggest.Of(e.key, known))
}

func names[O any](fields []field[O]) []string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = f.key
	}
	return list
}

// list is a sequence.
func list[T any](k kind[T]) kind[[]T] {
	return kind[[]T]{
		schema: schema{"type": "array", "items": k.schema, "minItems": 1},
		read: func(r *reader, n ast.Node, path string) ([]T, bool) {
			seq, ok := n.(*ast.SequenceNode)
			if !ok || len(seq.Values) == 0 {
				return nil, r.found(n, path, "a list with at least one entry")
			}
			values := make([]T, 0, len(seq.Values))
			for i, item := range seq.Values {
				at := fmt.Sprintf("%s[%d]", path, i)
				r.source.places[at] = placeOf(item)
				// A broken entry keeps its place, so that later ones keep their paths.
				v, _ := k.read(r, item, at)
				values = append(values, v)
			}
			return values, true
		},
		write: func(values []T) node {
			s := make(sequence, len(values))
			for i, v := range values {
				s[i] = k.write(v)
			}
			return s
		},
	}
}

// table is a mapping from names to values of one kind, as a list in the order of the document.
func table[T, E any](k kind[T], build func(name string, value T) E, split func(E) (string, T)) kind[[]E] {
	return kind[[]E]{
		schema: schema{"type": "object", "additionalProperties": k.schema, "minProperties": 1},
		read: func(r *reader, n ast.Node, path string) ([]E, bool) {
			list, ok := r.entries(n, path, "names with values")
			if ok && len(list) == 0 {
				return nil, r.found(n, path, "at least one name with a value")
			}
			var values []E
			for _, e := range list {
				at := join(path, e.key)
				r.source.places[at] = placeOf(e.value)
				v, _ := k.read(r, e.value, at)
				values = append(values, build(e.key, v))
			}
			return values, ok
		},
		write: func(values []E) node {
			var m mapping
			for _, e := range values {
				name, v := split(e)
				m = append(m, pair{name, k.write(v)})
			}
			return m
		},
	}
}

// optional is a value that may be missing altogether.
func optional[T any](k kind[T]) kind[*T] {
	return kind[*T]{
		schema: k.schema,
		read: func(r *reader, n ast.Node, path string) (*T, bool) {
			v, ok := k.read(r, n, path)
			return &v, ok
		},
		write: func(v *T) node {
			if v == nil {
				return nil
			}
			return k.write(*v)
		},
	}
}
