package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Fault is one thing wrong with a scenario: what was found and what was wanted.
type Fault struct {
	File    string // the name given to Parse; empty for a scenario built in code
	Line    int    // from 1; 0 when the place is not known
	Column  int    // in characters, from 1; 0 when the place is not known
	Message string // begins with the path of the value, such as "shape.phases[1].to: "
}

// Error gives the fault in the form editors jump to: file:line:column: message.
func (f Fault) Error() string {
	switch {
	case f.Line > 0:
		return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Message)
	case f.File != "":
		return f.File + ": " + f.Message
	}
	return f.Message
}

// Errors is every fault of a scenario, in the order of the document.
type Errors []Fault

// Error gives one fault a line.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, fault := range e {
		lines[i] = fault.Error()
	}
	return strings.Join(lines, "\n")
}

// err is the faults in the order of the document, or nil when there are none.
func (e Errors) err() error {
	if len(e) == 0 {
		return nil
	}
	slices.SortStableFunc(e, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return e
}

// Fault is something wrong with the value at a path such as "requests[2].path", placed where Parse found it. It is for
// those who read what a scenario only names, such as the columns of a file.
func (s Scenario) Fault(path, format string, args ...any) Fault {
	return s.source.fault(path, format, args...)
}

// A source remembers where in a document each value stood, by its path.
type source struct {
	file   string
	places map[string]place
}

type place struct{ line, column int }

// fault places a message at a path, or at the nearest part above it that was written out. A nil source knows no places.
func (s *source) fault(path, format string, args ...any) Fault {
	f := Fault{Message: fmt.Sprintf(format, args...)}
	if path != "" {
		f.Message = path + ": " + f.Message
	}
	if s == nil {
		return f
	}
	f.File = s.file
	for {
		if at, ok := s.places[path]; ok {
			f.Line, f.Column = at.line, at.column
			return f
		}
		if path == "" {
			return f
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
}
