package scenarios

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// The document, continued: sessions, the closed model and what happens under overload.

func journey() kind[Journey] {
	return object(Journey{},
		key("name", text(), func(j *Journey) *string { return &j.Name }, "the journey's name in the mix").must(),
		key("pace", duration(), func(j *Journey) *time.Duration { return &j.Pace }, "closed model: a user begins it at most once in this time").whenAbsent("0s"),
		key("steps", steps(), func(j *Journey) *[]Step { return &j.Steps }, "what is done, one after the other").must(),
	)
}

func steps() kind[[]Step] { return list(named("step", step)) }

// named is a kind that may hold itself: the schema names it, and it is made when it is read or written.
func named[T any](name string, make func() kind[T]) kind[T] {
	return kind[T]{
		schema: schema{"$ref": "#/$defs/" + name},
		read:   func(r *reader, n ast.Node, path string) (T, bool) { return make().read(r, n, path) },
		write:  func(v T) node { return make().write(v) },
	}
}

// step is the name of a request, or an object whose one key says what it is.
func step() kind[Step] {
	pause := object(Step{}, key("think", think(), func(s *Step) *Think { return &s.Think }, "a pause, such as 2s or 1s..3s").must())
	fork := object(Step{}, key("branch", list(branch()), func(s *Step) *[]Branch { return &s.Branch }, "ways to go on, of which one is drawn by its share").must())
	return forms[Step]{
		want:    "the op of a request, {think: 1s..3s} or {branch: [{share: 3, steps: […]}, …]}",
		word:    func(s *Step) *string { return &s.Request },
		objects: map[string]kind[Step]{"think": pause, "branch": fork},
		key: func(s Step) string {
			switch {
			case s.Request != "":
				return ""
			case len(s.Branch) > 0:
				return "branch"
			}
			return "think"
		},
	}.kind()
}

func branch() kind[Branch] {
	return object(Branch{Share: 1},
		key("share", number(), func(b *Branch) *float64 { return &b.Share }, "how often it is taken, relative to the other branches").always().whenAbsent(1),
		key("steps", steps(), func(b *Branch) *[]Step { return &b.Steps }, "what is done; when left out, nothing"),
	)
}

// think is a pause of one length, or drawn between two.
func think() kind[Think] {
	const one = `([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+`
	return pattern(`^`+one+`(\.\.`+one+`)?$`, "a pause such as 2s, or one drawn from a range such as 1s..3s",
		func(s string) (t Think, err error) {
			least, most, isRange := strings.Cut(s, "..")
			if t.Least, err = time.ParseDuration(least); err != nil || !isRange {
				return Think{t.Least, t.Least}, err
			}
			t.Most, err = time.ParseDuration(most)
			return t, err
		},
		Think.String)
}

// String is the pause as it is written in a scenario: 2s, or 1s..3s.
func (t Think) String() string {
	if t.Least == t.Most {
		return durationText(t.Least)
	}
	return durationText(t.Least) + ".." + durationText(t.Most)
}

func feeder() kind[Feeder] {
	return object(Feeder{},
		key("name", text(), func(f *Feeder) *string { return &f.Name }, "its name in templates, ${name.column}: lower case").must(),
		key("file", text(), func(f *Feeder) *string { return &f.File }, "a .csv file with a header line, or a .jsonl file with one object a line").must(),
		key("order", word(Sequential, Random, Unique), func(f *Feeder) *Order { return &f.Order }, "how sessions get rows").whenAbsent(Sequential),
	)
}

// overload is the word drop, or an object whose one key names the policy and holds its limit.
func overload() kind[Overload] {
	queue := object(Overload{Policy: Queue}, key("queue", whole(maxInFlight), func(o *Overload) *int { return &o.Most }, "arrivals that wait at most; more are dropped").must())
	late := object(Overload{Policy: LateBy}, key("late", duration(), func(o *Overload) *time.Duration { return &o.Late }, "how long an arrival waits at most before it is dropped").must())
	spawn := object(Overload{Policy: Spawn}, key("spawn", whole(maxInFlight), func(o *Overload) *int { return &o.Most }, "requests in flight at most").must())
	return forms[Overload]{
		want:  "drop, {queue: 500}, {late: 2s} or {spawn: 20000}",
		words: []string{string(Drop)}, word: func(o *Overload) *string { return (*string)(&o.Policy) },
		objects: map[string]kind[Overload]{"queue": queue, "late": late, "spawn": spawn},
		key: func(o Overload) string {
			if o.Policy == Drop {
				return ""
			}
			return string(o.Policy)
		},
	}.kind()
}

// forms is a kind that is written as a word, or as an object with one key that says which it is.
type forms[T any] struct {
	want    string   // completes "want …"
	words   []string // nil: any text
	word    func(*T) *string
	objects map[string]kind[T] // by their key
	key     func(T) string     // the key it is written with; empty for the word
}

func (f forms[T]) kind() kind[T] {
	text := schema{"type": "string"}
	if f.words != nil {
		text = text.with("enum", f.words)
	}
	schemas := []schema{text}
	for _, k := range slices.Sorted(maps.Keys(f.objects)) {
		schemas = append(schemas, f.objects[k].schema)
	}
	return kind[T]{
		schema: schema{"oneOf": schemas},
		read: func(r *reader, n ast.Node, path string) (value T, ok bool) {
			if s, _ := scalar(n); isString(n) && (f.words == nil || slices.Contains(f.words, s)) {
				*f.word(&value) = s
				return value, true
			}
			found := keysOf(n)
			if len(found) != 1 || f.objects[found[0]].read == nil {
				return value, r.found(n, path, f.want)
			}
			return f.objects[found[0]].read(r, n, path)
		},
		write: func(v T) node {
			if k := f.key(v); k != "" {
				return f.objects[k].write(v)
			}
			return quoted(*f.word(&v))
		},
	}
}

// keysOf are the keys of a mapping, as they stand.
func keysOf(n ast.Node) (keys []string) {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	}
	for _, v := range values {
		name, _ := scalar(v.Key)
		keys = append(keys, name)
	}
	return keys
}

func abortRule() kind[AbortRule] {
	k := text()
	return kind[AbortRule]{
		schema: schema{"type": "string", "pattern": " over [0-9]"},
		read: func(r *reader, n ast.Node, path string) (AbortRule, bool) {
			s, ok := k.read(r, n, path)
			if !ok {
				return AbortRule{}, false
			}
			rule, err := ParseAbortRule(s)
			if err != nil {
				return rule, r.fault(n, path, "%s", err)
			}
			return rule, true
		},
		write: func(rule AbortRule) node { return quoted(rule.String()) },
	}
}
