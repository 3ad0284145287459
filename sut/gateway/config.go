package gateway

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// DefaultDeadline is the deadline of a Config that gives none.
const DefaultDeadline = 3 * time.Second

// Config is what a guard and its gateway may be told; the zero value works.
// Nothing in it has to say what the backend can do: the law finds that out.
// A field's tag is its key in a file, which ReadConfig reads.
type Config struct {
	Mode      Mode                      `yaml:"mode,omitempty"`       // "" is Enforce
	Upstream  *url.URL                  `yaml:"upstream,omitempty"`   // the service to guard; needed by Start only
	Addr      string                    `yaml:"addr,omitempty"`       // public listener; "" is "127.0.0.1:0"
	AdminAddr string                    `yaml:"admin,omitempty"`      // listener for operators; "" is "127.0.0.1:0"
	Deadline  time.Duration             `yaml:"deadline,omitempty"`   // from arrival to answer; 0 is DefaultDeadline
	Limiter   Limiter                   `yaml:"limiter,omitempty"`    // how the limit is found
	Classes   map[admission.Class]Class `yaml:"classes,omitempty"`    // what each class is promised
	Routes    []Route                   `yaml:"routes,omitempty"`     // what the operations are; others are P2
	PerClient int                       `yaml:"per_client,omitempty"` // requests that one address may have here at a time, more get 429; 0 is no limit. Behind a balancer all clients are one

	Quotas      []Quota       `yaml:"quotas,omitempty"`      // what one may ask for in a time; more gets 429
	Brownout    []Brownout    `yaml:"brownout,omitempty"`    // what is left out when too many come
	Breaker     *Breaker      `yaml:"breaker,omitempty"`     // nil is none
	Maintenance []Maintenance `yaml:"maintenance,omitempty"` // when the service is shut
	Access      Access        `yaml:"access,omitempty"`      // whose hours are when
	Identity    Identity      `yaml:"identity,omitempty"`    // who a request is from
	Forwarding  Forwarding    `yaml:"forwarding,omitempty"`  // whom to believe about the client's address
	Listener    Listener      `yaml:"listener,omitempty"`    // what clients may take of the public listener
	TLS         TLS           `yaml:"tls,omitempty"`         // of the public listener
	Proxy       Proxy         `yaml:"proxy,omitempty"`       // how requests reach the service

	Log    *slog.Logger           `yaml:"-"` // nil logs nothing
	Source func() (Config, error) `yaml:"-"` // reads the configuration again; nil if it came from nowhere
}

// Mode is what a guard does with its decisions.
type Mode string

const (
	Enforce Mode = "enforce" // refuses what it decides to refuse
	DryRun  Mode = "dry_run" // serves everything, and says of each request what would have become of it then
	Off     Mode = "off"     // serves everything and decides nothing
)

// Limiter tells how the number of requests in the backend is bounded. What is
// left at zero is the law's own choice.
type Limiter struct {
	Law   string        `yaml:"law,omitempty"`   // a name of admission.Laws; "" is the first
	Fixed int           `yaml:"fixed,omitempty"` // the limit of the law "fixed", which needs it
	Seed  int           `yaml:"seed,omitempty"`  // the first limit, best from a measured capacity
	Least int           `yaml:"least,omitempty"` // the limit is never below
	Most  int           `yaml:"most,omitempty"`  // the limit is never above
	SLO   time.Duration `yaml:"slo,omitempty"`   // mean latency at which the limit falls whatever else is measured; 0 is the deadline
}

// Class is what the requests of one class are promised.
type Class struct {
	Reserve  float64       `yaml:"reserve,omitempty"`  // share of the limit that it gets before others when it wants it, 0 to 1
	Deadline time.Duration `yaml:"deadline,omitempty"` // 0 is that of the guard
	Fail     Fail          `yaml:"fail,omitempty"`     // "" is FailOpen
}

// Fail says what becomes of a class's requests when the guard itself is broken.
type Fail string

const (
	FailOpen   Fail = "open"   // they pass, unguarded
	FailClosed Fail = "closed" // they are refused
)

func (c Config) deadline() time.Duration {
	if c.Deadline <= 0 {
		return DefaultDeadline
	}
	return c.Deadline
}

// Validate reports all faults at once, each with the path of its key. What is
// announced must have been by now.
func (c Config) Validate(now time.Time) error {
	return c.faults(now).err()
}

// A fault is something wrong with the value at a path such as "routes[2].class".
type fault struct{ path, message string }

// faults gathers what is wrong, in the order of the fields.
type faults []fault

func (fs *faults) add(path, format string, args ...any) {
	*fs = append(*fs, fault{path, fmt.Sprintf(format, args...)})
}

// err is all of them, nil if there are none.
func (fs faults) err() error {
	var list []error
	for _, f := range fs {
		list = append(list, fmt.Errorf("%s: %s", f.path, f.message))
	}
	return errors.Join(list...)
}

// faults are those of the configuration.
func (c Config) faults(now time.Time) (fs faults) {
	oneOf(&fs, "mode", c.Mode, Enforce, DryRun, Off)
	if c.Deadline < 0 {
		fs.add("deadline", "found %v, want more than 0s", c.Deadline)
	}
	addressFaults(&fs, c)
	c.Limiter.faults(&fs, c.deadline())
	reserved := 0.0
	for _, class := range slices.Sorted(maps.Keys(c.Classes)) {
		path, k := "classes."+class.String(), c.Classes[class]
		oneOf(&fs, path+".fail", k.Fail, FailOpen, FailClosed)
		if k.Deadline < 0 {
			fs.add(path+".deadline", "found %v, want more than 0s", k.Deadline)
		}
		if !(k.Reserve >= 0 && k.Reserve <= 1) {
			fs.add(path+".reserve", "found %v, want a share of the limit, 0 to 1", k.Reserve)
		}
		reserved += k.Reserve
	}
	if reserved > 1 {
		fs.add("classes", "found reserves of %v in all, want at most 1", reserved)
	}
	routeFaults(&fs, c.Routes)
	quotaFaults(&fs, c.Quotas, c.Routes)
	c.Identity.Pass.faults(&fs)
	brownoutFaults(&fs, c.Brownout, c.Routes)
	c.Breaker.faults(&fs)
	calendarFaults(&fs, c, now)
	if c.PerClient < 0 {
		fs.add("per_client", "found %d, want 1 or more requests at a time, or 0 for no limit", c.PerClient)
	}
	c.Listener.faults(&fs)
	c.TLS.faults(&fs)
	c.Proxy.faults(&fs)
	return fs
}

func (l Limiter) faults(fs *faults, deadline time.Duration) {
	if l.Law != "" && !slices.Contains(admission.Laws(), l.Law) {
		fs.add("limiter.law", "found %q, want one of %s", l.Law, strings.Join(admission.Laws(), ", "))
	} else if _, err := admission.NewLaw(l.Law, l.law(deadline)); err != nil {
		fs.add("limiter", "%v", err)
	}
	if l.Law != "fixed" && l.Fixed != 0 {
		fs.add("limiter.fixed", "found %d with the law %q, want it with the law fixed only", l.Fixed, l.Law)
	}
	if l.Most > 0 && l.Least > l.Most {
		fs.add("limiter.least", "found %d, want at most the greatest, %d", l.Least, l.Most)
	}
	if l.Seed != 0 && (l.Seed < l.Least || l.Most > 0 && l.Seed > l.Most) {
		fs.add("limiter.seed", "found %d, want it between least and most", l.Seed)
	}
}

// law is what the law is told.
func (l Limiter) law(deadline time.Duration) admission.LawConfig {
	return admission.LawConfig{FixedLimit: l.Fixed, Seed: l.Seed, Least: l.Least, Most: l.Most, Ceiling: cmp.Or(l.SLO, deadline)}
}

// oneOf reports a word that is none of the known. Empty is left out, so it is none.
func oneOf[T ~string](fs *faults, path string, found T, known ...T) {
	if found == "" || slices.Contains(known, found) {
		return
	}
	words := make([]string, len(known))
	for i, k := range known {
		words[i] = string(k)
	}
	fs.add(path, "found %q, want %s", found, strings.Join(words, " or "))
}
