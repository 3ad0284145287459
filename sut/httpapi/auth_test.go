package httpapi_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/traffic"
)

// signedAt is a bank's GET, signed from created on for life.
func (d *desk) signedAt(partner string, created time.Time, life time.Duration) *http.Request {
	s := scenarios.Request{Method: "GET", Path: "/v1/payments/none"}
	fatal(d.t, d.keys.Sign(partner, &s, created, life))
	r := httptest.NewRequest(s.Method, s.Path, nil)
	for _, h := range s.Header {
		r.Header.Set(h.Name, h.Value)
	}
	return r
}

func TestSignaturesThatDoNotHold(t *testing.T) {
	d := newDesk(t)
	settle := func() *http.Request { return d.at(1, "claims.settle") }
	replace := func(name, old, changed string) *http.Request {
		r := settle()
		text := r.Header.Get(name)
		if !strings.Contains(text, old) {
			t.Fatalf("%s: %s has no %s", name, text, old)
		}
		return set(r, name, strings.Replace(text, old, changed, 1))
	}
	text, err := io.ReadAll(settle().Body)
	fatal(t, err)
	partner := signer(settle())
	otherPath := httptest.NewRequest("POST", "/v1/claims:preview", bytes.NewReader(text))
	otherPath.Header = settle().Header
	withQuery := httptest.NewRequest("POST", "/v1/claims?x=1", bytes.NewReader(text))
	withQuery.Header = settle().Header
	ownKey := func() *http.Request { // a signature under another service's key
		return (&desk{t: t, keys: traffic.NewKeys(2)}).sign(partner, settle())
	}
	chunked := settle()
	chunked.ContentLength = -1
	chunked.Header.Set("Signature-Input", strings.Replace(chunked.Header.Get("Signature-Input"), ` "content-digest"`, "", 1))
	for _, c := range []struct {
		name   string
		r      *http.Request
		status int
		code   string
	}{
		{"another body", body(settle(), strings.Replace(string(text), `"tier":`, `"tier": `, 1)), 400, "bad-digest"},
		{"another body and its digest", set(body(settle(), "{}"), "Content-Digest", traffic.ContentDigest([]byte("{}"))), 401, "bad-signature"},
		{"another path", otherPath, 401, "bad-signature"},
		{"another query", withQuery, 401, "bad-signature"},
		{"another key", set(settle(), "Idempotency-Key", "other"), 401, "bad-signature"},
		{"no key where one was signed", set(settle(), "Idempotency-Key", ""), 401, "bad-signature"},
		{"another service's secret", ownKey(), 401, "bad-signature"},
		{"another partner's name", replace("Signature-Input", partner, "H0399"), 401, "bad-signature"},
		{"nobody's name", replace("Signature-Input", partner, "H0400"), 401, "bad-signature"},
		{"a longer life", replace("Signature-Input", ";expires=1", ";expires=2"), 401, "bad-signature"},
		{"the key uncovered", replace("Signature-Input", ` "idempotency-key"`, ""), 401, "bad-signature"},
		{"the body uncovered", replace("Signature-Input", ` "content-digest"`, ""), 401, "bad-signature"},
		{"the body of unknown length uncovered", chunked, 401, "bad-signature"},
		{"the path uncovered", replace("Signature-Input", `"@path" `, ""), 401, "bad-signature"},
		{"a component twice", replace("Signature-Input", `"@path" `, `"@path" "@path" `), 401, "bad-signature"},
		{"another algorithm", replace("Signature-Input", `hmac-sha256`, "none"), 401, "bad-signature"},
		{"a parameter that nobody knows", replace("Signature-Input", `;alg=`, `;tag="x";alg=`), 401, "bad-signature"},
		{"an unquoted list", set(settle(), "Signature-Input", "sig=@method"), 401, "bad-signature"},
		{"no list", set(settle(), "Signature-Input", "sig"), 401, "bad-signature"},
		{"no signature", set(settle(), "Signature", ""), 401, "bad-signature"},
		{"a signature of another label", replace("Signature", "sig=", "two="), 401, "bad-signature"},
		{"a signature cut", replace("Signature", "sig=:", "sig=:AA"), 401, "bad-signature"},
		{"a clock ahead", d.signedAt("B01", now.Add(31*time.Second), time.Minute), 401, "clock-skewed"},
		{"a clock behind", d.signedAt("B01", now.Add(-2*time.Minute), 80*time.Second), 401, "signature-expired"},
		{"a life of nothing", d.signedAt("B01", now, 0), 401, "bad-signature"},
	} {
		w := d.do(c.r)
		if c.status == 401 && w.Header().Get("WWW-Authenticate") != "Signature" {
			t.Errorf("%s: WWW-Authenticate %q, want Signature", c.name, w.Header().Get("WWW-Authenticate"))
		}
		wantProblem(t, c.name, w, c.status, c.code)
	}
	for name, created := range map[string]time.Time{"ahead": now.Add(30 * time.Second), "behind": now.Add(-90 * time.Second)} {
		if w := d.do(d.signedAt("B01", created, time.Minute)); w.Code == http.StatusUnauthorized {
			t.Errorf("a clock 30 s %s: %s, want it taken", name, w.Body)
		}
	}
	if w := d.do(settle()); w.Code != http.StatusCreated {
		t.Errorf("the request as it was signed: %d %s", w.Code, w.Body)
	}
}

// A request that was seen and sent again has no second effect.
func TestReplayedBankMessageIsTheFirstAnswerAgain(t *testing.T) {
	d := newDesk(t)
	first, again := d.do(d.at(1, "payments.push")), d.do(d.at(1, "payments.push"))
	if first.Code != http.StatusCreated || again.Body.String() != first.Body.String() || again.Header().Get("Idempotent-Replayed") != "true" {
		t.Errorf("first %d %s, again %d %s", first.Code, first.Body, again.Code, again.Body)
	}
}

// authority issues client certificates.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t}
	a.cert, a.key = a.issue("authority", nil)
	return a
}

// issue makes a certificate under a name; without a parent it signs itself.
func (a *authority) issue(name string, parent *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	fatal(a.t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
		IsCA: parent == nil, BasicConstraintsValid: true, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	signer := a.key
	if parent == nil {
		parent, signer, template.KeyUsage = template, key, x509.KeyUsageCertSign
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	fatal(a.t, err)
	cert, err := x509.ParseCertificate(der)
	fatal(a.t, err)
	return cert, key
}

func TestPartnersComeWithACertificate(t *testing.T) {
	d := newDesk(t)
	ca, stranger := newAuthority(t), newAuthority(t)
	server := httptest.NewUnstartedServer(d.api)
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	server.TLS = &tls.Config{ClientCAs: pool, ClientAuth: tls.VerifyClientCertIfGiven}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the stranger's handshake
	server.StartTLS()
	defer server.Close()
	send := func(by *authority, name, path string) (int, string, error) {
		transport := server.Client().Transport.(*http.Transport).Clone()
		defer transport.CloseIdleConnections()
		if name != "" {
			cert, key := by.issue(name, by.cert)
			transport.TLSClientConfig.Certificates = []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}
		}
		res, err := (&http.Client{Transport: transport}).Get(server.URL + path)
		if err != nil {
			return 0, "", err
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		return res.StatusCode, string(text), err
	}
	for _, c := range []struct {
		name, holder, path string
		status             int
	}{
		{"a bank's own", "B01", "/v1/payments/none", 404},
		{"a hospital's own", "H0001", "/v1/claims/none", 404},
		{"a bank at a hospital's", "B01", "/v1/claims/none", 403},
		{"a name that is nobody's", "B99", "/v1/payments/none", 401},
		{"a person's name", "5", "/v1/me/account", 401},
		{"no certificate", "", "/v1/payments/none", 401},
	} {
		status, text, err := send(ca, c.holder, c.path)
		if err != nil || status != c.status {
			t.Errorf("%s: %d %s %v, want %d", c.name, status, text, err, c.status)
		}
	}
	if status, text, err := send(stranger, "B01", "/v1/payments/none"); err == nil {
		t.Errorf("a certificate of another authority: %d %s, want no connection", status, text)
	}
}

func TestTokensAreVerifiedAgainWhenTheyExpire(t *testing.T) {
	d := newDesk(t)
	r := func() *http.Request { return d.at(1, "account.get") }
	if w := d.do(r()); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	defer d.travel(8 * 24 * time.Hour)() // what is remembered of a token does not outlive it
	wantProblem(t, "a week later", d.do(r()), http.StatusUnauthorized, "bad-token")
}

func FuzzSignatureInput(f *testing.F) {
	d := newDesk(f)
	good := d.signedAt("B01", now, time.Minute)
	f.Add(good.Header.Get("Signature-Input"), good.Header.Get("Signature"))
	f.Add(`sig=();created=1;expires=2;keyid=""`, `sig=:`+base64.StdEncoding.EncodeToString(make([]byte, 32))+`:`)
	f.Fuzz(func(t *testing.T, in, signature string) {
		d.t = t
		w := d.do(set(set(httptest.NewRequest("GET", "/v1/payments/none", nil), "Signature-Input", in), "Signature", signature))
		if w.Code == 500 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if w.Code != http.StatusUnauthorized && in != good.Header.Get("Signature-Input") {
			t.Fatalf("%q under %q was taken: %d", in, signature, w.Code)
		}
	})
}
