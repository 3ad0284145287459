package rawhttp

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/peakday/peakday/engine/driver"
)

// The two ways in which an answer is none: it is not HTTP/1.1 as RFC 9112 has it, or there is too much of it.
var (
	errMalformed = errors.New("malformed answer")
	errOversize  = errors.New("oversize")
)

// A place is where in an answer the next byte belongs.
type place uint8

const (
	inStatus    place = iota // the status line
	inHeader                 // a header line, or the empty line after them
	inBody                   // a body of known length: left bytes to come
	inRest                   // a body that ends with the connection
	inChunkSize              // the line before a chunk
	inChunk                  // a chunk: left bytes to come
	inChunkEnd               // the CRLF after a chunk
	inTrailer                // a line after the last chunk, or the empty line after them
	atEnd
)

const (
	bodyStart = 512  // how much of a body that was not 2xx is kept
	chunkLine = 4096 // the longest chunk-size line, extensions included; net/http's bound, too
)

// An answer takes in the bytes of one response, in pieces of any size, and keeps of them only what was asked for.
// Interim answers (1xx) before it are skipped. It allocates only where a line comes in two pieces or bytes are kept.
type answer struct {
	at     place
	head   bool // it answers a HEAD request, so no body comes
	all    bool // keep the whole head and body
	status int

	minor    byte  // of the version: HTTP/1.minor
	length   int64 // by Content-Length; -1 when it does not say
	chunked  bool
	coded    bool // there was a Transfer-Encoding
	close    bool // Connection: close
	alive    bool // Connection: keep-alive
	headSize int64
	maxHead  int64
	maxBody  int64

	left int64 // bytes to come of the body or the chunk
	size int64 // bytes of body so far, with those of the chunk at hand

	line     []byte // the first part of a line whose end has not come
	kept     []byte // head lines if all, then what is kept of the body
	keptHead int    // how much of kept is head
	retry    driver.RetryAfter
}

// begin makes a ready for the next answer.
func (a *answer) begin(head, all bool) {
	a.at, a.head, a.all = inStatus, head, all
	a.headSize, a.size = 0, 0
	a.line = a.line[:0]
	if cap(a.kept) > 1<<16 {
		a.kept = nil // one large answer must not hold its memory for ever
	}
	a.kept, a.keptHead = a.kept[:0], 0
	a.clear()
}

// clear forgets the head so far; an interim one, too, ends so.
func (a *answer) clear() {
	a.status, a.minor, a.length = 0, 0, -1
	a.chunked, a.coded, a.close, a.alive = false, false, false, false
	a.retry = driver.RetryAfter{}
}

// started reports whether any byte of it has come.
func (a *answer) started() bool { return a.headSize > 0 || len(a.line) > 0 }

// done reports whether the last byte of it has come.
func (a *answer) done() bool { return a.at == atEnd }

// keepAlive reports whether the connection may serve another request after this answer (RFC 9112, section 9.3).
func (a *answer) keepAlive() bool {
	if a.close || a.status == 101 || a.chunked && a.length >= 0 {
		return false // after both lengths, who knows where the next answer begins (section 6.3)
	}
	return a.minor == 1 || a.alive
}

// feed takes the next bytes and returns how many of them belong to this answer: fewer than all only once it is done.
func (a *answer) feed(p []byte) (used int, err error) {
	whole := len(p)
	for len(p) > 0 && a.at != atEnd {
		switch a.at {
		case inBody, inRest, inChunk:
			p, err = a.body(p)
		case inChunkEnd:
			p, err = a.chunkEnd(p)
		default:
			line, rest, ok := a.cut(p)
			if !ok {
				return whole, a.tooLong()
			}
			p, err = rest, a.take(line)
		}
		if err != nil {
			return whole - len(p), err
		}
	}
	return whole - len(p), nil
}

// cut splits a line, with its LF, from p. Without one it keeps p for later.
func (a *answer) cut(p []byte) (line, rest []byte, ok bool) {
	end := bytes.IndexByte(p, '\n') + 1
	if end == 0 {
		a.line = append(a.line, p...)
		return nil, nil, false
	}
	if len(a.line) == 0 {
		return p[:end], p[end:], true
	}
	line = append(a.line, p[:end]...)
	a.line = line[:0]
	return line, p[end:], true
}

// tooLong bounds the part of a line that is kept.
func (a *answer) tooLong() error {
	if a.at == inChunkSize {
		if len(a.line) > chunkLine {
			return errChunkLine
		}
		return nil
	}
	return a.checkHead(a.headSize + int64(len(a.line)))
}

func (a *answer) checkHead(size int64) error {
	if size > a.maxHead {
		return fmt.Errorf("%w: the head is longer than %d bytes", errOversize, a.maxHead)
	}
	return nil
}

// take takes a whole line.
func (a *answer) take(line []byte) error {
	if a.at == inChunkSize {
		return a.chunkSize(line)
	}
	a.headSize += int64(len(line))
	if err := a.checkHead(a.headSize); err != nil {
		return err
	}
	text := line[:len(line)-1]
	if n := len(text); n > 0 && text[n-1] == '\r' {
		text = text[:n-1]
	}
	switch {
	case a.at == inStatus:
		a.at = inHeader
		return a.statusLine(text)
	case len(text) > 0:
		if a.at == inTrailer {
			_, _, err := field(text)
			return err
		}
		if a.all {
			a.kept = append(append(a.kept, text...), '\r', '\n')
		}
		return a.header(text)
	case a.at == inTrailer:
		a.at = atEnd
		return nil
	}
	return a.headEnd()
}

// headEnd decides by the head how long the body is (RFC 9112, section 6.3).
func (a *answer) headEnd() error {
	a.keptHead = len(a.kept)
	if a.minor == 0 {
		a.chunked, a.coded = false, false // HTTP/1.0 has no transfer codings; net/http takes no notice of them either
	}
	switch {
	case a.status < 200 && a.status != 101:
		a.at = inStatus
		a.kept, a.keptHead = a.kept[:0], 0
		a.clear()
	case a.head || a.status == 204 || a.status == 304 || a.status == 101:
		a.at = atEnd
	case a.coded && !a.chunked:
		return fmt.Errorf("%w: a transfer coding other than chunked", errMalformed)
	case a.chunked:
		a.at = inChunkSize
	case a.length < 0:
		a.at, a.close = inRest, true
	case a.length > a.maxBody:
		return a.tooMuch()
	case a.length == 0:
		a.at = atEnd
	default:
		a.at, a.left, a.size = inBody, a.length, a.length
	}
	return nil
}

func (a *answer) tooMuch() error {
	return fmt.Errorf("%w: the body is longer than %d bytes", errOversize, a.maxBody)
}

// end takes the news that the server closed the connection, which is how some bodies end.
func (a *answer) end() error {
	switch {
	case a.at == inRest:
		a.at = atEnd
	case !a.started():
		return errors.New("the server closed the connection without an answer")
	case a.at < inBody:
		return errors.New("the server closed the connection within the head of the answer")
	case a.at < atEnd:
		return errors.New("the server closed the connection within the body")
	}
	return nil
}
