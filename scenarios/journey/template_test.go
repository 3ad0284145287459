package journey

import (
	"fmt"
	"math"
	"net/url"
	"regexp"
	"strings"
	"testing"
	texttemplate "text/template"

	"github.com/peakday/peakday/scenarios"
	"pgregory.net/rapid"
)

// filledIn compiles a template alone and fills it in for a session that knows three variables.
func filledIn(t testing.TB, text string, in place) (string, error) {
	c := &compiler{
		program:  &Program{slots: 3, jar: -1},
		slots:    map[string]int{"token": 0, "a": 1, "b": 2},
		feeders:  map[string]*rows{"people": {name: "people", file: "p.csv", columns: []string{"id", "姓名"}, kept: []string{"id", "姓名"}, data: []byte("7李 w"), ends: []uint32{1, 6}, count: 1}},
		requests: map[string]*request{},
		getenv:   func(name string) (string, bool) { return "<" + name + ">", true },
	}
	made := c.template("body", "body", text, in)
	if c.errs != nil {
		return "", c.errs[0]
	}
	if !made.varies() {
		return made.constant, nil
	}
	s := &session{program: c.program, entry: &entry{}, seq: 12}
	for slot, value := range []string{"t/1", "", `q"`} {
		s.set(slot, value)
	}
	b, err := made.fill(nil, s)
	return string(b), err
}

func TestTemplatesAreFilledIn(t *testing.T) {
	tests := []struct {
		name, template string
		in             place
		want           string
	}{
		{"text alone stays", `a $ {b} $$ $`, inBody, `a $ {b} $$ $`},
		{"an escape is the characters themselves", `$${token} $$${token}`, inBody, `${token} $${token}`},
		{"a variable in a body stands as it is", `${token}`, inBody, `t/1`},
		{"and is escaped in a path", `/x/${token}?q=${b}`, inPath, `/x/t%2F1?q=q%22`},
		{"unless it is raw", `/${token:raw}`, inPath, `/t/1`},
		{"an empty value is a value", `[${a}]`, inHeader, `[]`},
		{"a column", `${people.id}-${people.姓名}`, inBody, `7-李 w`},
		{"a column in a path", `/${people.姓名}`, inPath, `/%E6%9D%8E%20w`},
		{"the arrival's number", `${seq}/${person}`, inBody, `12/12`},
		{"the environment", `Bearer ${TOKEN}`, inHeader, `Bearer <TOKEN>`},
		{"the environment in a path is escaped", `/${T_1}`, inPath, `/%3CT_1%3E`},
		{"a random number from one", `${random:7..7}`, inBody, `7`},
		{"of all 64 bits", `${random:18446744073709551615..18446744073709551615}`, inBody, `18446744073709551615`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, err := filledIn(t, test.template, test.in); err != nil || got != test.want {
				t.Errorf("%s: got %q, %v; want %q", test.template, got, err, test.want)
			}
		})
	}
}

func TestEscapeIsThatOfURLs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "value")
		got := string(escape(nil, value))
		if want := strings.ReplaceAll(url.QueryEscape(value), "+", "%20"); got != want {
			t.Fatalf("%q: got %s, want %s", value, got, want)
		}
		if back, err := url.PathUnescape(got); err != nil || back != value {
			t.Fatalf("%q comes back as %q, %v", value, back, err)
		}
	})
}

// text/template fills in the same text from the same values.
func TestTemplatesAgreeWithTextTemplate(t *testing.T) {
	values := map[string]string{"token": "t/1", "a": "", "b": `q"`}
	rapid.Check(t, func(t *rapid.T) {
		ours, theirs := "", ""
		for range rapid.IntRange(0, 8).Draw(t, "pieces") {
			if rapid.Bool().Draw(t, "variable") {
				name := rapid.SampledFrom([]string{"token", "a", "b"}).Draw(t, "name")
				ours, theirs = ours+"${"+name+"}", theirs+"[["+"."+name+"]]"
				continue
			}
			text := rapid.StringMatching(`[a-z ${}\\."]{0,9}`).Draw(t, "text")
			ours = ours + scenarios.Piece{Kind: scenarios.Text, Name: text}.String()
			if strings.HasSuffix(text, "$") {
				ours, text = ours+" ", text+" " // else it would escape what follows
			}
			theirs += text
		}
		if strings.Contains(ours, "$$$") { // three in a row escape the last two, which text/template does not know
			t.Skip("text/template has no such escape")
		}
		var want strings.Builder
		if err := texttemplate.Must(texttemplate.New("").Delims("[[", "]]").Parse(theirs)).Execute(&want, values); err != nil {
			t.Fatal(err)
		}
		got, err := filledIn(nil, ours, inBody)
		if err != nil || got != want.String() {
			t.Fatalf("%q: got %q, %v; want %q", ours, got, err, want.String())
		}
	})
}

// FuzzTemplate: no template makes the parser or the filling in panic; what parses is written and read back as the same
// pieces; and what is filled into a path or a header cannot break the request.
func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{"", "$", "${", "${}", "$${", "$$${token}", "a ${token} b", "${random:1..9}${uuid}", "${people.id:raw}", "${A}", "${x.}", "${random:9..1}", "${seq:raw:raw}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		pieces, err := scenarios.ParseTemplate(text)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("a fault that says nothing")
			}
			return
		}
		again := ""
		for _, p := range pieces {
			again += p.String()
		}
		back, err := scenarios.ParseTemplate(again)
		if err != nil || len(back) != len(pieces) {
			t.Fatalf("%q is written as %q: %v, %v", text, again, back, err)
		}
		for i, p := range pieces {
			p.At, back[i].At = 0, 0
			if p != back[i] {
				t.Fatalf("%q is written as %q: got %+v, want %+v", text, again, back[i], p)
			}
		}
		for _, in := range []place{inBody, inHeader, inPath} {
			got, err := filledIn(t, text, in)
			if err == nil && in == inPath && strings.Count(got, " ") > strings.Count(text, " ") {
				t.Fatalf("%q is filled in as %q", text, got)
			}
		}
	})
}

func TestValuesThatWouldBreakARequestAreErrors(t *testing.T) {
	document := frame + `
requests:
  - {op: login, path: /, extract: {v: json v}}
  - {op: raw, path: "/${v:raw}"}
  - {op: first, path: "${v:raw}"}
  - {op: head, path: /, headers: {X-V: "${v}"}}
  - {op: body, method: POST, path: "/${v}", body: "${v}"}
journeys: [{name: raws, steps: [login, raw]}, {name: firsts, steps: [login, first]}, {name: heads, steps: [login, head]}, {name: bodies, steps: [login, body]}]
`
	p := made(t, document, nil, nil)
	for _, test := range []struct{ journey, value, want string }{
		{"raws", `a/b?c=d`, ""},
		{"firsts", `/a/b?c=d`, ""},
		{"firsts", `https://example.org/a#b`, ""},
		{"firsts", `http://example.org`, ""},
		{"firsts", `b?c=d`, `journey firsts, request first: path: ${v:raw} is "b?c=d", want a path beginning with "/"`},
		{"raws", `a b`, `journey raws, request raw: path: ${v:raw} holds ' ', which may not stand there`},
		{"heads", `a\r\nX: y`, `journey heads, request head: header X-V: ${v} holds '\r', which may not stand there`},
		{"heads", "a\\tb c\u00e9", ""},
		{"heads", `a\u0000`, `journey heads, request head: header X-V: ${v} holds '\x00', which may not stand there`},
		{"bodies", `a\r\n\u0000`, ""},
	} {
		s := begun(t, p, 0, test.journey)
		if failed, _ := s.Answer(scenarios.Answer{Status: 200, Body: []byte(`{"v":"` + test.value + `"}`)}); failed != "" {
			t.Fatal(failed)
		}
		s.Next(0)
		var r scenarios.Request
		got := ""
		if err := s.Request(&r); err != nil {
			got = err.Error()
		}
		if got != test.want || got == "" && !strings.HasPrefix(r.Path, "/") {
			t.Errorf("%s %q: got %s, %q; want %s", test.journey, test.value, r.Path, got, test.want)
		}
	}
}

func TestRandomValuesAreEvenAndBelongToTheirPlace(t *testing.T) {
	p := made(t, frame+`
requests: [{op: a, path: "/${random:1..10}/${random:1..10}/${random}", headers: {X: "${uuid}"}}]
mix: {a: 1}
`, nil, nil)
	const n = 20_000
	var first, pairs [10][10]float64
	seen := map[string]bool{}
	for seq := range uint64(n) {
		r := asked(t, begun(t, p, seq, "a"))
		var a, b int
		var c uint64
		if _, err := fmt.Sscanf(r.Path, "/%d/%d/%d", &a, &b, &c); err != nil {
			t.Fatal(err)
		}
		first[0][a-1]++
		pairs[a-1][b-1]++
		if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(r.Header[0].Value) {
			t.Fatalf("found the UUID %s", r.Header[0].Value)
		}
		seen[r.Header[0].Value] = true
		seen[fmt.Sprint(c)] = true
	}
	if len(seen) != 2*n {
		t.Errorf("%d UUIDs and numbers of 64 bits, want %d", len(seen), 2*n)
	}
	// Chi-square with 9 and 99 degrees of freedom: 27.88 and 148.23 are passed once in a thousand (seeded, so never or always).
	if x := chiSquare(first[0][:], n/10); x > 27.88 {
		t.Errorf("numbers are uneven: chi-square %.1f", x)
	}
	all := []float64{}
	for _, row := range pairs {
		all = append(all, row[:]...)
	}
	if x := chiSquare(all, n/100); x > 148.23 {
		t.Errorf("two numbers of one request are not independent: chi-square %.1f", x)
	}
}

func chiSquare(counts []float64, want float64) (x float64) {
	for _, n := range counts {
		x += math.Pow(n-want, 2) / want
	}
	return x
}
