package gateway

import (
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// TLS is how the public listener speaks TLS, and with it HTTP/2. The zero value
// speaks neither: HTTP/2 without TLS is not served.
type TLS struct {
	Certificate string `yaml:"certificate,omitempty"` // PEM file of the chain, the guard's own first
	Key         string `yaml:"key,omitempty"`         // PEM file of its key
}

func (t TLS) on() bool { return t.Certificate != "" || t.Key != "" }

// faults reports what is wrong, each with the path of its key under tls. It
// does not read the files: Start does.
func (t TLS) faults(fs *faults) {
	if t.on() && t.Certificate == "" {
		fs.add("tls.certificate", "found no file beside a key, want the certificate that it belongs to")
	}
	if t.on() && t.Key == "" {
		fs.add("tls.key", "found no file beside a certificate, want the key that it belongs to")
	}
}

// recheck is how often the files are looked at: a renewed certificate is in use
// that soon.
const recheck = time.Minute

// A certificate is read again when its file has changed. One that cannot be
// read, as while it is being written, leaves the last one in use.
type certificate struct {
	files TLS

	mu      sync.Mutex
	current *tls.Certificate
	changed time.Time // of the certificate's file
	checked time.Time
}

func (t TLS) config() (*tls.Config, error) {
	c := &certificate{files: t}
	if err := c.load(time.Now()); err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return c.get(time.Now()), nil
		},
	}, nil
}

// Check reads the files, and returns until when the certificate is good. One
// that is good no more, or not yet, is an error.
func (t TLS) Check() (until time.Time, err error) {
	c, now := certificate{files: t}, time.Now()
	if err := c.load(now); err != nil {
		return until, fmt.Errorf("tls: %w; want both files in PEM", err)
	}
	leaf := c.current.Leaf
	if now.Before(leaf.NotBefore) || now.After(leaf.NotAfter) {
		return until, fmt.Errorf("tls: certificate %s is good from %s to %s, want one that is good now",
			t.Certificate, leaf.NotBefore.Format(time.RFC3339), leaf.NotAfter.Format(time.RFC3339))
	}
	return leaf.NotAfter, nil
}

func (c *certificate) get(now time.Time) *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.checked) >= recheck {
		_ = c.load(now) // the last one stays in use
	}
	return c.current
}

func (c *certificate) load(now time.Time) error {
	c.checked = now
	file, err := os.Stat(c.files.Certificate)
	if err != nil {
		return err
	}
	if c.current != nil && file.ModTime().Equal(c.changed) {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.files.Certificate, c.files.Key)
	if err != nil {
		return errors.Join(fmt.Errorf("certificate %s with key %s", c.files.Certificate, c.files.Key), err)
	}
	c.current, c.changed = &pair, file.ModTime()
	return nil
}
