package scenarios

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A Check is what must hold of an answer:
//
//	status == 200                      or a range: status in 200..299
//	length <= 100000                   of the body, in bytes
//	body contains "ok"                 or a regular expression: body matches id=\d+
//	header X-Cache exists              or its value: header X-Cache == "hit"
//	json data.token exists             a path of gjson
//	json data.items.# >= 1             against a number, a text in quotes, true, false or null
//
// Numbers are compared with ==, !=, <, <=, > and >=, everything else with == and != only. What the answer does not have
// compares as false, != included.
type Check struct {
	Text     string // as written; the check's name
	Of       CheckOf
	Name     string  // the header, the path in JSON
	Op       string  // one of the comparisons, "in", "contains", "matches" or "exists"
	Kind     string  // of what is wanted: "number", "text", "word" (true, false, null); empty with exists
	Want     string  // the number as it is written, the text, the word, the expression
	Number   float64 // with Kind number; with in, the least
	NumberTo float64 // with in, the most
}

// CheckOf names the part of an answer that a check looks at.
type CheckOf string

// The parts of an answer.
const (
	OfStatus CheckOf = "status"
	OfLength CheckOf = "length"
	OfBody   CheckOf = "body"
	OfHeader CheckOf = "header"
	OfJSON   CheckOf = "json"
)

// ParseCheck reads one check; the error says what was found and what was wanted.
func ParseCheck(text string) (Check, error) {
	c := Check{Text: strings.TrimSpace(text)}
	of, rest, _ := strings.Cut(c.Text, " ")
	c.Of = CheckOf(of)
	rest = strings.TrimSpace(rest)
	var err error
	switch c.Of {
	case OfStatus, OfLength:
		c.Op, rest, _ = strings.Cut(rest, " ")
		err = c.whole(strings.TrimSpace(rest))
	case OfBody:
		c.Op, rest, _ = strings.Cut(rest, " ")
		err = c.content(strings.TrimSpace(rest))
	case OfHeader, OfJSON:
		err = c.value(rest)
	default:
		err = fmt.Errorf(`want it to begin with status, length, body, header or json, such as "status == 200"`)
	}
	if err != nil {
		return c, fmt.Errorf("check %q: %w", clip(text), err)
	}
	return c, nil
}

// whole reads what a status or a length is compared with.
func (c *Check) whole(want string) error {
	low, high := want, want
	if c.Op == "in" {
		low, high, _ = strings.Cut(want, "..")
	} else if !isComparison(c.Op) {
		return fmt.Errorf("found %q, want ==, !=, <, <=, >, >= or in, such as %s", c.Op, map[CheckOf]string{OfStatus: "status == 200", OfLength: "length <= 100000"}[c.Of])
	}
	from, err := strconv.ParseUint(low, 10, 32)
	to, errTo := strconv.ParseUint(high, 10, 32)
	if err != nil || errTo != nil || from > to {
		return fmt.Errorf("found %q, want a whole number, or with in a range such as 200..299", want)
	}
	c.Kind, c.Want, c.Number, c.NumberTo = "number", want, float64(from), float64(to)
	return nil
}

// content reads what a body must contain or match.
func (c *Check) content(want string) (err error) {
	c.Kind, c.Want = "text", want
	switch c.Op {
	case "contains":
		if c.Want, err = unquote(want); err != nil || c.Want == "" {
			return fmt.Errorf(`found %q, want a text in quotes, such as body contains "ok"`, want)
		}
	case "matches":
		if _, err := regexp.Compile(want); err != nil || want == "" {
			return fmt.Errorf("found %q, want a regular expression of RE2", want)
		}
	default:
		return fmt.Errorf(`found %q, want contains or matches, such as body contains "ok"`, c.Op)
	}
	return nil
}

// value reads the name of a header or a path, and what is wanted of it.
func (c *Check) value(rest string) error {
	want := ""
	c.Name, c.Op, want = splitComparison(rest)
	switch {
	case c.Op == "":
		return fmt.Errorf("found no comparison, want exists, or ==, !=, <, <=, > or >= with a value, such as %s", map[CheckOf]string{OfHeader: `header X-Cache == "hit"`, OfJSON: "json data.token exists"}[c.Of])
	case c.Of == OfHeader && !httpToken.MatchString(c.Name), c.Name == "":
		return fmt.Errorf("found the name %q, want one such as %s", c.Name, map[CheckOf]string{OfHeader: "X-Cache", OfJSON: "data.token"}[c.Of])
	case c.Op == "exists":
		return nil
	}
	if text, err := unquote(want); err == nil {
		c.Kind, c.Want = "text", text
	} else if want == "true" || want == "false" || want == "null" {
		c.Kind, c.Want = "word", want
	} else if number, err := strconv.ParseFloat(want, 64); err == nil && json.Valid([]byte(want)) {
		c.Kind, c.Want, c.Number = "number", want, number
	} else {
		return fmt.Errorf("found %q, want a number, a text in quotes, true, false or null", want)
	}
	if c.Kind != "number" && c.Op != "==" && c.Op != "!=" || c.Of == OfHeader && c.Kind == "word" {
		return fmt.Errorf("found %s %s, want == or != with a text, or a number", c.Op, want)
	}
	return nil
}

func isComparison(op string) bool {
	switch op {
	case "==", "!=", "<", "<=", ">", ">=":
		return true
	}
	return false
}

// splitComparison finds the first comparison that stands as a word outside of quotes and parentheses: a path of gjson may
// hold some of its own, as in items.#(price > 10).id.
func splitComparison(s string) (name, op, want string) {
	if name, ok := strings.CutSuffix(s, " exists"); ok {
		return strings.TrimSpace(name), "exists", ""
	}
	open, isQuoted := 0, false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '"':
			isQuoted = !isQuoted
		case isQuoted:
		case s[i] == '(' || s[i] == '[' || s[i] == '{':
			open++
		case s[i] == ')' || s[i] == ']' || s[i] == '}':
			open--
		case s[i] == ' ' && open == 0:
			word, rest, _ := strings.Cut(s[i+1:], " ")
			if isComparison(word) {
				return strings.TrimSpace(s[:i]), word, strings.TrimSpace(rest)
			}
		}
	}
	return s, "", ""
}

// unquote reads a text in JSON's quotes.
func unquote(s string) (text string, err error) {
	if !strings.HasPrefix(s, `"`) {
		return "", strconv.ErrSyntax
	}
	err = json.Unmarshal([]byte(s), &text)
	return text, err
}
