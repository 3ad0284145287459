package rawhttp

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/peakday/peakday/engine/driver"
)

// A Driver sends to one target over HTTP/1.1 without TLS.
type Driver struct{ driver.Options }

// Name is "rawhttp".
func (Driver) Name() string { return "rawhttp" }

// ErrUnsupported is what Supports and Open return, wrapped in the reason, where another driver is wanted.
var ErrUnsupported = errors.New("the raw driver cannot do this")

// Supports reports whether the driver can do what the options ask for, and runs on this system. The error says what it
// cannot do, and is ErrUnsupported unless the target is none at all.
func Supports(o driver.Options) error {
	_, err := parseTarget(o)
	return cmp.Or(err, system())
}

// A target is what a URL says about where to send.
type target struct {
	host   string // for the Host header
	prefix string // path, without a slash at its end
	dial   string // HOST:PORT to connect to
}

func parseTarget(o driver.Options) (target, error) {
	u, err := url.Parse(o.Target)
	if err != nil {
		return target{}, fmt.Errorf("target %q: %w", o.Target, err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return target{}, fmt.Errorf("target %q: want http://HOST:PORT or https://HOST:PORT", o.Target)
	}
	for _, wanted := range []struct {
		what string
		is   bool
	}{
		{"https", u.Scheme == "https"},
		{"HTTP/2", o.HTTP2},
		{"a proxy", o.Proxy != nil},
		{"following redirects", o.Redirects > 0},
	} {
		if wanted.is {
			return target{}, fmt.Errorf("%w: %s; use nethttp", ErrUnsupported, wanted.what)
		}
	}
	t := target{
		host:   u.Host,
		prefix: strings.TrimSuffix(u.EscapedPath(), "/"),
		dial:   net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "80")),
	}
	t.dial = cmp.Or(o.ConnectTo[t.dial], t.dial)
	if _, _, err := splitAddress(t.dial); err != nil {
		return target{}, err
	}
	return t, nil
}
