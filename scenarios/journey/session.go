package journey

import (
	"fmt"
	"time"

	"github.com/peakday/peakday/scenarios"
)

// A request is one of the scenario's, compiled.
type request struct {
	op, class, method string
	alike             uint32 // not 0 when every session sends the same bytes
	path              template
	header            []scenarios.Header // complete but for values that vary
	values            []template         // of the header fields
	body              template
	content           []byte // of a body that does not vary; nil without one

	checks       []checker
	judgesStatus bool // a check looks at the status
	picks        []picker
	isJSON       bool // a check or a pick looks into JSON
	keep         bool // head and body of the answer are looked at
}

// A session is one person on the way through a journey. What it knows is packed: there may be a million that wait.
type session struct {
	program *Program
	entry   *entry
	given   *values // by setup
	values  values
	seq     uint64
	pc      int  // of the request at hand
	ok      bool // its last answer was as it should be
}

func (p *Program) begin(e *entry, seq uint64, given *values) *session {
	s := &session{program: p, entry: e, given: given, seq: seq, pc: e.pc}
	s.move()
	return s
}

// Request writes the request at hand.
func (s *session) Request(r *scenarios.Request) error {
	q := s.program.code[s.pc].request
	*r = scenarios.Request{
		Op: q.op, Class: q.class, Person: s.seq, Method: q.method,
		Path: q.path.constant, Header: q.header[:len(q.header):len(q.header)], Body: q.content, Alike: q.alike, Keep: q.keep,
	}
	jar := s.jar()
	if q.alike != 0 && jar == nil {
		return nil
	}
	if err := s.fill(r, q, jar); err != nil {
		return fmt.Errorf("journey %s, request %s: %w", s.entry.name, q.op, err)
	}
	return nil
}

// jar is the value of the Cookie header, nil without cookies.
func (s *session) jar() []byte {
	if s.program.jar < 0 {
		return nil
	}
	jar, _ := s.values.get(s.program.jar)
	if len(jar) == 0 {
		return nil
	}
	return jar
}

// filled is the memory of a request that was filled in: as a rule, its one allocation.
type filled struct {
	header [8]scenarios.Header
	text   [504]byte
}

// fill puts in what varies. All texts are written one after the other first, since the memory may move until the last.
func (s *session) fill(r *scenarios.Request, q *request, jar []byte) (err error) {
	m := new(filled)
	b := m.text[:0]
	if b, err = q.path.fill(b, s); err != nil {
		return fmt.Errorf("path: %w", err)
	}
	ends := append(make([]int, 0, 16), len(b))
	for i := range q.values {
		if b, err = q.values[i].fill(b, s); err != nil {
			return fmt.Errorf("header %s: %w", q.header[i].Name, err)
		}
		ends = append(ends, len(b))
	}
	b = append(b, jar...)
	ends = append(ends, len(b))
	if b, err = q.body.fill(b, s); err != nil {
		return fmt.Errorf("body: %w", err)
	}

	r.Alike = 0
	if q.path.varies() {
		r.Path = view(b[:ends[0]])
	}
	header := append(m.header[:0], q.header...)
	for i := range q.values {
		if q.values[i].varies() {
			header[i].Value = view(b[ends[i]:ends[i+1]])
		}
	}
	last := len(ends) - 1
	if jar != nil {
		header = append(header, scenarios.Header{Name: "Cookie", Value: view(b[ends[last-1]:ends[last]])})
	}
	r.Header = header
	if q.body.varies() {
		r.Body = b[ends[last]:]
	}
	return nil
}

// Answer judges an answer and takes from it what later steps need.
func (s *session) Answer(a scenarios.Answer) (failed string, judged bool) {
	q := s.program.code[s.pc].request
	s.ok = false
	if s.program.jar >= 0 {
		s.keepCookies(a.Head)
	}
	if !q.judgesStatus && (a.Status < 200 || a.Status > 299) {
		return "", false
	}
	seen := answer{a.Status, a.Head, a.Body, ""}
	if q.isJSON {
		seen.json = document(a.Body)
	}
	for i := range q.checks {
		if !q.checks[i].holds(seen) {
			return q.checks[i].text, q.judgesStatus
		}
	}
	for i := range q.picks {
		value, ok := q.picks[i].from(seen)
		if !ok {
			return q.picks[i].failed, q.judgesStatus
		}
		s.set(q.picks[i].slot, value)
	}
	s.ok = true
	return "", q.judgesStatus
}

// set keeps a value. What one session needed is room for the next: its values then need not grow.
func (s *session) set(slot int, value string) {
	room := int(s.entry.room.Load())
	s.values = s.values.set(slot, s.program.slots, value, room)
	if len(s.values) > room {
		s.entry.room.Store(uint32(len(s.values)))
	}
}

// Next moves on to the next request. Pauses after the last one count towards the pace of the journey.
func (s *session) Next(elapsed time.Duration) (think time.Duration, more bool) {
	if s.ok {
		s.ok = false
		s.pc++
		if think, more = s.move(); more {
			return think, true
		}
		if s.entry == s.program.setup {
			s.program.given.Store(&s.values)
		}
	}
	return max(think, s.entry.pace-elapsed), false
}

// move goes to the next request, and adds up the pauses on the way.
func (s *session) move() (think time.Duration, more bool) {
	for {
		i := &s.program.code[s.pc]
		switch {
		case i.request != nil:
			return think, true
		case i.end:
			return think, false
		case i.ways != nil:
			s.pc = s.choose(i.ways)
		case i.jump > 0:
			s.pc = i.jump
		default:
			source := s.program.stream(s.seq, s.pc, partPause)
			think += pauseOf(i.pause, source.Uint64())
			s.pc++
		}
	}
}

// choose draws one of the ways by its share.
func (s *session) choose(ways []way) int {
	source := s.program.stream(s.seq, s.pc, partBranch)
	draw := share(source.Uint64()) * ways[len(ways)-1].below
	for _, w := range ways {
		if draw < w.below {
			return w.to
		}
	}
	return ways[len(ways)-1].to
}
