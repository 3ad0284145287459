package sut_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/peakday/peakday/sut"
	"github.com/peakday/peakday/sut/population"
)

// An issuer makes certificates and the files that hold them.
type issuer struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newIssuer(t *testing.T) *issuer {
	i := &issuer{t: t, dir: t.TempDir()}
	i.cert, i.key = i.issue("ca", x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return i
}

// issue makes a certificate of a name and writes name.pem and name.key.
func (i *issuer) issue(name string, c x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	i.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		i.t.Fatal(err)
	}
	c.SerialNumber, c.Subject = big.NewInt(time.Now().UnixNano()), pkix.Name{CommonName: name}
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	parent, signer := i.cert, i.key
	if parent == nil {
		parent, signer = &c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, &c, parent, &key.PublicKey, signer)
	if err != nil {
		i.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		i.t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{
		name + ".pem": {Type: "CERTIFICATE", Bytes: der}, name + ".key": {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(i.file(file), pem.EncodeToMemory(block), 0o600); err != nil {
			i.t.Fatal(err)
		}
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		i.t.Fatal(err)
	}
	return cert, key
}

func (i *issuer) file(name string) string { return filepath.Join(i.dir, name) }

// client trusts the issuer and shows the certificate of a name, if any.
func (i *issuer) client(name string) *http.Client {
	i.t.Helper()
	config := &tls.Config{RootCAs: x509.NewCertPool()}
	config.RootCAs.AddCert(i.cert)
	if name != "" {
		pair, err := tls.LoadX509KeyPair(i.file(name+".pem"), i.file(name+".key"))
		if err != nil {
			i.t.Fatal(err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: config}}
	i.t.Cleanup(c.CloseIdleConnections)
	return c
}

func TestAHospitalShowsACertificateInsteadOfSigning(t *testing.T) {
	ours, theirs := newIssuer(t), newIssuer(t)
	ours.issue("service", x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}})
	hospital := population.HospitalID(3)
	ours.issue(hospital, x509.Certificate{})
	theirs.issue(hospital, x509.Certificate{})
	s := start(t, sut.Config{People: 10, TLS: sut.TLS{Cert: ours.file("service.pem"), Key: ours.file("service.key"), ClientCA: ours.file("ca.pem")}})
	defer s.Close(context.Background())
	if !strings.HasPrefix(s.URL(), "https://") {
		t.Fatalf("serving at %s", s.URL())
	}
	ask := func(c *http.Client) (int, error) {
		a, err := c.Get(s.URL() + "/v1/claims/none")
		if err != nil {
			return 0, err
		}
		return a.StatusCode, a.Body.Close()
	}
	if status, err := ask(ours.client(hospital)); status != http.StatusNotFound || err != nil { // known, and there is no such claim
		t.Errorf("with its certificate: %d, %v", status, err)
	}
	if status, err := ask(ours.client("")); status != http.StatusUnauthorized || err != nil {
		t.Errorf("without a certificate: %d, %v", status, err)
	}
	stranger := theirs.client(hospital)
	stranger.Transport.(*http.Transport).TLSClientConfig.RootCAs.AddCert(ours.cert)
	if status, err := ask(stranger); err == nil {
		t.Errorf("with another issuer's certificate: %d", status)
	}
}

func TestTLSRefusesWhatIsNoCertificate(t *testing.T) {
	ours := newIssuer(t)
	empty := ours.file("empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, config := range map[string]sut.TLS{
		"nowhere.pem": {Cert: "nowhere.pem", Key: ours.file("ca.key")},
		"in PEM":      {Cert: ours.file("ca.pem")},
		"empty.pem":   {Cert: ours.file("ca.pem"), Key: ours.file("ca.key"), ClientCA: empty},
		"absent.pem":  {Cert: ours.file("ca.pem"), Key: ours.file("ca.key"), ClientCA: "absent.pem"},
	} {
		s, err := sut.Start(t.Context(), sut.Config{People: 10, TLS: config})
		if err == nil {
			s.Close(t.Context())
		}
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %q in it", err, name)
		}
	}
}
