package scenarios

import (
	"fmt"
	"regexp"
	"strings"
)

// A Pick says where in an answer something stands:
//
//	json data.items.0.id   a path of gjson, https://github.com/tidwall/gjson/blob/v1.18.0/SYNTAX.md
//	header X-CSRF          the value of the first header field of this name
//	cookie sid             the value that a Set-Cookie gives it
//	regexp id=(\d+)        the first group of the first match in the body
type Pick struct {
	From PickFrom
	Name string // the path, the header, the cookie or the expression
}

// PickFrom names the part of an answer that is looked at.
type PickFrom string

// The parts of an answer.
const (
	FromJSON   PickFrom = "json"
	FromHeader PickFrom = "header"
	FromCookie PickFrom = "cookie"
	FromRegexp PickFrom = "regexp"
)

// ParsePick reads where a variable comes from.
func ParsePick(from string) (Pick, error) {
	word, name, _ := strings.Cut(from, " ")
	p := Pick{PickFrom(word), strings.TrimSpace(name)}
	switch p.From {
	case FromJSON:
		if p.Name == "" {
			return p, fmt.Errorf("found %q, want a path after it, such as json data.token", from)
		}
	case FromHeader, FromCookie:
		if !httpToken.MatchString(p.Name) {
			return p, fmt.Errorf("found the %s name %q, want one such as %s", p.From, p.Name, map[PickFrom]string{FromHeader: "X-CSRF", FromCookie: "sid"}[p.From])
		}
	case FromRegexp:
		re, err := regexp.Compile(p.Name)
		if err != nil {
			return p, fmt.Errorf("found %q, want a regular expression of RE2: %w", p.Name, err)
		}
		if re.NumSubexp() == 0 {
			return p, fmt.Errorf(`found %q without a group, want what is taken in parentheses, such as id=(\d+)`, p.Name)
		}
	default:
		return p, fmt.Errorf(`found %q, want where it stands: "json data.token", "header X-CSRF", "cookie sid" or "regexp id=(\d+)"`, from)
	}
	return p, nil
}
