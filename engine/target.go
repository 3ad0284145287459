package engine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// CheckTarget refuses a target that is not on this machine, unless its host stands in allow: load on a service that is not
// one's own is an attack. Every address of the host must be loopback; a name that resolves to nothing is refused, too.
// So is a target with user or password: it would stand in every result, and drivers do not send it. No error repeats them.
//
// It speaks before the run, about a name. What holds during the run, about addresses, is Allow.
func CheckTarget(ctx context.Context, target string, allow []string) error {
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
	host := u.Hostname()
	if slices.ContainsFunc(allow, func(a string) bool { return strings.EqualFold(a, host) }) {
		return nil
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
	return nil
}
