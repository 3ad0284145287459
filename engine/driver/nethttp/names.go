package nethttp

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"
)

// names remembers what DNS answered. Whoever needs a name while it is looked up waits for the one lookup. What failed is
// forgotten, and what is too old is not used while a new answer is slow: a request waits for it, and its outcome tells.
type names struct {
	resolve func(ctx context.Context, network, host string) ([]netip.Addr, error)
	keep    time.Duration // driver.Options.DNSFor

	ctx     context.Context // of the loop: a lookup may outlive the request that began it
	running *sync.WaitGroup

	mu    sync.Mutex
	known map[string]*lookup
}

// A lookup is one question. Its fields but done are read after done is closed.
type lookup struct {
	done      chan struct{}
	addresses []netip.Addr
	err       error
	at        time.Time
}

func (n *names) lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a.Unmap()}, nil
	}
	if n.keep < 0 {
		return n.ask(ctx, host)
	}
	n.mu.Lock()
	l := n.known[host]
	if l == nil || n.useless(l) {
		l = &lookup{done: make(chan struct{})}
		n.known[host] = l
		n.running.Go(func() {
			l.addresses, l.err = n.ask(n.ctx, host)
			l.at = time.Now()
			close(l.done)
		})
	}
	n.mu.Unlock()
	select {
	case <-l.done:
		return l.addresses, l.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// useless says that a lookup has ended and is of no use any more.
func (n *names) useless(l *lookup) bool {
	select {
	case <-l.done:
		return l.err != nil || n.keep > 0 && time.Since(l.at) > n.keep
	default:
		return false
	}
}

func (n *names) ask(ctx context.Context, host string) ([]netip.Addr, error) {
	addresses, err := n.resolve(ctx, "ip", host)
	for i, a := range addresses {
		addresses[i] = a.Unmap()
	}
	if err == nil && len(addresses) == 0 {
		err = errors.New("the name has no address")
	}
	return addresses, err
}
