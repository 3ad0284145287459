package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/scenarios"
)

// service answers the nth attempt, in the time of the bubble it runs in.
type service struct {
	answer   func(n int) answer
	mu       sync.Mutex
	attempts []attempt
	bodies   []*body
}

type answer struct {
	status     int
	retryAfter string
	err        error
}

type attempt struct {
	at     time.Time
	number string // in Guard-Attempt
	body   string
}

// body is an answer's, and knows what became of it.
type body struct {
	io.Reader
	drained, closed bool
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.drained = b.drained || err == io.EOF
	return n, err
}

func (b *body) Close() error { b.closed = true; return nil }

func inTurn(answers ...answer) *service {
	return &service{answer: func(n int) answer { return answers[min(n, len(answers)-1)] }}
}

func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	var sent []byte
	if r.Body != nil {
		sent, _ = io.ReadAll(r.Body)
		r.Body.Close()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.answer(len(s.attempts))
	s.attempts = append(s.attempts, attempt{time.Now(), r.Header.Get("Guard-Attempt"), string(sent)})
	if a.err != nil {
		return nil, a.err
	}
	b := &body{Reader: strings.NewReader("an answer")}
	s.bodies = append(s.bodies, b)
	resp := &http.Response{StatusCode: a.status, Header: http.Header{}, Body: b, Request: r}
	if a.retryAfter != "" {
		resp.Header.Set("Retry-After", a.retryAfter)
	}
	return resp, nil
}

var errReset = errors.New("connection reset")

func TestWhatIsTriedAgain(t *testing.T) {
	unavailable, good := answer{status: 503}, answer{status: 200}
	for _, test := range []struct {
		name    string
		method  string
		key     string // Idempotency-Key
		body    string
		once    bool // the body cannot be had again
		answers []answer
		want    int // attempts
		status  int
	}{
		{"an answer is an answer", "GET", "", "", false, []answer{good}, 1, 200},
		{"503, then an answer", "GET", "", "", false, []answer{unavailable, good}, 2, 200},
		{"no method is GET", "", "", "", false, []answer{unavailable, good}, 2, 200},
		{"three attempts and no more", "GET", "", "", false, []answer{unavailable}, 3, 503},
		{"no connection", "HEAD", "", "", false, []answer{{err: errReset}, good}, 2, 200},
		{"429", "GET", "", "", false, []answer{{status: 429}, good}, 2, 200},
		{"a bad gateway", "GET", "", "", false, []answer{{status: 502}, good}, 2, 200},
		{"a gateway that did not wait", "GET", "", "", false, []answer{{status: 504}, good}, 2, 200},
		{"a defect stays one", "GET", "", "", false, []answer{{status: 500}, good}, 1, 500},
		{"a client's fault is none of the service", "GET", "", "", false, []answer{{status: 404}, good}, 1, 404},
		{"PUT with a body", "PUT", "", "a form", false, []answer{unavailable, good}, 2, 200},
		{"DELETE", "DELETE", "", "", false, []answer{unavailable, good}, 2, 200},
		{"PUT with a body that is gone", "PUT", "", "a form", true, []answer{unavailable, good}, 1, 503},
		{"POST might pay twice", "POST", "", "a form", false, []answer{unavailable, good}, 1, 503},
		{"POST with a key does not", "POST", "k-1", "a form", false, []answer{unavailable, good}, 2, 200},
		{"PATCH might be applied twice", "PATCH", "", "a form", false, []answer{{err: errReset}, good}, 1, 0},
		{"PATCH with a key is not", "PATCH", "k-1", "a form", false, []answer{{err: errReset}, good}, 2, 200},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := inTurn(test.answers...)
			r := request(t, test.method, test.body)
			r.Header.Set("Idempotency-Key", test.key)
			if test.once {
				r.GetBody = nil
			}
			header, resent := r.Header.Clone(), r.Body
			resp, err := (&Transport{Base: s}).RoundTrip(r)
			if (err != nil) != (test.status == 0) || err == nil && resp.StatusCode != test.status {
				t.Errorf("%s: %v, %v; want status %d", test.name, resp, err, test.status)
			}
			if len(s.attempts) != test.want {
				t.Errorf("%s: %d attempts, want %d", test.name, len(s.attempts), test.want)
			}
			for i, a := range s.attempts {
				if a.body != test.body || a.number != []string{"", "2", "3"}[i] {
					t.Errorf("%s: attempt %d is numbered %q and has the body %q, want %q", test.name, i+1, a.number, a.body, test.body)
				}
			}
			if len(r.Header) != len(header) || r.Header.Get("Guard-Attempt") != "" || r.Body != resent {
				t.Errorf("%s: the request was changed to %v", test.name, r.Header)
			}
			for i, b := range s.bodies {
				if last := i == len(s.bodies)-1; last == b.closed || last == b.drained {
					t.Errorf("%s: body %d of %d is drained: %v, closed: %v", test.name, i+1, len(s.bodies), b.drained, b.closed)
				}
			}
		})
	}
}

func request(t *testing.T, method, body string) *http.Request {
	t.Helper()
	var from io.Reader
	if body != "" {
		from = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, "http://service.example/", from)
	if err != nil {
		t.Fatal(err)
	}
	r.Method = method
	return r
}

func TestPauses(t *testing.T) {
	ms, s := time.Millisecond, time.Second
	now := "Sat, 01 Jan 2000 00:00:05 GMT" // a bubble begins at midnight
	constant := scenarios.Retry{Attempts: 3, Delay: s}
	for _, test := range []struct {
		name      string
		transport *Transport
		deadline  time.Duration // of the context; 0 means none
		answer    answer
		attempts  int
		low, high time.Duration // from the first attempt to the return
	}{
		{"100 and 200 ms, up to twice that", &Transport{}, 0, answer{status: 503}, 3, 300 * ms, 600 * ms},
		{"a Retry-After in seconds, never sooner", &Transport{}, 0, answer{503, "4", nil}, 3, 8 * s, 16 * s},
		{"a Retry-After as a date", &Transport{Retry: scenarios.Retry{Attempts: 2}}, 0, answer{503, now, nil}, 2, 5 * s, 5 * s},
		{"a policy of one's own", &Transport{Retry: constant}, 0, answer{status: 502}, 3, 2 * s, 2 * s},
		{"one attempt is no retry", &Transport{Retry: scenarios.Retry{Attempts: 1}}, 0, answer{status: 502}, 1, 0, 0},
		{"a pause beyond the patience is not begun", &Transport{}, 0, answer{503, "30", nil}, 1, 0, 0},
		{"nor is the second one", &Transport{Retry: constant, Patience: 1500 * ms}, 0, answer{status: 503}, 2, s, s},
		{"nor one beyond the deadline", &Transport{Retry: constant}, 1500 * ms, answer{status: 503}, 2, s, s},
	} {
		synctest.Test(t, func(t *testing.T) {
			service := inTurn(test.answer)
			r := request(t, "GET", "")
			if test.deadline > 0 {
				ctx, cancel := context.WithTimeout(t.Context(), test.deadline)
				defer cancel()
				r = r.WithContext(ctx)
			}
			begun := time.Now()
			test.transport.Base = service
			resp, err := test.transport.RoundTrip(r)
			took := time.Since(begun)
			if err != nil || resp.StatusCode != test.answer.status {
				t.Fatalf("%s: %v, %v; want what the service answered", test.name, resp, err)
			}
			if read, err := io.ReadAll(resp.Body); string(read) != "an answer" || err != nil {
				t.Errorf("%s: body %q, %v; want all of it", test.name, read, err)
			}
			if len(service.attempts) != test.attempts || took < test.low || took > test.high {
				t.Errorf("%s: %d attempts in %v, want %d in %v to %v", test.name, len(service.attempts), took, test.attempts, test.low, test.high)
			}
		})
	}
}

func TestAPauseEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		left := errors.New("the person left")
		time.AfterFunc(time.Second, func() { cancel(left) })
		var closed closings
		r := request(t, "PUT", "").WithContext(ctx)
		r.Body, r.GetBody = closed.open(), func() (io.ReadCloser, error) { return closed.open(), nil }
		begun, s := time.Now(), inTurn(answer{503, "10", nil})
		_, err := (&Transport{Base: s}).RoundTrip(r)
		if took := time.Since(begun); !errors.Is(err, left) || took != time.Second || len(s.attempts) != 1 {
			t.Errorf("%v after %v and %d attempts, want %v after 1s and 1", err, took, len(s.attempts), left)
		}
		if !s.bodies[0].closed || closed.opened != 2 || closed.closed != 2 {
			t.Errorf("answer closed: %v; %d bodies of the request opened, %d closed; want 2 and 2", s.bodies[0].closed, closed.opened, closed.closed)
		}
	})
}

// closings counts the bodies of a request.
type closings struct{ opened, closed int }

type counted struct {
	io.Reader
	of *closings
}

func (c *closings) open() io.ReadCloser { c.opened++; return counted{strings.NewReader("a form"), c} }
func (c counted) Close() error          { c.of.closed++; return nil }

// A hundred goroutines, all of them refused for ten seconds: the attempts stay within the budget, and once the throttle
// has seen enough most requests do not leave.
func TestAStormOfRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inTurn(answer{503, "1", nil})
		transport := &Transport{Base: s}
		var running sync.WaitGroup
		var mu sync.Mutex
		calls, throttled := 0, 0
		for range 100 {
			running.Go(func() {
				for begun := time.Now(); time.Since(begun) < 10*time.Second; time.Sleep(100 * time.Millisecond) {
					resp, err := transport.RoundTrip(request(t, "GET", ""))
					if err == nil {
						resp.Body.Close()
					}
					mu.Lock()
					calls++
					if errors.Is(err, ErrThrottled) {
						throttled++
					}
					mu.Unlock()
				}
			})
		}
		running.Wait()
		retries := 0
		for _, a := range s.attempts {
			if a.number != "" {
				retries++
			}
		}
		firsts := len(s.attempts) - retries
		if firsts+throttled != calls || float64(retries) > 0.1*float64(firsts)+11+10 {
			t.Errorf("%d calls: %d sent, %d throttled, %d retries; want a tenth and 21 retries at most", calls, firsts, throttled, retries)
		}
		if throttled < calls*9/10 {
			t.Errorf("%d of %d calls were refused here, want nine in ten", throttled, calls)
		}
	})
}

func TestAThrottledRequestIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var closed closings
		transport, throttled := &Transport{Base: inTurn(answer{503, "60", nil})}, 0
		for range 1000 {
			r := request(t, "POST", "")
			r.Body = closed.open()
			resp, err := transport.RoundTrip(r)
			if err == nil {
				resp.Body.Close()
			} else if errors.Is(err, ErrThrottled) {
				throttled++
			}
		}
		if closed.closed != closed.opened || throttled == 0 {
			t.Errorf("%d of %d bodies were closed, %d requests throttled; want all, and some", closed.closed, closed.opened, throttled)
		}
	})
}

// Errors do not move the throttle, so that the budget is alone. Its floor gives nothing where no time passes.
func TestRetriesStayWithinTheBudget(t *testing.T) {
	for _, test := range []struct {
		name    string
		budget  float64
		pause   time.Duration // between requests
		retries int
	}{
		{"ten saved up, and a tenth of those after the first", 0.1, 0, 10 + 99},
		{"and one a second beside", 0.1, time.Second, 1000},
		{"of a policy that names none, a tenth", 0, 0, 10 + 99},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := inTurn(answer{status: 502})
			transport := &Transport{Base: s, Retry: scenarios.Retry{Attempts: 2, Budget: test.budget}}
			for range 1000 {
				if _, err := transport.RoundTrip(request(t, "GET", "")); err != nil {
					t.Fatal(err)
				}
				time.Sleep(test.pause)
			}
			if got := len(s.attempts) - 1000; got != test.retries {
				t.Errorf("%s: %d retries of 1000 requests, want %d", test.name, got, test.retries)
			}
		})
	}
}

// What the throttle holds back takes nothing from the budget.
func TestAThrottledRetryCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inTurn(answer{503, "1", nil})
		transport := &Transport{Base: s, Retry: scenarios.Retry{Attempts: 2, Budget: 1e-9}}
		now := time.Now()
		for range 10_000 { // the service sheds everything, and the first of this tenth of the window is sent
			transport.throttle.Answered(now, true)
		}
		transport.throttle.Allow(now, rand.New(chance{}))
		for range 100 {
			transport.again(request(t, "GET", ""), now, 1, &http.Response{StatusCode: 503, Header: http.Header{"Retry-After": {"1"}}}, nil)
		}
		left := 0
		for transport.budget.Retry(now) {
			left++
		}
		if left < 9 { // chance lets one in ten thousand through
			t.Errorf("%d of 10 retries are left after 100 that were not made, want all", left)
		}
	})
}

// A caller who left gets what the base says of it, at once, and takes nothing from the budget of those who wait.
func TestACallerWhoLeftIsNotTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inTurn(answer{err: errReset})
		transport := &Transport{Base: s}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 100 {
			if _, err := transport.RoundTrip(request(t, "GET", "").WithContext(ctx)); err != errReset {
				t.Fatalf("%v, want the error of the base", err)
			}
		}
		transport.RoundTrip(request(t, "GET", ""))
		if len(s.attempts) != 103 {
			t.Errorf("%d attempts, want one for each of the 100 who left and three for the one who waits", len(s.attempts))
		}
	})
}

func TestACertificateIsNotTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inTurn(answer{err: &tls.CertificateVerificationError{Err: errors.New("expired")}})
		if _, err := (&Transport{Base: s}).RoundTrip(request(t, "GET", "")); err == nil || len(s.attempts) != 1 {
			t.Errorf("%v after %d attempts, want an error after 1", err, len(s.attempts))
		}
	})
}

func TestABodyThatCannotBeOpenedAgainLeavesTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := request(t, "PUT", "a form")
		r.GetBody = func() (io.ReadCloser, error) { return nil, errors.New("gone") }
		resp, err := (&Transport{Base: inTurn(answer{status: 503})}).RoundTrip(r)
		if err != nil || resp.StatusCode != 503 {
			t.Fatalf("%v, %v; want the 503", resp, err)
		}
		if read, _ := io.ReadAll(resp.Body); !bytes.Equal(read, []byte("an answer")) {
			t.Errorf("body %q, want all of it", read)
		}
	})
}
