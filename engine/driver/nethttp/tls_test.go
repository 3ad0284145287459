package nethttp

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
)

func TestTLS(t *testing.T) {
	ca := newAuthority(t)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) },
		func(s *httptest.Server) { s.TLS = &tls.Config{Certificates: []tls.Certificate{ca.issue(t, "server")}} })
	t.Run("a server of a known authority is spoken to", func(t *testing.T) {
		l := opened(t, driver.Options{Target: server.URL, TLS: &tls.Config{RootCAs: ca.pool()}})
		r := get("/")
		r.Keep = true
		out := one(t, l, r)
		wantAnswer(t, out, 200, "HTTP/1.1")
		if out.Sent.IsZero() || out.Sent.Before(out.Ready) || out.Done.Before(out.Sent) {
			t.Errorf("ready %v, sent %v, done %v: out of order", out.Ready, out.Sent, out.Done)
		}
	})
	t.Run("a server of an unknown one is not", func(t *testing.T) {
		wantFailure(t, one(t, opened(t, driver.Options{Target: server.URL}), get("/")), result.KindTLS, false, "unknown authority")
	})
	t.Run("nor is a server with the certificate of another name", func(t *testing.T) {
		l := opened(t, driver.Options{Target: server.URL, TLS: &tls.Config{RootCAs: ca.pool(), ServerName: "bank.example"}})
		wantFailure(t, one(t, l, get("/")), result.KindTLS, false, "bank.example")
	})
	t.Run("a server that does not speak TLS is a TLS failure", func(t *testing.T) {
		plain := serve(t, func(http.ResponseWriter, *http.Request) {})
		l := opened(t, driver.Options{Target: "https://" + listens(plain).String()})
		wantFailure(t, one(t, l, get("/")), result.KindTLS, false, "tls:")
	})
}

func TestMutualTLS(t *testing.T) {
	ca, stranger := newAuthority(t), newAuthority(t)
	for _, version := range []struct {
		name string
		max  uint16
	}{{"TLS 1.2", tls.VersionTLS12}, {"TLS 1.3", tls.VersionTLS13}} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, r.TLS.PeerCertificates[0].Subject.CommonName)
		},
			func(s *httptest.Server) {
				s.TLS = &tls.Config{Certificates: []tls.Certificate{ca.issue(t, "server")}, MaxVersion: version.max,
					ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: ca.pool()}
			})
		with := func(t *testing.T, certificates ...tls.Certificate) driver.Outcome {
			r := get("/")
			r.Keep = true
			return one(t, opened(t, driver.Options{Target: server.URL, TLS: &tls.Config{RootCAs: ca.pool(), Certificates: certificates}}), r)
		}
		t.Run(version.name+": the client's certificate is shown", func(t *testing.T) { wantAnswer(t, with(t, ca.issue(t, "ann")), 200, "ann") })
		for name, out := range map[string]driver.Outcome{"without one": with(t), "with a stranger's": with(t, stranger.issue(t, "eve"))} {
			t.Run(version.name+": who comes "+name+" is refused", func(t *testing.T) {
				// With TLS 1.3 the client may send before the server has looked: its alert comes as the answer, and the reset of
				// the connection may overtake it.
				late := version.max == tls.VersionTLS13 && !out.Sent.IsZero() && out.Kind == result.KindReset
				if out.Status != 0 || out.Kind != result.KindTLS && !late || version.max == tls.VersionTLS12 && !out.Sent.IsZero() {
					t.Errorf("status %d, kind %q (%v), sent %v", out.Status, out.Kind, out.Err, !out.Sent.IsZero())
				}
			})
		}
	}
}
