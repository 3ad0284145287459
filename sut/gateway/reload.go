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
	if err := c.Validate(time.Now()); err != nil {
		return err
	}
	old := g.plan.Load()
	next := newPlan(c, old)
	if err := fixed(old.config, next.config); err != nil {
		return err
	}
	if err := unheard(old.config.Maintenance, c.Maintenance, time.Now()); err != nil {
		return err
	}
	if next.config.Limiter != old.config.Limiter || next.config.Deadline != old.config.Deadline {
		brain, err := newBrain(c)
		if err != nil {
			return err
		}
		g.plan.Store(next) // before the core: one that breaks now is replaced by this plan
		c := newCore(brain, next)
		c.inherit(g.core.Load(), old, next)
		g.core.Store(c)
		return nil
	}
	g.plan.Store(next)
	g.core.Load().follow(old, next)
	return nil
}

// fixed reports what cannot change while a guard runs.
func fixed(old, next Config) error {
	var list []error
	a, b := reflect.ValueOf(old), reflect.ValueOf(next)
	for _, key := range startOnly() {
		list = append(list, changed(key, field(a, key), field(b, key))...)
	}
	return errors.Join(list...)
}

// changed names what differs at a path.
func changed(path string, old, next reflect.Value) (list []error) {
	if reflect.DeepEqual(old.Interface(), next.Interface()) {
		return nil
	}
	if old.Kind() == reflect.Struct {
		for _, key := range tags(old.Type()) {
			list = append(list, changed(join(path, key), field(old, key), field(next, key))...)
		}
		return list
	}
	return []error{fmt.Errorf("%s: found %s, want %s, with which the guard began; start it anew to change it", path, said(next), said(old))}
}

// said is a value as a file has it.
func said(v reflect.Value) string {
	if v.IsZero() {
		return "none"
	}
	return fmt.Sprint(word(v, false))
}

// Reread reads the configuration again from where it came, by Config.Source,
// and reloads it. The log says how that went.
func (g *Guard) Reread() error {
	err := g.reread()
	if err != nil {
		g.log.Error("the old configuration stays in force", "error", err)
	} else {
		g.log.Warn("the configuration was read again", "generation", g.plan.Load().generation) // a log that leaves out what is well should have it, too
	}
	return err
}

func (g *Guard) reread() error {
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
