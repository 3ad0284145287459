package gateway

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writeCertificate writes one with that serial number for localhost.
func writeCertificate(t testing.TB, files TLS, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		files.Certificate: {Type: "CERTIFICATE", Bytes: certificate},
		files.Key:         {Type: "PRIVATE KEY", Bytes: secret},
	} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func tlsFiles(t testing.TB) TLS {
	files := TLS{filepath.Join(t.TempDir(), "chain.pem"), filepath.Join(t.TempDir(), "key.pem")}
	writeCertificate(t, files, 1)
	return files
}

func TestTLSAndHTTP2AreServed(t *testing.T) {
	gw := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(w, r.Body)
		fmt.Fprint(w, " ", r.Proto, " ", r.Header.Get("X-Forwarded-Proto"))
	}), Config{TLS: tlsFiles(t)})
	for proto, want := range map[string]string{"h2": "HTTP/2.0", "http/1.1": "HTTP/1.1"} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, NextProtos: []string{proto}}, ForceAttemptHTTP2: proto == "h2"}
		resp, err := (&http.Client{Transport: transport}).Post(gw.URL(), "text/plain", strings.NewReader("body"))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		transport.CloseIdleConnections()
		if resp.Proto != want || string(body) != "body HTTP/1.1 https" || decided(resp.Header) != "admitted" {
			t.Errorf("%s: %s %q %v", proto, resp.Proto, body, resp.Header)
		}
	}
}

func TestHTTP2WithoutTLSIsNotServed(t *testing.T) {
	gw := start(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == "PRI" || r.Header["Upgrade"] != nil || r.Header["Connection"] != nil || r.Header["Http2-Settings"] != nil {
			t.Errorf("the service got %s with %v", r.Method, r.Header)
		}
	}), Config{})
	c := dialRaw(t, gw)
	io.WriteString(c, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || resp.StatusCode < 400 {
		t.Errorf("got %v, %v, want a refusal in HTTP/1", resp, err)
	}
	c = dialRaw(t, gw)
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")
	resp, err = http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || resp.StatusCode != 200 {
		t.Errorf("an upgrade to h2c: %v, %v, want it ignored", resp, err)
	}
}

func TestACertificateIsReplacedInService(t *testing.T) {
	files := tlsFiles(t)
	c := &certificate{files: files}
	now := time.Now()
	if err := c.load(now); err != nil {
		t.Fatal(err)
	}
	serial := func(later time.Duration) int64 {
		t.Helper()
		parsed, err := x509.ParseCertificate(c.get(now.Add(later)).Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return parsed.SerialNumber.Int64()
	}
	writeCertificate(t, files, 2)
	if err := os.Chtimes(files.Certificate, now, now.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	for later, want := range []int64{1, 2} {
		if got := serial(time.Duration(later) * recheck); got != want {
			t.Errorf("%d min later: certificate %d, want %d", later, got, want)
		}
	}
	if err := os.WriteFile(files.Certificate, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := serial(3 * recheck); got != 2 {
		t.Errorf("with a file that cannot be read: certificate %d, want the last, 2", got)
	}
}

func TestTLSThatCannotBeHadIsAFaultAtTheStart(t *testing.T) {
	backend := httptest.NewServer(nil)
	defer backend.Close()
	for _, files := range []TLS{{Certificate: "a.pem"}, {Key: "a.pem"}, {Certificate: "none.pem", Key: "none.pem"}} {
		c := Config{TLS: files}
		if gw, err := startAt(t, backend.URL, c); err == nil {
			gw.Close(t.Context())
			t.Errorf("%+v was taken", files)
		} else if !strings.Contains(err.Error(), "tls") {
			t.Errorf("%+v: %v, want the key at fault", files, err)
		}
	}
}

// A client of HTTP/2 holds a place by leaving no room in the window of a
// stream, while its connection is well.
func TestAStreamThatIsNotReadGivesItsPlaceBack(t *testing.T) {
	gw := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/all" {
			w.Write(make([]byte, 8<<20))
		}
	}), Config{TLS: tlsFiles(t), Limiter: Limiter{Law: "fixed", Fixed: 8}, Listener: Listener{Grace: 300 * time.Millisecond, FloorRate: 1 << 20}})
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true,
		HTTP2: &http.HTTP2Config{MaxReceiveBufferPerStream: 64 << 10},
	}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	for range 8 {
		resp, err := client.Get(gw.URL() + "/all")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
	}
	if n := gw.guard.State().InFlight; n != 8 {
		t.Errorf("%d places are held, want 8 to begin with", n)
	}
	eventually(t, "every place is given back", func() bool { return gw.guard.State().InFlight == 0 })
	resp, err := client.Get(gw.URL())
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("the connection is gone: %v", err)
	}
	resp.Body.Close()
}

// The floor asks nothing of a client while the service says nothing.
func TestASilentServiceIsNotCutOffInAStream(t *testing.T) {
	gw := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "a")
		http.NewResponseController(w).Flush()
		time.Sleep(300 * time.Millisecond)
		io.WriteString(w, "b")
	}), Config{TLS: tlsFiles(t), Listener: Listener{Grace: 50 * time.Millisecond}})
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get(gw.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); string(body) != "ab" || err != nil {
		t.Errorf("got %q, %v, want ab", body, err)
	}
}
