package selftest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A task is what the server does with the requests that come next.
type task struct {
	Requests  int           `json:"requests"`   // their numbers are 0 to Requests-1
	StallFrom time.Duration `json:"stall_from"` // from the arrival of the first request to the stall
	StallFor  time.Duration `json:"stall_for"`  // 0 means that there is none
}

// A record is what came for a task.
type record struct {
	Arrived []time.Duration `json:"arrived"`  // since boot, by number; 0 for one that never came
	Again   int             `json:"again"`    // requests whose number had come already
	ClockBy time.Duration   `json:"clock_by"` // how far the wall clock was set meanwhile, which spoils stamps
}

// An announcement is the line with which the server tells where it listens.
type announcement struct {
	URL string `json:"url"`
}

// Serve is the reference server: it announces its URL on out, then answers each task on in with the record of the one
// before it, a JSON line each, and returns when in ends. What comes in by TCP is answered at once and alike, except in a
// stall, when everything waits for its end and is then answered in the order in which it came. A request says its number
// as ?n=NUMBER; one without a number is answered and not recorded.
func Serve(in io.Reader, out io.Writer) error {
	listener, err := (&net.ListenConfig{Control: askForStamps}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("starting the reference server: %w", err)
	}
	defer listener.Close() // its connections end with the process
	s := &server{}
	s.begin(task{})
	go s.accept(listener)
	lines := json.NewEncoder(out)
	if err := lines.Encode(announcement{"http://" + listener.Addr().String()}); err != nil {
		return err
	}
	for tasks := json.NewDecoder(in); ; {
		var t task
		if err := tasks.Decode(&t); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading a task: %w", err)
		}
		if err := lines.Encode(s.begin(t)); err != nil {
			return err
		}
	}
}

// A server has a goroutine for each connection. What they share is held for moments only.
type server struct {
	kernel atomic.Int64 // how far the clock of the stamps is ahead of the time since boot, in nanoseconds

	mu       sync.Mutex
	task     task
	record   record
	from     time.Duration // when the stall begins, since boot; 0 before the first request
	released bool          // the stall is over
	held     []net.Conn    // those that wait for its end, in the order of their requests
}

// begin ends the task at hand and begins the next.
func (s *server) begin(t task) record {
	kernel := ahead(wall, sinceBoot)
	before := time.Duration(s.kernel.Swap(int64(kernel)))
	s.mu.Lock()
	defer s.mu.Unlock()
	done := s.record
	done.ClockBy = kernel - before
	s.task, s.record = t, record{Arrived: make([]time.Duration, t.Requests)}
	s.from, s.released, s.held = 0, t.StallFor == 0, nil
	return done
}

func (s *server) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go s.converse(c.(*net.TCPConn))
	}
}

var answer = []byte("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n")

// converse answers one connection. Its clients send nothing but requests without a body, one at a time.
func (s *server) converse(c *net.TCPConn) {
	defer c.Close()
	r, err := newReceiver(c)
	if err != nil {
		return
	}
	buffer, have, first := make([]byte, 4096), 0, time.Duration(0)
	for {
		n, at, err := r.read(buffer[have:], time.Duration(s.kernel.Load()))
		if err != nil {
			return
		}
		if have == 0 {
			first = at
		}
		have += n
		if !bytes.HasSuffix(buffer[:have], []byte("\r\n\r\n")) {
			if have == len(buffer) {
				return
			}
			continue
		}
		if s.note(number(buffer[:have]), first, c) {
			if _, err := c.Write(answer); err != nil {
				return
			}
		}
		have = 0
	}
}

// number is what a request says of itself, or -1.
func number(request []byte) int {
	line, _, _ := bytes.Cut(request, []byte("\r\n"))
	_, after, _ := bytes.Cut(line, []byte("?n="))
	digits, _, _ := bytes.Cut(after, []byte(" "))
	n, err := strconv.Atoi(string(digits))
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// note records a request and says whether it is to be answered now.
func (s *server) note(n int, at time.Duration, c net.Conn) (now bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n >= 0 && n < len(s.record.Arrived) {
		if s.record.Arrived[n] != 0 {
			s.record.Again++
		} else {
			s.record.Arrived[n] = at
		}
	}
	if s.released {
		return true
	}
	if s.from == 0 {
		s.from = at + s.task.StallFrom
		time.AfterFunc(s.from+s.task.StallFor-sinceBoot(), s.release)
	}
	if at < s.from {
		return true
	}
	s.held = append(s.held, c)
	return false
}

// release ends the stall. The timer that calls it may be a millisecond late, a thousandth of the stall.
func (s *server) release() {
	s.mu.Lock()
	held := s.held
	s.released, s.held = true, nil
	s.mu.Unlock()
	for _, c := range held {
		c.Write(answer) // a client that is gone wants no answer
	}
}
