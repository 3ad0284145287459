package gateway

import (
	"bufio"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// What is read here means the same to net/http.
func FuzzHead(f *testing.F) {
	for _, tt := range conversations {
		f.Add(tt.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, found := frame([]byte(text))
		if found != whole {
			return
		}
		h := head{header: http.Header{}}
		if h.read(text[:n]) != whole {
			return
		}
		want, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
		if err != nil {
			if h.plain {
				t.Fatalf("%q is plain here, and to net/http: %v", text[:n], err)
			}
			return
		}
		if h.body != want.ContentLength || len(want.TransferEncoding) > 0 || want.Close {
			t.Fatalf("%q: a body of %d here, and %d in net/http with %v, close %v", text[:n], h.body, want.ContentLength, want.TransferEncoding, want.Close)
		}
		if !h.plain {
			return
		}
		got := &h.request
		// It would be the service's concern alone: "Pragma: no-cache" as of HTTP/1.0.
		if want.Header.Get("Pragma") == "no-cache" {
			delete(want.Header, "Cache-Control")
			delete(got.Header, "Cache-Control")
		}
		if got.Method != want.Method || got.Host != want.Host || got.RequestURI != want.RequestURI ||
			!reflect.DeepEqual(got.URL, want.URL) || !reflect.DeepEqual(got.Header, want.Header) {
			t.Errorf("%q: read as\n%+v\n%+v, want\n%+v\n%+v", text[:n], got, got.URL, want, want.URL)
		}
	})
}
