package engine

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Allow returns the guard for driver.Options.Allow: loopback addresses are allowed, and those that hosts, which were named
// with --allow-target, are or resolve to. It judges the address a driver is about to connect to and not the name that led
// there, so a name that resolves to this machine when it is checked and elsewhere when it is used (DNS rebinding), or a
// redirect, gets no further than any other way. Its error says what to do.
//
// Hosts are looked up when an address is asked about that is not known to be theirs, at most once a second, for 2 s at
// most; a caller waits for it. An address once known stays allowed. It may be called by several goroutines at once.
func Allow(hosts []string) func(netip.Addr) error {
	return newGuard(hosts, net.DefaultResolver.LookupNetIP).allow
}

const (
	guardPatience = 2 * time.Second // with DNS: the address is refused then
	guardPause    = time.Second     // between two lookups, so that refusals do not become a load on DNS
)

type guard struct {
	resolve func(ctx context.Context, network, host string) ([]netip.Addr, error)

	mu    sync.Mutex
	names []string
	known map[netip.Addr]bool
	asked time.Time
	err   error // of the last lookup
}

func newGuard(hosts []string, resolve func(context.Context, string, string) ([]netip.Addr, error)) *guard {
	g := &guard{resolve: resolve, known: map[netip.Addr]bool{}}
	for _, host := range hosts {
		if a, err := netip.ParseAddr(host); err == nil {
			g.known[a.Unmap()] = true
		} else {
			g.names = append(g.names, host)
		}
	}
	return g
}

func (g *guard) allow(a netip.Addr) error {
	a = a.Unmap()
	if a.IsLoopback() {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.known[a] && time.Since(g.asked) >= guardPause {
		g.lookup()
	}
	switch {
	case g.known[a]:
		return nil
	case g.err != nil:
		return fmt.Errorf("%s is not this machine, and whether it was allowed is not known: %w", a, g.err)
	}
	return fmt.Errorf("%s is not this machine; if the service is yours to load, allow its host with --allow-target", a)
}

// lookup adds what the names resolve to now.
func (g *guard) lookup() {
	ctx, cancel := context.WithTimeout(context.Background(), guardPatience)
	defer cancel()
	g.err = nil
	for _, name := range g.names {
		addresses, err := g.resolve(ctx, "ip", name)
		if err != nil {
			g.err = fmt.Errorf("looking up %s: %w", name, err)
		}
		for _, a := range addresses {
			g.known[a.Unmap()] = true
		}
	}
	g.asked = time.Now()
}
