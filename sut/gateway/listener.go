package gateway

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Listener is what clients may take of the public listener, before anything is
// known of their requests. The zero value has the defaults.
type Listener struct {
	Connections int           `yaml:"connections,omitempty"`  // open at a time; 0 is as many as the process may open files for, two a connection
	PerAddress  int           `yaml:"per_address,omitempty"`  // of those from one IPv4 address or IPv6 /64; 0 is no limit. Trusted hops are exempt
	Upgrades    int           `yaml:"upgrades,omitempty"`     // of those that were upgraded, such as WebSockets, and streams of events; 0 is half of Connections
	Header      time.Duration `yaml:"header,omitempty"`       // for a request's head to come in; 0 is 10 s
	HeaderBytes int           `yaml:"header_bytes,omitempty"` // the largest head, in bytes; 0 is 64 KiB
	BodyBytes   int           `yaml:"body_bytes,omitempty"`   // the largest body where its route says nothing, in bytes, more get 413; 0 is no limit
	Idle        time.Duration `yaml:"idle,omitempty"`         // for a connection to stay open between requests; 0 is 2 min
	Grace       time.Duration `yaml:"grace,omitempty"`        // before FloorRate is asked of a client; 0 is 5 s
	FloorRate   int           `yaml:"floor_rate,omitempty"`   // least bytes a second of a body that a client sends, or of an answer that it takes; 0 is 240
	Drain       time.Duration `yaml:"drain"`                  // from /readyz turning to 503 until no connection is taken any more: what the balancer needs to notice; 0 is none
	NoFastPath  bool          `yaml:"no_fast_path,omitempty"` // every request is read by net/http, also those that a threshold refuses
}

// Rate and grace are those of Kestrel's MinRequestBodyDataRate: low enough for
// a telephone on the edge of a network, and a place held by one byte a minute
// is given back within seconds.
const (
	defaultFloorRate = 240
	defaultGrace     = 5 * time.Second
)

// faults reports what is wrong, each with the path of its key under listener.
func (l Listener) faults(fs *faults) {
	for _, f := range []struct {
		key string
		n   int
	}{
		{"connections", l.Connections}, {"per_address", l.PerAddress}, {"upgrades", l.Upgrades},
		{"header_bytes", l.HeaderBytes}, {"body_bytes", l.BodyBytes}, {"floor_rate", l.FloorRate},
	} {
		if f.n < 0 {
			fs.add("listener."+f.key, "found %d, want 1 or more, or 0 for the default", f.n)
		}
	}
	for _, f := range []struct {
		key string
		d   time.Duration
	}{{"header", l.Header}, {"idle", l.Idle}, {"grace", l.Grace}, {"drain", l.Drain}} {
		if f.d < 0 {
			fs.add("listener."+f.key, "found %v, want more than 0s, or 0s for the default", f.d)
		}
	}
}

func (l Listener) withDefaults() Listener {
	set(&l.Connections, connectionsByFiles())
	set(&l.Upgrades, max(1, l.Connections/2))
	set(&l.Header, 10*time.Second)
	set(&l.HeaderBytes, 64<<10)
	set(&l.Idle, 2*time.Minute)
	set(&l.Grace, defaultGrace)
	set(&l.FloorRate, defaultFloorRate)
	return l
}

// patience is how long a client may take for so many bytes of an answer.
func (l *Listener) patience(bytes int) time.Duration {
	return l.Grace + time.Duration(bytes)*time.Second/time.Duration(l.FloorRate)
}

func set[T comparable](field *T, otherwise T) {
	var zero T
	if *field == zero {
		*field = otherwise
	}
}

// connectionsByFiles leaves some files for logs, the admin listener and dialing;
// each connection may need a second one, to the service.
func connectionsByFiles() int {
	const others = 128
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil || files.Cur > 1<<20 {
		files.Cur = 1 << 20
	}
	return max(16, (int(files.Cur)-others)/2)
}

// A doorman accepts every connection as soon as it comes, and turns away those
// beyond the limits with an answer. A listener that stops accepting instead
// leaves clients in the backlog of the kernel, where they wait for their own
// timeout without a word (golang/go#36212).
type doorman struct {
	net.Listener
	limits  Listener
	exempt  func() Forwarding // from the limit by address
	full    [][]byte          // answers beyond a limit, one by chance; none says nothing, as under TLS
	turned  atomic.Uint64
	leaving atomic.Int32 // turned away, and not closed yet

	mu      sync.Mutex
	open    int
	address map[netip.Addr]int
}

func newDoorman(l net.Listener, limits Listener, exempt func() Forwarding, full [][]byte) *doorman {
	return &doorman{Listener: l, limits: limits, exempt: exempt, full: full, address: map[netip.Addr]int{}}
}

// Accept implements net.Listener.
func (d *doorman) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if in := d.enter(c); in != nil {
			return in, nil
		}
		d.turned.Add(1)
		d.turnAway(c)
	}
}

// enter counts a connection in, or returns nil.
func (d *doorman) enter(c net.Conn) *conn {
	in := &conn{Conn: c, door: d}
	if ap, err := netip.ParseAddrPort(c.RemoteAddr().String()); err == nil && d.limits.PerAddress > 0 {
		if a := ap.Addr().Unmap().WithZone(""); !d.exempt().trusts(a) {
			in.address = household(a)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open >= d.limits.Connections || in.address.IsValid() && d.address[in.address] >= d.limits.PerAddress {
		return nil
	}
	d.open++
	if in.address.IsValid() {
		d.address[in.address]++
	}
	return in
}

func (d *doorman) leave(c *conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open--
	if c.address.IsValid() {
		if d.address[c.address]--; d.address[c.address] == 0 {
			delete(d.address, c.address)
		}
	}
}

// count is how many connections are open.
func (d *doorman) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.open
}

// household is what one client has: an IPv4 address, or the /64 of an IPv6 one,
// inside which it may take any.
func household(a netip.Addr) netip.Addr {
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}

// turnAway answers and closes. To close at once what the client has written to
// would reset the connection, and the answer with it; so the client gets a
// second, unless very many are leaving.
func (d *doorman) turnAway(c net.Conn) {
	const mostLeaving = 1024
	half, ok := c.(interface{ CloseWrite() error })
	if !ok || d.full == nil || d.leaving.Load() >= mostLeaving {
		c.Close()
		return
	}
	d.leaving.Add(1)
	c.SetWriteDeadline(time.Now().Add(time.Millisecond)) // a fresh connection has room for it
	c.Write(d.full[rand.IntN(len(d.full))])
	half.CloseWrite()
	time.AfterFunc(time.Second, func() {
		c.Close()
		d.leaving.Add(-1)
	})
}

// A conn is one that was let in. It cuts off a client that does not take its
// answers: one that reads a byte a minute would hold a place in the service
// as long as it likes.
type conn struct {
	net.Conn
	door    *doorman
	address netip.Addr // counted under; zero if none is
	once    sync.Once
	until   atomic.Int64 // the write deadline that Write has set, Unix ns; 0 if another has
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.once.Do(func() { c.door.leave(c) })
	return c.Conn.Close()
}

// CloseWrite ends the answer, as net/http asks before it closes a connection
// with unread data.
func (c *conn) CloseWrite() error {
	if w, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return w.CloseWrite()
	}
	return nil
}

// Write implements net.Conn. The kernel takes what a fast client will read at
// once, so only a slow one meets the deadline.
func (c *conn) Write(p []byte) (int, error) {
	limits := &c.door.limits
	until := time.Now().Add(limits.patience(len(p)))
	// A deadline that is a little short saves setting it for each write.
	if late := until.UnixNano() - c.until.Load(); late < 0 || late > int64(limits.Grace/4) {
		c.until.Store(until.UnixNano())
		c.Conn.SetWriteDeadline(until)
	}
	return c.Conn.Write(p)
}

// SetWriteDeadline implements net.Conn. net/http clears the deadline after each
// answer; that of Write may stay, since the next Write moves it.
func (c *conn) SetWriteDeadline(t time.Time) error {
	if t.IsZero() && c.until.Load() != 0 {
		return nil
	}
	c.until.Store(0)
	return c.Conn.SetWriteDeadline(t)
}

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	c.until.Store(0)
	return c.Conn.SetDeadline(t)
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", addr)
}
