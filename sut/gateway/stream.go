package gateway

import (
	"net/http"
	"time"
)

// A streamWriter cuts off one stream of HTTP/2 whose client does not take the
// answer. The connection as a whole does not tell: its other streams may flow,
// and while a client leaves no room in the window of a stream nothing is
// written that could come to a deadline.
type streamWriter struct {
	http.ResponseWriter
	limits  *Listener
	control *http.ResponseController
}

func newStreamWriter(w http.ResponseWriter, limits *Listener) *streamWriter {
	return &streamWriter{w, limits, http.NewResponseController(w)}
}

// within sets the deadline for n bytes to be taken.
func (w *streamWriter) within(n int) {
	_ = w.control.SetWriteDeadline(time.Now().Add(w.limits.patience(n)))
}

// without ends it: the service may be silent as long as it likes.
func (w *streamWriter) without() { _ = w.control.SetWriteDeadline(time.Time{}) }

// Write implements io.Writer.
func (w *streamWriter) Write(p []byte) (int, error) {
	w.within(len(p))
	defer w.without()
	return w.ResponseWriter.Write(p)
}

// FlushError is for http.ResponseController.
func (w *streamWriter) FlushError() error {
	w.within(0)
	defer w.without()
	return w.control.Flush()
}

// Unwrap is for http.ResponseController.
func (w *streamWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
