package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/peakday/peakday/scenarios/suggest"
)

// answers checks what a request wants of its answer and takes from it.
func (p *problems) answers(path string, l Literal) {
	seen := map[string]bool{}
	for i, text := range l.Checks {
		at := fmt.Sprintf("%s.check[%d]", path, i)
		c, err := ParseCheck(text)
		p.unless(err == nil, at, "%v", err)
		p.unless(!seen[c.Text], at, "found the check a second time, want it once")
		p.text(at, text)
		seen[c.Text] = true
	}
	seen = map[string]bool{}
	for _, e := range l.Extract {
		at := join(path+".extract", e.Name)
		p.unless(isOwnName(e.Name), at, "found the name %q, want lower case letters, digits and underscores, such as token, and not a word of templates", e.Name)
		p.unless(!seen[e.Name], at, "found the name a second time, want it once")
		seen[e.Name] = true
		_, err := ParsePick(e.From)
		p.unless(err == nil, at, "%v", err)
		p.text(at, e.From)
	}
}

func (s Scenario) journeyNames() []string {
	var names []string
	for _, j := range s.Journeys {
		names = append(names, j.Name)
	}
	return names
}

// sessions checks journeys, feeders and templates, and that whatever a template asks for is there when it is filled in.
func (p *problems) sessions(s Scenario) {
	w := &walk{problems: p, byOp: map[string]Literal{}, needs: map[string][]need{}, feeders: map[string]bool{}, given: map[string]bool{}}
	for _, l := range s.Requests {
		w.byOp[l.Op] = l
		for _, e := range l.Extract {
			w.given[e.Name] = true
		}
	}
	p.feeders(s.Feeders, w)
	for i, l := range s.Requests {
		w.templates(fmt.Sprintf("requests[%d]", i), l, s.Cookies)
	}
	const alone = "found steps without requests, want the requests that they name"
	p.unless(len(s.Requests) > 0 || len(s.Journeys) == 0, "journeys", alone)
	p.unless(len(s.Requests) > 0 || len(s.Setup) == 0, "setup", alone)
	p.unless(len(s.Requests) > 0 || len(s.Teardown) == 0, "teardown", alone)
	setup := map[string]bool{}
	w.once("setup", s.Setup, setup)
	for i, j := range s.Journeys {
		path := fmt.Sprintf("journeys[%d]", i)
		p.op(path+".name", j.Name)
		_, isRequest := w.byOp[j.Name]
		p.unless(!isRequest, path+".name", "found %q, the op of a request, want another name", j.Name)
		p.unless(!slices.Contains(s.journeyNames()[:i], j.Name), path+".name", "found %q a second time, want another name", j.Name)
		p.duration(path+".pace", j.Pace, 0)
		w.begins(path+".steps", j.Steps)
		w.steps(path+".steps", j.Steps, maps.Clone(setup))
	}
	w.once("teardown", s.Teardown, maps.Clone(setup))
	for _, weight := range s.Mix {
		if _, ok := w.byOp[weight.Op]; ok {
			w.request(join("mix", weight.Op), weight.Op, setup)
		}
	}
}

func (p *problems) feeders(list []Feeder, w *walk) {
	for i, f := range list {
		path := fmt.Sprintf("feeders[%d]", i)
		p.unless(isOwnName(f.Name), path+".name", "found %q, want lower case letters, digits and underscores, such as people, and not a word of templates", f.Name)
		p.unless(!w.feeders[f.Name], path+".name", "found %q a second time, want another name", f.Name)
		p.unless(!w.given[f.Name], path+".name", "found %q, the name of a variable, want another name", f.Name)
		w.feeders[f.Name] = true
		p.text(path+".file", f.File)
		p.unless(strings.HasSuffix(f.File, ".csv") || strings.HasSuffix(f.File, ".jsonl"), path+".file", "found %q, want a .csv or a .jsonl file", f.File)
		p.oneOf(path+".order", string(f.Order), "", string(Sequential), string(Random), string(Unique))
	}
}

// A walk follows the steps of a scenario and knows at each which variables have a value.
type walk struct {
	*problems
	byOp    map[string]Literal
	needs   map[string][]need // by op: the variables of its templates
	feeders map[string]bool
	given   map[string]bool // every variable that some request extracts
}

// A need is a variable of a template, and where the template stands in its request.
type need struct{ name, place string }

// templates checks the templates of a request by themselves.
func (w *walk) templates(path string, l Literal, cookies bool) {
	w.template(path+".path", "path", l.Op, l.Path)
	for _, h := range l.Headers {
		at := join(path+".headers", h.Name)
		w.template(at, "header "+h.Name, l.Op, h.Value)
		w.unless(!cookies || !strings.EqualFold(h.Name, "Cookie"), at, "found a Cookie header beside cookies: true, want one of them")
	}
	w.template(path+".body", "body", l.Op, l.Body)
}

func (w *walk) template(path, place, op, text string) {
	pieces, err := ParseTemplate(text)
	w.unless(err == nil, path, "%v", err)
	for _, piece := range pieces {
		switch piece.Kind {
		case Variable:
			if w.given[piece.Name] {
				w.needs[op] = append(w.needs[op], need{piece.Name, place})
				continue
			}
			w.unless(false, path, "found %s, which no request extracts, %s; a variable of the environment is written in upper case", piece, suggest.Of(piece.Name, orNothing(w.given)))
		case Column:
			w.unless(w.feeders[piece.Name], path, "found %s, but no feeder %q, %s", piece, piece.Name, suggest.Of(piece.Name, orNothing(w.feeders)))
		}
	}
}

// orNothing lists names, for a fault.
func orNothing(names map[string]bool) []string {
	if len(names) == 0 {
		return []string{"none, as there is none"}
	}
	return slices.Sorted(maps.Keys(names))
}

// once checks the steps of setup or teardown. Rows of a feeder are for sessions: a row used up here would be missing there.
func (w *walk) once(path string, steps []Step, known map[string]bool) {
	if len(steps) == 0 {
		return
	}
	w.begins(path, steps)
	w.steps(path, steps, known)
	w.withoutRows(path, steps)
}

func (w *walk) withoutRows(path string, steps []Step) {
	for i, step := range steps {
		at := fmt.Sprintf("%s[%d]", path, i)
		l := w.byOp[step.Request]
		texts := []string{l.Path, l.Body}
		for _, h := range l.Headers {
			texts = append(texts, h.Value)
		}
		for _, text := range texts {
			pieces, _ := ParseTemplate(text)
			for _, piece := range pieces {
				w.unless(piece.Kind != Column, at, "found %s in %q, want no row of a feeder here: rows are for sessions", piece, step.Request)
			}
		}
		for k, b := range step.Branch {
			w.withoutRows(fmt.Sprintf("%s.branch[%d].steps", at, k), b.Steps)
		}
	}
}

// steps checks each step and adds to known what has a value after them, whichever way was taken.
func (w *walk) steps(path string, steps []Step, known map[string]bool) {
	w.unless(len(steps) > 0, path, "found no steps, want one or more")
	for i, step := range steps {
		at := fmt.Sprintf("%s[%d]", path, i)
		kinds := 0
		for _, is := range []bool{step.Request != "", step.Think != Think{}, len(step.Branch) > 0} {
			if is {
				kinds++
			}
		}
		switch {
		case kinds == 0:
			w.unless(false, at, "found nothing to do, want a request, a pause of more than 0s or a branch")
		case kinds > 1:
			w.unless(false, at, "found several things to do, want one in a step")
		case step.Request != "":
			w.request(at, step.Request, known)
			for _, e := range w.byOp[step.Request].Extract {
				known[e.Name] = true
			}
		case len(step.Branch) > 0:
			w.branches(at, step.Branch, known)
		default:
			w.think(at+".think", step.Think)
		}
	}
}

func (w *walk) branches(path string, list []Branch, known map[string]bool) {
	var after map[string]bool // what every way gives
	for i, b := range list {
		at := fmt.Sprintf("%s.branch[%d]", path, i)
		w.unless(b.Share > 0 && b.Share <= maxNumber, at+".share", "found %v, want more than 0 and at most a billion", b.Share)
		way := maps.Clone(known)
		if len(b.Steps) > 0 {
			w.steps(at+".steps", b.Steps, way)
		}
		if after == nil {
			after = way
		}
		maps.DeleteFunc(after, func(name string, _ bool) bool { return !way[name] })
	}
	maps.Copy(known, after)
}

// request checks that a request exists and that its variables have a value by now.
func (w *walk) request(path, op string, known map[string]bool) {
	if _, ok := w.byOp[op]; !ok {
		if len(w.byOp) > 0 {
			w.unless(false, path, "found the unknown request %q, %s", op, suggest.Of(op, slices.Sorted(maps.Keys(w.byOp))))
		}
		return
	}
	seen := map[string]bool{}
	for _, need := range w.needs[op] {
		if !known[need.name] && !seen[need.name] {
			seen[need.name] = true
			w.unless(false, path, "found the request %q, whose %s needs ${%s}, which no step before it gives on every way here; extract it in an earlier step or in setup", op, need.place, need.name)
		}
	}
}

// begins checks that a way through the steps begins with a request and has one.
func (w *walk) begins(path string, steps []Step) {
	if len(steps) == 0 {
		return
	}
	pause, through := start(steps)
	w.unless(!pause, path, "found a pause before the first request, want a request first: a session begins with it")
	w.unless(!through, path, "found a way through without a request, want one on every way")
}

// start says whether a pause may come before the first request, and whether there is a way without any request.
func start(steps []Step) (pause, through bool) {
	for _, step := range steps {
		switch {
		case step.Request != "":
			return pause, false
		case len(step.Branch) > 0:
			open := false
			for _, b := range step.Branch {
				earlier, none := start(b.Steps)
				pause = pause || earlier
				open = open || none
			}
			if !open {
				return pause, false
			}
		default:
			pause = true
		}
	}
	return pause, true
}
