package journey

import (
	"bytes"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/peakday/peakday/scenarios"
	"github.com/tidwall/gjson"
)

// An answer is what checks and extractions look at.
type answer struct {
	status int
	head   []byte
	body   []byte
	json   string // the body, where it is a document of JSON and somebody asks
}

// document is the body as JSON, or nothing: an object or a list from its first byte to its last, so that a page of HTML or
// an answer that was cut off is none. What lies between is not validated, which would cost as much CPU again as all of a
// step (1.7 µs for 1 KB, 2026-11-22); gjson reads what it looks for and is safe with anything.
func document(body []byte) string {
	body = bytes.TrimSpace(body)
	if n := len(body); n < 2 || !(body[0] == '{' && body[n-1] == '}' || body[0] == '[' && body[n-1] == ']') {
		return ""
	}
	return view(body)
}

// A checker says whether an answer is as it should be.
type checker struct {
	text  string // its name
	holds func(answer) bool
}

// A picker takes a value out of an answer. The value is valid as long as the answer is.
type picker struct {
	slot   int
	failed string // the name of the check that fails where there is none
	from   func(answer) (value string, ok bool)
}

// finds compiles where a value stands, as ParsePick has read it.
func finds(p scenarios.Pick) func(answer) (string, bool) {
	switch p.From {
	case scenarios.FromJSON:
		return func(a answer) (string, bool) {
			r := gjson.Get(a.json, p.Name)
			if r.Type == gjson.String {
				return r.Str, true
			}
			return r.Raw, r.Exists() && r.Type != gjson.Null
		}
	case scenarios.FromHeader:
		return func(a answer) (string, bool) {
			value, ok := header(a.head, p.Name)
			return view(value), ok
		}
	case scenarios.FromCookie:
		return func(a answer) (string, bool) {
			value, ok := cookie(a.head, p.Name)
			return view(value), ok
		}
	}
	re := regexp.MustCompile(p.Name)
	return func(a answer) (string, bool) {
		m := re.FindSubmatchIndex(a.body)
		if m == nil || m[2] < 0 {
			return "", false
		}
		return view(a.body[m[2]:m[3]]), true
	}
}

// holds compiles a check that ParseCheck has read.
func holds(c scenarios.Check) func(answer) bool {
	switch c.Of {
	case scenarios.OfStatus:
		return func(a answer) bool { return compare(c, float64(a.status)) }
	case scenarios.OfLength:
		return func(a answer) bool { return compare(c, float64(len(a.body))) }
	case scenarios.OfBody:
		if c.Op == "contains" {
			return func(a answer) bool { return strings.Contains(view(a.body), c.Want) }
		}
		re := regexp.MustCompile(c.Want)
		return func(a answer) bool { return re.Match(a.body) }
	case scenarios.OfHeader:
		return func(a answer) bool {
			value, ok := header(a.head, c.Name)
			return ok && compareText(c, view(value))
		}
	}
	return func(a answer) bool { return compareJSON(c, gjson.Get(a.json, c.Name)) }
}

// compare judges a number.
func compare(c scenarios.Check, x float64) bool {
	switch c.Op {
	case "in":
		return c.Number <= x && x <= c.NumberTo
	case "==":
		return x == c.Number
	case "!=":
		return x != c.Number
	case "<":
		return x < c.Number
	case "<=":
		return x <= c.Number
	case ">":
		return x > c.Number
	case ">=":
		return x >= c.Number
	}
	return false
}

// compareText judges the value of a header.
func compareText(c scenarios.Check, value string) bool {
	switch {
	case c.Op == "exists":
		return true
	case c.Kind == "text":
		return (value == c.Want) == (c.Op == "==")
	}
	x, err := strconv.ParseFloat(value, 64)
	return err == nil && compare(c, x)
}

// compareJSON judges a value of JSON.
func compareJSON(c scenarios.Check, r gjson.Result) bool {
	isEqual := false
	switch {
	case !r.Exists():
		return false
	case c.Op == "exists":
		return true
	case c.Kind == "text":
		isEqual = r.Type == gjson.String && r.Str == c.Want
	case c.Kind == "word":
		isEqual = r.Type != gjson.String && r.Raw == c.Want
	case c.Op != "==" && c.Op != "!=":
		return r.Type == gjson.Number && compare(c, r.Num)
	default: // beyond 2^53 neighbours are one float
		isEqual = r.Type == gjson.Number && r.Num == c.Number && (math.Abs(r.Num) < 1<<53 || r.Raw == c.Want)
	}
	return isEqual == (c.Op == "==")
}
