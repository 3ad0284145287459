package nethttp

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/peakday/peakday/engine/result"
)

// linkKey is under which the context of a dial holds the link that is made.
type linkKey struct{}

// dialContext connects for net/http: to the target, a redirect's host or the proxy.
func (l *loop) dialContext(ctx context.Context, _, address string) (net.Conn, error) {
	for from, to := range l.options.ConnectTo {
		if strings.EqualFold(from, address) {
			address = to
			break
		}
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("address %s: port %q: want a number up to 65535", address, port)
	}
	addresses, err := l.allowed(ctx, host)
	if err != nil {
		return nil, err
	}
	for _, a := range inTurn(addresses, int(l.turn.Add(1)-1)) {
		var from netip.Addr
		if from, err = l.source(a); err != nil {
			continue
		}
		var c net.Conn
		if c, err = l.connect(ctx, from, netip.AddrPortFrom(a, uint16(number))); err == nil {
			ours := &conn{Conn: c}
			ctx.Value(linkKey{}).(*link).conn = ours
			return ours, nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, err
}

// allowed looks host up. All of its addresses must be allowed, or none is connected to: a name that leads elsewhere is
// not made better by an address that does not.
func (l *loop) allowed(ctx context.Context, host string) ([]netip.Addr, error) {
	addresses, err := l.names.lookup(ctx, host)
	if err != nil {
		return nil, fmt.Errorf("looking up %s: %w", host, err)
	}
	if l.options.Allow != nil {
		for _, a := range addresses {
			if err := l.options.Allow(a); err != nil {
				return nil, fmt.Errorf("connecting to %s: %w", host, err)
			}
		}
	}
	return addresses, nil
}

// inTurn spreads connections over the addresses that are of the resolver's preferred family, its first; the others follow,
// for when none of those takes the connection.
func inTurn(addresses []netip.Addr, turn int) []netip.Addr {
	first, others := []netip.Addr{}, []netip.Addr{}
	for _, a := range addresses {
		if a.Is4() == addresses[0].Is4() {
			first = append(first, a)
		} else {
			others = append(others, a)
		}
	}
	turn %= max(len(first), 1)
	return append(append(first[turn:len(first):len(first)], first[:turn]...), others...)
}

// source is the local address of the next connection to a, of the same family; the zero Addr leaves it to the kernel.
func (l *loop) source(a netip.Addr) (netip.Addr, error) {
	n := len(l.options.Sources)
	for range n {
		if s := l.options.Sources[int(l.sourceTurn.Add(1)-1)%n]; s.Is4() == a.Is4() {
			return s, nil
		}
	}
	if n > 0 {
		return netip.Addr{}, fmt.Errorf("connecting to %s: no source address is of its family; give one", a)
	}
	return netip.Addr{}, nil
}

// connectTCP is the connect of a loop outside tests.
func connectTCP(ctx context.Context, from netip.Addr, to netip.AddrPort) (net.Conn, error) {
	var d net.Dialer
	if from.IsValid() {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))
	}
	return d.DialContext(ctx, "tcp", to.String())
}

// dialFailure says where a connection failed: in TLS, or before.
func dialFailure(err, handshake error) error {
	if handshake != nil {
		return &failure{result.KindTLS, err}
	}
	return &failure{result.KindDial, err}
}
