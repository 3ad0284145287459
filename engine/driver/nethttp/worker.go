package nethttp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// bodyStart is how much of a body that was not 2xx is kept.
const bodyStart = 512

type job struct {
	slot    uint64
	request *scenarios.Request
}

// A worker sends one request at a time.
type worker struct {
	loop   *loop
	jobs   chan job
	ctx    context.Context // the loop's, with the trace that links connection and stamp
	stamp  *stamp          // of the request at hand
	cancel context.CancelFunc
	buffer [2048]byte
}

func newWorker(l *loop) *worker {
	w := &worker{loop: l, jobs: make(chan job, 1), stamp: &stamp{epoch: l.epoch}}
	w.ctx = httptrace.WithClientTrace(l.ctx, &httptrace.ClientTrace{GotConn: w.gotConn})
	return w
}

func (w *worker) run() {
	for j := range w.jobs {
		out := w.do(j.request)
		if w.loop.ctx.Err() != nil {
			return
		}
		out.Slot = j.slot
		w.loop.finish(w, out)
	}
}

// gotConn runs on the worker's own goroutine, within RoundTrip.
func (w *worker) gotConn(info httptrace.GotConnInfo) {
	if w.stamp.written() {
		w.cancel() // net/http wants to send again what was sent; the stamp will refuse the write, too
	}
	if c := plainConn(info.Conn); c != nil {
		c.armed.Store(w.stamp)
	}
}

func (w *worker) do(r *scenarios.Request) driver.Outcome {
	out := driver.Outcome{Ready: time.Now()}
	var ctx context.Context
	if r.Deadline.IsZero() {
		ctx, w.cancel = context.WithCancel(w.ctx)
	} else {
		ctx, w.cancel = context.WithDeadline(w.ctx, r.Deadline)
	}
	defer w.cancel()
	request := w.loop.request(ctx, r)
	answer, err := w.loop.transport.RoundTrip(request)
	if err == nil {
		out.Status = answer.StatusCode
		out.RetryAfter, out.HasRetry = retryAfter(answer.Header.Get("Retry-After"), out.Ready)
		out.Body, err = w.read(answer)
	}
	out.Done = time.Now()
	out.Sent = w.stamp.time()
	if err != nil {
		out.Status, out.Body, out.Kind, out.Err = 0, nil, kind(err), err
		w.stamp = &stamp{epoch: w.loop.epoch} // net/http may still be writing with the old one
		return out
	}
	w.stamp.clear()
	return out
}

// request makes a new one each time: net/http may read a request after RoundTrip returned.
func (l *loop) request(ctx context.Context, r *scenarios.Request) *http.Request {
	path := l.prefix + r.Path
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	header := make(http.Header, len(r.Header)+1)
	values := make([]string, len(r.Header)+1)
	host := l.target.Host
	for i, h := range r.Header {
		name := http.CanonicalHeaderKey(h.Name)
		if name == "Host" {
			host = h.Value
			continue
		}
		values[i] = h.Value
		if have := header[name]; have != nil {
			header[name] = append(have, h.Value)
		} else {
			header[name] = values[i : i+1 : i+1]
		}
	}
	if header["User-Agent"] == nil {
		values[len(r.Header)] = "peakday"
		header["User-Agent"] = values[len(r.Header):]
	}
	request := &http.Request{
		Method: r.Method,
		// an opaque URL goes out as it is written, without parsing and escaping it again
		URL:    &url.URL{Scheme: l.target.Scheme, Host: l.target.Host, Opaque: path},
		Header: header,
		Host:   host,
		Proto:  "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
	if len(r.Body) > 0 {
		body := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.Body)), nil }
		request.Body, _ = body()
		request.GetBody = body
		request.ContentLength = int64(len(r.Body))
	}
	return request.WithContext(ctx)
}

// errOversize means that the body was longer than the driver reads.
var errOversize = errors.New("oversize")

// read reads the body to its end and keeps the start of one that is not 2xx.
func (w *worker) read(answer *http.Response) (start []byte, err error) {
	defer answer.Body.Close()
	keep := answer.StatusCode < 200 || answer.StatusCode > 299
	for length := int64(0); ; {
		if length > w.loop.maxBody || answer.ContentLength > w.loop.maxBody {
			return nil, fmt.Errorf("%w: the body is longer than %d bytes", errOversize, w.loop.maxBody)
		}
		n, err := answer.Body.Read(w.buffer[:])
		length += int64(n)
		if keep && len(start) < bodyStart {
			start = append(start, w.buffer[:min(n, bodyStart-len(start))]...)
		}
		if err == io.EOF {
			return start, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// kind names what went wrong in transport.
func kind(err error) string {
	var timeout net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return result.KindTimeout
	case errors.Is(err, errOversize):
		return result.KindOversize
	case isType[*tlsError](err):
		return result.KindTLS
	case isType[*dialError](err):
		return result.KindDial
	case errors.As(err, &timeout) && timeout.Timeout():
		return result.KindTimeout
	}
	return result.KindReset
}

func isType[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
