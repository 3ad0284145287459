package rawhttp

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"time"
)

// names knows the addresses of one host. A lookup runs on a goroutine of its own, so that the loop never waits for DNS.
type names struct {
	host  string
	port  uint16
	every time.Duration // how long an answer is used; 0 means for ever, negative not at all

	addresses []netip.AddrPort // the last answer; the one that took the last connection is first
	known     time.Duration    // when it came
	literal   bool             // the host is an address
	asking    bool

	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	answers chan lookup // has room for one
	wake    func()      // called when there is an answer
}

type lookup struct {
	addresses []netip.Addr
	err       error
}

func splitAddress(hostPort string) (host string, port uint16, err error) {
	host, digits, err := net.SplitHostPort(hostPort)
	if err != nil {
		return "", 0, fmt.Errorf("address %q: want HOST:PORT", hostPort)
	}
	number, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || number == 0 || host == "" {
		return "", 0, fmt.Errorf("address %q: want HOST:PORT with a port from 1 to 65535", hostPort)
	}
	return host, uint16(number), nil
}

func newNames(hostPort string, every time.Duration, wake func()) (*names, error) {
	host, port, err := splitAddress(hostPort)
	if err != nil {
		return nil, err
	}
	n := &names{host: host, port: port, every: every, answers: make(chan lookup, 1), wake: wake}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	if address, err := netip.ParseAddr(host); err == nil {
		n.literal = true
		n.addresses = []netip.AddrPort{netip.AddrPortFrom(address.Unmap(), port)}
	}
	return n, nil
}

// fresh reports whether the addresses may be used for a connection that begins at now.
func (n *names) fresh(now time.Duration) bool {
	return n.literal || len(n.addresses) > 0 && (n.every == 0 || n.every > 0 && now-n.known < n.every)
}

// ask begins a lookup unless one is under way.
func (n *names) ask() {
	if n.asking {
		return
	}
	n.asking = true
	n.running.Go(func() {
		addresses, err := net.DefaultResolver.LookupNetIP(n.ctx, "ip", n.host)
		n.answers <- lookup{addresses, err}
		n.wake()
	})
}

// take takes the answer of a lookup that has ended. On an error the last addresses are not used any longer.
func (n *names) take(now time.Duration) error {
	select {
	case answer := <-n.answers:
		n.asking, n.known = false, now
		n.addresses = n.addresses[:0]
		for _, address := range answer.addresses {
			n.addresses = append(n.addresses, netip.AddrPortFrom(address.Unmap(), n.port))
		}
		if answer.err == nil && len(n.addresses) == 0 {
			return fmt.Errorf("looking up %s: no address", n.host)
		}
		return answer.err
	default:
		return nil
	}
}

// served puts the address that took a connection first, for the next to begin with.
func (n *names) served(address netip.AddrPort) {
	if i := slices.Index(n.addresses, address); i > 0 {
		n.addresses[0], n.addresses[i] = n.addresses[i], n.addresses[0]
	}
}

func (n *names) close() {
	n.cancel()
	n.running.Wait()
}
