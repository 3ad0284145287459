package gateway

import (
	"container/list"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// What a shelf holds at most, and the longest answer on it, in bytes.
const (
	shelfBytes  = 32 << 20
	answerBytes = 256 << 10
)

// A shelf keeps answers of routes that may be stale, to give one to those who
// would get a refusal, and in a brownout to everybody. It is not a cache: while
// the service can be asked, it is asked.
type shelf struct {
	mu     sync.Mutex
	byKey  map[string]*list.Element
	boards [2]board // without and with a query
	served uint64
}

// A board is half of the shelf. Anybody can make up queries without end, and
// they push off nothing but each other.
type board struct {
	bytes int
	byAge list.List // of *kept, the newest first
}

// A kept answer is without what belongs to one connection or one instant.
type kept struct {
	key    string
	query  bool // is in it
	at     time.Time
	header http.Header
	body   []byte
	public bool // may be given to those who say who they are
}

// shelfKey is what two requests must have in common to get the same answer.
func shelfKey(r *http.Request) string {
	return r.Host + " " + r.URL.RequestURI() + " " + strings.Join(r.Header["Accept-Encoding"], ",")
}

// anonymous requests bring nothing that could make an answer personal: neither
// what HTTP has for that, nor what the configuration tells people by. What
// Identity.SubjectOf says of them is not asked here again.
func (p *plan) anonymous(r *http.Request) bool {
	if r.Header["Authorization"] != nil || r.Header["Cookie"] != nil {
		return false
	}
	for _, s := range p.telling {
		if s.of(r) != "" {
			return false
		}
	}
	return true
}

// find is the answer kept for the request, nil if there is none that is young
// enough for its route.
func (s *shelf) find(r *http.Request, v *visit) *kept {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || r.Header["Range"] != nil {
		return nil
	}
	key := shelfKey(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.byKey[key]
	if e == nil {
		return nil
	}
	a := e.Value.(*kept)
	if v.arrived.Sub(a.at) > v.op.stale || !a.public && !v.nobody {
		return nil
	}
	s.served++
	return a
}

// given is how many answers were given from the shelf.
func (s *shelf) given() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.served
}

// keep puts an answer on the shelf, in the place of an older one, and the
// oldest ones off it until it fits.
func (s *shelf) keep(a *kept) {
	size := a.size()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.byKey == nil {
		s.byKey = map[string]*list.Element{}
	}
	if e := s.byKey[a.key]; e != nil {
		s.drop(e)
	}
	b := s.board(a)
	for b.bytes+size > shelfBytes/len(s.boards) {
		s.drop(b.byAge.Back())
	}
	s.byKey[a.key] = b.byAge.PushFront(a)
	b.bytes += size
}

func (s *shelf) drop(e *list.Element) {
	a := e.Value.(*kept)
	b := s.board(a)
	b.byAge.Remove(e)
	delete(s.byKey, a.key)
	b.bytes -= a.size()
}

func (s *shelf) board(a *kept) *board {
	if a.query {
		return &s.boards[1]
	}
	return &s.boards[0]
}

// size is roughly what the answer takes, in bytes.
func (a *kept) size() int {
	n := 512 + len(a.key) + len(a.body)
	for name, values := range a.header {
		n += len(name)
		for _, v := range values {
			n += len(v)
		}
	}
	return n
}

// A recorder copies an answer while it passes.
type recorder struct {
	http.ResponseWriter
	status int
	body   []byte
	spoilt bool // too long, or not written as one
}

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(status int) {
	if w.status < 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements io.Writer.
func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	if len(w.body)+len(p) > answerBytes {
		w.spoilt, w.body = true, nil
	}
	if !w.spoilt {
		w.body = append(w.body, p...)
	}
	n, err := w.ResponseWriter.Write(p)
	w.spoilt = w.spoilt || err != nil
	return n, err
}

// Unwrap is for http.ResponseController.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// answer is what may be kept of the recorded one, nil if nothing may. What a
// shared cache must not keep (RFC 9111, section 3) is not kept, and what else
// tells who somebody is counts for as much as Authorization.
func (w *recorder) answer(r *http.Request, nobody bool, now time.Time) *kept {
	h := w.Header()
	control := strings.ToLower(strings.Join(h["Cache-Control"], ","))
	public := strings.Contains(control, "public") || strings.Contains(control, "s-maxage")
	switch {
	case r.Method != http.MethodGet, r.Header["Range"] != nil, w.status != http.StatusOK, w.spoilt, r.Context().Err() != nil:
		return nil
	case h["Set-Cookie"] != nil, strings.Contains(control, "no-store"), strings.Contains(control, "private"), strings.Contains(control, "no-cache"):
		return nil
	case !public && !nobody:
		return nil
	case h["Trailer"] != nil, h["Content-Length"] != nil && h.Get("Content-Length") != strconv.Itoa(len(w.body)):
		return nil
	}
	for _, name := range h["Vary"] {
		if !strings.EqualFold(strings.TrimSpace(name), "Accept-Encoding") {
			return nil
		}
	}
	header := maps.Clone(h)
	for _, name := range []string{"Connection", "Date", "Guard-Decision", "Keep-Alive", "Transfer-Encoding", "Upgrade"} {
		delete(header, name)
	}
	return &kept{key: shelfKey(r), query: r.URL.RawQuery != "" || r.URL.ForceQuery, at: now, header: header, body: slices.Clip(w.body), public: public}
}

// write gives the answer to a client, with its age (RFC 9111, 5.1).
func (a *kept) write(w http.ResponseWriter, r *http.Request, now time.Time) {
	h := w.Header()
	maps.Copy(h, a.header)
	age := strconv.Itoa(int(now.Sub(a.at) / time.Second))
	h["Age"] = []string{age}
	h["Cache-Status"] = []string{"guard; hit"} // RFC 9211
	h["Content-Length"] = []string{strconv.Itoa(len(a.body))}
	h["Guard-Decision"] = []string{"stale;age=" + age}
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		w.Write(a.body)
	}
}
