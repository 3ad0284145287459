package nethttp

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// A job is a request to send or, without one, a connection to open.
type job struct {
	slot    uint64
	request *scenarios.Request
	until   time.Time    // to connect
	warm    chan<- error // takes what came of it
}

// A worker sends one request at a time, over connections of its own or, on HTTP/2, over those of the loop.
type worker struct {
	loop       *loop
	jobs       chan job
	home, away *link // to the target, and to where a redirect led last

	// of the request at hand
	first   *stamp // of it, and not of the redirects that followed
	link    *link  // that it, or the last redirect, went over
	in, out int64  // what the link had counted before
	body    []byte // of the request, a copy: see keepBody
	buffer  [2048]byte
}

func (w *worker) run() {
	defer w.hangUp()
	var unused <-chan time.Time
	for {
		if (w.home != nil || w.away != nil) && w.loop.options.IdleFor > 0 {
			unused = time.After(w.loop.options.IdleFor)
		}
		select {
		case j, more := <-w.jobs:
			if !more {
				return
			}
			w.work(j)
		case <-unused:
			w.hangUp()
		}
	}
}

func (w *worker) work(j job) {
	if j.request == nil {
		ctx, cancel := context.WithDeadline(w.loop.ctx, j.until)
		defer cancel()
		_, _, err := w.linkTo(ctx, w.loop.origin)
		j.warm <- err
		return
	}
	out := w.do(j.request)
	out.Slot = j.slot
	if keep := w.loop.finish(w, out); !keep || w.loop.options.Close {
		w.hangUp()
	}
}

// hangUp closes the worker's connections.
func (w *worker) hangUp() {
	for _, k := range []**link{&w.home, &w.away} {
		if *k != nil {
			(*k).Close()
			*k = nil
		}
	}
}

func (w *worker) do(r *scenarios.Request) driver.Outcome {
	out := driver.Outcome{Ready: time.Now()}
	ctx := w.loop.ctx
	if !r.Deadline.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, r.Deadline)
		defer cancel()
	}
	w.first, w.link = nil, nil
	w.body = append(w.body[:0], r.Body...)
	answer, err := w.follow(ctx, r, &out)
	if err == nil {
		out.Status = answer.StatusCode
		pause := driver.ReadRetryAfter(answer.Header.Get("Retry-After"))
		out.RetryAfter, out.HasRetry = pause.From(out.Ready), pause.Has
		if r.Keep {
			out.Head = head(answer)
		}
		out.Body, err = w.read(answer, r.Keep, &out)
	}
	out.Done = time.Now()
	w.count(&out)
	w.keepBody()
	if w.first != nil {
		out.Sent = w.first.time()
	}
	if err != nil {
		out.Status, out.RetryAfter, out.HasRetry, out.Head, out.Body = 0, 0, false, nil, nil
		out.Kind, out.Err = kind(ctx, err), err
	}
	return out
}

// send sends a request over one connection and returns the beginning of the answer. It turns to another connection only
// if nothing was written: a kept one may have been closed by the server meanwhile.
func (w *worker) send(r *http.Request, to origin, out *driver.Outcome) (*http.Response, error) {
	w.count(out)
	for attempt := 1; ; attempt++ {
		if err := r.Context().Err(); err != nil {
			return nil, err
		}
		k, fresh, err := w.linkTo(r.Context(), to)
		if err != nil {
			return nil, err
		}
		s := &stamp{epoch: w.loop.epoch}
		if w.first == nil || !w.first.written() {
			w.first = s
		}
		if w.link = k; !k.http2 {
			w.in, w.out = k.conn.in.Load(), k.conn.out.Load()
			k.conn.armed.Store(s)
		} else {
			r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
				WroteHeaderField: func(string, []string) { s.begin() },
			}))
		}
		if r.ContentLength > 0 {
			r.Body = io.NopCloser(bytes.NewReader(w.body)) // known to net/http, which writes it together with the head
		}
		answer, err := k.RoundTrip(r)
		if err == nil {
			if k.http2 {
				out.BytesOut += r.ContentLength
			}
			return answer, nil
		}
		switch {
		case s.written():
			return nil, err
		case k.Available() > 0 && r.Context().Err() == nil: // the connection is well: net/http would not write such a request
			return nil, &failure{result.KindRequest, err}
		case fresh || attempt == 3:
			return nil, err
		}
	}
}

// keepBody keeps the memory of the body for the next request, unless net/http may still read it: an answer can overtake its
// request. Nothing reads it any more when the connection is free again.
func (w *worker) keepBody() {
	if len(w.body) > 0 && (w.link == nil || w.link.http2 || w.link.Available() == 0 || w.loop.options.Redirects > 0) {
		w.body = nil
	}
}

// count adds what the connection counted for the request so far.
func (w *worker) count(out *driver.Outcome) {
	if w.link != nil && !w.link.http2 {
		in, sent := w.link.conn.in.Load(), w.link.conn.out.Load()
		out.BytesIn += in - w.in
		out.BytesOut += sent - w.out
		w.in, w.out = in, sent
	}
}

// linkTo returns a connection to send over, and whether it is new.
func (w *worker) linkTo(ctx context.Context, to origin) (k *link, fresh bool, err error) {
	place := &w.home
	if to != w.loop.origin {
		place = &w.away
	}
	if k := *place; k != nil {
		if k.origin == to && k.Err() == nil {
			return k, false, nil
		}
		k.Close()
		*place = nil
	}
	if w.loop.options.HTTP2 && !w.loop.options.Close {
		k, fresh, err = w.loop.shared.reserve(ctx, to, w.loop.dial)
		if err != nil || k.http2 {
			return k, fresh, err
		}
	} else if k, err = w.loop.dial(ctx, to); err != nil {
		return nil, true, err
	}
	*place = k
	return k, true, nil
}
