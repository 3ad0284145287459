package sut

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
)

// TLS is what the public listener proves itself with. The zero value serves plain HTTP.
type TLS struct {
	Cert, Key string // files in PEM, the certificate with its chain
	ClientCA  string // file in PEM: who issues certificates to hospitals and banks; empty: nobody shows one
}

// config is nil for plain HTTP. A hospital or bank may show a certificate instead of signing its requests; everybody else
// comes without one.
func (t TLS) config() (*tls.Config, error) {
	if t == (TLS{}) {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(t.Cert, t.Key)
	if err != nil {
		return nil, fmt.Errorf("certificate %q and key %q: %w: want two files in PEM", t.Cert, t.Key, err)
	}
	c := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if t.ClientCA == "" {
		return c, nil
	}
	text, err := os.ReadFile(t.ClientCA)
	if err != nil {
		return nil, fmt.Errorf("reading who issues certificates to clients: %w", err)
	}
	c.ClientCAs, c.ClientAuth = x509.NewCertPool(), tls.VerifyClientCertIfGiven
	if !c.ClientCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate: want some in PEM", t.ClientCA)
	}
	return c, nil
}
