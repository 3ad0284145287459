package client

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener whose connections are made in memory.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// With net/http on both sides: a client's retries go over the connection that the refusal came on, and http.Client's timeout
// is the end of them.
func TestRetriesOfNetHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var bodies, dials int
		listener := make(pipes)
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			bodies += len(body)
			if r.URL.Path == "/never" || r.Header.Get("Guard-Attempt") != "3" {
				w.Header().Set("Retry-After", "1")
				http.Error(w, strings.Repeat("not now ", 1000), http.StatusServiceUnavailable)
				return
			}
			io.WriteString(w, "done")
		})}
		served := make(chan error)
		go func() { served <- server.Serve(listener) }()
		base := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			dials++
			here, there := net.Pipe()
			listener <- there
			return here, nil
		}}
		c := &http.Client{Transport: &Transport{Base: base}, Timeout: 5 * time.Second}
		r, err := http.NewRequestWithContext(t.Context(), "PUT", "http://service.example/", strings.NewReader("0123456789"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if string(answer) != "done" || bodies != 30 || dials != 1 {
			t.Errorf("answer %q, %d bytes of bodies and %d connections; want done, 30 and 1", answer, bodies, dials)
		}

		c.Timeout = 1500 * time.Millisecond // the second pause would outlast it
		begun := time.Now()
		if resp, err = c.Get("http://service.example/never"); err != nil {
			t.Fatalf("%v, want the 503: its pause would outlast the timeout", err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if took := time.Since(begun); resp.StatusCode != 503 || took >= c.Timeout || dials != 1 {
			t.Errorf("status %d after %v over %d connections, want 503 before %v over 1", resp.StatusCode, took, dials, c.Timeout)
		}

		c.CloseIdleConnections()
		close(listener)
		<-served
	})
}
