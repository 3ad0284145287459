package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
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

func TestTheSmallAnswerIsThatOfNginx(t *testing.T) {
	r, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(newSmall().bytes)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(r.Body); err != nil || string(body) != small || r.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s, %v, %v", body, err, r.Header)
	}
}

func TestCPUIsReadFromProc(t *testing.T) {
	got, err := cpuOfStat("71 (a) b) c) S 1 71 71 0 -1 4194560 130 0 0 0 250 50 0 0 20 0 1 0 21 0 0")
	if want := 3 * time.Second; got != want || err != nil {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if got, err := cpuOf(os.Getpid()); err != nil || got < 0 {
		t.Errorf("of this process: %v, %v", got, err)
	}
}

func TestTheMachinesClockCountsGuestsOnce(t *testing.T) {
	got := clockOf("cpu  100 10 20 500 30 4 6 8 50 5\n")
	if want := (Clock{All: 678 * tick, Busy: 140 * tick, Stolen: 8 * tick}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCoresAreReadFromTheKernelsList(t *testing.T) {
	for list, want := range map[string]string{"0-1": "[0 1]", "0,2-4": "[0 2 3 4]", "3": "[3]", "": "[]"} {
		var got []string
		for _, c := range cores(list) {
			got = append(got, strconv.Itoa(c))
		}
		if "["+strings.Join(got, " ")+"]" != want {
			t.Errorf("%q: got %v, want %s", list, got, want)
		}
	}
}
