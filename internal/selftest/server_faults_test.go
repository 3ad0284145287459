package selftest_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/peakday/peakday/internal/drill"
)

// misbehave serves connections: answer is called after each request was read, and the connection is closed when it returns
// false.
func misbehave(t *testing.T, answer func(net.Conn) bool) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				for in := bufio.NewReader(c); ; {
					r, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					io.Copy(io.Discard, r.Body)
					if !answer(c) {
						return
					}
				}
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

func says(text string, more bool) func(net.Conn) bool {
	return func(c net.Conn) bool {
		_, err := io.WriteString(c, text)
		return err == nil && more
	}
}

// kindly is a server that answers at once, or after a while.
func kindly(t *testing.T, after time.Duration) (url string) {
	return misbehave(t, func(c net.Conn) bool {
		time.Sleep(after)
		return says("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n", true)(c)
	})
}

// A fault of the service is never charged to the generator: the measurement stands, the budget fails, and the kind of the
// failures says what happened.
func TestAFaultOfTheServerFailsTheRunAndNamesItsKind(t *testing.T) {
	if testing.Short() {
		t.Skip("drives load for half a minute")
	}
	const head = "HTTP/1.1 200 OK\r\nContent-Length: "
	for _, fault := range []struct {
		name   string
		answer func(net.Conn) bool
		kind   string
	}{
		{"a server that never answers", func(net.Conn) bool { return true }, "timeout"},
		{"a server that resets", func(c net.Conn) bool { c.(*net.TCPConn).SetLinger(0); return false }, "reset"},
		{"a server that closes without an answer", func(net.Conn) bool { return false }, "reset"},
		{"a server that trickles", func(c net.Conn) bool {
			for _, b := range head + "3\r\n\r\nok\n" {
				if _, err := c.Write([]byte{byte(b)}); err != nil {
					return false
				}
				time.Sleep(50 * time.Millisecond)
			}
			return true
		}, "timeout"},
		{"a body shorter than its length", says(head+"10\r\n\r\nok\n", false), "reset"},
		{"a body that never ends", says(head+"10\r\n\r\nok\n", true), "timeout"},
		{"a length beyond all measure", says(head+"99999999999\r\n\r\nok\n", true), "oversize"},
		{"two lengths that differ", says(head+"3\r\nContent-Length: 4\r\n\r\nok\n", true), "reset"},
		{"no HTTP", says("220 mail ready\r\n", true), "reset"},
	} {
		for _, driver := range drill.DriverNames() {
			t.Run(fault.name+" over "+driver, func(t *testing.T) {
				t.Parallel()
				o := prepare(t, nil, misbehave(t, fault.answer), "--driver", driver, "--rate", "100", "--for", "1s", "--timeout", "500ms",
					"--budget", "success >= 99%", "--max-lateness", "1s").start(t).wait(t)
				// those due last time out as the drain ends
				if o.code != 3 || o.Validity != "valid" || o.Sent != 100 || o.kinds()[fault.kind]+o.Unfinished != 100 || o.Unfinished > 20 {
					t.Errorf("%v; want exit code 3 and 100 %s", o, fault.kind)
				}
			})
		}
	}
}

// An answer that is longer than it says leaves bytes behind that must not be taken for the next answer.
func TestABodyLongerThanItsLengthSpoilsNoOtherAnswer(t *testing.T) {
	if testing.Short() {
		t.Skip("drives load")
	}
	url := misbehave(t, says("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\nHTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", true))
	for _, driver := range drill.DriverNames() {
		t.Run(driver, func(t *testing.T) {
			o := prepare(t, nil, url, "--driver", driver, "--rate", "100", "--for", "1s", "--timeout", "1s", "--max-lateness", "1s").start(t).wait(t)
			if o.Sent != 100 || o.Good+o.Failed != 100 || o.kinds()["status_500"] > 0 || o.Good < 90 {
				t.Errorf("%v; want all of 100 good, but for connections closed under a request", o)
			}
		})
	}
}

// A server that stands still for a moment delays answers and nothing else: latency has it, lateness does not.
func TestAStallOfTheServerIsLatencyAndNotLateness(t *testing.T) {
	if testing.Short() {
		t.Skip("drives load")
	}
	start := time.Now()
	url := misbehave(t, func(c net.Conn) bool {
		if at := time.Since(start); at > time.Second && at < 2*time.Second {
			time.Sleep(2*time.Second - at)
		}
		return says("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n", true)(c)
	})
	o := prepare(t, nil, url, "--rate", "200", "--for", "3s", "--timeout", "5s", "--max-lateness", "200ms", "--budget", "p99 <= 100ms").start(t).wait(t)
	if o.code != 3 || o.Validity != "valid" || o.Good != 600 || o.Service.P99 < 0.5 || o.Lateness.P99 > 0.2 {
		t.Errorf("%v; want exit code 3 for latency alone", o)
	}
}
