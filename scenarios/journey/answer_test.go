package journey

import (
	"bufio"
	"encoding/json"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/peakday/peakday/scenarios"
	"pgregory.net/rapid"
)

func TestChecksAreJudged(t *testing.T) {
	a := scenarios.Answer{Status: 200, Head: []byte("X-Cache: hit\r\nAge: 12\r\nX-Cache: miss\r\n"), Body: []byte(` {"state": "open", "n": 3.5, "id": 9007199254740993, "none": null, "yes": true, "items": [{"v": 1}, {"v": 20}], "text": "3"}` + "\n")}
	tests := []struct {
		check string
		want  bool
	}{
		{"status == 200", true}, {"status != 200", false}, {"status in 200..299", true}, {"status in 201..299", false}, {"status < 300", true}, {"status >= 300", false},
		{"length <= 200", true}, {"length > 200", false}, {"length in 1..130", true},
		{`body contains "open"`, true}, {`body contains "\"n\": 3"`, true}, {`body contains "shut"`, false}, {`body matches "id": \d+`, true}, {"body matches ^x", false},
		{"header x-cache exists", true}, {"header X-None exists", false}, {`header X-Cache == "hit"`, true}, {`header X-Cache != "miss"`, true}, {`header X-None != "a"`, false}, {"header Age >= 12", true}, {"header Age > 12", false}, {"header X-Cache > 1", false},
		{"json state exists", true}, {"json none exists", true}, {"json nothing exists", false}, {`json state == "open"`, true}, {`json state != "shut"`, true}, {`json nothing != "shut"`, false},
		{"json items.# >= 2", true}, {"json items.# > 2", false}, {"json n == 3.5", true}, {"json n < 3", false}, {"json text == 3", false}, {`json text == "3"`, true}, {"json text > 2", false},
		{"json id == 9007199254740993", true}, {"json id == 9007199254740992", false}, {"json id != 9007199254740992", true},
		{"json yes == true", true}, {"json yes == false", false}, {"json none == null", true}, {"json state == null", false}, {"json nothing == null", false},
		{"json items.#(v > 5).v == 20", true}, {`json items.#(v == 1).v exists`, true}, {"json items.1.v == 20", true},
	}
	for _, test := range tests {
		c, err := scenarios.ParseCheck(test.check)
		if err != nil {
			t.Error(err)
			continue
		}
		seen := answer{a.Status, a.Head, a.Body, document(a.Body)}
		if got := holds(c)(seen); got != test.want {
			t.Errorf("%s: got %v, want %v", test.check, got, test.want)
		}
	}
	for _, body := range []string{"", "{", `{"state": "open"`, "<p>{}</p>", "[}", `"open"`} {
		c, _ := scenarios.ParseCheck("json @this exists")
		if holds(c)(answer{json: document([]byte(body))}) {
			t.Errorf("%q is taken for JSON", body)
		}
	}
}

// A session judges by status only where a check does, counts a failed check by its text, and ends after either.
func TestASessionEndsAtTheFirstAnswerThatIsNotAsItShouldBe(t *testing.T) {
	p := made(t, frame+`
requests:
  - {op: any, path: /, check: [length <= 3], extract: {v: json v}}
  - {op: gone, path: /, check: [status == 404, length <= 3]}
journeys: [{name: two, steps: [any, gone]}]
mix: {two: 1}
`, nil, nil)
	second := begun(t, p, 1, "two")
	if _, judged := second.Answer(scenarios.Answer{Status: 200, Body: []byte(`{}`)}); judged {
		t.Error("no check looks at the status")
	}
	tests := []struct {
		name, op string
		a        scenarios.Answer
		failed   string
		judged   bool
	}{
		{"a status that nobody checks", "any", scenarios.Answer{Status: 500, Body: []byte("long body")}, "", false},
		{"a check that does not hold", "any", scenarios.Answer{Status: 200, Body: []byte("long body")}, "length <= 3", false},
		{"an extraction that finds nothing", "any", scenarios.Answer{Status: 200, Body: []byte(`{}`)}, "extract v", false},
		{"a status that a check wants", "gone", scenarios.Answer{Status: 404}, "", true},
		{"a status that a check does not want", "gone", scenarios.Answer{Status: 200}, "status == 404", true},
		{"another check beside it", "gone", scenarios.Answer{Status: 404, Body: []byte("long body")}, "length <= 3", true},
	}
	for _, test := range tests {
		s := begun(t, p, 0, test.op)
		if failed, judged := s.Answer(test.a); failed != test.failed || judged != test.judged {
			t.Errorf("%s: got %q, %v; want %q, %v", test.name, failed, judged, test.failed, test.judged)
		}
	}
	for _, a := range []*scenarios.Answer{nil, {Status: 500}, {Status: 200, Body: []byte(`{}`)}} {
		s := begun(t, p, 0, "two")
		if a != nil {
			s.Answer(*a)
		}
		if _, more := s.Next(0); more {
			t.Errorf("after %+v the session goes on", a)
		}
	}
	s := begun(t, p, 0, "two")
	s.Answer(scenarios.Answer{Status: 503})
	s.Answer(scenarios.Answer{Status: 200, Body: []byte(`{"v":1}`)}) // too long, but the check comes first
	if _, more := s.Next(0); more {
		t.Error("a retry that fails a check lets the session go on")
	}
}

// encoding/json finds the same value at the same place.
func TestPicksAgreeWithEncodingJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path, want := []string{}, any(nil)
		document := drawObject(t, 3)
		text, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		at := any(document)
		for {
			if list, ok := at.([]any); ok && len(list) > 0 {
				i := rapid.IntRange(0, len(list)-1).Draw(t, "index")
				path, at = append(path, strconv.Itoa(i)), list[i]
			} else if object, ok := at.(map[string]any); ok && len(object) > 0 {
				key := rapid.SampledFrom(slices.Sorted(maps.Keys(object))).Draw(t, "key")
				path, at = append(path, key), object[key]
			} else {
				want = at
				break
			}
		}
		if len(path) == 0 {
			t.Skip("a bare value has no path")
		}
		pick, err := scenarios.ParsePick("json " + strings.Join(path, "."))
		if err != nil {
			t.Fatal(err)
		}
		got, ok := finds(pick)(answer{json: string(text)})
		switch want := want.(type) {
		case nil:
			if ok {
				t.Fatalf("%s: %v: got %q for null", text, path, got)
			}
		case string:
			if !ok || got != want {
				t.Fatalf("%s: %v: got %q, %v; want %q", text, path, got, ok, want)
			}
		default:
			raw, err := json.Marshal(want)
			if err != nil || !ok || got != string(raw) {
				t.Fatalf("%s: %v: got %q, %v; want %s", text, path, got, ok, raw)
			}
		}
	})
}

func drawObject(t *rapid.T, depth int) map[string]any {
	object := map[string]any{}
	for range rapid.IntRange(1, 4).Draw(t, "keys") {
		object[rapid.StringMatching(`[a-z_]{1,4}`).Draw(t, "key")] = drawValue(t, depth-1)
	}
	return object
}

func drawValue(t *rapid.T, depth int) any {
	switch rapid.IntRange(0, 4+2*min(1, depth)).Draw(t, "kind") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "bool")
	case 2:
		return rapid.Float64Range(-1e9, 1e9).Draw(t, "number")
	case 3, 4:
		return rapid.String().Draw(t, "text")
	case 5:
		return drawObject(t, depth)
	}
	list := []any{}
	for range rapid.IntRange(0, 3).Draw(t, "items") {
		list = append(list, drawValue(t, depth-1))
	}
	return list
}

// net/textproto reads the same header, and net/http the same cookies.
func TestHeadersAndCookiesAgreeWithTheStandardLibrary(t *testing.T) {
	names := []string{"X-A", "x-a", "X-AB", "Set-Cookie", "set-cookie"}
	rapid.Check(t, func(t *rapid.T) {
		head := ""
		for range rapid.IntRange(0, 6).Draw(t, "fields") {
			value := rapid.StringMatching(`[a-z]{0,3}( ?[:;=,] ?[a-z0-9]{0,3}){0,2}`).Draw(t, "value")
			name := rapid.SampledFrom(names).Draw(t, "name")
			if strings.EqualFold(name, "Set-Cookie") {
				value = rapid.SampledFrom([]string{"a", "b", "sid"}).Draw(t, "cookie") + "=" + rapid.StringMatching(`[a-z0-9=]{0,4}`).Draw(t, "cookie value") + rapid.SampledFrom([]string{"", "; Path=/", "; HttpOnly; Secure"}).Draw(t, "attributes")
			}
			head += name + ": " + value + "\r\n"
		}
		theirs, err := textproto.NewReader(bufio.NewReader(strings.NewReader(head + "\r\n"))).ReadMIMEHeader()
		if err != nil {
			t.Skip("no header that net/textproto reads")
		}
		for _, name := range []string{"X-A", "X-AB", "X-ABC"} {
			got, ok := header([]byte(head), name)
			if list := theirs[textproto.CanonicalMIMEHeaderKey(name)]; ok != (len(list) > 0) || ok && string(got) != list[0] {
				t.Fatalf("%q: %s: got %q, %v; want %q", head, name, got, ok, list)
			}
		}
		want := map[string]string{}
		for _, c := range (&http.Response{Header: http.Header(theirs)}).Cookies() {
			want[c.Name] = c.Value
		}
		for _, name := range []string{"a", "b", "sid"} {
			got, ok := cookie([]byte(head), name)
			if value, has := want[name]; ok != has || string(got) != value {
				t.Fatalf("%q: cookie %s: got %q, %v; want %q, %v", head, name, got, ok, value, has)
			}
		}
	})
}

func TestPicks(t *testing.T) {
	a := answer{head: []byte("Location: /next \r\nSet-Cookie: sid=1\r\nSet-Cookie: sid=2; Path=/\r\n"), body: []byte(`<a href="/x?id=17&id=18">`)}
	for from, want := range map[string]string{
		"header location":     "/next",
		"cookie sid":          "2",
		`regexp id=(\d+)`:     "17",
		`regexp (z)?href="/`:  "-",
		`regexp nothing(.*)x`: "-",
		"header X":            "-",
		"cookie s":            "-",
		"json a":              "-",
	} {
		pick, err := scenarios.ParsePick(from)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := finds(pick)(a)
		if !ok {
			got = "-"
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", from, got, want)
		}
	}
}

// FuzzAnswer: no answer makes a check, an extraction or the cookies panic.
func FuzzAnswer(f *testing.F) {
	f.Add("X-CSRF: 1\r\nSet-Cookie: a=b; Max-Age=0\r\n", `{"data":{"token":"\u00e9","items":[{"id":1},{"id":2}]}}`)
	f.Add("\n:\nSet-Cookie\nSet-Cookie:;\n", `{"data":{"items":[[[{`)
	f.Add("", `[{"data":"\`)
	text := frame + `
requests:
  - op: a
    path: /
    check: ['json data.items.#(id > 1).id == 2', 'json data.items.#.id exists', "json @this exists", 'header X-CSRF == "1"']
    extract: {t: json data.token, u: header X-CSRF, c: cookie a, r: 'regexp (\w+)$'}
cookies: true
mix: {a: 1}
`
	p := made(f, text, nil, nil)
	f.Fuzz(func(t *testing.T, head, body string) {
		s := begun(t, p, 0, "a").(*session)
		s.Answer(scenarios.Answer{Status: 200, Head: []byte(head), Body: []byte(body)})
		for _, l := range []string{"json data.token", "json data.items.#(id > 1).id", "json data.items.#.id", "json data.items.-1", "json ..1.data", "json {data,x}", "json data.@reverse"} {
			pick, err := scenarios.ParsePick(l)
			if err != nil {
				t.Fatal(err)
			}
			finds(pick)(answer{json: document([]byte(body))})
		}
	})
}
