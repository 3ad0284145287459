package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/peakday/peakday/scenarios/suggest"
)

// Validate reports every fault of a scenario as Errors: with file, line and column when it came from Parse. The names are
// the operations that the service knows; nil skips the checks that need them. A scenario with literal requests knows its
// own operations and needs none.
func (s Scenario) Validate(known []string) error {
	return s.problems(known).at(s.source).err()
}

// A problem is a fault before its place is looked up.
type problem struct{ path, message string }

type problems []problem

// at gives the problems their places.
func (p problems) at(s *source) Errors {
	var faults Errors
	for _, problem := range p {
		faults = append(faults, s.fault(problem.path, "%s", problem.message))
	}
	return faults
}

// unless reports a problem where the condition does not hold.
func (p *problems) unless(ok bool, path, format string, args ...any) {
	if !ok {
		*p = append(*p, problem{path, fmt.Sprintf(format, args...)})
	}
}

const (
	maxRate     = 1e6              // arrivals per second; one machine's loopback ends well below
	maxDuration = 1000 * time.Hour // of any one stretch of time
	maxPhases   = 1000             // with maxDuration, keeps every instant inside a time.Duration
	maxPoints   = 100_000          // a day of seconds
	maxNumber   = 1e9              // shares and the like: beyond it, sums of floats lose the small ones
)

var (
	dashed    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	httpToken = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$") // RFC 9110, section 5.6.2
	className = regexp.MustCompile(`^P[0-3]$`)
)

func (s Scenario) problems(known []string) problems {
	var p problems
	p.unless(dashed.MatchString(s.Name) && len(s.Name) <= 64, "name", "found %q, want lower case words joined by dashes, such as reform-day, of 64 letters at most", s.Name)
	p.unless(!strings.ContainsAny(s.Title, "\r\n"), "title", "found more than one line, want one; the description may have more")
	p.text("title", s.Title)
	p.text("description", s.Description)
	p.oneOf("service.profile", s.Service.Profile, "", "modern", "legacy-2018")
	p.unless(s.Service.Workers >= 0 && s.Service.Workers <= 1_000_000, "service.workers", "found %d, want 0 to 1000000", s.Service.Workers)
	p.unless(s.Service.People <= 2_000_000_000, "service.people", "found %d, want 2000000000 at most", s.Service.People)
	p.shape(s.Shape)
	p.oneOf("arrivals", string(s.Arrivals), "", string(Even), string(Poisson), string(Replay))
	p.unless(s.Arrivals == Replay || s.Instants == "", "instants", "found a file of instants, want arrivals: replay beside it")
	p.unless(s.Arrivals != Replay || s.Instants != "", "arrivals", "found replay without instants, want the file of them: instants: due.txt")
	p.text("instants", s.Instants)
	p.closed(s)
	p.operations(s, known)
	p.sessions(s)
	p.actors(s.Actors)
	p.duration("timeout", s.Timeout, 1)
	p.duration("good_within", s.GoodWithin, 1)
	p.unless(s.GoodWithin <= s.Timeout || s.Timeout <= 0, "good_within", "found %s, want at most the timeout, %s", durationText(s.GoodWithin), durationText(s.Timeout))
	p.duration("drain", s.Drain, 0)
	p.unless(s.Drain >= s.Timeout, "drain", "found %s, want at least the timeout, %s: what is cut off counts in no latency", durationText(s.Drain), durationText(s.Timeout))
	p.unless(s.MaxInFlight > 0 && s.MaxInFlight <= maxInFlight, "max_in_flight", "found %d, want 1 to %d", s.MaxInFlight, maxInFlight)
	p.overload("overload", s.Overload, s.MaxInFlight)
	for i, phase := range s.Shape.Phases {
		p.overload(fmt.Sprintf("shape.phases[%d].overload", i), phase.Overload, s.MaxInFlight)
	}
	p.abort(s, s.operationNames(known))
	p.unless(s.Capacity >= 0 && s.Capacity <= maxRate, "capacity", "found %v/s, want above 0/s up to %v/s", s.Capacity, maxRate)
	p.variants(s.Variants)
	p.duration("judge.from", s.Judge.From, 0)
	p.duration("judge.to", s.Judge.To, 0)
	p.unless(s.Judge.To == 0 || s.Judge.To > s.Judge.From, "judge.to", "found %s, want later than from, %s", durationText(s.Judge.To), durationText(s.Judge.From))
	for i, b := range s.Budgets {
		p.budget(fmt.Sprintf("budgets[%d]", i), b, s.operationNames(known))
	}
	for i, b := range s.Oracles {
		p.budget(fmt.Sprintf("oracles[%d]", i), b, s.operationNames(known))
	}
	return p
}

const notUTF8 = "found a byte that is not UTF-8, want text in UTF-8"

func (p *problems) text(path, s string) {
	p.unless(utf8.ValidString(s), path, notUTF8)
	p.unless(!strings.ContainsFunc(s, isControl), path, "found %q, want text without control characters", s)
}

func isControl(r rune) bool {
	return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r >= 0x7f && r < 0xa0 || r == '\ufeff' || r == '\u2028' || r == '\u2029'
}

func (p *problems) oneOf(path, found string, want ...string) {
	p.unless(slices.Contains(want, found), path, "found %q, want one of %s", found, strings.Join(slices.DeleteFunc(want, func(w string) bool { return w == "" }), ", "))
}

func (p *problems) duration(path string, d, least time.Duration) {
	switch {
	case d > maxDuration:
		p.unless(false, path, "found %s, want %s at most", d, durationText(maxDuration))
	case d < least && least > 0:
		p.unless(false, path, "found %s, want more than 0s", d)
	case d < least:
		p.unless(false, path, "found %s, want 0s or more", d)
	}
}

func (p *problems) shape(s Shape) {
	p.unless(s.Base > 0 && s.Base <= maxRate, "shape.base", "found %v/s, want more than 0/s and at most %v/s", s.Base, maxRate)
	p.unless(s.Forecast != nil || len(s.Points) > 0 || len(s.Phases) > 0, "shape", "found no load, want phases, points or a forecast")
	if s.Forecast != nil {
		p.unless(s.Forecast.History != "", "shape.forecast.history", "found nothing, want a history of the library, or a CSV file")
		p.text("shape.forecast.history", s.Forecast.History)
		q := s.Forecast.Quantile
		p.unless(q > 0 && q < 1, "shape.forecast.quantile", "found %v, want between 0 and 1, such as 0.95", q)
	}
	p.unless(s.Compress >= 0 && s.Compress <= 1e6 && (s.Compress == 0 || s.Compress >= 1), "shape.compress", "found %v, want 1 to 1000000 calendar seconds in a wall second", s.Compress)
	p.unless(len(s.Points) != 1, "shape.points", "found one point, want two or more to draw a line between")
	p.unless(len(s.Points) <= maxPoints, "shape.points", "found %d points, want %d at most", len(s.Points), maxPoints)
	for i, point := range s.Points {
		path := fmt.Sprintf("shape.points[%d]", i)
		p.duration(path+".at", point.At, 0)
		p.unless(i == 0 || point.At > s.Points[i-1].At, path+".at", "found %s, want later than the point before", clockText(point.At))
		p.rate(path+".rate", point.Rate, s.Base)
	}
	p.duration("shape.peak_at", s.PeakAt, 0)
	if n := len(s.Points); n > 0 {
		last := s.Points[n-1].At
		p.unless(s.PeakAt <= last || last <= 0, "shape.peak_at", "found %s, want at most the last point, %s", clockText(s.PeakAt), clockText(last))
	}
	p.unless(len(s.Phases) <= maxPhases, "shape.phases", "found %d phases, want %d at most", len(s.Phases), maxPhases)
	for i, phase := range s.Phases {
		p.phase(fmt.Sprintf("shape.phases[%d]", i), phase, s.Base)
	}
}

func (p *problems) phase(path string, phase Phase, base float64) {
	lengthKey := map[PhaseKind]string{Ramp: "ramp", Hold: "hold", Decay: "for"}[phase.Kind]
	if lengthKey == "" {
		p.oneOf(path, string(phase.Kind), string(Ramp), string(Hold), string(Decay))
		return
	}
	p.duration(path+"."+lengthKey, phase.Length, 1)
	switch phase.Kind {
	case Hold:
		p.rate(path+".rate", phase.To, base)
		p.unless(phase.To.Value != 0 || phase.To == Rate{}, path+".rate", "found %s, want more; to hold nothing, ramp to 0/s first", phase.To)
		p.unless(phase.Half == 0, path, "found a half-life in a hold, want it in a decay only")
	case Ramp:
		p.rate(path+".to", phase.To, base)
		p.unless(phase.Half == 0, path, "found a half-life in a ramp, want it in a decay only")
	case Decay:
		p.rate(path+".to", phase.To, base)
		p.duration(path+".half_life", phase.Half, 1)
	}
}

func (p *problems) rate(path string, r Rate, base float64) {
	perSecond := r.PerSecond(base)
	p.unless(r.Value >= 0 && perSecond >= 0 && perSecond <= maxRate, path, "found %s, want 0/s to %v/s", r, maxRate)
}

// operationNames are the names a mix and a budget may use; nil when they are not known.
func (s Scenario) operationNames(known []string) []string {
	if len(s.Requests) == 0 {
		return known
	}
	var own []string
	for _, l := range s.Requests {
		own = append(own, l.Op)
	}
	return own
}

func (p *problems) operations(s Scenario, known []string) {
	p.unless(len(s.Mix) > 0 || s.MixName != "", "mix", "found no mix and no requests, want a mix of the library such as N, shares such as {home: 3, search: 1}, or requests")
	name := "mix_name"
	if len(s.Mix) == 0 {
		name = "mix"
	}
	p.unless(len(s.Requests) == 0 || s.MixName == "", name, "found the library's mix %q beside requests, want the shares of the requests", s.MixName)
	p.unless(s.MixName == "" || isScope(s.MixName), name, "found %q, want the name of a mix such as R", s.MixName)
	ops := s.operationNames(known)
	if ops != nil {
		ops = append(slices.Clone(ops), s.journeyNames()...)
	}
	isKnown := map[string]bool{}
	for _, op := range ops {
		isKnown[op] = true
	}
	seen := map[string]bool{}
	for i, w := range s.Mix {
		path := join("mix", w.Op)
		p.unless(!seen[w.Op], path, "found the operation a second time in place %d, want it once", i+1)
		seen[w.Op] = true
		p.unless(w.Share > 0 && w.Share <= maxNumber, path, "found the share %v, want more than 0 and at most a billion", w.Share)
		p.op(path, w.Op)
		p.unless(ops == nil || isKnown[w.Op], path, "found an unknown operation, %s", suggest.Of(w.Op, ops))
	}
	p.literals(s.Requests)
}

func (p *problems) op(path, op string) {
	p.unless(isScope(op) && !className.MatchString(op),
		path, "found the operation name %q, want letters, digits, dots, dashes and underscores, and not a word of budgets", op)
}

func (p *problems) literals(list []Literal) {
	seen := map[string]bool{}
	for i, l := range list {
		path := fmt.Sprintf("requests[%d]", i)
		p.op(path+".op", l.Op)
		p.unless(!seen[l.Op], path+".op", "found %q a second time, want another name", l.Op)
		seen[l.Op] = true
		p.oneOf(path+".class", l.Class, "", "P0", "P1", "P2", "P3")
		p.unless(l.Method == "" || httpToken.MatchString(l.Method), path+".method", "found %q, want a method such as GET", l.Method)
		p.unless((strings.HasPrefix(l.Path, "/") || isPathItself(l.Path)) && !strings.ContainsAny(l.Path, " #\t\r\n"), path+".path", "found %q, want path and query beginning with \"/\", spaces as %%20", l.Path)
		p.text(path+".path", l.Path)
		p.unless(utf8.ValidString(l.Body), path+".body", notUTF8)
		names := map[string]bool{}
		for k, h := range l.Headers {
			at := join(path+".headers", h.Name)
			p.unless(httpToken.MatchString(h.Name), at, "found the header name %q, want a name such as Authorization", h.Name)
			p.unless(!names[h.Name] || l.Headers[k-1].Name == h.Name, at, "found the header again after another one, want its values one after the other")
			names[h.Name] = true
			p.unless(!strings.ContainsAny(h.Value, "\r\n"), at, "found more than one line, want one")
			p.text(at, h.Value)
		}
		p.answers(path, l)
	}
}

// isPathItself says whether a path begins with a placeholder that is put in as it is: it then holds the path.
func isPathItself(path string) bool {
	pieces, err := ParseTemplate(path)
	return err == nil && len(pieces) > 0 && pieces[0].Raw
}

func (p *problems) actors(list []Actor) {
	p.unless(len(list) > 0, "actors", "found no actor, want one or more")
	seen := map[string]bool{}
	for i, a := range list {
		path := fmt.Sprintf("actors[%d]", i)
		p.unless(dashed.MatchString(a.Name), path+".name", "found %q, want lower case words joined by dashes", a.Name)
		p.unless(!seen[a.Name], path+".name", "found %q a second time, want another name", a.Name)
		seen[a.Name] = true
		p.unless(a.Share > 0 && a.Share <= maxNumber, path+".share", "found %v, want more than 0 and at most a billion", a.Share)
		p.duration(path+".patience", a.Patience, 1)
		p.unless(a.Retry.Attempts >= 0 && a.Retry.Attempts <= 100, path+".retry.attempts", "found %d, want 1 to 100", a.Retry.Attempts)
		p.oneOf(path+".retry.backoff", string(a.Retry.Backoff), "", string(Constant), string(Exponential))
		p.duration(path+".retry.delay", a.Retry.Delay, 0)
		p.unless(a.Retry.Jitter >= 0 && a.Retry.Jitter <= 1, path+".retry.jitter", "found %v, want 0 to 1", a.Retry.Jitter)
		p.unless(a.Retry.Budget >= 0 && a.Retry.Budget <= 1, path+".retry.budget", "found %v, want 0 to 1, such as 0.1 for a tenth", a.Retry.Budget)
	}
}

func (p *problems) variants(list []Variant) {
	p.unless(len(list) > 0, "variants", "found no variant, want one or more")
	seen := map[string]bool{}
	for i, v := range list {
		path := fmt.Sprintf("variants[%d]", i)
		p.unless(dashed.MatchString(v.Name), path+".name", "found %q, want lower case words joined by dashes", v.Name)
		p.unless(!seen[v.Name], path+".name", "found %q a second time, want another name", v.Name)
		seen[v.Name] = true
		p.unless(v.Law == "" || dashed.MatchString(v.Law), path+".law", "found %q, want a law such as vegas", v.Law)
		p.unless(v.Guard || v.Law == "" && v.Limit == 0, path, "found a law or a limit without the guard, want guard: true beside it")
		p.unless(v.Limit >= 0 && v.Limit <= maxInFlight, path+".limit", "found %d, want 1 to %d", v.Limit, maxInFlight)
	}
}

func (p *problems) budget(path string, b Budget, ops []string) {
	read, err := ParseBudget(b.Text)
	p.unless(err == nil && read == b, path, "found a budget that differs from its text %q, want one made by ParseBudget", b.Text)
	isKnown := b.Scope == "" || className.MatchString(b.Scope) || ops == nil || slices.Contains(ops, b.Scope)
	p.unless(isKnown, path, "found the unknown scope %q, %s", b.Scope, suggest.Of(b.Scope, append([]string{"P0", "P1", "P2", "P3"}, ops...)))
}
