package journey

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/peakday/peakday/scenarios"
)

// A compiler turns the parts of one scenario into a program and gathers what is wrong with them.
type compiler struct {
	scenario scenarios.Scenario
	getenv   func(string) (string, bool)
	program  *Program
	requests map[string]*request
	feeders  map[string]*rows
	slots    map[string]int // of variables
	parts    uint32         // placeholders of the request at hand so far: each has its own stream of chance
	missing  []string       // names that the environment lacks
	errs     []error
}

func (c *compiler) fault(path, format string, args ...any) {
	c.errs = append(c.errs, c.scenario.Fault(path, format, args...))
}

// An instruction is one step of a session. Branches nest in the scenario; here they are jumps.
type instruction struct {
	request *request        // send it
	pause   scenarios.Think // or wait
	ways    []way           // or go one of these ways
	jump    int             // or go there
	end     bool            // or end
}

// A way is taken when the draw is below its bound and not below that of the way before it.
type way struct {
	below float64
	to    int
}

// variables gives every variable its slot, and the cookies theirs after them.
func (c *compiler) variables() {
	for _, l := range c.scenario.Requests {
		for _, e := range l.Extract {
			if _, known := c.slots[e.Name]; !known {
				c.slots[e.Name] = len(c.slots)
			}
		}
	}
	c.program.slots = len(c.slots)
	if c.scenario.Cookies {
		c.program.jar = c.program.slots
		c.program.slots++
	}
}

func (c *compiler) readFeeders(open func(string) (io.ReadCloser, error)) {
	used := c.usedColumns()
	for i, f := range c.scenario.Feeders {
		path := fmt.Sprintf("feeders[%d]", i)
		r := &rows{name: f.Name, file: f.File, order: f.Order, place: uint32(i)}
		c.feeders[f.Name] = r
		file, err := open(f.File)
		if err != nil {
			c.fault(path+".file", "feeder %s: %v", f.Name, err)
			continue
		}
		err = r.read(file, slices.Compact(slices.Sorted(slices.Values(used[f.Name]))))
		file.Close()
		if err != nil {
			c.fault(path, "feeder %s: %v", f.Name, err)
		}
		if f.Order == scenarios.Unique {
			c.program.unique = append(c.program.unique, r)
		}
	}
}

// usedColumns are the columns that templates name, by feeder: the others are not kept.
func (c *compiler) usedColumns() map[string][]string {
	used := map[string][]string{}
	for _, l := range c.scenario.Requests {
		texts := []string{l.Path, l.Body}
		for _, h := range l.Headers {
			texts = append(texts, h.Value)
		}
		for _, text := range texts {
			pieces, _ := scenarios.ParseTemplate(text) // its faults are found where it is compiled
			for _, p := range pieces {
				if p.Kind == scenarios.Column {
					used[p.Name] = append(used[p.Name], p.Column)
				}
			}
		}
	}
	return used
}

// request compiles one request. alike is its number, for drivers that keep what they wrote.
func (c *compiler) request(path string, l scenarios.Literal, alike uint32) *request {
	c.parts = 0
	r := &request{op: l.Op, class: l.Class, method: l.Method}
	if r.class == "" {
		r.class = "P2"
	}
	if r.method == "" {
		r.method = "GET"
	}
	r.path = c.template(path+".path", "path", l.Path, inPath)
	r.body = c.template(path+".body", "body", l.Body, inBody)
	varies := r.path.varies() || r.body.varies()
	for _, h := range l.Headers {
		t := c.template(path+".headers."+h.Name, "header "+h.Name, h.Value, inHeader)
		r.values = append(r.values, t)
		r.header = append(r.header, scenarios.Header{Name: h.Name, Value: t.constant})
		varies = varies || t.varies()
	}
	if l.Body != "" {
		r.content = []byte(r.body.constant)
	}
	if !varies {
		r.alike = alike
	}
	for i, text := range l.Checks {
		check, err := scenarios.ParseCheck(text)
		if err != nil {
			c.fault(fmt.Sprintf("%s.check[%d]", path, i), "%v", err)
			continue
		}
		r.checks = append(r.checks, checker{check.Text, holds(check)})
		r.judgesStatus = r.judgesStatus || check.Of == scenarios.OfStatus
		r.isJSON = r.isJSON || check.Of == scenarios.OfJSON
		r.keep = r.keep || check.Of != scenarios.OfStatus
	}
	for _, e := range l.Extract {
		pick, err := scenarios.ParsePick(e.From)
		if err != nil {
			c.fault(path+".extract."+e.Name, "%v", err)
			continue
		}
		r.picks = append(r.picks, picker{slot: c.slots[e.Name], failed: "extract " + e.Name, from: finds(pick)})
		r.isJSON = r.isJSON || pick.From == scenarios.FromJSON
	}
	r.keep = r.keep || len(r.picks) > 0 || c.scenario.Cookies
	return r
}

// single is the entry of a request that the mix names by itself.
func (c *compiler) single(op string) *entry {
	r := c.requests[op]
	e := &entry{name: op, pc: len(c.program.code)}
	if r.alike != 0 && len(r.checks) == 0 && len(r.picks) == 0 {
		e.plain = &scenarios.Request{Op: r.op, Class: r.class, Method: r.method, Path: r.path.constant, Header: slices.Clip(r.header), Body: r.content, Alike: r.alike}
		return e
	}
	c.emit(instruction{request: r})
	c.emit(instruction{end: true})
	return e
}

func (c *compiler) once(name string, steps []scenarios.Step) *entry {
	if len(steps) == 0 {
		return nil
	}
	return &entry{name: name, pc: c.compile(name, steps)}
}

// compile writes the steps of a session and gives the place of the first.
func (c *compiler) compile(path string, steps []scenarios.Step) (pc int) {
	pc = len(c.program.code)
	c.steps(path, steps)
	c.emit(instruction{end: true})
	return pc
}

func (c *compiler) emit(i instruction) (pc int) {
	c.program.code = append(c.program.code, i)
	return len(c.program.code) - 1
}

func (c *compiler) steps(path string, steps []scenarios.Step) {
	for i, step := range steps {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case step.Request != "":
			r := c.requests[step.Request]
			if r == nil {
				c.fault(at, "found the unknown request %q, want the op of one in requests", step.Request)
				continue
			}
			c.emit(instruction{request: r})
		case len(step.Branch) > 0:
			c.branch(at, step.Branch)
		default:
			c.emit(instruction{pause: step.Think})
		}
	}
}

func (c *compiler) branch(path string, list []scenarios.Branch) {
	fork := c.emit(instruction{})
	var ways []way
	var ends []int // jumps to what comes after the branch
	sum := 0.0
	for i, b := range list {
		sum += b.Share
		ways = append(ways, way{sum, len(c.program.code)})
		c.steps(fmt.Sprintf("%s.branch[%d].steps", path, i), b.Steps)
		ends = append(ends, c.emit(instruction{}))
	}
	c.program.code[fork].ways = ways
	for _, end := range ends {
		c.program.code[end].jump = len(c.program.code)
	}
}

// pauseOf draws a pause, evenly from the shortest to the longest.
func pauseOf(t scenarios.Think, draw uint64) time.Duration {
	return t.Least + time.Duration(within(draw, uint64(t.Most-t.Least)))
}
