package scenarios

import (
	"regexp"
	"strconv"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

// A kind is one type of value in the document. Reading, writing and the JSON Schema of a type stand together, so that
// the parser, Marshal and Schema cannot disagree about it.
type kind[T any] struct {
	schema schema
	read   func(r *reader, n ast.Node, path string) (T, bool) // false after a fault
	write  func(T) node
}

// pattern is a kind of scalar whose text the expression must match. want completes "want …" in a fault.
func pattern[T any](expression, want string, read func(string) (T, error), write func(T) string) kind[T] {
	re := regexp.MustCompile(expression)
	return kind[T]{
		schema: schema{"type": "string", "pattern": expression},
		read: func(r *reader, n ast.Node, path string) (value T, ok bool) {
			text, ok := scalar(n)
			if !ok || !re.MatchString(text) || !isString(n) {
				return value, r.found(n, path, want)
			}
			value, err := read(text)
			if err != nil {
				return value, r.found(n, path, want+": "+err.Error())
			}
			return value, true
		},
		write: func(value T) node { return plain(write(value)) },
	}
}

// scalar is the text of a scalar node.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func isString(n ast.Node) bool {
	_, ok := n.(*ast.StringNode)
	return ok
}

// found reports a value of the wrong kind; it is always false, so that a reader can return it.
func (r *reader) found(n ast.Node, path, want string) bool {
	return r.fault(n, path, "found %s, want %s", describe(n), want)
}

// describe names what stands in the document, for people.
func describe(n ast.Node) string {
	if s, ok := scalar(n); ok {
		if utf8.RuneCountInString(s) > 40 {
			s = string([]rune(s)[:40]) + "…"
		}
		switch n.(type) {
		case *ast.NullNode:
			return "nothing"
		case *ast.StringNode, *ast.LiteralNode:
			return strconv.Quote(s)
		}
		return s
	}
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "keys with values"
	case *ast.SequenceNode:
		return "a list"
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return "an anchor or alias, which scenarios do not use"
	case *ast.TagNode:
		return "a tag, which scenarios do not use"
	}
	return "nothing"
}
