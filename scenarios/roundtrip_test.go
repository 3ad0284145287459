package scenarios

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseReadsBackWhatMarshalWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawScenario(t)
		data, err := Marshal(want)
		if err != nil {
			t.Fatalf("drawn scenario is refused: %v", err)
		}
		got, err := Parse("drawn.yaml", data)
		if err != nil {
			t.Fatalf("canonical form is refused: %v\n%s", err, data)
		}
		got.source = nil
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %+v\nwant %+v\n%s", got, want, data)
		}
		again, err := Marshal(got)
		if err != nil || string(again) != string(data) {
			t.Fatalf("second form differs: %v\n%s\n%s", err, again, data)
		}
	})
}

// FuzzParse: no input makes the parser panic, every fault says something, and what parses has a canonical form that
// parses to the same scenario.
func FuzzParse(f *testing.F) {
	f.Add(everyKey)
	f.Add([]byte("name: a\nshape: {base: 5/s, phases: [{hold: 1s}]}\nmix: R\n"))
	f.Add([]byte("name: a\nshape: {base: 0x, points: [{at: 1, rate: -1}]}\nmix: {a: .inf}\n---\n"))
	f.Add([]byte("? a\n: &b [*b, !!c d]\n<<: *b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Parse("fuzz.yaml", data)
		if err != nil {
			for _, fault := range err.(Errors) {
				if fault.File != "fuzz.yaml" || fault.Message == "" {
					t.Fatalf("a fault without file or message: %+v", fault)
				}
			}
			return
		}
		canonical, err := Marshal(s)
		if err != nil {
			t.Fatalf("a parsed scenario is refused: %v", err)
		}
		again, err := Parse("canonical.yaml", canonical)
		if err != nil {
			t.Fatalf("canonical form is refused: %v\n%s", err, canonical)
		}
		s.source, again.source = nil, nil
		if !reflect.DeepEqual(s, again) {
			t.Fatalf("got %+v\nwant %+v\n%s", again, s, canonical)
		}
	})
}

// The generators draw valid scenarios with values at the edges and text that YAML could take for something else.

func drawScenario(t *rapid.T) Scenario {
	s := Scenario{
		Name:        drawName(t, "name"),
		Title:       strings.NewReplacer("\n", "", "\r", "").Replace(drawText(t, "title")),
		Description: drawText(t, "description"),
		Seed:        rapid.Uint64().Draw(t, "seed"),
		Service: Service{
			Profile: rapid.SampledFrom([]string{"", "modern", "legacy-2018"}).Draw(t, "profile"),
			Workers: rapid.IntRange(0, 1000).Draw(t, "workers"),
			People:  rapid.Uint64Range(0, 2_000_000_000).Draw(t, "people"),
		},
		Timeout:     drawDuration(t, "timeout", 1),
		MaxInFlight: rapid.IntRange(1, maxInFlight-1).Draw(t, "max"),
		Capacity:    rapid.SampledFrom([]float64{0, 80, 0.1, 1e6, 1. / 3}).Draw(t, "capacity"),
	}
	drawModel(t, &s)
	s.Overload = drawOverload(t, s.MaxInFlight)
	for i := range s.Shape.Phases {
		s.Shape.Phases[i].Overload = drawOverload(t, s.MaxInFlight)
	}
	for range rapid.IntRange(0, 2).Draw(t, "abort") {
		b, err := ParseBudget("failed <= 50%")
		if err != nil {
			t.Fatal(err)
		}
		s.Abort = append(s.Abort, AbortRule{b, time.Duration(rapid.IntRange(1, 6000).Draw(t, "over")) * abortStep})
	}
	s.GoodWithin = min(s.Timeout, drawDuration(t, "good", 1))
	s.Drain = max(s.Timeout, drawDuration(t, "drain", 0))
	drawOperations(t, &s)
	for i := range rapid.IntRange(1, 3).Draw(t, "actors") {
		s.Actors = append(s.Actors, Actor{
			Name: fmt.Sprintf("actor-%d", i), Share: drawShare(t), Patience: drawDuration(t, "patience", 1),
			Retry: Retry{
				Attempts: rapid.IntRange(0, 100).Draw(t, "attempts"),
				Backoff:  rapid.SampledFrom([]Backoff{"", Constant, Exponential}).Draw(t, "backoff"),
				Delay:    drawDuration(t, "delay", 0),
				Jitter:   rapid.Float64Range(0, 1).Draw(t, "jitter"),
				Budget:   rapid.Float64Range(0, 1).Draw(t, "budget"),
			},
		})
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "variants") {
		v := Variant{Name: fmt.Sprintf("v%d", i), Guard: rapid.Bool().Draw(t, "guard")}
		if v.Guard {
			v.Law = rapid.SampledFrom([]string{"", "fixed", "vegas"}).Draw(t, "law")
			v.Limit = rapid.IntRange(0, 99).Draw(t, "limit")
		}
		s.Variants = append(s.Variants, v)
	}
	s.Judge.From = drawDuration(t, "from", 0) / 2
	if rapid.Bool().Draw(t, "has to") {
		s.Judge.To = s.Judge.From + drawDuration(t, "to", 1)/2 + 1
	}
	budgets := []string{"goodput >= 0.90*capacity", "admitted p95 <= 3s", "P0 success >= 99.9%", "lateness p99 <= 5ms"}
	for _, text := range rapid.SliceOfN(rapid.SampledFrom(budgets), 0, 3).Draw(t, "budgets") {
		b, err := ParseBudget(text)
		if err != nil {
			t.Fatal(err)
		}
		s.Budgets, s.Oracles = append(s.Budgets, b), append(s.Oracles, b)
	}
	return s
}

// drawModel draws an open or a closed model with its shape.
func drawModel(t *rapid.T, s *Scenario) {
	s.Shape = drawShape(t)
	if rapid.Bool().Draw(t, "open") {
		s.Arrivals = rapid.SampledFrom([]Arrivals{"", Even, Poisson, Replay}).Draw(t, "arrivals")
		if s.Arrivals == Replay {
			s.Instants = "x" + drawText(t, "instants")
		}
		return
	}
	s.Users = rapid.IntRange(1, 100).Draw(t, "users")
	s.Think = drawThink(t)
	s.Shape.Base, s.Shape.Forecast, s.Shape.Points, s.Shape.PeakAt = float64(s.Users), nil, nil, 0
	for i := range s.Shape.Phases {
		to := &s.Shape.Phases[i].To
		to.Times = *to != Rate{}
	}
	if len(s.Shape.Phases) == 0 {
		s.Shape.Phases = []Phase{{Kind: Hold, Length: time.Second}}
	}
}

func drawThink(t *rapid.T) Think {
	a, b := drawDuration(t, "think", 1), drawDuration(t, "think", 1)
	return Think{min(a, b), max(a, b)}
}

func drawOverload(t *rapid.T, maxInFlight int) Overload {
	return rapid.SampledFrom([]Overload{{}, {Policy: Drop}, {Policy: Queue, Most: 500}, {Policy: LateBy, Late: 1500 * time.Millisecond}, {Policy: Spawn, Most: maxInFlight + 1}}).Draw(t, "overload")
}

func drawShape(t *rapid.T) Shape {
	s := Shape{
		Base:     rapid.SampledFrom([]float64{5, 0.1, 1. / 3, 1e-9, 100}).Draw(t, "base"),
		Compress: rapid.SampledFrom([]float64{0, 1, 7200, 144.5}).Draw(t, "compress"),
	}
	if rapid.Bool().Draw(t, "forecast") {
		s.Forecast = &Forecast{History: "x" + drawText(t, "history"), Quantile: rapid.SampledFrom([]float64{0.5, 0.95, 0.999}).Draw(t, "quantile")}
	}
	if rapid.Bool().Draw(t, "points") {
		at := drawDuration(t, "at", 0) / 2
		for range rapid.IntRange(2, 5).Draw(t, "n") {
			s.Points = append(s.Points, Point{at, drawRate(t, 0)})
			at += 1 + drawDuration(t, "gap", 0)/10
		}
	}
	least := 0
	if s.Forecast == nil && s.Points == nil {
		least = 1
	}
	for range rapid.IntRange(least, 4).Draw(t, "phases") {
		p := Phase{Kind: rapid.SampledFrom([]PhaseKind{Ramp, Hold, Decay}).Draw(t, "kind"), Length: drawDuration(t, "length", 1)}
		switch p.Kind {
		case Decay:
			p.Half, p.To = drawDuration(t, "half", 1), drawRate(t, 0)
		case Ramp:
			p.To = drawRate(t, 0)
		case Hold:
			if rapid.Bool().Draw(t, "own rate") {
				p.To = drawRate(t, 1e-6)
			}
		}
		s.Phases = append(s.Phases, p)
	}
	if n := len(s.Points); n > 0 {
		s.PeakAt = s.Points[rapid.IntRange(0, n-1).Draw(t, "peak")].At
	}
	return s
}

func drawOperations(t *rapid.T, s *Scenario) {
	if rapid.Bool().Draw(t, "library mix") {
		s.MixName = rapid.SampledFrom([]string{"N", "R", "my-mix"}).Draw(t, "mix name")
		if rapid.Bool().Draw(t, "resolved") {
			s.Mix = []Weight{{"claims.settle", drawShare(t)}, {"yes", drawShare(t)}}
		}
		return
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "requests") {
		l := Literal{
			Op:     fmt.Sprintf("op_%d", i),
			Class:  rapid.SampledFrom([]string{"", "P0", "P3"}).Draw(t, "class"),
			Method: rapid.SampledFrom([]string{"", "GET", "POST"}).Draw(t, "method"),
			Path:   rapid.StringMatching(`/[a-z0-9?&=%{}:,\[\]'"é-]*`).Draw(t, "path"),
			Body:   drawBody(t),
		}
		if rapid.Bool().Draw(t, "answers") {
			l.Checks = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"status == 200", `body contains "a: b"`, "body matches ^#", "json a.# >= 1"}), 1, 3, rapid.ID[string]).Draw(t, "checks")
			l.Extract = []Extract{{"token", "json data.token"}, {"y", `regexp "id": (\d+)`}}
		}
		if rapid.Bool().Draw(t, "headers") {
			l.Headers = []Header{{"x-two", "a"}, {"x-two", "b, c"}, {"Authorization", "Bearer ${TOKEN}"}, {"x", strings.NewReplacer("\n", "", "\r", "").Replace(drawText(t, "value"))}}
		}
		s.Requests = append(s.Requests, l)
		s.Mix = append(s.Mix, Weight{l.Op, drawShare(t)})
	}
	s.Cookies = rapid.Bool().Draw(t, "cookies")
	if rapid.Bool().Draw(t, "feeders") {
		s.Feeders = []Feeder{{"people", "people.csv", Unique}, {"on", "x" + drawText(t, "file") + ".jsonl", ""}}
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "journeys") {
		j := Journey{Name: fmt.Sprintf("visit.%d", i), Steps: drawSteps(t, s.Requests, 2)}
		if s.Users > 0 {
			j.Pace = drawDuration(t, "pace", 0)
		}
		s.Journeys = append(s.Journeys, j)
		s.Mix = append(s.Mix, Weight{j.Name, drawShare(t)})
	}
	if rapid.Bool().Draw(t, "setup") {
		s.Setup, s.Teardown = drawSteps(t, s.Requests, 1), drawSteps(t, s.Requests, 0)
	}
}

// drawSteps begins with a request and nests branches up to a depth.
func drawSteps(t *rapid.T, requests []Literal, depth int) []Step {
	request := func() Step { return Step{Request: rapid.SampledFrom(requests).Draw(t, "request").Op} }
	steps := []Step{request()}
	for range rapid.IntRange(0, 3).Draw(t, "steps") {
		switch rapid.IntRange(0, 1+min(1, depth)).Draw(t, "step") {
		case 0:
			steps = append(steps, request())
		case 1:
			steps = append(steps, Step{Think: drawThink(t)})
		case 2:
			steps = append(steps, Step{Branch: []Branch{{drawShare(t), drawSteps(t, requests, depth-1)}, {drawShare(t), nil}}})
		}
	}
	return steps
}

func drawName(t *rapid.T, label string) string {
	return rapid.StringMatching(`[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}`).Draw(t, label)
}

func drawText(t *rapid.T, label string) string {
	s := rapid.OneOf(
		rapid.SampledFrom([]string{"", "true", "null", "~", "1", "0x1f", "5/s", "- a", "a: b", "a #b", "#", "{x}", "|", ">", "'", `"`, `\`,
			"a\nb\n", "a\n\nb\n", " a\nb\n", "a\nb", "a\n\n", "\n", "a \nb\n", "# a\n- b: c\n", "a\tb\n", "a\r\nb\r\n", "...", "---", "---\na\n", "é\n", "\U0001F600"}),
		rapid.String(),
		rapid.StringMatching(`([a-z#:'"{}-][a-z #:'"{}-]*\n){1,4}`),
	).Draw(t, label)
	s = strings.Map(func(r rune) rune {
		if isControl(r) {
			return -1
		}
		return r
	}, s)
	return strings.ReplaceAll(s, "${", "$${") // a template, else
}

// drawBody draws what a body may hold beside text: characters that YAML cannot show, and brackets that do not match.
func drawBody(t *rapid.T) string {
	s := rapid.OneOf(
		rapid.SampledFrom([]string{"", "\x00", "a\x7fb\n", "\u0085\u2028\ufeff", "a\bb\n", strings.Repeat("[", 200), "{\n{\n", strings.Repeat("- ", 200) + "a\n"}),
		rapid.String(),
	).Draw(t, "body")
	return strings.ReplaceAll(s+drawText(t, "end of the body"), "${", "$${")
}

func drawDuration(t *rapid.T, label string, least time.Duration) time.Duration {
	return rapid.OneOf(
		rapid.SampledFrom([]time.Duration{time.Second, 90 * time.Second, time.Hour, 1500 * time.Microsecond, 24 * time.Hour}),
		rapid.Map(rapid.Int64Range(int64(least), int64(100*time.Hour)), func(n int64) time.Duration { return time.Duration(n) }),
	).Draw(t, label)
}

func drawRate(t *rapid.T, least float64) Rate {
	return Rate{rapid.OneOf(rapid.SampledFrom([]float64{least, 1, 300, 0.8, 1. / 3}), rapid.Float64Range(least, 5000)).Draw(t, "rate"), rapid.Bool().Draw(t, "times")}
}

func drawShare(t *rapid.T) float64 {
	return rapid.SampledFrom([]float64{1, 0.1, 6.4, math.SmallestNonzeroFloat64, maxNumber, 1. / 3}).Draw(t, "share")
}
