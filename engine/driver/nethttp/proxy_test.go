package nethttp

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"testing"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/driver/drivertest"
	"github.com/peakday/peakday/engine/result"
)

// pipe carries bytes both ways until both sides have ended.
func pipe(a, b net.Conn) {
	var both sync.WaitGroup
	for _, c := range [][2]net.Conn{{a, b}, {b, a}} {
		both.Go(func() {
			io.Copy(c[0], c[1])
			c[0].Close()
		})
	}
	both.Wait()
}

// httpProxy is one that resolves every name to 127.0.0.1 and notes what it was asked.
func httpProxy(t *testing.T, asked *events, set ...func(*httptest.Server)) *url.URL {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.add("%s %s %s", r.Method, r.RequestURI, r.Header.Get("Proxy-Authorization"))
		if r.Host == "forbidden.example:443" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, port, _ := net.SplitHostPort(r.Host)
		there, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		here, _, _ := http.NewResponseController(w).Hijack()
		if r.Method == http.MethodConnect {
			io.WriteString(here, "HTTP/1.1 200 Connection established\r\n\r\n")
		} else {
			r.Header.Del("Proxy-Authorization")
			r.Close = true
			r.Write(there)
		}
		pipe(here, there)
	}, set...)
	u, _ := url.Parse(server.URL)
	return u
}

// socksProxy speaks what is needed of RFC 1928 and RFC 1929: CONNECT to a name, for ann with the password secret.
func socksProxy(t *testing.T, asked *events) *url.URL {
	proxy, err := url.Parse(drivertest.Serve(t, func(c *net.TCPConn) {
		if err := socks(c, asked); err != nil {
			asked.add("socks: %v", err)
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	return &url.URL{Scheme: "socks5", Host: proxy.Host, User: url.UserPassword("ann", "secret")}
}

func socks(c net.Conn, asked *events) error {
	in := bufio.NewReader(c)
	field := func() []byte { // a length in one byte and so many bytes
		n, _ := in.ReadByte()
		p := make([]byte, n)
		io.ReadFull(in, p)
		return p
	}
	in.ReadByte() // version
	if !slices.Contains(field(), 2) {
		return errors.New("no password offered")
	}
	c.Write([]byte{5, 2})
	in.ReadByte() // version
	user, password := field(), field()
	c.Write([]byte{1, 0})
	head := make([]byte, 4)
	io.ReadFull(in, head)
	if head[1] != 1 || head[3] != 3 {
		return fmt.Errorf("command %d, address type %d; want CONNECT to a name", head[1], head[3])
	}
	name := field()
	port := make([]byte, 2)
	io.ReadFull(in, port)
	asked.add("%s:%s to %s", user, password, name)
	there, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", binary.BigEndian.Uint16(port)))
	if err != nil {
		c.Write([]byte{5, 5, 0, 1, 0, 0, 0, 0, 0, 0}) // connection refused
		return nil
	}
	c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	pipe(c, there)
	return nil
}

func TestProxies(t *testing.T) {
	ca := newAuthority(t)
	plain := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host, r.RequestURI, " ", r.Proto) })
	secure := serve(t, plain.Config.Handler.ServeHTTP, h2(t, ca, 0))
	var asked events
	forward := httpProxy(t, &asked)
	named := *forward
	named.User = url.UserPassword("ann", "secret")
	overTLS := httpProxy(t, &asked, func(s *httptest.Server) { s.TLS = &tls.Config{Certificates: []tls.Certificate{ca.issue(t, "proxy")}} })
	socks := socksProxy(t, &asked)
	httpTarget := fmt.Sprintf("service.example:%d", listens(plain).Port())
	httpsTarget := fmt.Sprintf("service.example:%d", listens(secure).Port())
	trust := &tls.Config{RootCAs: ca.pool()}
	for _, test := range []struct {
		name    string
		options driver.Options
		answer  string
		asked   string
	}{
		{"plain HTTP is passed on in the absolute form", driver.Options{Target: "http://" + httpTarget, Proxy: forward},
			httpTarget + "/x?y=%20z HTTP/1.1", "GET http://" + httpTarget + "/x?y=%20z "},
		{"with user and password", driver.Options{Target: "http://" + httpTarget, Proxy: &named},
			httpTarget + "/x?y=%20z HTTP/1.1", "GET http://" + httpTarget + "/x?y=%20z Basic YW5uOnNlY3JldA=="},
		{"TLS goes through CONNECT", driver.Options{Target: "https://" + httpsTarget, Proxy: &named, TLS: trust},
			httpsTarget + "/x?y=%20z HTTP/1.1", "CONNECT " + httpsTarget + " Basic YW5uOnNlY3JldA=="},
		{"and HTTP/2", driver.Options{Target: "https://" + httpsTarget, Proxy: forward, TLS: trust, HTTP2: true},
			httpsTarget + "/x?y=%20z HTTP/2.0", "CONNECT " + httpsTarget + " "},
		{"the proxy is spoken to over TLS", driver.Options{Target: "https://" + httpsTarget, Proxy: overTLS, TLS: trust},
			httpsTarget + "/x?y=%20z HTTP/1.1", "CONNECT " + httpsTarget + " "},
		{"SOCKS", driver.Options{Target: "http://" + httpTarget, Proxy: socks},
			httpTarget + "/x?y=%20z HTTP/1.1", "ann:secret to service.example"},
		{"TLS and HTTP/2 through SOCKS", driver.Options{Target: "https://" + httpsTarget, Proxy: socks, TLS: trust, HTTP2: true},
			httpsTarget + "/x?y=%20z HTTP/2.0", "ann:secret to service.example"},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked = events{}
			r := get("/x?y=%20z")
			r.Keep = true
			out := one(t, opened(t, test.options), r)
			wantAnswer(t, out, 200, test.answer)
			if all := asked.list(); len(all) != 1 || all[0] != test.asked {
				t.Errorf("the proxy was asked %q, want %q", all, test.asked)
			}
			if out.Sent.IsZero() || out.Sent.Before(out.Ready) || out.Done.Before(out.Sent) {
				t.Errorf("ready %v, sent %v, done %v: out of order", out.Ready, out.Sent, out.Done)
			}
		})
	}
	t.Run("a proxy that refuses is a dial failure", func(t *testing.T) {
		wantFailure(t, one(t, opened(t, driver.Options{Target: "https://forbidden.example", Proxy: forward}), get("/")), result.KindDial, false, "Forbidden")
	})
	t.Run("so is one that SOCKS says so of", func(t *testing.T) {
		gone := httptest.NewServer(nil)
		gone.Close()
		l := opened(t, driver.Options{Target: fmt.Sprintf("http://service.example:%d", listens(gone).Port()), Proxy: socks})
		wantFailure(t, one(t, l, get("/")), result.KindDial, false, "connection refused")
	})
	t.Run("and one that is not there", func(t *testing.T) {
		gone := httptest.NewServer(nil)
		gone.Close()
		u, _ := url.Parse(gone.URL)
		wantFailure(t, one(t, opened(t, driver.Options{Target: "http://service.example", Proxy: u}), get("/")), result.KindDial, false, "refused")
	})
}

// The proxy is ours and allowed; what it is asked to reach is not.
func TestATargetThatIsNotAllowedIsNotAskedOfAProxy(t *testing.T) {
	for _, scheme := range []string{"http", "https"} {
		proxy := &url.URL{Scheme: "http", Host: "127.0.0.1:3128"}
		l := openedOver(t, driver.Options{Target: scheme + "://service.example", Proxy: proxy, Allow: onlyLoopback}, fixed("192.0.2.1"), noNetwork(t))
		wantFailure(t, one(t, l, get("/")), result.KindDial, false, "service.example: 192.0.2.1 is not this machine")
	}
}

// noNetwork fails the test on any attempt to connect.
func noNetwork(t *testing.T) connect {
	return func(_ context.Context, _ netip.Addr, to netip.AddrPort) (net.Conn, error) {
		t.Errorf("connecting to %v", to)
		return nil, errors.New("no network here")
	}
}
