package rawhttp

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
)

func newAnswer(head bool) *answer {
	a := &answer{maxHead: 1 << 16, maxBody: 1 << 20}
	a.begin(head, true)
	return a
}

// body is what was kept of the body.
func (a *answer) bodyKept() string { return string(a.kept[a.keptHead:]) }

func TestAnswer(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for _, test := range []struct {
		name, wire string
		head       bool // it answers HEAD
		status     int
		body       string
		keepAlive  bool
		more       int // bytes after it
	}{
		{name: "a length", wire: ok + "Content-Length: 5\r\n\r\nhello", status: 200, body: "hello", keepAlive: true},
		{name: "no body", wire: ok + "Content-Length: 0\r\n\r\n", status: 200, keepAlive: true},
		{name: "the same length twice", wire: ok + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok", status: 200, body: "ok", keepAlive: true},
		{name: "names in any case, blanks around values", wire: ok + "cOnTeNt-lEnGtH: \t2 \r\n\r\nok", status: 200, body: "ok", keepAlive: true},
		{name: "bare LF in the head", wire: "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", status: 200, body: "ok", keepAlive: true},
		{name: "no reason", wire: "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", status: 200, keepAlive: true},
		{name: "HEAD with the length of GET", head: true, wire: ok + "Content-Length: 5\r\n\r\n", status: 200, keepAlive: true},
		{name: "HEAD that says chunked", head: true, wire: ok + "Transfer-Encoding: chunked\r\n\r\n", status: 200, keepAlive: true},
		{name: "204 has no body, whatever it says", wire: "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", status: 204, keepAlive: true},
		{name: "304 has no body", wire: "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", status: 304, keepAlive: true},
		{name: "interim answers are skipped", wire: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\nContent-Length: 7\r\n\r\n" + ok + "Content-Length: 2\r\n\r\nok", status: 200, body: "ok", keepAlive: true},
		{name: "switching protocols is final", wire: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nxyz", status: 101, more: 3},
		{name: "chunks", wire: ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n", status: 200, body: "hello world", keepAlive: true},
		{name: "chunk extensions and trailers", wire: ok + "Transfer-Encoding: Chunked\r\n\r\nA ;a=b;c=\"d\"\r\n0123456789\r\n00\r\nDigest: x\r\nContent-Length: 99\r\n\r\n", status: 200, body: "0123456789", keepAlive: true},
		{name: "chunked and a length: the chunks count, and the connection is not trusted", wire: ok + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", status: 200, body: "x"},
		{name: "neither length nor chunks: until the end", wire: ok + "\r\nto the end", status: 200, body: "to the end"},
		{name: "Connection: close", wire: ok + "Content-Length: 0\r\nConnection: close\r\n\r\n", status: 200},
		{name: "close among others", wire: ok + "Content-Length: 0\r\nConnection: x, Close ,y\r\n\r\n", status: 200},
		{name: "HTTP/1.0 closes", wire: "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", status: 200},
		{name: "HTTP/1.0 with keep-alive", wire: "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n", status: 200, keepAlive: true},
		{name: "HTTP/1.0 knows no chunks", wire: "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n5", status: 200, body: "5"},
		{name: "bytes after the body are not its own", wire: ok + "Content-Length: 2\r\n\r\nokHTTP/1.1", status: 200, body: "ok", keepAlive: true, more: 8},
		{name: "an error with a body", wire: "HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno", status: 500, body: "no", keepAlive: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := newAnswer(test.head)
			used, err := a.feed([]byte(test.wire))
			if err == nil && !a.done() {
				err = a.end()
			}
			if err != nil || a.status != test.status || a.bodyKept() != test.body || a.keepAlive() != test.keepAlive || len(test.wire)-used != test.more {
				t.Errorf("status %d, body %q, keep-alive %v, %d bytes more, %v; want %d, %q, %v, %d", a.status, a.bodyKept(), a.keepAlive(), len(test.wire)-used, err,
					test.status, test.body, test.keepAlive, test.more)
			}
		})
	}
}

func TestAnswerThatIsNone(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	const chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"
	for _, test := range []struct {
		name, wire string
		want       error // nil: it ends too early
	}{
		{"another protocol", "220 mail.example ESMTP\r\n", errMalformed},
		{"HTTP/2", "HTTP/2 200\r\n", errMalformed},
		{"an empty first line", "\r\n" + ok, errMalformed},
		{"a status of two digits", "HTTP/1.1 20 OK\r\n", errMalformed},
		{"a status of four digits", "HTTP/1.1 2000 OK\r\n", errMalformed},
		{"a status below 100", "HTTP/1.1 099 OK\r\n", errMalformed},
		{"a minor version that is no digit", "HTTP/1.x 200 OK\r\n", errMalformed},
		{"a header without a colon", ok + "nonsense\r\n", errMalformed},
		{"a header without a name", ok + ": x\r\n", errMalformed},
		{"a blank before the colon", ok + "Content-Length : 2\r\n", errMalformed},
		{"a line that goes on", ok + "X: a\r\n b\r\n", errMalformed},
		{"a length that is no number", ok + "Content-Length: two\r\n", errMalformed},
		{"an empty length", ok + "Content-Length:\r\n", errMalformed},
		{"a negative length", ok + "Content-Length: -1\r\n", errMalformed},
		{"a length beyond 64 bits", ok + "Content-Length: 99999999999999999999999\r\n", errMalformed},
		{"two lengths", ok + "Content-Length: 2\r\nContent-Length: 3\r\n", errMalformed},
		{"a coding nobody knows", ok + "Transfer-Encoding: gzip\r\n\r\n", errMalformed},
		{"two codings", ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", errMalformed},
		{"a chunk without a size", chunked + "\r\n", errMalformed},
		{"a chunk with a size that is no number", chunked + "5g\r\n", errMalformed},
		{"a negative chunk", chunked + "-5\r\n", errMalformed},
		{"a chunk beyond 64 bits", chunked + "fffffffffffffffff\r\n", errMalformed},
		{"a chunk line with a bare LF", chunked + "5\n", errMalformed},
		{"a chunk longer than it says", chunked + "2\r\nabc", errMalformed},
		{"a chunk line without end", chunked + "1;" + strings.Repeat("x", chunkLine), errMalformed},
		{"a trailer that is no header", chunked + "0\r\nnonsense\r\n", errMalformed},
		{"a body longer than allowed", ok + "Content-Length: 1048577\r\n\r\n", errOversize},
		{"chunks longer than allowed", chunked + "80000\r\n" + strings.Repeat("x", 0x80000) + "\r\n80001\r\n", errOversize},
		{"a body without length, longer than allowed", ok + "\r\n" + strings.Repeat("x", 1<<20+1), errOversize},
		{"a head longer than allowed", ok + "X: " + strings.Repeat("x", 1<<16) + "\r\n", errOversize},
		{"a header line without end", ok + "X: " + strings.Repeat("x", 1<<16), errOversize},
		{"interim answers without end", strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 3000), errOversize},
		{"trailers without end", chunked + "0\r\n" + strings.Repeat("X: y\r\n", 11000), errOversize},
		{"nothing", "", nil},
		{"half a status line", "HTTP/1.1 2", nil},
		{"half a head", ok + "Content-Le", nil},
		{"half a body", ok + "Content-Length: 5\r\n\r\nhel", nil},
		{"an interim answer only", "HTTP/1.1 100 Continue\r\n\r\n", nil},
		{"chunks without the last", chunked + "5\r\nhello\r\n", nil},
		{"the last chunk without its empty line", chunked + "0\r\n", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := newAnswer(false)
			_, err := a.feed([]byte(test.wire))
			if test.want == nil && err == nil && !a.done() {
				if err := a.end(); err == nil {
					t.Error("ended as if it were whole")
				}
				return
			}
			if test.want == nil || !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
		})
	}
}

func TestAnswerKeepsTheHeadOfTheFinalAnswer(t *testing.T) {
	a := newAnswer(false)
	a.feed([]byte("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\nA: 1\nSet-Cookie: b\r\nContent-Length: 2\r\n\r\nok"))
	if got, want := string(a.kept[:a.keptHead]), "A: 1\r\nSet-Cookie: b\r\nContent-Length: 2\r\n"; got != want {
		t.Errorf("head %q, want %q", got, want)
	}
}

func TestAnswerKeepsTheStartOfABodyThatIsNot2xx(t *testing.T) {
	long := strings.Repeat("problem ", 1000)
	for status, want := range map[int]string{200: "", 299: "", 300: long[:bodyStart], 500: long[:bodyStart]} {
		a := newAnswer(false)
		a.begin(false, false)
		wire := fmt.Appendf(nil, "HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s", status, len(long), long)
		for i := range wire {
			if _, err := a.feed(wire[i : i+1]); err != nil {
				t.Fatal(err)
			}
		}
		if !a.done() || string(a.kept) != want {
			t.Errorf("status %d: kept %d bytes, want %d", status, len(a.kept), len(want))
		}
	}
}

// verdict is all that an answer tells, for comparison.
func verdict(a *answer, err error) string {
	return fmt.Sprintf("%d %v %v %v %+v %q %v", a.status, a.at, a.keepAlive(), a.length, a.retry, a.kept, err)
}

// FuzzResponse takes any bytes, whole and in pieces, and asks net/http about them.
func FuzzResponse(f *testing.F) {
	for _, wire := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: v\r\n\r\nHTTP/1.1",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 503 No\r\nConnection: keep-alive\r\nRetry-After: 3\r\n\r\nproblem",
		"HTTP/1.1 429 Too Many\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\nContent-Length: 0\n\n",
		"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n5",
		"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
		"220 mail.example ESMTP\r\n",
	} {
		for _, head := range []bool{false, true} {
			f.Add([]byte(wire), uint64(len(wire)), head, false)
		}
		f.Add([]byte(wire), uint64(1), false, true)
	}
	f.Fuzz(func(t *testing.T, wire []byte, cuts uint64, head, narrow bool) {
		whole, pieces := newAnswer(head), newAnswer(head)
		if narrow {
			whole.maxHead, whole.maxBody = 40, 4
			pieces.maxHead, pieces.maxBody = 40, 4
		}
		used, err := whole.feed(wire)
		chance := rand.New(rand.NewPCG(cuts, 0))
		total, perr := 0, error(nil)
		for rest := wire; len(rest) > 0 && perr == nil && !pieces.done(); {
			size := min(1+chance.IntN(1+int(cuts%64)), len(rest))
			var n int
			piece := bytes.Clone(rest[:size])
			n, perr = pieces.feed(piece)
			for i := range piece {
				piece[i] = '#' // the buffer is used again: nothing may still look into it
			}
			total += n
			rest = rest[size:]
		}
		if err == nil && total != used || verdict(whole, err) != verdict(pieces, perr) && (err == nil || fmt.Sprint(err) != fmt.Sprint(perr)) {
			t.Fatalf("whole: %d bytes, %s\nin pieces: %d bytes, %s", used, verdict(whole, err), total, verdict(pieces, perr))
		}
		if err == nil && !whole.done() {
			err = whole.end()
		}
		if err != nil || narrow {
			return
		}
		against(t, wire, head, whole)
	})
}

// against compares an answer that was taken with what net/http makes of it, if anything.
func against(t *testing.T, wire []byte, head bool, a *answer) {
	t.Helper()
	method := "GET"
	if head {
		method = "HEAD"
	}
	reader := bufio.NewReader(bytes.NewReader(wire))
	for {
		theirs, err := http.ReadResponse(reader, &http.Request{Method: method})
		if err != nil {
			return
		}
		if theirs.StatusCode < 200 && theirs.StatusCode != 101 {
			continue
		}
		body, err := io.ReadAll(theirs.Body)
		if theirs.StatusCode == 101 {
			body = nil // theirs is the stream that follows
		}
		if err != nil {
			return
		}
		if a.status != theirs.StatusCode || a.bodyKept() != string(body) {
			t.Fatalf("status %d, body %q; net/http has %d, %q", a.status, a.bodyKept(), theirs.StatusCode, body)
		}
		if a.keepAlive() && theirs.Close {
			t.Fatalf("kept alive; net/http closes")
		}
		return
	}
}
