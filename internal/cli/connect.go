package cli

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/peakday/peakday/engine"
	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/internal/drill"
	"github.com/peakday/peakday/scenarios"
)

// connectFlags say how requests are sent and over which connections.
type connectFlags struct {
	driver      string
	loops       int
	precision   time.Duration
	connections int
	abort       []string

	idleFor, dnsFor    time.Duration
	close, http2       bool
	maxHead, maxBody   int64
	redirects          int
	proxy              string
	sources, connectTo []string
	ca, cert, key      string
	insecure           bool
}

func (f *connectFlags) add(c *cobra.Command) {
	v := c.Flags()
	v.StringVar(&f.driver, "driver", "auto", "auto or one of "+strings.Join(drill.DriverNames(), ", "))
	v.IntVar(&f.loops, "loops", 0, "deal the arrivals to so many loops, each with a core (default: as many as the rate needs)")
	v.DurationVar(&f.precision, "precision", 0, "requests due within it leave together: fewer wakes for more lateness, such as 1ms (default: each has its own)")
	v.IntVar(&f.connections, "connections", 0, "open so many connections before the first request and never more; who finds none waits until the timeout (default: as many as are in flight)")
	v.StringArrayVar(&f.abort, "abort", nil, `stop sending when this is broken, such as "failed <= 50% over 2s" (may be repeated)`)
	v.DurationVar(&f.idleFor, "idle-for", 0, "close a connection that was idle for so long (default: never)")
	v.DurationVar(&f.dnsFor, "dns-for", 0, "look a name up again after so long; negative at every connect (default: once a run)")
	v.BoolVar(&f.close, "close", false, "a new connection for each request")
	v.BoolVar(&f.http2, "http2", false, "HTTP/2, over TLS or with prior knowledge")
	v.Int64Var(&f.maxHead, "max-head", 0, "bytes of head beyond which an answer counts as oversize (default: 64 KiB)")
	v.Int64Var(&f.maxBody, "max-body", 0, "bytes of body beyond which an answer counts as oversize (default: 8 MiB)")
	v.IntVar(&f.redirects, "redirects", 0, "follow so many redirects (default: a 3xx is the answer)")
	v.StringVar(&f.proxy, "proxy", "", "URL of a proxy: http, https or socks5 (default: none, whatever the environment says)")
	v.StringArrayVar(&f.sources, "source", nil, "connect from this local address; several in turn (may be repeated)")
	v.StringArrayVar(&f.connectTo, "connect-to", nil, "HOST:PORT=HOST:PORT: connect to the second where the URL says the first (may be repeated)")
	v.StringVar(&f.ca, "ca", "", "file with the certificates to trust (default: the system's)")
	v.StringVar(&f.cert, "cert", "", "file with a client certificate, with --key")
	v.StringVar(&f.key, "key", "", "file with its key")
	v.BoolVar(&f.insecure, "insecure", false, "do not check the server's certificate")
}

// apply changes what the scenario says about places and abort rules.
func (f *connectFlags) apply(c *cobra.Command, sc scenarios.Scenario) (scenarios.Scenario, error) {
	for _, text := range f.abort {
		rule, err := scenarios.ParseAbortRule(text)
		if err != nil {
			return sc, usage(c, "--abort: %v", err)
		}
		sc.Abort = append(sc.Abort, rule)
	}
	if f.connections > 0 {
		sc.MaxInFlight = f.connections
		if sc.Overload.Policy == "" || sc.Overload.Policy == scenarios.Drop {
			sc.Overload = scenarios.Overload{Policy: scenarios.LateBy, Late: sc.Timeout}
		}
		if sc.Users > f.connections {
			return sc, usage(c, "--connections %d are too few for %d users, each of whom has one", f.connections, sc.Users)
		}
	}
	return sc, nil
}

// check refuses what no driver can do.
func (f *connectFlags) check(c *cobra.Command) error {
	if f.connections < 0 || f.loops < 0 || f.precision < 0 || f.idleFor < 0 || f.maxHead < 0 || f.maxBody < 0 || f.redirects < 0 {
		return usage(c, "--connections, --loops, --precision, --idle-for, --max-head, --max-body and --redirects: want more than 0")
	}
	if f.precision > maxPrecision {
		return usage(c, "--precision %v: want at most %v", f.precision, maxPrecision)
	}
	if names := append([]string{"auto"}, drill.DriverNames()...); !slices.Contains(names, f.driver) {
		return usage(c, "--driver %q: want one of %s", f.driver, strings.Join(names, ", "))
	}
	if f.proxy != "" && len(f.connectTo) > 0 {
		return usage(c, "--proxy and --connect-to: a proxy connects by itself, want one of them")
	}
	return nil
}

// maxPrecision is a slice of the engine: what leaves together is counted together.
const maxPrecision = 100 * time.Millisecond

// options are what the flags say about connections.
func (f *connectFlags) options(c *cobra.Command, load *loadFlags) (o driver.Options, err error) {
	if err := f.check(c); err != nil {
		return o, err
	}
	o = driver.Options{
		Target: load.target, Idle: f.connections, IdleFor: f.idleFor, Close: f.close, MaxHead: f.maxHead, MaxBody: f.maxBody,
		Allow: engine.Allow(load.allow), DNSFor: f.dnsFor, HTTP2: f.http2, Redirects: f.redirects,
	}
	for _, text := range f.sources {
		a, err := netip.ParseAddr(text)
		if err != nil {
			return o, usage(c, "--source %q: want an address of this machine such as 127.0.0.2", text)
		}
		o.Sources = append(o.Sources, a)
	}
	for _, text := range f.connectTo {
		from, to, ok := strings.Cut(text, "=")
		if !ok || !isAddress(from) || !isAddress(to) {
			return o, usage(c, "--connect-to %q: want HOST:PORT=HOST:PORT", text)
		}
		if o.ConnectTo == nil {
			o.ConnectTo = map[string]string{}
		}
		o.ConnectTo[from] = to
	}
	if f.proxy != "" {
		if o.Proxy, err = url.Parse(f.proxy); err != nil || o.Proxy.Hostname() == "" || !slices.Contains([]string{"http", "https", "socks5"}, o.Proxy.Scheme) {
			return o, usage(c, "--proxy: want a URL such as http://127.0.0.1:3128") // what was found may hold a password
		}
	}
	o.TLS, err = f.tls(c)
	return o, err
}

// isAddress says whether a text is HOST:PORT.
func isAddress(s string) bool {
	host, port, err := net.SplitHostPort(s)
	n, wrong := strconv.ParseUint(port, 10, 16)
	return err == nil && wrong == nil && host != "" && n > 0
}

// configure tells the drill.
func (f *connectFlags) configure(d *drill.Drill, o driver.Options) error {
	if f.driver != "auto" {
		d.Driver = f.driver
	}
	d.Loops, d.Precision, d.Warm, d.Connections = f.loops, f.precision, f.connections, o
	if o.Target == "" {
		return nil
	}
	_, _, err := drill.Choose(d.Driver, o)
	return err
}

// tls is nil when no flag says anything.
func (f *connectFlags) tls(c *cobra.Command) (*tls.Config, error) {
	if f.ca == "" && f.cert == "" && f.key == "" && !f.insecure {
		return nil, nil
	}
	t := &tls.Config{InsecureSkipVerify: f.insecure}
	if f.ca != "" {
		text, err := os.ReadFile(f.ca)
		if err != nil {
			return nil, fmt.Errorf("reading certificates: %w", err)
		}
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s holds no certificate; want PEM, as in -----BEGIN CERTIFICATE-----", f.ca)
		}
	}
	if (f.cert == "") != (f.key == "") {
		return nil, usage(c, "--cert and --key go together")
	}
	if f.cert != "" {
		pair, err := tls.LoadX509KeyPair(f.cert, f.key)
		if err != nil {
			return nil, fmt.Errorf("reading the client certificate: %w", err)
		}
		t.Certificates = []tls.Certificate{pair}
	}
	return t, nil
}
