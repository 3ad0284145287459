package selftest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// serveHere runs the server inside the test and gives what talks to it.
func serveHere(t *testing.T) *reference {
	t.Helper()
	tasks, to := io.Pipe()
	from, records := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- Serve(tasks, records) }()
	t.Cleanup(func() {
		to.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	r := &reference{to: json.NewEncoder(to), from: json.NewDecoder(from)}
	if err := r.from.Decode(&r.announcement); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *reference) mustBegin(t *testing.T, next task) record {
	t.Helper()
	done, err := r.begin(next)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

type client struct {
	net.Conn
	answers *bufio.Reader
}

func dial(t *testing.T, r *reference) client {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(r.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return client{c, bufio.NewReader(c)}
}

func (c client) ask(t *testing.T, path string) {
	t.Helper()
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path); err != nil {
		t.Fatal(err)
	}
}

func (c client) answer(t *testing.T) {
	t.Helper()
	got := make([]byte, len(answer))
	if _, err := io.ReadFull(c.answers, got); err != nil || string(got) != string(answer) {
		t.Fatalf("answered %q (%v)", got, err)
	}
}

func TestServerRecordsWhatCame(t *testing.T) {
	r := serveHere(t)
	r.mustBegin(t, task{Requests: 4})
	c, before := dial(t, r), sinceBoot()
	for _, path := range []string{"/?n=2", "/?n=0", "/", "/?n=2", "/?n=4", "/?n=-1"} {
		c.ask(t, path)
		c.answer(t)
	}
	after := sinceBoot()
	got := r.mustBegin(t, task{})
	if len(got.Arrived) != 4 || got.Again != 1 || got.Arrived[1] != 0 || got.Arrived[3] != 0 {
		t.Fatalf("%+v, want numbers 2 and 0, 2 once more", got)
	}
	const slack = 50 * time.Microsecond // between the two clocks
	if two, zero := got.Arrived[2], got.Arrived[0]; two < before-slack || zero < two || zero > after+slack {
		t.Errorf("2 came at %v and 0 at %v, within %v to %v", two, zero, before, after)
	}
	if again := r.mustBegin(t, task{}); len(again.Arrived) != 0 {
		t.Errorf("the next record holds %v", again)
	}
}

func TestARequestInTwoPartsHasTheStampOfItsFirstByte(t *testing.T) {
	r := serveHere(t)
	r.mustBegin(t, task{Requests: 1})
	c := dial(t, r)
	fmt.Fprintf(c, "GET /?n=0 HT")
	sent := sinceBoot()
	time.Sleep(20 * time.Millisecond)
	fmt.Fprintf(c, "TP/1.1\r\n\r\n")
	c.answer(t)
	if at := r.mustBegin(t, task{}).Arrived[0]; at > sent+15*time.Millisecond {
		t.Errorf("stamped %v after its first byte was sent", at-sent)
	}
}

func TestInAStallNothingIsAnswered(t *testing.T) {
	r := serveHere(t)
	const from, length = 30 * time.Millisecond, 200 * time.Millisecond
	r.mustBegin(t, task{Requests: 10, StallFrom: from, StallFor: length})
	first := dial(t, r)
	first.ask(t, "/?n=0")
	first.answer(t)
	start := time.Now()
	time.Sleep(from + 10*time.Millisecond)
	for i := range 9 {
		c := dial(t, r)
		c.ask(t, fmt.Sprintf("/?n=%d", i+1))
		defer func() {
			c.answer(t)
			if waited := time.Since(start); waited < from+length-5*time.Millisecond {
				t.Errorf("request %d was answered %v after the first, in the stall", i+1, waited)
			}
		}()
	}
}

// a spy is a connection that tells when it is answered.
type spy struct {
	net.Conn
	answered func()
}

func (s spy) Write(p []byte) (int, error) { s.answered(); return len(p), nil }

func TestAfterAStallEverythingIsAnsweredInTheOrderInWhichItCame(t *testing.T) {
	s, order := &server{}, []int(nil)
	s.begin(task{StallFor: time.Hour})
	for i := range 100 {
		if s.note(-1, sinceBoot(), spy{answered: func() { order = append(order, i) }}) {
			t.Fatalf("request %d is answered in the stall", i)
		}
	}
	s.release()
	if len(order) != 100 || !slices.IsSorted(order) {
		t.Errorf("answered in the order %v", order)
	}
	if !s.note(-1, sinceBoot(), spy{}) {
		t.Error("after the stall a request is not answered at once")
	}
}
