package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/peakday/peakday/engine/driver"
)

// CheckTarget refuses a target that is not on this machine, unless its host stands in allow: load on a service that is not
// one's own is an attack. What is looked at is where a driver with these options connects to, see Address: every address of
// that host must be loopback; a name that resolves to nothing is refused, too. Behind a proxy an address is looked at as well, a
// name is left to the driver, which asks Allow. So is a target with user or password refused: it would stand in every result, and drivers do not
// send it. No error repeats them.
//
// It speaks before the run, about a name. What holds during the run, about addresses, is Allow.
func CheckTarget(ctx context.Context, o driver.Options, allow []string) error {
	target := o.Target
	if strings.Contains(target, "@") { // wherever it stands: what cannot be parsed may hold a password, too
		return errors.New("the target holds an @, as in user:password@host; give the base URL alone and put credentials in a header of the scenario, as ${NAME} from the environment (in a path write %40)")
	}
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return fmt.Errorf("target %q: want a base URL such as http://127.0.0.1:8080", target)
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("target %s: what follows ? or # is not sent; give the base URL alone and put a query in a request's path", u.Redacted()[:strings.IndexAny(u.Redacted(), "?#")])
	}
	host, _, err := net.SplitHostPort(Address(o))
	if err != nil {
		return fmt.Errorf("target %s: connecting to %q: %w; want HOST:PORT", target, Address(o), err)
	}
	hosts := []string{host}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil && o.Proxy != nil {
		hosts = append(hosts, u.Hostname())
	}
	for _, host := range hosts {
		if slices.ContainsFunc(allow, func(a string) bool { return strings.EqualFold(a, host) }) {
			continue
		}
		addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		if err != nil {
			return fmt.Errorf("target %s: looking up %s: %w; check the name", target, host, err)
		}
		for _, a := range addresses {
			if !a.Unmap().IsLoopback() {
				return fmt.Errorf("target %s: %s is %s, which is not this machine; if the service is yours to load, allow it with --allow-target %s", target, host, a.Unmap(), host)
			}
		}
	}
	return nil
}

// Address is the HOST:PORT that a driver with these options connects to for its target: the proxy, where there is one, or
// what ConnectTo has for the target's own. The target must be a URL.
func Address(o driver.Options) string {
	u := o.Proxy
	if u == nil {
		u, _ = url.Parse(o.Target)
	}
	port := map[string]string{"http": "80", "https": "443", "socks5": "1080"}[u.Scheme]
	address := net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port))
	for from, to := range o.ConnectTo {
		if o.Proxy == nil && strings.EqualFold(from, address) {
			return to
		}
	}
	return address
}
