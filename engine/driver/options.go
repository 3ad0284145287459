package driver

import (
	"cmp"
	"crypto/tls"
	"net/netip"
	"net/url"
	"time"
)

// Options are what a user may say about connections, whichever driver opens them. The zero value of each is the default.
// A driver refuses in Open what it cannot do; Target alone must be set.
type Options struct {
	Target  string        // base URL, http or https; a path in it goes before every request's
	Idle    int           // connections that a loop keeps open without a request; 0 means 8192
	IdleFor time.Duration // an idle connection is closed after it; 0 means never
	Close   bool          // a new connection for each request
	MaxHead int64         // bytes of head before an answer counts as oversize; 0 means 64 KiB
	MaxBody int64         // bytes of body before it does; 0 means 8 MiB

	// Allow is asked about every address before it is connected to: at the first connection, at each reconnect and at each
	// redirect. Its error ends the request with kind dial. Nil allows all.
	Allow     func(netip.Addr) error
	Sources   []netip.Addr      // local addresses to connect from, in turn: each has ephemeral ports of its own
	ConnectTo map[string]string // connect to the value, HOST:PORT, where the URL says the key, HOST:PORT
	DNSFor    time.Duration     // how long an answer of DNS is used; 0 means as long as the run, negative asks at every connect

	TLS       *tls.Config // for https, client certificates included; nil means the system's roots
	HTTP2     bool        // over TLS by ALPN, without TLS by prior knowledge (h2c)
	Proxy     *url.URL    // http, https or socks5; nil means none, whatever the environment says
	Redirects int         // how many are followed; 0 means that a 3xx is the answer
}

// WithDefaults are the options with the sizes that a zero stands for.
func (o Options) WithDefaults() Options {
	o.Idle = cmp.Or(o.Idle, 8192)
	o.MaxHead = cmp.Or(o.MaxHead, 64<<10)
	o.MaxBody = cmp.Or(o.MaxBody, 8<<20)
	return o
}
