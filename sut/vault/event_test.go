package vault

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func drawEvent(t *rapid.T) Event {
	text := rapid.String()
	const exact = 1 << 53
	return Event{
		At: rapid.Int64Range(-exact, exact).Draw(t, "at"), Actor: text.Draw(t, "actor"), Role: text.Draw(t, "role"),
		Op: text.Draw(t, "op"), Subject: text.Draw(t, "subject"), Outcome: text.Draw(t, "outcome"),
		Key: text.Draw(t, "key"), Detail: text.Draw(t, "detail"), Txn: rapid.Int64Range(-exact, exact).Draw(t, "txn"),
	}
}

func TestEventsAreReadBackAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawEvent(t)
		line := want.AppendJSON(nil)
		got, err := ParseEvent(line)
		if err != nil || got != want {
			t.Fatalf("%s: got %+v and %v, want %+v", line, got, err, want)
		}
		// encoding/json is another implementation of the reading side, and of the order of names.
		var loose map[string]any
		if err := json.Unmarshal(line, &loose); err != nil || len(loose) != 9 || loose["detail"] != want.Detail {
			t.Fatalf("%s: encoding/json reads %v and %v", line, loose, err)
		}
	})
}

func TestDifferentEventsHaveDifferentHashes(t *testing.T) {
	base := Event{At: 1, Actor: "a", Role: "r", Op: "o", Subject: "s", Outcome: "d", Key: "k", Detail: "x", Txn: 1}
	seen := map[Hash]string{Link(Hash{}, 1, base): "the base"}
	add := func(name string, h Hash) {
		if other, ok := seen[h]; ok {
			t.Errorf("%s has the hash of %s", name, other)
		}
		seen[h] = name
	}
	for name, change := range map[string]func(*Event){
		"at": func(e *Event) { e.At++ }, "actor": func(e *Event) { e.Actor = "b" }, "role": func(e *Event) { e.Role = "" },
		"op": func(e *Event) { e.Op += "o" }, "subject": func(e *Event) { e.Subject = `s","txn":1}` }, "outcome": func(e *Event) { e.Outcome = "D" },
		"key": func(e *Event) { e.Key = "k\x00" }, "detail": func(e *Event) { e.Detail = "" }, "txn": func(e *Event) { e.Txn = -1 },
		"text moved to the next field": func(e *Event) { e.Key, e.Detail = "", "kx" },
	} {
		e := base
		change(&e)
		add(name, Link(Hash{}, 1, e))
	}
	add("another number", Link(Hash{}, 2, base))
	add("the same number in another lane", Link(Hash{}, laneSize+1, base))
	add("another hash before it", Link(Hash{31: 1}, 1, base))
	add("the start of a log", Start("3a"))
	add("the start of another log", Start("3b"))
}

func TestOnlyTheCanonicalFormIsRead(t *testing.T) {
	line := string(Event{At: 12, Actor: "a", Op: "o", Outcome: "done"}.AppendJSON(nil))
	if _, err := ParseEvent([]byte(line)); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"a space":                strings.Replace(line, ":12", ": 12", 1),
		"an exponent":            strings.Replace(line, ":12", ":1.2e1", 1),
		"a needless escape":      strings.Replace(line, `"a"`, `"\u0061"`, 1),
		"a field twice":          strings.Replace(line, `{"actor":"a"`, `{"actor":"b","actor":"a"`, 1),
		"a field in capitals":    strings.Replace(line, `"actor"`, `"Actor"`, 1),
		"a field nobody knows":   strings.Replace(line, `}`, `,"x":1}`, 1),
		"a field less":           strings.Replace(line, `"at":12,`, ``, 1),
		"two fields swapped":     strings.Replace(line, `"actor":"a","at":12`, `"at":12,"actor":"a"`, 1),
		"a byte that is no text": strings.Replace(line, `"a"`, "\"a\xff\"", 1),
		"two events":             line + line,
		"a line end":             line + "\n",
		"nothing":                "",
		"null":                   "null",
		"a list":                 "[]",
	} {
		if e, err := ParseEvent([]byte(bad)); err == nil {
			t.Errorf("%s: %s is read as %+v, want an error", name, bad, e)
		}
	}
}

func TestEventsOfOtherThanIDsAndCodesAreRefused(t *testing.T) {
	good := Event{Actor: "clerk-3", Role: "clerk", Op: "enrol", Subject: "P7", Outcome: "done", Detail: "pending>active"}
	if err := good.Check(); err != nil {
		t.Errorf("got %v for %+v", err, good)
	}
	for _, c := range []struct {
		name   string
		change func(*Event)
		says   string
	}{
		{"a name in Chinese", func(e *Event) { e.Detail = "for 王芳" }, "detail holds byte 0xe7 at 4"},
		{"a line end", func(e *Event) { e.Key = "k\n" }, "key holds byte 0x0a at 1"},
		{"a long subject", func(e *Event) { e.Subject = strings.Repeat("x", MaxField+1) }, "subject has 513 bytes, the most is 512"},
		{"nobody", func(e *Event) { e.Actor = "" }, "want an actor"},
		{"nothing done", func(e *Event) { e.Op = "" }, "want an actor"},
		{"no outcome", func(e *Event) { e.Outcome = "" }, "want an actor"},
	} {
		e := good
		c.change(&e)
		if err := e.Check(); !strings.Contains(fmt.Sprint(err), c.says) || strings.Contains(fmt.Sprint(err), "王") {
			t.Errorf("%s: got %v, want %q", c.name, err, c.says)
		}
	}
}

func FuzzParseEvent(f *testing.F) {
	f.Add(Event{At: 1, Actor: "clerk-3", Key: "k \"\\\u2028", Txn: 7}.AppendJSON(nil))
	f.Add([]byte(`{"actor":"a"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := ParseEvent(line)
		if err == nil && string(e.AppendJSON(nil)) != string(line) {
			t.Fatalf("%q is read and written as %q", line, e.AppendJSON(nil))
		}
	})
}

func BenchmarkLink(b *testing.B) {
	e := Event{
		At: 1672531200000, Actor: "H0042", Role: "hospital", Op: "settleClaim", Subject: "P1234567", Outcome: "done",
		Key: "018f4e2a-7a41-7cc0-9d57-2f3b8e1c6a55", Detail: "previewed>settled", Txn: 12,
	}
	if n := testing.AllocsPerRun(10, func() { Link(Hash{}, 1, e) }); n != 0 {
		b.Fatalf("%v allocations, want none", n)
	}
	b.ReportAllocs()
	for b.Loop() {
		Link(Hash{}, 1, e)
	}
}
