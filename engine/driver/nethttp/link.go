package nethttp

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
)

// An origin is where requests go: a scheme and HOST:PORT.
type origin struct{ scheme, address string }

func originOf(u *url.URL) origin {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return origin{u.Scheme, net.JoinHostPort(strings.ToLower(u.Hostname()), port)}
}

// A link is one connection to an origin, with net/http's protocol upon it. An http.ClientConn and not the pool of an
// http.Transport, because a pool sends again on its own and dials for whoever comes.
type link struct {
	*http.ClientConn
	origin origin
	conn   *conn // the TCP connection, which may lead to a proxy
	http2  bool  // many requests at once
}

// dial makes a link, from the lookup of the name to the end of the TLS handshake. Its error is a *failure.
func (l *loop) dial(ctx context.Context, to origin) (*link, error) {
	k := &link{origin: to, http2: to.scheme == "http" && l.transport.Protocols.UnencryptedHTTP2()}
	if l.options.Proxy != nil && l.options.Allow != nil {
		// The proxy is what we connect to, and is asked about there. It looks the origin up by itself, out of our sight; what
		// the name is from here must be allowed at least.
		host, _, _ := net.SplitHostPort(to.address)
		if _, err := l.allowed(ctx, host); err != nil {
			return nil, dialFailure(err, nil)
		}
	}
	var handshake error
	ctx = httptrace.WithClientTrace(context.WithValue(ctx, linkKey{}, k), &httptrace.ClientTrace{
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			k.http2, handshake = state.NegotiatedProtocol == "h2", err
		},
	})
	var err error
	if k.ClientConn, err = l.transport.NewClientConn(ctx, to.scheme, to.address); err != nil {
		return nil, dialFailure(err, handshake)
	}
	return k, nil
}
