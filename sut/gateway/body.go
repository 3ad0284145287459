package gateway

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

// A body is that of a request as it comes in. It cuts off a client that sends
// less than the floor rate, and remembers that an error was the client's. Time
// in which nobody reads is not the client's: the service may be slow to take.
type body struct {
	io.ReadCloser
	deadline  func(time.Time) error // of reading from the connection
	limits    *Listener
	stopwatch       // of the time spent in reading
	got       int64 // bytes so far
	ended     atomic.Bool
	duplex    atomic.Bool
	fault     atomic.Pointer[bodyError]
}

// bodyError says what is wrong with the client's body, and the status of that.
type bodyError struct {
	status int
	detail string
}

type bodyKey struct{}

// withBody serves r with a body of ours, which bodyOf then knows.
func withBody(w http.ResponseWriter, r *http.Request, limits *Listener, most int, next http.Handler) {
	control := http.NewResponseController(w)
	b := &body{ReadCloser: r.Body, deadline: control.SetReadDeadline, limits: limits}
	if most > 0 {
		b.ReadCloser = http.MaxBytesReader(w, r.Body, int64(most))
	}
	in := r.WithContext(context.WithValue(r.Context(), bodyKey{}, b)) // a copy: net/http looks at the body of its own
	in.Body = b
	next.ServeHTTP(w, in)
	if b.ended.Load() {
		return
	}
	_ = b.deadline(time.Now().Add(limits.Grace)) // net/http reads some more, to use the connection again
	if b.duplex.Load() {
		// After the handler it would be too late: at the end of the body net/http
		// begins to watch the connection, and would read the next request
		// while it does.
		_ = control.Flush()
		b.Close()
	}
}

// bodyOf is the body of a request as withBody made it, nil if it has none.
func bodyOf(r *http.Request) *body {
	b, _ := r.Context().Value(bodyKey{}).(*body)
	return b
}

// bodyFault is what was found wrong with the body of a request, nil if nothing.
// An error of the transport does not tell: net/http ends the request's context
// at any error in reading, and the transport may see that first.
func bodyFault(r *http.Request) *bodyError {
	if b := bodyOf(r); b != nil {
		return b.fault.Load()
	}
	return nil
}

// duplex lets an answer begin while the body still comes in. As a rule net/http
// reads the body first; a refusal should leave it at that, and a proxy would
// not stream.
func duplex(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if b := bodyOf(r); b != nil && r.ProtoMajor == 1 {
			b.duplex.Store(http.NewResponseController(w).EnableFullDuplex() == nil)
		}
		next.ServeHTTP(w, r)
	})
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	began := time.Now()
	left := b.limits.Grace + time.Duration(b.got/int64(b.limits.FloorRate))*time.Second - b.stopwatch.read()
	_ = b.deadline(began.Add(left)) // a writer that knows no deadlines has none, as in tests
	b.start()
	n, err := b.ReadCloser.Read(p)
	b.stop()
	b.got += int64(n)
	if err == nil || err == io.EOF {
		b.ended.Store(err != nil)
		return n, err
	}
	fault := &bodyError{http.StatusBadRequest, "The body is cut off or malformed."}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		fault = &bodyError{http.StatusRequestTimeout, "The body came in too slowly."}
	} else if _, large := errors.AsType[*http.MaxBytesError](err); large {
		fault = &bodyError{http.StatusRequestEntityTooLarge, tooLarge}
	}
	b.fault.Store(fault)
	return n, err
}

const tooLarge = "The body is larger than may be sent here."
