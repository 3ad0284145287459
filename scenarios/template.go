package scenarios

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A Piece is a part of a template: text as it stands, or something to put in its place. Paths, header values and bodies
// of a Literal are templates.
//
//	${TOKEN}           a variable of the environment: upper case
//	${token}           what an earlier answer gave under this name: lower case
//	${people.id}       the column id of the session's row in the feeder people
//	${seq}             the number of the arrival, from 0
//	${person}          the number of the person, as in Request.Person
//	${random}          a whole number of 64 bits
//	${random:1..100}   one from 1 to 100
//	${uuid}            a UUID of version 4
//	${token:raw}       in a path: not percent-escaped; where it begins one, of a URL the path and query
//	$${                the two characters ${
type Piece struct {
	Kind      PieceKind
	Name      string // Text: the text; Environment, Variable: the name; Column: the feeder
	Column    string // Column: which
	Low, High uint64 // Random: both are possible
	Raw       bool   // not escaped in a path
	At        int    // where the piece begins in the template, in bytes
}

// PieceKind says what a piece stands for.
type PieceKind string

// The kinds of pieces.
const (
	Text        PieceKind = "text"
	Environment PieceKind = "environment"
	Variable    PieceKind = "variable"
	Column      PieceKind = "column"
	Sequence    PieceKind = "seq"
	Person      PieceKind = "person"
	Randomly    PieceKind = "random"
	UUID        PieceKind = "uuid"
)

var (
	environmentName = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)
	variableName    = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// isOwnName says whether a feeder or a variable may have the name: it must not be a word of templates.
func isOwnName(name string) bool {
	switch PieceKind(name) {
	case Sequence, Person, Randomly, UUID:
		return false
	}
	return variableName.MatchString(name)
}

// ParseTemplate takes a template apart; the error says which placeholder is none, and where.
func ParseTemplate(template string) (pieces []Piece, err error) {
	text := ""
	keep := func(at int) {
		if text != "" {
			pieces = append(pieces, Piece{Kind: Text, Name: text, At: at - len(text)})
			text = ""
		}
	}
	rest := template
	for {
		i := strings.Index(rest, "${")
		if i < 0 {
			text += rest
			keep(len(template))
			return pieces, nil
		}
		at := len(template) - len(rest) + i
		if i > 0 && rest[i-1] == '$' {
			text += rest[:i-1] + "${"
			rest = rest[i+2:]
			continue
		}
		end := strings.IndexByte(rest[i:], '}')
		if end < 0 {
			return nil, fmt.Errorf("found %q without its }, want ${name}, or $${ for the characters themselves", clip(rest[i:]))
		}
		text += rest[:i]
		keep(at)
		piece, ok := placeholder(rest[i+2 : i+end])
		if !ok {
			return nil, fmt.Errorf("found %q, want ${NAME} of the environment, ${name} of an earlier answer, ${feeder.column}, ${seq}, ${person}, ${random}, ${random:1..100} or ${uuid}", clip(rest[i:i+end+1]))
		}
		piece.At = at
		pieces = append(pieces, piece)
		rest = rest[i+end+1:]
	}
}

// placeholder reads what stands between ${ and }.
func placeholder(inside string) (p Piece, ok bool) {
	if inside, p.Raw = strings.CutSuffix(inside, ":raw"); p.Raw {
		p, ok = placeholder(inside)
		ok = ok && !p.Raw && (p.Kind == Environment || p.Kind == Variable || p.Kind == Column)
		p.Raw = true
		return p, ok
	}
	feeder, column, dotted := strings.Cut(inside, ".")
	low, high, ranged := strings.Cut(strings.TrimPrefix(inside, "random:"), "..")
	switch {
	case inside == string(Randomly):
		p.Kind, p.High = Randomly, 1<<64-1
	case inside == string(Sequence), inside == string(Person), inside == string(UUID):
		p.Kind = PieceKind(inside)
	case strings.HasPrefix(inside, "random:"):
		var errs [2]error
		p.Kind = Randomly
		p.Low, errs[0] = strconv.ParseUint(low, 10, 64)
		p.High, errs[1] = strconv.ParseUint(high, 10, 64)
		return p, ranged && errs[0] == nil && errs[1] == nil && p.Low <= p.High
	case dotted:
		p.Kind, p.Name, p.Column = Column, feeder, column
		return p, isOwnName(feeder) && column != "" && !strings.ContainsAny(column, "${: \t\r\n")
	case variableName.MatchString(inside):
		p.Kind, p.Name = Variable, inside
	case environmentName.MatchString(inside):
		p.Kind, p.Name = Environment, inside
	default:
		return p, false
	}
	return p, true
}

// String is the piece as it is written in a template.
func (p Piece) String() string {
	inside := p.Name
	switch p.Kind {
	case Text:
		return strings.ReplaceAll(p.Name, "${", "$${")
	case Column:
		inside += "." + p.Column
	case Randomly:
		inside = "random"
		if p.Low != 0 || p.High != 1<<64-1 {
			inside = fmt.Sprintf("random:%d..%d", p.Low, p.High)
		}
	case Sequence, Person, UUID:
		inside = string(p.Kind)
	}
	if p.Raw {
		inside += ":raw"
	}
	return "${" + inside + "}"
}

// clip keeps a message on a line.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
