package gateway

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// A fastPath answers requests on HTTP/1.1 connections before net/http has read
// them. In a storm nearly every request is refused, and of the time that takes
// net/http has the most: it parses, starts a goroutine that watches for the
// client to leave, and wakes it to stop again.
//
// It stands in the Read of a connection, where net/http waits for the next
// request. One that early answers is answered there, and net/http never learns
// of it; any other is given to net/http byte for byte. So that an answer never
// overtakes another, it acts only at the start of a request, when net/http has
// said that all before are answered (http.StateIdle), and to know where that is
// it follows the length of each request. At the first request whose length it
// cannot tell, such as one in chunks, it leaves the connection to net/http for
// good.
//
// It does not serve TLS, where net/http wants to see the connection itself.
type fastPath struct {
	// early refuses a request whose level is above the threshold, and reports
	// whether it has; if it has not, nothing has changed, except that a reading
	// that panicked was counted. lot is the chance in the level. w and r are its
	// own until it returns, and r has no body.
	early    early
	refusing *spent
	limits   *Listener
	draining *atomic.Bool
	answers  sync.Pool // of *answer
	date     atomic.Pointer[date]
}

type early func(w http.ResponseWriter, r *http.Request, lot uint32) bool

func newFastPath(early early, refusing *spent, limits *Listener, draining *atomic.Bool) *fastPath {
	return &fastPath{early: early, refusing: refusing, limits: limits, draining: draining, answers: sync.Pool{New: func() any {
		return &answer{header: http.Header{}, head: head{header: http.Header{}}}
	}}}
}

// early is that of a fastPath. It takes the stage that refuses nearly all of a
// storm out of its turn: a request that it refuses could have been refused by
// an earlier stage for another reason, but none could have served it.
func (g *Guard) early(w http.ResponseWriter, r *http.Request, lot uint32) bool {
	p, core := g.plan.Load(), g.core.Load()
	snapshot := core.snapshot.Load()
	if snapshot.Threshold == admission.AllLevels || p.mode != Enforce || p.asksNotice(r) {
		return false
	}
	v := g.visits.Get().(*visit)
	defer g.visits.Put(v)
	v.begin(g.now(), lot)
	g.classify(p, r, v)
	if !snapshot.Refuses(v.Level) || v.op.stale > 0 { // an old answer may do
		return false
	}
	g.ticked(v.arrived)
	core.arrive(v.Level)
	d := snapshot.Refusal(v.Client, uint64(lot))
	g.refusals.write(w, v, d, g.account(p, v, d))
	return true
}

// fastListener gives each connection its fast path.
type fastListener struct {
	net.Listener
	path *fastPath
}

// Accept implements net.Listener.
func (l fastListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &fastConn{Conn: c, path: l.path, idle: true}, nil
}

// state is http.Server.ConnState.
func (p *fastPath) state(c net.Conn, s http.ConnState) {
	f, ok := c.(*fastConn)
	if !ok {
		return
	}
	switch s {
	case http.StateIdle:
		f.idle, f.drawn, f.deadline = true, false, time.Time{}
		f.off = f.off || f.left > 0
	case http.StateHijacked:
		f.off = true
	}
}

// context is http.Server.ConnContext. By it lotOf finds the connection.
func (p *fastPath) context(ctx context.Context, c net.Conn) context.Context {
	if f, ok := c.(*fastConn); ok {
		return context.WithValue(ctx, fastKey{}, f)
	}
	return ctx
}

type fastKey struct{}

// lotOf is the chance in the level of a request: what the fast path drew for it
// if it came that way. A second draw would let a request through only if it won
// twice.
func lotOf(r *http.Request) uint32 {
	if f, ok := r.Context().Value(fastKey{}).(*fastConn); ok && f.drawn {
		return f.lot
	}
	return rand.Uint32()
}

// window is the most bytes of requests that are looked at together: as much as
// net/http reads at a time.
const window = 4 << 10

// A fastConn is one connection. net/http calls Read from one goroutine at a
// time, and changes its state between the calls.
type fastConn struct {
	net.Conn
	path *fastPath

	store []byte // of size window
	r, w  int    // store[r:w] is read, and not given yet
	err   error  // to return once that is given
	left  int64  // of the request that is being given
	idle  bool   // everything given has been answered
	off   bool   // leave it all to net/http

	lot      uint32 // of the request that is being given, if drawn
	drawn    bool
	last     string // head that was looked at last: clients that try again send the same
	remote   string
	deadline time.Time // of reading, as far as set here since net/http did
}

// Read implements io.Reader.
func (c *fastConn) Read(p []byte) (int, error) {
	if c.idle && !c.off {
		c.answerIdle()
	}
	switch {
	case c.off:
		if c.r == c.w {
			c.store = nil
			if c.err != nil {
				return 0, c.err
			}
			return c.Conn.Read(p)
		}
	case c.left > 0:
		p = p[:min(int64(len(p)), c.left)]
		if c.r == c.w {
			n, err := c.Conn.Read(p)
			c.left -= int64(n)
			return n, err
		}
	default:
		return c.watch(p)
	}
	n := copy(p, c.store[c.r:c.w])
	c.r += n
	c.left -= int64(n)
	return n, nil
}

// watch is a Read while a request is served: net/http wants to know when the
// client leaves. What comes in meanwhile is the next request, and kept.
func (c *fastConn) watch(p []byte) (int, error) {
	for c.w-c.r < window {
		if err := c.more(); err != nil {
			return 0, err // one of them says that net/http wants to watch no longer
		}
	}
	c.off = true // so much that it is no use to wait for the end
	return c.Read(p)
}

// more reads what has come in behind what there is. There is room for it.
func (c *fastConn) more() error {
	if c.store == nil {
		c.store = make([]byte, window)
	}
	if c.r > 0 {
		c.w = copy(c.store, c.store[c.r:c.w])
		c.r = 0
	}
	n, err := c.Conn.Read(c.store[c.w:])
	c.w += n
	if n > 0 {
		return nil // an error comes again
	}
	return err
}

// answerIdle answers requests until there is one for net/http.
func (c *fastConn) answerIdle() {
	begun := false
	for {
		n, f := frame(c.store[c.r:c.w])
		switch {
		case f == strange, f == partial && c.w-c.r == window:
			c.off = true
			return
		case f == partial:
			if c.w > c.r && !begun {
				begun = true
				c.extend(c.path.limits.Header)
			}
			if c.err = c.more(); c.err != nil {
				c.off = true
				return
			}
			continue
		}
		if head := c.store[c.r : c.r+n]; string(head) != c.last {
			c.last = string(head)
		}
		a := c.path.answers.Get().(*answer)
		answered := c.answer(a)
		c.path.answers.Put(a)
		if !answered {
			return
		}
		begun = false
	}
}

// answer answers the request that stands next, or lets net/http have it.
func (c *fastConn) answer(a *answer) bool {
	h := &a.head
	if h.read(c.last) == strange {
		c.off = true
		return false
	}
	c.idle, c.left = false, int64(h.length)+h.body
	c.lot, c.drawn = rand.Uint32(), true
	most := int64(c.path.limits.BodyBytes)
	if !h.plain || int64(c.w-c.r) < c.left || most > 0 && h.body > most || c.path.draining.Load() {
		return false
	}
	if c.remote == "" {
		c.remote = c.RemoteAddr().String()
	}
	h.request.RemoteAddr = c.remote
	a.reset()
	measured := c.path.refusing.start(c.lot)
	if !c.path.early(a, &h.request, c.lot) {
		measured.end(false)
		return false
	}
	c.r += int(c.left)
	c.idle, c.left = true, 0
	_, err := c.Conn.Write(a.bytes(c.path.now()))
	if measured.end(true); err != nil {
		c.err, c.off, c.r = err, true, c.w
		return false
	}
	c.extend(c.path.limits.Idle)
	return true
}

// extend moves the deadline for the next bytes. To be a second early at most
// saves setting it for each request.
func (c *fastConn) extend(by time.Duration) {
	until := time.Now().Add(by)
	if late := until.Sub(c.deadline); late < 0 || late > time.Second {
		c.deadline = until
		c.Conn.SetReadDeadline(until)
	}
}

// CloseWrite is that of the connection.
func (c *fastConn) CloseWrite() error {
	if w, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return os.ErrInvalid
}
