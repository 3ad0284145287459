package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
)

// Marshal writes a scenario as YAML in its canonical form: keys in the order of the schema, what fits on a line on one.
// Parsing it gives the scenario again, so it is what a result keeps. ${NAME} in a header stays as it is: a secret never
// lands in a result. A scenario that Validate refuses has no such form; the error is that of Validate.
func Marshal(s Scenario) ([]byte, error) {
	if err := s.Validate(nil); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	writeBlock(&b, document().write(s).(mapping), "")
	if b.Len() > maxDocument {
		return nil, Errors{Fault{Message: fmt.Sprintf("found a scenario of %d bytes, want at most %d, as a result keeps it; take bodies and rows from a feeder", b.Len(), maxDocument)}}
	}
	return b.Bytes(), nil
}

// MarshalShape writes a shape under the key "shape", to be put into a scenario in place of the one there.
func MarshalShape(s Shape) ([]byte, error) {
	var p problems
	p.shape(s)
	if err := p.at(nil).err(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	writeBlock(&b, mapping{{"shape", shape().write(s)}}, "")
	return b.Bytes(), nil
}

// A node is a piece of YAML: plain, prose, mapping or sequence.
type node interface {
	// flow is the node on one line.
	flow() string
}

type (
	plain    string // a scalar that needs no quotes
	mapping  []pair
	sequence []node
	pair     struct {
		key   string
		value node
	}
)

func (p plain) flow() string { return string(p) }

func (m mapping) flow() string {
	parts := make([]string, len(m))
	for i, p := range m {
		parts[i] = quoted(p.key).flow() + ": " + p.value.flow()
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (s sequence) flow() string {
	parts := make([]string, len(s))
	for i, n := range s {
		parts[i] = n.flow()
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

var (
	bare     = regexp.MustCompile(`^[A-Za-z/][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*$`)
	reserved = regexp.MustCompile(`(?i)^(true|false|null|yes|no|on|off|y|n)$`)
)

// quoted is text as YAML: bare where nothing could take it for something else, else in JSON's quotes, which YAML shares.
func quoted(s string) plain {
	if bare.MatchString(s) && !reserved.MatchString(s) {
		return plain(s)
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // text always has a JSON form
	}
	return plain(escaped(strings.TrimSuffix(b.String(), "\n"), func(r rune) bool {
		return isControl(r) && r >= ' ' || isNested(s) && strings.ContainsRune("[]{}", r)
	}))
}

// escaped writes characters as numbers, inside quotes. Not all that JSON lets stand may stand in YAML.
func escaped(quoted string, is func(rune) bool) string {
	if !strings.ContainsFunc(quoted, is) {
		return quoted
	}
	var b strings.Builder
	for _, r := range quoted {
		if is(r) {
			fmt.Fprintf(&b, "\\u%04x", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isNested says of a text that Parse, which counts brackets wherever they stand, could take for values nested too deep.
func isNested(s string) bool {
	open, closed := strings.Count(s, "[")+strings.Count(s, "{"), strings.Count(s, "]")+strings.Count(s, "}")
	return open != closed || depth([]byte(s)) > maxDepth/10
}

// prose is text that is written as a block of lines below its key where YAML gives exactly that text back.
type prose string

var block = regexp.MustCompile(`^([!-~](.*[!-~])?\n+)+$`)

func (p prose) flow() string { return quoted(string(p)).flow() }

func (p prose) isBlock() bool {
	return block.MatchString(string(p)) && !strings.HasSuffix(string(p), "\n\n") && !strings.ContainsAny(string(p), "\r\t") &&
		!strings.ContainsFunc(string(p), isControl) && !isNested(string(p))
}

// lineWidth is where a value on one line becomes a block.
const lineWidth = 110

func writeBlock(b *bytes.Buffer, m mapping, indent string) {
	for _, p := range m {
		b.WriteString(indent + quoted(p.key).flow() + ":")
		writeValue(b, p.value, indent)
	}
}

// writeValue writes what follows a key: on its line when it fits, else as a block below.
func writeValue(b *bytes.Buffer, n node, indent string) {
	line := n.flow()
	switch n := n.(type) {
	case prose:
		if n.isBlock() {
			b.WriteString(" |\n")
			for l := range strings.Lines(string(n)) {
				b.WriteString(strings.TrimRight(indent+"  "+l, " \n") + "\n")
			}
			return
		}
	case mapping:
		if len(indent)+len(line) > lineWidth || indent == "" && hasBlock(n) {
			b.WriteByte('\n')
			writeBlock(b, n, indent+"  ")
			return
		}
	case sequence:
		if len(n) > 1 || len(indent)+len(line) > lineWidth {
			b.WriteByte('\n')
			for _, item := range n {
				b.WriteString(indent + "  -")
				writeItem(b, item, indent+"  ")
			}
			return
		}
	}
	b.WriteString(" " + line + "\n")
}

// writeItem writes what follows the dash of a list.
func writeItem(b *bytes.Buffer, n node, indent string) {
	line := n.flow()
	if m, ok := n.(mapping); ok && len(indent)+len(line) > lineWidth {
		var block bytes.Buffer
		writeBlock(&block, m, indent+"  ")
		b.WriteString(" " + strings.TrimLeft(block.String(), " "))
		return
	}
	b.WriteString(" " + line + "\n")
}

// hasBlock says whether a mapping holds a list or another mapping.
func hasBlock(m mapping) bool {
	for _, p := range m {
		switch p.value.(type) {
		case mapping, sequence:
			return true
		}
	}
	return false
}

func isZero(v any) bool {
	value := reflect.ValueOf(v)
	return !value.IsValid() || value.IsZero() || value.Kind() == reflect.Slice && value.Len() == 0
}
