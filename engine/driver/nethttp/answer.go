package nethttp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
)

// bodyStart is how much of a body that was not 2xx is kept.
const bodyStart = 512

// read reads the body to its end and keeps all of it, or the start of one that is not 2xx.
func (w *worker) read(answer *http.Response, all bool, out *driver.Outcome) (kept []byte, err error) {
	defer answer.Body.Close()
	room := 0
	switch {
	case all:
		room = int(w.loop.options.MaxBody)
		kept = make([]byte, 0, max(0, min(answer.ContentLength, 1<<20)))
	case answer.StatusCode < 200 || answer.StatusCode > 299:
		room = bodyStart
	}
	if answer.ContentLength > w.loop.options.MaxBody && answer.Request.Method != http.MethodHead {
		return nil, w.tooLong()
	}
	for length := int64(0); ; {
		n, err := answer.Body.Read(w.buffer[:])
		if length += int64(n); length > w.loop.options.MaxBody {
			return nil, w.tooLong()
		}
		if room > len(kept) {
			kept = append(kept, w.buffer[:min(n, room-len(kept))]...)
		}
		if w.link.http2 {
			out.BytesIn += int64(n)
		}
		if err == io.EOF {
			return kept, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func (w *worker) tooLong() error {
	return &failure{result.KindOversize, fmt.Errorf("the body is longer than %d bytes", w.loop.options.MaxBody)}
}

// head is the header lines in order of their names: net/http does not keep the server's.
func head(answer *http.Response) []byte {
	var lines bytes.Buffer
	answer.Header.Write(&lines)
	return lines.Bytes()
}

// A failure is an error whose kind is known where it happens.
type failure struct {
	kind string
	error
}

func (e *failure) Unwrap() error { return e.error }

// kind names what went wrong in transport. A deadline that passes is a timeout wherever it finds the request, in DNS, in
// connect or in the answer; the error says where.
func kind(ctx context.Context, err error) string {
	var known *failure
	var wire *net.OpError
	switch {
	case ctx.Err() != nil, errors.Is(err, os.ErrDeadlineExceeded):
		return result.KindTimeout
	case errors.As(err, &known):
		return known.kind
	case strings.Contains(err.Error(), "response header"):
		// net/http has no error value for a head beyond MaxResponseHeaderBytes. Over HTTP/2 it takes one that is far beyond for
		// a broken connection, which stays a reset.
		return result.KindOversize
	case errors.As(err, &wire) && wire.Op == "remote error":
		return result.KindTLS // an alert: with TLS 1.3 a client certificate is refused after the handshake
	}
	return result.KindReset
}
