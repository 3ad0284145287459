package cli

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/peakday/peakday/scenarios"
)

func TestATargetIsSentAsItStands(t *testing.T) {
	list, err := readTargets(strings.NewReader("\n \nPOST http://h:1/a/b?q=${x}&r=%20\nX-One: ${NAME}\nX-One: two\n\nGET https://h/\n"))
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	base, l, err := literalOf(list[0])
	if err != nil || base != "http://h:1" || l.Op != "post.a.b" || l.Path != "/a/b?q=$${x}&r=%20" {
		t.Errorf("%s %+v, %v", base, l, err)
	}
	if want := []scenarios.Header{{Name: "X-One", Value: "$${NAME}"}, {Name: "X-One", Value: "two"}}; !slices.Equal(l.Headers, want) {
		t.Errorf("headers %v, want %v", l.Headers, want)
	}
	if base, l, err = literalOf(list[1]); err != nil || base != "https://h" || l.Op != "get" || l.Path != "/" {
		t.Errorf("%s %+v, %v", base, l, err)
	}
}

func TestTargetsOfTheSameNameAreNumbered(t *testing.T) {
	c := runCommand(&session{})
	c.SetIn(strings.NewReader("GET http://h/a\n\nGET http://h/a/2\n\nGET http://h/a?x=1\n\nGET http://h/a\n"))
	sc, _, err := (&targetFlags{file: "-", rate: "1", length: 1, timeout: 1}).scenario(c, "")
	var names []string
	for _, l := range sc.Requests {
		names = append(names, l.Op)
	}
	if want := []string{"get.a", "get.a.2", "get.a.3", "get.a.4"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("got %v, %v; want %v", names, err, want)
	}
}

func TestNoTargetIsLostBehindALineThatIsTooLong(t *testing.T) {
	text := "GET http://h/a\n\nGET http://h/" + strings.Repeat("b", 70_000) + "\n\nGET http://h/c\n"
	if list, err := readTargets(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), "want less than 65536") {
		t.Errorf("%d targets, %v", len(list), err)
	}
	if _, err := readTargets(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(text)))); !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("a source that breaks: %v", err)
	}
}

func TestATemplateIsShownAsItWasSent(t *testing.T) {
	if got := plainOf("/a$${b}?c=${token:raw}"); got != "/a${b}?c=${token:raw}" {
		t.Errorf("got %s", got)
	}
}

// Whatever a target file holds, it is read or refused, and what was read makes a request that vegeta's own decoder reads back.
func FuzzTargets(f *testing.F) {
	f.Add([]byte("GET http://127.0.0.1:8080/\n"))
	f.Add([]byte("POST http://127.0.0.1/a?b=c\nContent-Type: application/json\nX: ${Y}\n\nGET http://127.0.0.1/\n"))
	f.Add([]byte(`{"method":"POST","url":"http://127.0.0.1/","body":"e30=","header":{"A":["b"]}}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if bytes.Contains(text, []byte("@")) {
			return // names a file to read
		}
		list, err := readTargets(bytes.NewReader(text))
		if err != nil {
			return
		}
		for _, one := range list {
			base, l, err := literalOf(one)
			if err != nil {
				continue
			}
			if !strings.HasPrefix(l.Path, "/") && l.Path != "*" || !strings.HasPrefix(base, "http") || l.Op == "" {
				t.Errorf("%q: %s %+v", text, base, l)
			}
			if strings.Contains(strings.ReplaceAll(l.Path+l.Body, "$${", ""), "${") {
				t.Errorf("%q: a template is left in %+v", text, l)
			}
			var again bytes.Buffer
			if err := vegeta.NewJSONTargetEncoder(&again).Encode(&one); err != nil {
				t.Errorf("%q: %v", text, err)
			}
			if back, err := readTargets(&again); err != nil || len(back) != 1 || !back[0].Equal(&one) {
				t.Errorf("%q: read back %+v, %v", text, back, err)
			}
		}
	})
}
