package rawhttp

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"

	"pgregory.net/rapid"

	"github.com/peakday/peakday/scenarios"
)

func TestEncode(t *testing.T) {
	for _, test := range []struct {
		name    string
		encoder encoder
		request scenarios.Request
		want    string
	}{
		{"a path", encoder{}, scenarios.Request{Method: "GET", Path: "/a?b=c"}, "GET /a?b=c HTTP/1.1\r\nHost: h:1\r\nUser-Agent: peakday\r\n\r\n"},
		{"no path", encoder{}, scenarios.Request{Method: "GET"}, "GET / HTTP/1.1\r\nHost: h:1\r\nUser-Agent: peakday\r\n\r\n"},
		{"a path under the target's", encoder{prefix: "/base"}, scenarios.Request{Method: "GET", Path: "/a"}, "GET /base/a HTTP/1.1\r\nHost: h:1\r\nUser-Agent: peakday\r\n\r\n"},
		{"a body", encoder{}, scenarios.Request{Method: "PUT", Path: "/", Body: []byte("xy")}, "PUT / HTTP/1.1\r\nHost: h:1\r\nUser-Agent: peakday\r\nContent-Length: 2\r\n\r\nxy"},
		{"no body where one is expected", encoder{}, scenarios.Request{Method: "POST", Path: "/"}, "POST / HTTP/1.1\r\nHost: h:1\r\nUser-Agent: peakday\r\nContent-Length: 0\r\n\r\n"},
		{"its own host and agent", encoder{}, scenarios.Request{Method: "GET", Path: "/", Header: []scenarios.Header{{Name: "host", Value: "x"}, {Name: "USER-AGENT", Value: "y"}}},
			"GET / HTTP/1.1\r\nHost: x\r\nUSER-AGENT: y\r\n\r\n"},
		{"framing is not the request's to say", encoder{close: true}, scenarios.Request{Method: "GET", Path: "/", Header: []scenarios.Header{
			{Name: "Content-Length", Value: "9"}, {Name: "Transfer-Encoding", Value: "chunked"}, {Name: "Connection", Value: "keep-alive"}}},
			"GET / HTTP/1.1\r\nHost: h:1\r\nUser-Agent: peakday\r\nConnection: close\r\n\r\n"},
	} {
		test.encoder.host = "h:1"
		for _, alike := range []uint32{0, 3, 3, mostAlike} {
			test.request.Alike = alike
			wire, kept, err := test.encoder.encode(&test.request)
			if string(wire) != test.want || err != nil || kept != (alike == 3) {
				t.Errorf("%s, alike %d: %q, kept %v, %v; want %q", test.name, alike, wire, kept, err, test.want)
			}
		}
	}
}

// net/http reads what is written as the one request it was, whatever is in it, or it is refused.
func TestWhatIsWrittenIsOneRequest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[ -~]{0,5}[\r\n\t \x00é]?[ -~]{0,5}`)
		r := scenarios.Request{
			Method: rapid.SampledFrom([]string{"GET", "POST", "DELETE", "X Y", "", "G\r\n"}).Draw(t, "method"),
			Path:   "/" + text.Draw(t, "path"),
			Body:   []byte(text.Draw(t, "body")),
		}
		for range rapid.IntRange(0, 3).Draw(t, "headers") {
			name := "X-" + rapid.StringMatching(`[A-Za-z]{0,3}[:\r\n ]?[a-z]{0,3}`).Draw(t, "name")
			r.Header = append(r.Header, scenarios.Header{Name: name, Value: text.Draw(t, "value")})
		}
		e := encoder{host: "h"}
		wire, _, err := e.encode(&r)
		if err != nil {
			return
		}
		reader := bufio.NewReader(bytes.NewReader(wire))
		got, err := http.ReadRequest(reader)
		if err != nil {
			if _, ok := errors.AsType[*url.Error](err); ok {
				return // a path that net/url does not take; it is one word on one line all the same
			}
			t.Fatalf("%q: %v", wire, err)
		}
		body, _ := io.ReadAll(got.Body)
		fields := 0
		for _, values := range got.Header {
			fields += len(values)
		}
		want := len(r.Header) + 1 // User-Agent; Host stands apart
		if len(r.Body) > 0 || r.Method == "POST" {
			want++ // Content-Length
		}
		if got.Method != r.Method || got.RequestURI != r.Path || !bytes.Equal(body, r.Body) || fields != want || reader.Buffered() > 0 {
			t.Fatalf("%q was read as %s %s with %d fields and %q; want %s %s, %d and %q", wire, got.Method, got.RequestURI, fields, body, r.Method, r.Path, want, r.Body)
		}
	})
}

func TestClean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bytes := rapid.SliceOfN(rapid.OneOf(rapid.ByteRange('!', '~'), rapid.Byte()), 0, 30).Draw(t, "bytes")
		least := rapid.SampledFrom([]byte{' ', '!'}).Draw(t, "least")
		want := true
		for _, c := range bytes {
			if c < least && (c != '\t' || least == '!') || c == 0x7f {
				want = false
			}
		}
		if got := clean(string(bytes), least); got != want {
			t.Fatalf("%q above %q: %v, want %v", bytes, least, got, want)
		}
	})
}
