package journey

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios"
)

// made compiles a document with files and variables of the environment.
func made(t testing.TB, document string, files, environment map[string]string) *Program {
	t.Helper()
	p, err := tried(t, document, files, environment)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func tried(t testing.TB, document string, files, environment map[string]string) (*Program, error) {
	t.Helper()
	s, err := scenarios.Parse("x.yaml", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return Compile(s, s.Seed,
		func(name string) (string, bool) { v, ok := environment[name]; return v, ok },
		func(name string) (io.ReadCloser, error) {
			text, ok := files[name]
			if !ok {
				return nil, fmt.Errorf("found no file %s", name)
			}
			return io.NopCloser(strings.NewReader(text)), nil
		})
}

func testdata(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func claims(t testing.TB) *Program {
	return made(t, testdata(t, "claim.yaml"), map[string]string{"people.csv": testdata(t, "people.csv")}, map[string]string{"CLIENT_KEY": "k-17"})
}

// begun begins a session at its first request.
func begun(t testing.TB, p *Program, seq uint64, op string) scenarios.Session {
	t.Helper()
	s, err := p.Begin(seq, op)
	if err != nil || s == nil {
		t.Fatalf("Begin(%d, %s): %v, %v", seq, op, s, err)
	}
	return s
}

func asked(t testing.TB, s scenarios.Session) (r scenarios.Request) {
	t.Helper()
	if err := s.Request(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

func written(r scenarios.Request) string {
	text := r.Method + " " + r.Path + "\n"
	for _, h := range r.Header {
		text += h.Name + ": " + h.Value + "\n"
	}
	return text + "\n" + string(r.Body)
}

func TestASessionTakesWhatItNeedsFromAnswers(t *testing.T) {
	p := claims(t)
	s := begun(t, p, 0, "claim")
	r := asked(t, s)
	if got, want := written(r), "POST /login\nContent-Type: application/json\nX-Client: k-17\n\n{\"id\": \"A-1001\", \"pin\": 4711}"; got != want {
		t.Errorf("login: got\n%s\nwant\n%s", got, want)
	}
	if r.Op != "login" || r.Class != "P1" || !r.Keep || r.Alike != 0 || r.Person != 0 {
		t.Errorf("login: %+v", r)
	}
	failed, judged := s.Answer(scenarios.Answer{Status: 200, Head: []byte("Server: x\r\nx-csrf:  c/1 \r\nSet-Cookie: sid=9; Path=/\r\n"), Body: []byte(`{"data":{"token":"t-\"1"}}`)})
	if failed != "" || !judged {
		t.Fatalf("login: %q, %v", failed, judged)
	}
	think, more := s.Next(0)
	if !more || think < time.Second || think > 3*time.Second {
		t.Errorf("after login: %s, %v", think, more)
	}
	r = asked(t, s)
	if r.Op != "query" || !strings.HasPrefix(r.Path, "/claims?person=A-1001&page=") || r.Header[0].Value != `Bearer t-"1` || r.Header[1] != (scenarios.Header{Name: "Cookie", Value: "sid=9"}) {
		t.Errorf("query: %s", written(r))
	}
	again := asked(t, s)
	if written(again) != written(r) {
		t.Errorf("a retry asks\n%s\nwant\n%s", written(again), written(r))
	}
	for more && asked(t, s).Op == "query" {
		if failed, judged := s.Answer(scenarios.Answer{Status: 200, Body: []byte(`{"data":{"state":"open","items":[{"id":"a/b c"}]}}`)}); failed != "" || judged {
			t.Fatalf("query: %q, %v", failed, judged)
		}
		_, more = s.Next(0)
	}
	r = asked(t, s)
	if r.Path != "/claims/a%2Fb%20c/submit" || r.Header[1].Value != "c/1" || len(r.Header[2].Value) != 36 || !strings.HasSuffix(string(r.Body), "&ref=0") {
		t.Errorf("submit: %s", written(r))
	}
	if failed, _ := s.Answer(scenarios.Answer{Status: 201}); failed != "" {
		t.Errorf("submit: %q", failed)
	}
	if think, more := s.Next(time.Minute); more || think != 0 {
		t.Errorf("at the end: %s, %v", think, more)
	}
}

const frame = "name: x\nshape: {base: 5/s, phases: [{hold: 1s}]}\n"

func BenchmarkStep(b *testing.B) {
	p, answer := benchmarked(b)
	s := begun(b, p, 3, "step").(*session)
	start := s.pc
	var r scenarios.Request
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Request(&r); err != nil {
			b.Fatal(err)
		}
		if failed, _ := s.Answer(answer); failed != "" {
			b.Fatal(failed)
		}
		if _, more := s.Next(0); more {
			b.Fatal("a second step")
		}
		s.pc = start
	}
}

// benchmarked is the step of the speed table: six variables in the templates, a status check, one JSON and one header
// extraction from 1 KB.
func benchmarked(b testing.TB) (*Program, scenarios.Answer) {
	p := made(b, frame+`
seed: 1
requests:
  - {op: warm, path: /, extract: {token: json data.token, csrf: header X-CSRF}}
  - op: step
    method: POST
    path: "/claims/${people.id}/items?page=${random:1..100}"
    headers: {Content-Type: application/json, Authorization: "Bearer ${token}", X-CSRF: "${csrf}"}
    body: '{"seq": ${seq}, "name": "${people.name}"}'
    check: [status == 200]
    extract: {token: json data.token, csrf: header X-CSRF}
feeders: [{name: people, file: people.csv}]
setup: [warm]
mix: {step: 1}
`, map[string]string{"people.csv": testdata(b, "people.csv")}, nil)
	head := "Server: nginx\r\nDate: Sat, 21 Nov 2026 10:00:00 GMT\r\nContent-Type: application/json\r\nContent-Length: 1024\r\nConnection: keep-alive\r\nX-CSRF: 0123456789abcdef\r\nCache-Control: no-store\r\n"
	body := `{"items":[` + strings.TrimSuffix(strings.Repeat(`{"id":"a1b2c3","state":"open","amount":12345},`, 20), ",") + `],"data":{"user":"x","token":"0123456789abcdef0123456789abcdef"}}`
	a := scenarios.Answer{Status: 200, Head: []byte(head), Body: []byte(body)}
	setup := p.Setup()
	if failed, _ := setup.Answer(a); failed != "" {
		b.Fatal(failed)
	}
	setup.Next(0)
	return p, a
}

func TestAStepCostsOneAllocation(t *testing.T) {
	p, answer := benchmarked(t)
	s := begun(t, p, 3, "step").(*session)
	start := s.pc
	var r scenarios.Request
	got := testing.AllocsPerRun(1000, func() {
		s.pc = start
		if err := s.Request(&r); err != nil {
			t.Fatal(err)
		}
		if failed, _ := s.Answer(answer); failed != "" {
			t.Fatal(failed)
		}
		s.Next(0)
	})
	if got > 1 {
		t.Errorf("got %v allocations in a step of %d bytes, want 1 at most", got, len(answer.Body))
	}
}

// The plain request, beside which a step is measured.
func BenchmarkPlain(b *testing.B) {
	p := made(b, frame+"requests: [{op: a, path: /, headers: {X: y}}]\n", nil, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.At(3, "a"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBegin(b *testing.B) {
	p, _ := benchmarked(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Begin(3, "step"); err != nil {
			b.Fatal(err)
		}
	}
}
