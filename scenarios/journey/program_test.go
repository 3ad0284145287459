package journey

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios"
)

func TestPlainRequestsAreTheSameEveryTime(t *testing.T) {
	p := made(t, frame+`
requests:
  - {op: home, path: /}
  - {op: order, class: P0, method: POST, path: "/o?k=${KEY}", headers: {Authorization: "Bearer ${TOKEN}"}, body: "{\"t\": \"${TOKEN}\"}"}
  - {op: page, path: "/p/${seq}"}
mix: {home: 1, order: 1}
`, nil, map[string]string{"TOKEN": "s3/cret", "KEY": "a b"})
	for op, want := range map[string]string{"home": "GET /\n\n", "order": "POST /o?k=a%20b\nAuthorization: Bearer s3/cret\n\n{\"t\": \"s3/cret\"}"} {
		if s, err := p.Begin(4, op); s != nil || err != nil {
			t.Errorf("%s: found a session, %v, %v", op, s, err)
		}
		r, err := p.At(4, op)
		if err != nil || written(r) != want || r.Person != 4 || r.Keep {
			t.Errorf("%s: got %+v, %v; want\n%s", op, r, err, want)
		}
	}
	home, _ := p.At(0, "home")
	order, _ := p.At(0, "order")
	again, _ := p.At(9, "order")
	if home.Alike == 0 || order.Alike == 0 || home.Alike == order.Alike || again.Alike != order.Alike || home.Class != "P2" || order.Class != "P0" || home.Body != nil {
		t.Errorf("got %+v and %+v", home, order)
	}
	if got := p.Secrets(); !slices.Equal(got, []string{"a b", "a%20b", "s3/cret"}) {
		t.Errorf("secrets: %q", got)
	}
	if _, err := p.At(0, "page"); err == nil || err.Error() != "found a session, page, want a single request; begin the session" {
		t.Errorf("a session by At: %v", err)
	}
	if _, err := p.At(0, "pgae"); err == nil || err.Error() != "found no request or journey named pgae in the scenario" {
		t.Errorf("an unknown request: %v", err)
	}
	if _, err := p.Begin(0, "pgae"); err == nil {
		t.Error("an unknown session begins")
	}
	if p.Setup() != nil || p.Teardown() != nil {
		t.Error("found setup or teardown, want none")
	}
}

func TestCompileListsEveryVariableThatTheEnvironmentLacks(t *testing.T) {
	_, err := tried(t, frame+`
requests: [{op: a, path: "/${ZONE}", headers: {A: "${TOKEN} ${TOKEN}", B: "${SET}"}, body: "${ZONE}"}, {op: b, path: /, headers: {B: "${BREAK}"}}]
mix: {a: 1}
`, nil, map[string]string{"SET": "x", "BREAK": "a\nb"})
	want := `x.yaml:4:134: requests[1].headers.B: found ${BREAK} at byte 1 of the header B: its value holds '\n', which may not stand there
the scenario needs TOKEN, ZONE from the environment; set them and run again`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// Compile takes a scenario that was built in code and checked by nobody without a panic.
func TestCompileNamesWhatItCannotCompile(t *testing.T) {
	s := scenarios.Scenario{
		Requests: []scenarios.Literal{{Op: "a", Path: "/${v}${x.y}", Body: "${", Checks: []string{"status = 3"}, Extract: []scenarios.Extract{{Name: "w", From: "jsn"}}}},
		Journeys: []scenarios.Journey{{Name: "j", Steps: []scenarios.Step{{Request: "b"}}}},
	}
	_, err := Compile(s, 1, func(string) (string, bool) { return "", false }, func(string) (io.ReadCloser, error) { return nil, io.EOF })
	if err == nil {
		t.Fatal("it compiles")
	}
	for _, want := range []string{"requests[0].path: found ${v}", "requests[0].path: found ${x.y}", "requests[0].body: ", "requests[0].check[0]: ", "requests[0].extract.w: ", `journeys[0].steps[0]: found the unknown request "b"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no fault begins with %q in\n%s", want, err)
		}
	}
}

func clerks(t testing.TB) *Program {
	return made(t, testdata(t, "clerks.yaml"), map[string]string{"offices.jsonl": testdata(t, "offices.jsonl")}, map[string]string{"CLERK_BASIC": "eDp5"})
}

func TestEverySessionKnowsWhatSetupExtracted(t *testing.T) {
	p := clerks(t)
	if _, err := p.Begin(0, "case"); err == nil || err.Error() != "case: found no end of setup, want setup to end well before the first session" {
		t.Errorf("before setup: %v", err)
	}
	failing := p.Setup()
	failing.Answer(scenarios.Answer{Status: 401})
	failing.Next(0)
	if _, err := p.Begin(0, "case"); err == nil {
		t.Error("a session begins after a setup that failed")
	}
	setup := p.Setup()
	if r := asked(t, setup); r.Op != "key" || r.Header[0].Value != "Basic eDp5" {
		t.Errorf("setup asks %+v", r)
	}
	if failed, _ := setup.Answer(scenarios.Answer{Status: 200, Body: []byte("key=k1 ")}); failed != "" {
		t.Fatal(failed)
	}
	if _, more := setup.Next(0); more {
		t.Fatal("setup has one step")
	}
	s := begun(t, p, 0, "case")
	if r := asked(t, s); r.Header[0] != (scenarios.Header{Name: "X-Key", Value: "k1"}) {
		t.Errorf("open asks %s", written(r))
	}
	s.Answer(scenarios.Answer{Status: 201, Head: []byte("Location: /cases/5?full=1\r\n")})
	if think, more := s.Next(2 * time.Second); !more || think != time.Second {
		t.Errorf("after open: %s, %v", think, more)
	}
	if r := asked(t, s); written(r) != "GET /cases/5?full=1\nX-Key: k1\n\n" {
		t.Errorf("read asks %s", written(r))
	}
	s.Answer(scenarios.Answer{Status: 200, Body: []byte("a case")})
	if think, more := s.Next(3500 * time.Millisecond); more || think != 6500*time.Millisecond {
		t.Errorf("at the end of a journey with a pace of 10s: %s, %v", think, more)
	}
	if think, more := begun(t, p, 1, "case").Next(11 * time.Second); more || think != 0 {
		t.Errorf("after a request without an answer, later than the pace: %s, %v", think, more)
	}
}

func TestTeardownKnowsWhatSetupExtracted(t *testing.T) {
	p := made(t, frame+`
requests: [{op: open, path: /, extract: {key: header X-Key}}, {op: close, path: "/${key}"}]
setup: [open]
teardown: [close, {branch: [{share: 1}, {share: 2, steps: [{think: 1s}]}]}]
mix: {open: 1}
`, nil, nil)
	setup := p.Setup()
	setup.Answer(scenarios.Answer{Status: 200, Head: []byte("X-Key: 8\r\n")})
	setup.Next(0)
	if r := asked(t, p.Teardown()); r.Path != "/8" {
		t.Errorf("teardown asks %s", r.Path)
	}
}

func TestCookiesAreKeptForTheSession(t *testing.T) {
	p := made(t, frame+`
requests: [{op: a, path: /, headers: {X: y}}]
journeys: [{name: j, steps: [a, a, a, a, a, a, a]}]
cookies: true
`, nil, nil)
	s := begun(t, p, 0, "j")
	for i, step := range []struct{ set, want string }{
		{"Set-Cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\n", ""},
		{"Set-Cookie: a=3\r\n", "a=1; b=2"},
		{"Set-Cookie: c=; HttpOnly\r\nset-cookie: b=x; Max-Age=0\r\n", "b=2; a=3"},
		{"Set-Cookie: a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT\r\nSet-Cookie: d=4; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT\r\n", "a=3; c="},
		{"", "c=; d=4"},
		{"Set-Cookie: d=; max-age=-1\r\nSet-Cookie: c=; Max-Age=0\r\nSet-Cookie: =\r\n", "c=; d=4"},
		{"", ""},
	} {
		r := asked(t, s)
		got := ""
		if len(r.Header) > 1 {
			got = r.Header[1].Value
		}
		if got != step.want || r.Header[0].Value != "y" || (got == "") != (r.Alike != 0) {
			t.Errorf("step %d sends %q, want %q: %+v", i, got, step.want, r)
		}
		if failed, _ := s.Answer(scenarios.Answer{Status: 200, Head: []byte(step.set)}); failed != "" {
			t.Fatal(failed)
		}
		s.Next(0)
	}
}

// trace is all that a session asks and how long it thinks, where each answer gives what is asked for.
func trace(t testing.TB, p *Program, seq uint64, op string) (text string) {
	s := begun(t, p, seq, op)
	for {
		r := asked(t, s)
		text += written(r) + "\n"
		failed, _ := s.Answer(scenarios.Answer{Status: 200, Head: fmt.Appendf(nil, "X-CSRF: c%d\r\nSet-Cookie: sid=%d\r\n", seq, seq),
			Body: fmt.Appendf(nil, `{"data":{"token":"t%d","state":"open","items":[{"id":%d}]}}`, seq, seq)})
		if failed != "" {
			t.Fatal(failed)
		}
		think, more := s.Next(0)
		text += think.String() + "\n"
		if !more {
			return text
		}
	}
}

func TestOneCoreOrEightAskTheSame(t *testing.T) {
	const n = 400
	document := strings.Replace(testdata(t, "claim.yaml"), "order: unique", "order: random", 1)
	compiled := func() *Program {
		return made(t, document, map[string]string{"people.csv": testdata(t, "people.csv")}, map[string]string{"CLIENT_KEY": "k"})
	}
	var one, eight [n]string
	p := compiled()
	for seq := range uint64(n) {
		one[seq] = trace(t, p, seq, "claim")
	}
	p = compiled()
	var wg sync.WaitGroup
	for core := range uint64(8) {
		wg.Go(func() {
			for seq := n - 8 + core; seq < n; seq -= 8 { // and from the last to the first
				eight[seq] = trace(t, p, seq, "claim")
			}
		})
	}
	wg.Wait()
	if one != eight {
		t.Error("the requests differ")
	}
	distinct := one[:]
	slices.Sort(distinct)
	if got := len(slices.Compact(distinct)); got != n {
		t.Errorf("%d of %d sessions are distinct", got, n)
	}
}

func TestBranchesAndPausesKeepTheirShares(t *testing.T) {
	p := made(t, frame+`
requests: [{op: a, path: /}, {op: b, path: /}, {op: c, path: /}]
journeys: [{name: j, steps: [a, {think: 1s..3s}, {branch: [{share: 6, steps: [b]}, {share: 3, steps: [{think: 1s}, {branch: [{share: 1, steps: [c]}, {share: 1}]}]}, {share: 1}]}, {think: 1s}]}]
`, nil, nil)
	const n = 20_000
	counts := map[string]float64{}
	var bins [10]float64
	for seq := range uint64(n) {
		s := begun(t, p, seq, "j")
		s.Answer(scenarios.Answer{Status: 200})
		think, more := s.Next(0)
		if !more {
			counts["none"]++
			continue
		}
		r := asked(t, s)
		counts[r.Op]++
		if r.Op == "b" {
			bins[min(9, int((think-time.Second)/(200*time.Millisecond)))]++
			if think < time.Second || think > 3*time.Second {
				t.Fatalf("a pause of %s, want 1s to 3s", think)
			}
		}
		s.Answer(scenarios.Answer{Status: 200})
		if think, more := s.Next(0); more || think != time.Second {
			t.Fatalf("after the last request: %s, %v", think, more)
		}
	}
	// 60 %, 15 % and 25 %, chi-square with 2 degrees of freedom; the pauses with 9.
	x := 0.0
	for kind, want := range map[string]float64{"b": 0.6 * n, "c": 0.15 * n, "none": 0.25 * n} {
		x += (counts[kind] - want) * (counts[kind] - want) / want
	}
	if x > 13.8 {
		t.Errorf("shares are off: %v, chi-square %.1f", counts, x)
	}
	if x := chiSquare(bins[:], counts["b"]/10); x > 27.88 {
		t.Errorf("pauses are uneven: %v, chi-square %.1f", bins, x)
	}
}

func TestASessionThatWaitsIsSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("begins 100,000 sessions")
	}
	const n = 100_000
	p, a := benchmarked(t)
	list := make([]scenarios.Session, n)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var r scenarios.Request
	for seq := range list {
		s := begun(t, p, uint64(seq), "step")
		if err := s.Request(&r); err != nil {
			t.Fatal(err)
		}
		s.Answer(a)
		list[seq] = s
	}
	r = scenarios.Request{}
	runtime.GC()
	runtime.ReadMemStats(&after)
	// Two values of 32 and 16 bytes; the session, and the packing.
	if got := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / n; got > 200 {
		t.Errorf("%d bytes a session, want 200 at most", got)
	} else {
		t.Logf("%d bytes a session", got)
	}
	runtime.KeepAlive(list)
}
