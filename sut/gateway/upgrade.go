package gateway

import (
	"bufio"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// Why an upgraded connection leaves the limiter: a place in the limiter stands for work, and its law learns from how long the
// work took. A WebSocket is open for hours and does next to nothing: twenty of
// them would fill a limit of twenty, and the law would take the hours for the
// latency of the service. So the handshake is a request like any other, and
// with its end the place is given back. What then counts is the number of such
// connections, which Listener.Upgrades bounds. The same goes for an answer that
// by its type never ends, text/event-stream, and the same bound: it shows with
// the head of the answer, and one too many is cut off there. (As middleware the
// guard bounds neither; the server in the process does.) A long download does
// end, and loads the service while it lasts: it keeps its place.

// upgrades bounds the connections that were upgraded, or ask for it, and the
// streams of events.
type upgrades struct {
	most int64
	open atomic.Int64
	all  sync.WaitGroup
}

func asksUpgrade(r *http.Request) bool {
	return r.ProtoMajor == 1 && r.Header["Upgrade"] != nil && hasToken(r.Header["Connection"], "upgrade")
}

// asksHTTP2 is true of an upgrade to HTTP/2 without TLS. A service that took it
// would serve requests on that connection which the guard never sees.
func asksHTTP2(r *http.Request) bool {
	return hasToken(r.Header["Upgrade"], "h2c") || hasToken(r.Header["Upgrade"], "HTTP/2.0")
}

// hasToken looks for a word in lists such as those of Connection.
func hasToken(lines []string, token string) bool {
	for _, line := range lines {
		for word := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(word), token) {
				return true
			}
		}
	}
	return false
}

// protocols reports whether the lines are of ASCII, as the names of protocols
// are. httputil.ReverseProxy would find out only when it has a place.
func protocols(lines []string) bool {
	return !slices.ContainsFunc(lines, func(s string) bool { return !printable(s) || strings.Contains(s, "\t") })
}

func (u *upgrades) handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asksHTTP2(r) {
			delete(r.Header, "Upgrade")
		}
		if !asksUpgrade(r) {
			next.ServeHTTP(w, r)
			return
		}
		if !protocols(r.Header["Upgrade"]) {
			problem(w, http.StatusBadRequest, "What Upgrade asks for is no protocol.")
			return
		}
		u.all.Add(1)
		defer u.all.Done()
		defer u.open.Add(-1)
		if u.open.Add(1) > u.most {
			tooManyOpen(w)
			return
		}
		next.ServeHTTP(w, r) // returns when the upgraded connection is closed
	})
}

func tooManyOpen(w http.ResponseWriter) {
	w.Header()["Retry-After"] = []string{strconv.Itoa(30 + rand.IntN(61))} // not all at once
	problem(w, http.StatusServiceUnavailable, "As many connections were upgraded, or take events, as may be.")
}

// isEvents is true of the head of an answer that goes on as long as it likes.
func isEvents(h http.Header) bool {
	return strings.HasPrefix(strings.ToLower(h.Get("Content-Type")), "text/event-stream")
}

// An events is the body of such an answer, counted until it is closed.
type events struct {
	io.ReadCloser
	open *atomic.Int64
	once sync.Once
}

// Close implements io.Closer.
func (e *events) Close() error {
	e.once.Do(func() { e.open.Add(-1) })
	return e.ReadCloser.Close()
}

var errManyOpen = errors.New("as many streams of events are open as may be")

// admit counts the answer of the service in if it is a stream of events. It
// returns errManyOpen if there are too many.
func (u *upgrades) admit(r *http.Response) error {
	if !isEvents(r.Header) {
		return nil
	}
	if u.open.Add(1) > u.most {
		u.open.Add(-1)
		return errManyOpen
	}
	r.Body = &events{ReadCloser: r.Body, open: &u.open}
	return nil
}

// A statusWriter notes the status of an answer. It gives the place of the request
// back before that ends where it has to, the status then being known.
type statusWriter struct {
	http.ResponseWriter
	guard   *Guard
	visit   *visit
	status  int
	reading *stopwatch    // of the body; nil if there is none
	writing time.Duration // of the answer
	ours    bool          // the answer is the proxy's own, to a fault that is not the service's
}

// away is the time so far in which the client, not the service, was waited for.
func (w *statusWriter) away() time.Duration { return w.writing + w.reading.read() }

// leave gives the place back.
func (w *statusWriter) leave(o admission.Outcome) {
	now, away := w.guard.now(), w.away()
	w.guard.leave(w.visit, now, away, w.visit.forgive(o, now, away))
}

// Write implements io.Writer.
func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	began := w.guard.now()
	n, err := w.ResponseWriter.Write(p)
	w.writing += w.guard.now().Sub(began)
	return n, err
}

// outcome is what the answer says of the service.
func (w *statusWriter) outcome() admission.Outcome {
	if w.ours {
		return admission.Ignored
	}
	return judge(w.status)
}

// disown says that the answer about to be written tells nothing of the service.
func disown(w http.ResponseWriter) {
	for {
		if s, ok := w.(*statusWriter); ok {
			s.ours = true
			return
		}
		inner, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return
		}
		w = inner.Unwrap()
	}
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if w.status < 200 { // 1xx may precede the final status
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
	if status >= 200 && isEvents(w.Header()) {
		w.leave(w.outcome())
	}
}

// Flush implements http.Flusher.
func (w *statusWriter) Flush() {
	began := w.guard.now()
	_ = http.NewResponseController(w.ResponseWriter).Flush()
	w.writing += w.guard.now().Sub(began)
}

// Hijack implements http.Hijacker.
func (w *statusWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.status = http.StatusSwitchingProtocols
		w.leave(w.outcome())
	}
	return conn, rw, err
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
