package nethttp

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/scenarios"
)

// A log of what happened, in order, from any goroutine.
type events struct {
	mu  sync.Mutex
	all []string
}

func (e *events) add(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, fmt.Sprintf(format, args...))
}

func (e *events) list() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string{}, e.all...)
}

func opened(t testing.TB, o driver.Options) *loop {
	t.Helper()
	return openedOver(t, o, net.DefaultResolver.LookupNetIP, connectTCP)
}

func openedOver(t testing.TB, o driver.Options, resolve resolve, connect connect) *loop {
	t.Helper()
	l, err := open(o, resolve, connect)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// gather waits for n outcomes, by slot.
func gather(t testing.TB, l *loop, n int) []driver.Outcome {
	t.Helper()
	outs := make([]driver.Outcome, n)
	for give, came := time.Now().Add(20*time.Second), 0; came < n; {
		some := l.Wait(give)
		if len(some) == 0 {
			t.Fatalf("%d of %d outcomes", came, n)
		}
		for _, out := range some {
			outs[out.Slot] = out
		}
		came += len(some)
	}
	return outs
}

func one(t testing.TB, l *loop, r *scenarios.Request) driver.Outcome {
	t.Helper()
	l.Submit(0, r)
	return gather(t, l, 1)[0]
}

func get(path string) *scenarios.Request { return &scenarios.Request{Method: "GET", Path: path} }

// wantAnswer checks the status, and the body of an answer that was asked to be kept.
func wantAnswer(t testing.TB, out driver.Outcome, status int, body string) {
	t.Helper()
	if out.Status != status || string(out.Body) != body {
		t.Errorf("status %d, body %q (%s %v); want %d, %q", out.Status, out.Body, out.Kind, out.Err, status, body)
	}
}

// wantFailure checks the kind, whether anything was sent, and what the error says.
func wantFailure(t testing.TB, out driver.Outcome, kind string, sent bool, says string) {
	t.Helper()
	if out.Kind != kind || out.Sent.IsZero() == sent || out.Err == nil || !strings.Contains(out.Err.Error(), says) {
		t.Errorf("kind %q (%v), sent %v; want %q, %v, saying %q", out.Kind, out.Err, !out.Sent.IsZero(), kind, sent, says)
	}
}

// An authority issues certificates for 127.0.0.1 and service.example.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := new(authority)
	a.certificate, a.key = a.sign(t, &x509.Certificate{Subject: pkix.Name{CommonName: "an authority"}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return a
}

// sign makes a key and a certificate for it, signed by the authority, or by itself where there is none yet.
func (a *authority) sign(t testing.TB, template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(1)
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.certificate, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, key
}

func (a *authority) issue(t testing.TB, name string) tls.Certificate {
	t.Helper()
	c, key := a.sign(t, &x509.Certificate{Subject: pkix.Name{CommonName: name}, DNSNames: []string{"service.example"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}})
	return tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: key}
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

// serve starts a server that says nothing of broken handshakes. set may change it before it starts.
func serve(t testing.TB, handle http.HandlerFunc, set ...func(*httptest.Server)) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(handle)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	for _, f := range set {
		f(server)
	}
	if server.TLS != nil {
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return server
}

// address is where a server listens.
func listens(server *httptest.Server) netip.AddrPort {
	return netip.MustParseAddrPort(server.Listener.Addr().String())
}

// fixed resolves every name to the same addresses.
func fixed(texts ...string) resolve {
	return func(context.Context, string, string) (all []netip.Addr, err error) {
		for _, s := range texts {
			all = append(all, netip.MustParseAddr(s))
		}
		return all, nil
	}
}
