package gateway

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// A body is that of a request as it comes in. It cuts off a client that sends
// less than the floor rate, and remembers that an error was the client's. Time
// in which nobody reads is not the client's: the service may be slow to take.
type body struct {
	io.ReadCloser
	deadline func(time.Time) error // of reading from the connection
	limits   *Listener
	took     time.Duration // spent in reading
	read     int64         // bytes so far
}

// bodyError says that the client's body is at fault, and with which status.
type bodyError struct {
	status int
	detail string
	error
}

func (e *bodyError) Unwrap() error { return e.error }

func newBody(w http.ResponseWriter, r *http.Request, limits *Listener) io.ReadCloser {
	in := r.Body
	if limits.BodyBytes > 0 {
		in = http.MaxBytesReader(w, in, int64(limits.BodyBytes))
	}
	return &body{ReadCloser: in, deadline: http.NewResponseController(w).SetReadDeadline, limits: limits}
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	began := time.Now()
	left := b.limits.Grace + time.Duration(b.read/int64(b.limits.FloorRate))*time.Second - b.took
	_ = b.deadline(began.Add(left)) // a writer that knows no deadlines has none, as in tests
	n, err := b.ReadCloser.Read(p)
	b.took += time.Since(began)
	b.read += int64(n)
	switch {
	case err == nil || err == io.EOF:
		return n, err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return n, &bodyError{http.StatusRequestTimeout, "The body came in too slowly.", err}
	case errors.Is(err, context.Canceled): // HTTP/2: the client took the request back
		return n, err
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return n, &bodyError{http.StatusRequestEntityTooLarge, tooLarge, err}
	}
	return n, &bodyError{http.StatusBadRequest, "The body is cut off or malformed.", err}
}

const tooLarge = "The body is larger than may be sent here."
