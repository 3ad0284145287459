package nethttp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

// h2 makes a server speak HTTP/2, over TLS or without, n streams to a connection.
func h2(t *testing.T, ca *authority, streams int) func(*httptest.Server) {
	return func(s *httptest.Server) {
		s.Config.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: streams}
		if ca != nil {
			s.EnableHTTP2 = true
			s.TLS = &tls.Config{Certificates: []tls.Certificate{ca.issue(t, "server")}}
			return
		}
		s.Config.Protocols = new(http.Protocols)
		s.Config.Protocols.SetUnencryptedHTTP2(true)
	}
}

// eachHTTP2 runs a test over TLS and without.
func eachHTTP2(t *testing.T, test func(t *testing.T, ca *authority, options driver.Options)) {
	t.Run("over TLS", func(t *testing.T) {
		ca := newAuthority(t)
		test(t, ca, driver.Options{HTTP2: true, TLS: &tls.Config{RootCAs: ca.pool()}})
	})
	t.Run("without TLS", func(t *testing.T) { test(t, nil, driver.Options{HTTP2: true}) })
}

// together answers nobody before n are there, and notes connections and protocols.
func together(n int32, connections *sync.Map) http.HandlerFunc {
	var inside atomic.Int32
	all := make(chan struct{})
	return func(w http.ResponseWriter, r *http.Request) {
		connections.Store(r.RemoteAddr+" "+r.Proto, true)
		if inside.Add(1) == n {
			close(all)
		}
		<-all
		io.WriteString(w, "there")
	}
}

func keys(m *sync.Map) (all []string) {
	for k := range m.Range {
		all = append(all, k.(string))
	}
	return all
}

func TestHTTP2CarriesAHundredRequestsOnOneConnection(t *testing.T) {
	eachHTTP2(t, func(t *testing.T, ca *authority, o driver.Options) {
		var connections sync.Map
		o.Target = serve(t, together(100, &connections), h2(t, ca, 250)).URL
		l := opened(t, o)
		for slot := range uint64(100) {
			l.Submit(slot, get("/"))
		}
		for slot, out := range gather(t, l, 100) {
			if out.Status != 200 || out.Sent.Before(out.Ready) || out.Done.Before(out.Sent) {
				t.Errorf("slot %d: status %d (%v), ready %v, sent %v, done %v", slot, out.Status, out.Err, out.Ready, out.Sent, out.Done)
			}
		}
		if all := keys(&connections); len(all) != 1 || !strings.HasSuffix(all[0], "HTTP/2.0") {
			t.Errorf("connections %q, want one, HTTP/2.0", all)
		}
	})
}

// The first request tells how many streams the server allows; those beyond go over further connections.
func TestHTTP2OpensAnotherConnectionWhenStreamsRunOut(t *testing.T) {
	eachHTTP2(t, func(t *testing.T, ca *authority, o driver.Options) {
		var connections sync.Map
		meet := together(30, &connections)
		o.Target = serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/meet" {
				meet(w, r)
			}
		}, h2(t, ca, 10)).URL
		l := opened(t, o)
		if n, err := l.Warm(30, time.Now().Add(10*time.Second)); n != 30 || err != nil {
			t.Fatalf("warmed for %d requests, %v; want 30", n, err)
		}
		one(t, l, get("/"))
		for slot := range uint64(30) {
			l.Submit(slot, get("/meet"))
		}
		for slot, out := range gather(t, l, 30) {
			if out.Status != 200 {
				t.Errorf("slot %d: status %d (%s %v)", slot, out.Status, out.Kind, out.Err)
			}
		}
		if all := keys(&connections); len(all) != 3 {
			t.Errorf("connections %q, want 3 for 30 requests at 10 each", all)
		}
	})
}

func TestHTTP2SentIsStampedBeforeTheRequestArrives(t *testing.T) {
	eachHTTP2(t, func(t *testing.T, ca *authority, o driver.Options) {
		arrived := make(chan time.Time, 1)
		o.Target = serve(t, func(w http.ResponseWriter, r *http.Request) {
			arrived <- time.Now()
			body, _ := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s %d", r.Header.Get("X-Key"), len(body))
		}, h2(t, ca, 0)).URL
		l := opened(t, o)
		r := &scenarios.Request{Method: "POST", Path: "/", Body: make([]byte, 100_000), Keep: true, Header: []scenarios.Header{{Name: "X-Key", Value: "k"}}}
		for range 3 { // the second on a connection that is there
			out := one(t, l, r)
			wantAnswer(t, out, 200, "k 100000")
			if at := <-arrived; out.Sent.IsZero() || out.Sent.After(at) || out.Sent.Before(out.Ready) {
				t.Errorf("ready %v, sent %v, arrived %v: out of order", out.Ready, out.Sent, at)
			}
			if out.BytesOut != 100_000 || out.BytesIn != int64(len("k 100000")) {
				t.Errorf("%d bytes out, %d in; want the payloads, 100000 and 8", out.BytesOut, out.BytesIn)
			}
		}
	})
}

func TestHTTP2FailsLikeHTTP1(t *testing.T) {
	eachHTTP2(t, func(t *testing.T, ca *authority, o driver.Options) {
		var resets atomic.Int32
		stalled := make(chan struct{}, 1)
		o.Target = serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/reset":
				resets.Add(1)
				panic(http.ErrAbortHandler)
			case "/stall":
				stalled <- struct{}{}
				<-r.Context().Done()
			case "/head":
				for i := range 70 {
					w.Header().Set(fmt.Sprint("X-Field-", i), strings.Repeat("x", 1000))
				}
			case "/long":
				w.Write(make([]byte, 2000))
			}
		}, h2(t, ca, 0)).URL
		o.MaxBody = 1000
		l := opened(t, o)
		wantFailure(t, one(t, l, get("/reset")), result.KindReset, true, "")
		if n := resets.Load(); n != 1 {
			t.Errorf("the request arrived %d times, want once", n)
		}
		wantFailure(t, one(t, l, get("/head")), result.KindOversize, true, "")
		wantFailure(t, one(t, l, get("/long")), result.KindOversize, true, "1000 bytes")
		r := get("/stall")
		r.Deadline = time.Now().Add(100 * time.Millisecond)
		wantFailure(t, one(t, l, r), result.KindTimeout, true, "")
		<-stalled
		if out := one(t, l, get("/")); out.Status != 200 {
			t.Errorf("after all that: status %d, %v", out.Status, out.Err)
		}
	})
}

func TestHTTP2IsLeftWhereTheServerDoesNotOfferIt(t *testing.T) {
	ca := newAuthority(t)
	var connections sync.Map
	server := serve(t, together(20, &connections), func(s *httptest.Server) {
		s.TLS = &tls.Config{Certificates: []tls.Certificate{ca.issue(t, "server")}}
	})
	l := opened(t, driver.Options{Target: server.URL, HTTP2: true, TLS: &tls.Config{RootCAs: ca.pool()}})
	if n, err := l.Warm(20, time.Now().Add(10*time.Second)); n != 20 || err != nil {
		t.Fatalf("warmed %d, %v; want 20", n, err)
	}
	for slot := range uint64(20) {
		l.Submit(slot, get("/"))
	}
	gather(t, l, 20)
	if all := keys(&connections); len(all) != 20 || !strings.HasSuffix(all[0], "HTTP/1.1") {
		t.Errorf("connections %q, want 20, HTTP/1.1", all)
	}
}

// When the one connection cannot be had, nobody waits in line for the same refusal.
func TestHTTP2SharesAFailedDial(t *testing.T) {
	var asked atomic.Int32
	refuse := errors.New("not today")
	gate := make(chan struct{})
	l := openedOver(t, driver.Options{Target: "http://service.example", HTTP2: true}, fixed("127.0.0.1"),
		func(context.Context, netip.Addr, netip.AddrPort) (net.Conn, error) {
			asked.Add(1)
			<-gate
			return nil, refuse
		})
	for slot := range uint64(50) {
		l.Submit(slot, get("/"))
	}
	for l.Wait(time.Now().Add(50*time.Millisecond)) != nil {
		t.Fatal("an outcome came before the refusal")
	}
	close(gate)
	for _, out := range gather(t, l, 50) {
		wantFailure(t, out, result.KindDial, false, "not today")
	}
	if n := asked.Load(); n > 25 { // those that come after the refusal ask again
		t.Errorf("%d dials for 50 requests at once", n)
	}
}
