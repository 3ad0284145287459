package scenarios

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxDocument bounds what Parse reads. A day of points a second apart, the largest honest document, is below it.
const maxDocument = 4 << 20

// Parse reads a scenario from YAML and validates it as Validate(nil) does. The name is the one shown in faults, as a rule
// that of the file. Every fault is reported, as Errors. What the document leaves out is filled in as the schema says, so
// that the result of Marshal is complete. A mix of the library stays a MixName; library.Resolve fills in its weights.
func Parse(name string, data []byte) (Scenario, error) {
	r := &reader{source: &source{file: name, places: map[string]place{"": {1, 1}}}, broken: map[string]bool{}}
	body, fault := parseYAML(name, data)
	if fault != nil {
		return Scenario{}, Errors{*fault}
	}
	s, _ := document().read(r, body, "")
	s.source = r.source
	s.fillIn(r)
	for _, p := range s.problems(nil) {
		if !r.broken[""] && !r.isBroken(p.path) {
			r.faults = append(r.faults, r.source.fault(p.path, "%s", p.message))
		}
	}
	return s, r.faults.err()
}

// parseYAML gives the one document in data.
func parseYAML(name string, data []byte) (body ast.Node, fault *Fault) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	switch {
	case len(data) > maxDocument:
		return nil, &Fault{File: name, Message: fmt.Sprintf("%d bytes, want at most %d", len(data), maxDocument)}
	case depth(data) > maxDepth:
		return nil, &Fault{File: name, Message: fmt.Sprintf("found values nested deeper than %d levels, want a scenario of four or five", maxDepth)}
	case !utf8.Valid(data):
		good := bytes.ToValidUTF8(data, []byte("\x00"))
		before := data[:bytes.IndexByte(good, 0)]
		line := bytes.LastIndexByte(before, '\n') + 1
		return nil, &Fault{name, bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[line:]) + 1, "found a byte that is not UTF-8, want text in UTF-8"}
	}
	// The YAML parser has panicked on malformed input before; to the user that is a malformed document like any other.
	defer func() {
		if p := recover(); p != nil {
			body, fault = nil, &Fault{File: name, Message: fmt.Sprintf("found something that is not YAML (%v)", p)}
		}
	}()
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		fault = &Fault{File: name, Message: "found something that is not YAML: " + err.Error()}
		if e, ok := err.(interface {
			GetToken() *token.Token
			GetMessage() string
		}); ok {
			fault.Message = "found something that is not YAML: " + e.GetMessage()
			if t := e.GetToken(); t != nil && t.Position != nil {
				fault.Line, fault.Column = t.Position.Line, t.Position.Column
			}
		}
		return nil, fault
	}
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case body == nil:
			body = doc.Body
		default:
			at := placeOf(doc.Body)
			return nil, &Fault{name, at.line, at.column, "found a second document, want one scenario a file"}
		}
	}
	if body == nil {
		return nil, &Fault{File: name, Line: 1, Column: 1, Message: "found nothing, want a scenario; `peakday scenario new` prints one to start from"}
	}
	return body, nil
}

// maxDepth is far beyond any scenario. The time of the YAML parser grows with the square of the depth, and the stack ends.
const maxDepth = 100

// depth bounds how deep lists and braces are nested. It does not know quotes, so it may count too many, never too few.
func depth(data []byte) (deepest int) {
	open := 0
	for line := range bytes.Lines(data) {
		dashes := 0
		for rest := bytes.TrimLeft(line, " "); bytes.HasPrefix(rest, []byte("- ")); rest = bytes.TrimLeft(rest[2:], " ") {
			dashes++
		}
		for _, c := range line {
			switch c {
			case '[', '{':
				open++
			case ']', '}':
				open = max(0, open-1)
			}
			deepest = max(deepest, open+dashes)
		}
	}
	return deepest
}

// A reader walks a document and gathers its faults.
type reader struct {
	source *source
	faults Errors
	broken map[string]bool // paths that hold a fault already
}

// fault reports a fault at a node; it is always false, so that a reader can return it.
func (r *reader) fault(n ast.Node, path, format string, args ...any) bool {
	r.broken[path] = true
	f := r.source.fault(path, format, args...)
	if at := placeOf(n); at.line > 0 {
		f.Line, f.Column = at.line, at.column
	}
	r.faults = append(r.faults, f)
	return false
}

// isBroken says whether a value, a part of it or what it is part of could not be read: judging it would only repeat that.
func (r *reader) isBroken(path string) bool {
	for broken := range r.broken {
		if within(path, broken) || within(broken, path) {
			return true
		}
	}
	return false
}

// within says whether path is parent or a part of it.
func within(path, parent string) bool {
	rest, ok := strings.CutPrefix(path, parent)
	return ok && parent != "" && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

func placeOf(n ast.Node) place {
	switch m := n.(type) {
	case *ast.MappingNode: // its own token is the first colon
		if !m.IsFlowStyle && len(m.Values) > 0 {
			n = m.Values[0].Key
		}
	case *ast.MappingValueNode:
		n = m.Key
	}
	if n == nil {
		return place{}
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return place{t.Position.Line, t.Position.Column}
	}
	return place{}
}

// entry is one key of a mapping.
type entry struct {
	key   string
	at    ast.Node // the key
	value ast.Node
}

// entries gives the keys of a mapping, each once; ok is false where the node is none. Repeated keys are reported.
func (r *reader) entries(n ast.Node, path, want string) (list []entry, ok bool) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		return nil, r.found(n, path, want)
	}
	seen := map[string]place{}
	for _, v := range values {
		key, isText := "", isString(v.Key)
		if isText {
			key = v.Key.(*ast.StringNode).Value
		} else {
			r.found(v.Key, path, "a key in plain text")
			continue
		}
		if first, again := seen[key]; again {
			r.fault(v.Key, join(path, key), "found the key a second time, want it once; the first is in line %d", first.line)
			continue
		}
		seen[key] = placeOf(v.Key)
		list = append(list, entry{key, v.Key, v.Value})
	}
	return list, true
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
