package scenarios

import (
	"fmt"
	"math"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// The document: one table for each object in it, in canonical order. To add a key, add a line here, a field to the type
// and, where a value could be wrong, a line in validate.go.

func document() kind[Scenario] {
	return object(Scenario{Seed: 1, MaxInFlight: 8192},
		key("name", text(), func(s *Scenario) *string { return &s.Name }, "the scenario's name: lower case words joined by dashes").must(),
		key("title", text(), func(s *Scenario) *string { return &s.Title }, "one line for people"),
		key("description", text(), func(s *Scenario) *string { return &s.Description }, "what the scenario shows and where it comes from"),
		key("seed", whole[uint64](math.MaxUint64), func(s *Scenario) *uint64 { return &s.Seed }, "the seed of every stream of chance in the run").always().whenAbsent(1),
		key("service", service(), func(s *Scenario) *Service { return &s.Service }, "how the bundled service is set up; ignored with a target"),
		shapeOfScenario(),
		key("arrivals", word(Even, Poisson, Replay), func(s *Scenario) *Arrivals { return &s.Arrivals }, "how arrivals fall inside the shape").whenAbsent(Even),
		key("instants", text(), func(s *Scenario) *string { return &s.Instants }, "with replay: the file of due instants, seconds from the start, one a line"),
		key("users", whole(maxInFlight), func(s *Scenario) *int { return &s.Users }, "closed model: so many people, each of whom waits for an answer before going on; the shape's multiples are of them"),
		key("think", think(), func(s *Scenario) *Think { return &s.Think }, "closed model: the pause of a user after an answer, such as 1s or 1s..3s"),
		mix(),
		mixName(),
		key("requests", list(literal()), func(s *Scenario) *[]Literal { return &s.Requests }, "requests written out, to drive a service of one's own"),
		key("journeys", list(journey()), func(s *Scenario) *[]Journey { return &s.Journeys }, "visits of several requests; the mix names them as it names requests"),
		key("feeders", list(feeder()), func(s *Scenario) *[]Feeder { return &s.Feeders }, "files of rows, one for each session"),
		key("cookies", truth(), func(s *Scenario) *bool { return &s.Cookies }, "a session sends back the cookies it was given").whenAbsent(false),
		key("setup", steps(), func(s *Scenario) *[]Step { return &s.Setup }, "steps run once before the first arrival; what they extract, every session knows"),
		key("teardown", steps(), func(s *Scenario) *[]Step { return &s.Teardown }, "steps run once after the last answer"),
		key("actors", list(actor()), func(s *Scenario) *[]Actor { return &s.Actors }, "who sends; when left out, one actor that does not try again").always(),
		key("timeout", duration(), func(s *Scenario) *time.Duration { return &s.Timeout }, "the client gives up this long after a request was due").always().whenAbsent("30s"),
		key("good_within", duration(), func(s *Scenario) *time.Duration { return &s.GoodWithin }, "an answer is good up to this long after due; when left out, up to the timeout").always(),
		key("drain", duration(), func(s *Scenario) *time.Duration { return &s.Drain }, "how long to wait for answers after the last arrival; when left out, the timeout").always(),
		key("max_in_flight", whole(maxInFlight), func(s *Scenario) *int { return &s.MaxInFlight }, "requests in flight before the overload policy decides").always().whenAbsent(8192),
		key("overload", overload(), func(s *Scenario) *Overload { return &s.Overload }, "what becomes of an arrival beyond max_in_flight").whenAbsent(Drop),
		key("abort", list(abortRule()), func(s *Scenario) *[]AbortRule { return &s.Abort }, "budgets that stop the sending as soon as one does not hold over its window"),
		key("capacity", perSecond(), func(s *Scenario) *float64 { return &s.Capacity }, "declared capacity of the service, in answers per second"),
		key("variants", list(variant()), func(s *Scenario) *[]Variant { return &s.Variants }, "ways to run the same arrivals; when left out, unprotected and protected").always(),
		key("judge", span(), func(s *Scenario) *Span { return &s.Judge }, "the part of the run that budgets look at; when left out, from the first phase to the end of the hold, or all of it"),
		key("budgets", list(budget()), func(s *Scenario) *[]Budget { return &s.Budgets }, "promises that must hold in the last variant"),
		key("oracles", list(budget()), func(s *Scenario) *[]Budget { return &s.Oracles }, "known truths that must hold in the first variant, from its first refusal to the end of the hold, or the instrument is off"),
	)
}

// maxInFlight is beyond what one machine's ports and memory allow.
const maxInFlight = 1_000_000

func service() kind[Service] {
	return object(Service{},
		key("profile", word("modern", "legacy-2018"), func(s *Service) *string { return &s.Profile }, "the pool, queue and service time").whenAbsent("modern"),
		key("workers", whole(1_000_000), func(s *Service) *int { return &s.Workers }, "workers in the pool; when left out, as the profile has it"),
		key("people", whole[uint64](2_000_000_000), func(s *Service) *uint64 { return &s.People }, "size of the synthetic population").whenAbsent(100_000),
	)
}

func shape() kind[Shape] {
	return object(Shape{},
		key("base", perSecond(), func(s *Shape) *float64 { return &s.Base }, "arrivals per second that 1x means, such as 5/s; left out in the closed model, where 1x means the users"),
		key("forecast", optional(forecast()), func(s *Shape) **Forecast { return &s.Forecast }, "the history whose next day becomes the points"),
		key("compress", number(), func(s *Shape) *float64 { return &s.Compress }, "calendar seconds in one wall second; touches points only").whenAbsent(1),
		key("points", list(point()), func(s *Shape) *[]Point { return &s.Points }, "the load at instants of the calendar day, joined by straight lines"),
		key("peak_at", clock(), func(s *Shape) *time.Duration { return &s.PeakAt }, "the time of day at which the phases are laid").whenAbsent("00:00"),
		key("phases", list(phase()), func(s *Shape) *[]Phase { return &s.Phases }, "the event, one stretch after the other, in wall time"),
	)
}

func forecast() kind[Forecast] {
	return object(Forecast{Quantile: 0.95},
		key("history", text(), func(f *Forecast) *string { return &f.History }, "a history of the library, or a CSV file").must(),
		key("quantile", number(), func(f *Forecast) *float64 { return &f.Quantile }, "the quantile path that is driven, between 0 and 1").always().whenAbsent(0.95),
	)
}

// shapeOfScenario is the shape; in the closed model its base is the number of users and not written out.
func shapeOfScenario() field[Scenario] {
	f := key("shape", shape(), func(s *Scenario) *Shape { return &s.Shape }, "the offered load over time").must()
	f.write = func(s Scenario) (node, bool) {
		if s.Users > 0 {
			s.Shape.Base = 0
		}
		return shape().write(s.Shape), true
	}
	return f
}

func point() kind[Point] {
	return object(Point{},
		key("at", clock(), func(p *Point) *time.Duration { return &p.At }, `a time of day such as "21:00"`).must(),
		key("rate", rate(), func(p *Point) *Rate { return &p.Rate }, "the rate there, such as 5/s or 3x").must(),
	)
}

// phase has three forms; the key that names the form holds its length, or for a decay its half-life.
func phase() kind[Phase] {
	length := func(p *Phase) *time.Duration { return &p.Length }
	to := func(p *Phase) *Rate { return &p.To }
	beyond := key("overload", overload(), func(p *Phase) *Overload { return &p.Overload }, "what becomes of an arrival beyond max_in_flight in this phase; when left out, as the scenario has it")
	ramp := object(Phase{Kind: Ramp},
		key("ramp", duration(), length, "the length of a straight line to another rate").must(),
		key("to", rate(), to, "the rate at its end, such as 300x").must(),
		beyond)
	hold := object(Phase{Kind: Hold},
		key("hold", duration(), length, "the length of a constant rate").must(),
		key("rate", rate(), to, "the rate held; when left out, the one where the last phase ended"),
		beyond)
	decay := object(Phase{Kind: Decay},
		key("half_life", duration(), func(p *Phase) *time.Duration { return &p.Half }, "the time in which the distance to the rate halves").must(),
		key("for", duration(), length, "the length of the decay").must(),
		key("to", rate(), to, "the rate it falls to, such as 1x").must(),
		beyond)
	forms := map[PhaseKind]kind[Phase]{Ramp: ramp, Hold: hold, Decay: decay}
	const want = "one of {ramp: 5s, to: 300x}, {hold: 20s} or {half_life: 5s, for: 20s, to: 1x}"
	return kind[Phase]{
		schema: schema{"oneOf": []schema{ramp.schema, hold.schema, decay.schema}},
		read: func(r *reader, n ast.Node, path string) (Phase, bool) {
			kinds := phaseKinds(n)
			if len(kinds) != 1 {
				return Phase{}, r.found(n, path, want)
			}
			return forms[kinds[0]].read(r, n, path)
		},
		write: func(p Phase) node { return forms[p.Kind].write(p) },
	}
}

// phaseKinds are the kinds whose own key stands in the mapping.
func phaseKinds(n ast.Node) (kinds []PhaseKind) {
	for _, name := range keysOf(n) {
		switch name {
		case "ramp":
			kinds = append(kinds, Ramp)
		case "hold":
			kinds = append(kinds, Hold)
		case "half_life":
			kinds = append(kinds, Decay)
		}
	}
	return kinds
}

// mix is the name of a mix of the library, or the weights written out.
func mix() field[Scenario] {
	weights := table(number(),
		func(op string, share float64) Weight { return Weight{op, share} },
		func(w Weight) (string, float64) { return w.Op, w.Share })
	return field[Scenario]{
		key: "mix", doc: "a mix of the library such as R, or the share of each operation",
		schema: schema{"oneOf": []schema{{"type": "string"}, weights.schema}},
		read: func(r *reader, n ast.Node, path string, s *Scenario) {
			if isString(n) {
				s.MixName, _ = text().read(r, n, path)
				return
			}
			if _, isScalar := scalar(n); isScalar {
				r.found(n, path, "the name of a mix such as R, or shares such as {home: 3, search: 1}")
				return
			}
			s.Mix, _ = weights.read(r, n, path)
		},
		write: func(s Scenario) (node, bool) {
			if len(s.Mix) == 0 {
				return quoted(s.MixName), s.MixName != ""
			}
			return weights.write(s.Mix), true
		},
	}
}

// mixName keeps the name of a mix whose shares have been filled in.
func mixName() field[Scenario] {
	f := key("mix_name", text(), func(s *Scenario) *string { return &s.MixName }, "the library's name of a mix that is written out")
	write := f.write
	f.write = func(s Scenario) (node, bool) {
		name, ok := write(s)
		return name, ok && len(s.Mix) > 0
	}
	return f
}

func literal() kind[Literal] {
	extracts := table(text(),
		func(name, from string) Extract { return Extract{name, from} },
		func(e Extract) (string, string) { return e.Name, e.From })
	return object(Literal{},
		key("op", text(), func(l *Literal) *string { return &l.Op }, "the request's name in mix, budgets and reports").must(),
		key("class", word("P0", "P1", "P2", "P3"), func(l *Literal) *string { return &l.Class }, "from P0, must not fail, to P3, first to be shed").whenAbsent("P2"),
		key("method", text(), func(l *Literal) *string { return &l.Method }, "the HTTP method").whenAbsent("GET"),
		key("path", text(), func(l *Literal) *string { return &l.Path }, `path and query, beginning with "/"`).must(),
		key("headers", headers(), func(l *Literal) *[]Header { return &l.Headers }, "header fields, a list where one comes several times; ${NAME} stands for a variable of the environment, which results never show"),
		key("body", text(), func(l *Literal) *string { return &l.Body }, "the body, as it is sent; path, headers and body are templates"),
		key("check", list(text()), func(l *Literal) *[]string { return &l.Checks }, `what must hold of an answer, such as "status == 200"`),
		key("extract", extracts, func(l *Literal) *[]Extract { return &l.Extract }, "names for parts of the answer, which later templates use: {token: json data.token}"),
	)
}

// headers is a table of names with a value each, or with a list of them.
func headers() kind[[]Header] {
	type field struct {
		name   string
		values []string
	}
	one, several := text(), list(text())
	fields := table(kind[[]string]{
		schema: schema{"oneOf": []schema{one.schema, several.schema}},
		read: func(r *reader, n ast.Node, path string) ([]string, bool) {
			if _, ok := n.(*ast.SequenceNode); ok {
				return several.read(r, n, path)
			}
			value, ok := one.read(r, n, path)
			return []string{value}, ok
		},
		write: func(values []string) node {
			if len(values) == 1 {
				return one.write(values[0])
			}
			return several.write(values)
		},
	}, func(name string, values []string) field { return field{name, values} }, func(f field) (string, []string) { return f.name, f.values })
	return kind[[]Header]{
		schema: fields.schema,
		read: func(r *reader, n ast.Node, path string) (list []Header, ok bool) {
			read, ok := fields.read(r, n, path)
			for _, f := range read {
				for _, value := range f.values {
					list = append(list, Header{f.name, value})
				}
			}
			return list, ok
		},
		write: func(list []Header) node {
			var all []field
			for _, h := range list {
				if n := len(all); n > 0 && all[n-1].name == h.Name {
					all[n-1].values = append(all[n-1].values, h.Value)
					continue
				}
				all = append(all, field{h.Name, []string{h.Value}})
			}
			return fields.write(all)
		},
	}
}

func actor() kind[Actor] {
	return object(Actor{Share: 1},
		key("name", text(), func(a *Actor) *string { return &a.Name }, "the actor's name in reports").must(),
		key("share", number(), func(a *Actor) *float64 { return &a.Share }, "share of arrivals, relative to the other actors").always().whenAbsent(1),
		key("patience", duration(), func(a *Actor) *time.Duration { return &a.Patience }, "gives up this long after the first attempt was due; when left out, the timeout").always(),
		key("retry", retry(), func(a *Actor) *Retry { return &a.Retry }, "how the actor tries again; when left out, it does not"),
	)
}

func retry() kind[Retry] {
	return object(Retry{},
		key("attempts", whole(100), func(r *Retry) *int { return &r.Attempts }, "tries in all, the first included").must(),
		key("backoff", word(Constant, Exponential), func(r *Retry) *Backoff { return &r.Backoff }, "how the pause grows").whenAbsent(Constant),
		key("delay", duration(), func(r *Retry) *time.Duration { return &r.Delay }, "the first pause before a retry; a longer Retry-After wins").whenAbsent("0s"),
		key("jitter", number(), func(r *Retry) *float64 { return &r.Jitter }, "each pause is drawn from pause × [1, 1+jitter]").whenAbsent(0),
		key("budget", number(), func(r *Retry) *float64 { return &r.Budget }, "retries are at most this share of the actor's first attempts, all together; when left out, there is no limit"),
	)
}

func variant() kind[Variant] {
	return object(Variant{},
		key("name", text(), func(v *Variant) *string { return &v.Name }, "the variant's name: lower case words joined by dashes").must(),
		key("guard", truth(), func(v *Variant) *bool { return &v.Guard }, "put the admission layer before the service").whenAbsent(false),
		key("law", text(), func(v *Variant) *string { return &v.Law }, "the guard's law; when left out, its default adaptive one"),
		key("limit", whole(maxInFlight), func(v *Variant) *int { return &v.Limit }, "the limit of the fixed law"),
	)
}

func span() kind[Span] {
	return object(Span{},
		key("from", duration(), func(s *Span) *time.Duration { return &s.From }, "from the start of the first phase, or of the run where there are no phases").whenAbsent("0s"),
		key("to", duration(), func(s *Span) *time.Duration { return &s.To }, "counted as from; when left out, to the end of the longest hold at the highest rate, or of the run where there is no hold"),
	)
}

// fillIn sets what the document leaves out and the types do not give a meaning to zero for.
func (s *Scenario) fillIn(r *reader) {
	absent := func(path string) bool { _, given := r.source.places[path]; return !given }
	timeout := s.Timeout
	if timeout <= 0 || timeout > maxDuration { // a fault of its own, not of what follows from it
		timeout = 30 * time.Second
	}
	if absent("timeout") {
		s.Timeout = timeout
	}
	if absent("good_within") {
		s.GoodWithin = timeout
	}
	if absent("drain") {
		s.Drain = timeout
	}
	if absent("actors") {
		s.Actors = []Actor{{Name: "everyone", Share: 1}}
	}
	for i := range s.Actors {
		if absent(fmt.Sprintf("actors[%d].patience", i)) {
			s.Actors[i].Patience = timeout
		}
	}
	if absent("variants") {
		s.Variants = []Variant{{Name: "unprotected"}, {Name: "protected", Guard: true}}
	}
	if !absent("mix_name") && len(s.Mix) == 0 {
		r.faults = append(r.faults, r.source.fault("mix_name", "found the name of a mix without its shares, want them in mix, or mix: %s alone", s.MixName))
	}
	if absent("mix") && s.MixName == "" {
		for _, j := range s.Journeys {
			s.Mix = append(s.Mix, Weight{j.Name, 1})
		}
		if len(s.Journeys) == 0 {
			for _, l := range s.Requests {
				s.Mix = append(s.Mix, Weight{l.Op, 1})
			}
		}
	}
	s.fillInBase(r, absent)
}

// fillInBase sets what 1x means. Only an open model says it; in a closed one it is the number of users.
func (s *Scenario) fillInBase(r *reader, absent func(path string) bool) {
	isClosed := !absent("users")
	fault := func(format string, args ...any) {
		r.faults = append(r.faults, r.source.fault("shape.base", format, args...))
		r.broken["shape.base"] = true
	}
	switch {
	case isClosed && s.Users == 0:
		r.broken["shape.base"] = true // what it should be is not known
		if !r.broken["users"] {
			r.faults = append(r.faults, r.source.fault("users", "found 0, want 1 to %d, or in an open model no such key", maxInFlight))
		}
	case isClosed && absent("shape.base"):
		s.Shape.Base = float64(s.Users)
	case isClosed:
		fault("found a base beside users, want it left out: 1x means the users")
	case absent("shape.base") && !absent("shape") && !r.broken["shape"]:
		fault("found no such key, want arrivals per second that 1x means, such as 5/s, or users beside the shape")
	}
}
