package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"
)

// net/http reads what the built-in server writes: an outside judge of its framing and of the shares.
func TestTheMixIsWhatItIsCalled(t *testing.T) {
	answers := mixed(1)
	var chunked, closed, least, most int
	least = 1 << 20
	for i, a := range answers {
		r, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(a.bytes)), nil)
		if err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		least, most = min(least, len(body)), max(most, len(body))
		if len(r.TransferEncoding) > 0 {
			chunked++
		} else if r.ContentLength != int64(len(body)) {
			t.Errorf("answer %d: Content-Length %d, body of %d", i, r.ContentLength, len(body))
		}
		if r.Close != a.last {
			t.Errorf("answer %d: Connection: close is %t, it is closed: %t", i, r.Close, a.last)
		}
		if r.Close {
			closed++
		}
	}
	if len(answers) != 1000 || chunked != 500 || closed != 10 {
		t.Errorf("%d answers, %d chunked, %d closing; want 1000, 500, 10", len(answers), chunked, closed)
	}
	if least != 200 || most < 16<<10-1 || most > 16<<10 {
		t.Errorf("bodies of %d to %d bytes, want 200 to 16384", least, most)
	}
}

func TestTheSmallAnswersAreThoseOfNginx(t *testing.T) {
	for body, a := range map[string]answer{small: newSmall(), stepBody(): newStep()} {
		r, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(a.bytes)), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r.Body); err != nil || string(got) != body || r.Header.Get("Content-Type") != "application/json" || !json.Valid(got) {
			t.Errorf("%s, %v, %v", got, err, r.Header)
		}
	}
	if n := len(stepBody()); n < 990 || n > 1048 {
		t.Errorf("the answer of a step has %d bytes, want about 1 KB", n)
	}
}
