package gateway

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"time"
)

// Reload puts another configuration in the place of the present one at one
// instant. Requests that are here keep the one that they came under. What was
// learnt is kept unless Limiter or Deadline changed; then a new brain starts,
// and the requests that the old one let in are not counted by it.
//
// A configuration with a fault changes nothing. Nor does one with another
// Upstream, Addr, AdminAddr, Listener, TLS or Proxy: those need a new start.
func (g *Guard) Reload(c Config) error {
	g.reloading.Lock()
	defer g.reloading.Unlock()
	if err := c.Validate(); err != nil {
		return err
	}
	old := g.plan.Load()
	if err := fixed(old.config, c); err != nil {
		return err
	}
	if err := unannounced(old.config.Maintenance, c, time.Now(), true); err != nil {
		return err
	}
	next := newPlan(c, old)
	if c.Limiter != old.config.Limiter || c.deadline() != old.config.deadline() {
		brain, err := newBrain(c)
		if err != nil {
			return err
		}
		g.core.Store(newCore(brain, next))
	} else {
		g.core.Load().follow(old, next)
	}
	g.plan.Store(next)
	return nil
}

// fixed reports what cannot change while a guard runs.
func fixed(old, next Config) error {
	var list []error
	a, b := reflect.ValueOf(old), reflect.ValueOf(next)
	for _, key := range []string{"upstream", "addr", "admin", "listener", "tls", "proxy"} {
		if !reflect.DeepEqual(field(a, key).Interface(), field(b, key).Interface()) {
			list = append(list, fmt.Errorf("%s: found another than the guard began with, want the same; start the guard anew to change it", key))
		}
	}
	return errors.Join(list...)
}

// Reread reads the configuration again from where it came, by Config.Source,
// and reloads it.
func (g *Guard) Reread() error {
	source := g.plan.Load().config.Source
	if source == nil {
		return errors.New("this guard was not started from a file, so there is nothing to read again")
	}
	c, err := source()
	if err != nil {
		return err
	}
	c.Log, c.Source, c.Identity.SubjectOf = g.log, source, g.plan.Load().config.Identity.SubjectOf
	return g.Reload(c)
}

// reload is POST /admin/reload.
func (g *Guard) reload(w http.ResponseWriter, r *http.Request) {
	if err := g.Reread(); err != nil {
		problem(w, http.StatusConflict, "The old configuration stays in force. "+err.Error())
		return
	}
	writeJSON(w, map[string]uint64{"generation": g.plan.Load().generation})
}

// Reread is that of the guard.
func (gw *Gateway) Reread() error { return gw.guard.Reread() }
