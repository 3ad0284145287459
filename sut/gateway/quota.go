package gateway

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// A Quota is what each person, tenant or address may ask for in a time. What is
// not used comes back evenly, not at the end of a window: nobody gains by
// waiting for one. A request counts whatever becomes of it later; one that the
// threshold refuses never comes here.
type Quota struct {
	Name    string            `yaml:"name"`              // shown to clients: lower case letters, digits and dashes
	By      Key               `yaml:"by,omitempty"`      // "" is BySubject
	Limit   Rate              `yaml:"limit"`             // such as 30/1m0s
	Burst   int               `yaml:"burst,omitempty"`   // requests that may come at once; 0 is all of Limit
	Classes []admission.Class `yaml:"classes,omitempty"` // it is for these; none is for all
	Ops     []string          `yaml:"ops,omitempty"`     // and for these operations; none is for all
	Keys    int               `yaml:"keys,omitempty"`    // how many are remembered at a time, of 16 bytes each; 0 is 65,536
}

// Key is whom a quota is counted by.
type Key string

const (
	BySubject Key = "subject"
	ByTenant  Key = "tenant"
	ByAddress Key = "address"
)

const (
	defaultKeys = 1 << 16
	mostKeys    = 1 << 26
)

// A Rate is a number of requests in a time, written 30/1m.
type Rate struct {
	Count int
	Per   time.Duration
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *Rate) UnmarshalText(text []byte) error {
	count, per, ok := strings.Cut(string(text), "/")
	n, err := strconv.ParseUint(count, 10, 31)
	d, err2 := time.ParseDuration(per)
	if !ok || err != nil || err2 != nil || n == 0 || d < time.Second {
		return errors.New("requests in a time of a second or more, such as 30/1m")
	}
	*r = Rate{int(n), d}
	return nil
}

// MarshalText implements encoding.TextMarshaler.
func (r Rate) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%d/%v", r.Count, r.Per), nil }

func (q Quota) law() admission.Quota {
	return admission.Quota{Amount: int64(q.Limit.Count), Per: q.Limit.Per, Burst: int64(q.Burst)}
}

func quotaFaults(fs *faults, list []Quota, routes []Route) {
	for i, q := range list {
		path := fmt.Sprintf("quotas[%d]", i)
		if q.Name == "" || len(q.Name) > 32 || strings.Trim(q.Name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" ||
			slices.ContainsFunc(list[:i], func(o Quota) bool { return o.Name == q.Name }) {
			fs.add(path+".name", "found %q, want at most 32 lower case letters, digits and dashes, and another name for each quota", q.Name)
		}
		oneOf(fs, path+".by", q.By, BySubject, ByTenant, ByAddress)
		if err := q.law().Validate(); err != nil {
			fs.add(path+".limit", "%v", err)
		}
		if q.Keys < 0 || q.Keys > mostKeys {
			fs.add(path+".keys", "found %d, want at most %d, or 0 for %d", q.Keys, mostKeys, defaultKeys)
		}
		for j, op := range q.Ops {
			if !slices.ContainsFunc(routes, func(r Route) bool { return r.Op == op }) {
				fs.add(fmt.Sprintf("%s.ops[%d]", path, j), "found %q, want the op of a route", op)
			}
		}
	}
}

// A meter is a quota at work.
type meter struct {
	Quota
	law    admission.Quota
	covers []bool // by number of the operation in the plan
	tab    *tab
	policy []string // RateLimit-Policy
	head   [admission.Classes][]byte
}

// newMeters makes a meter for each quota. One that an old plan had is gone on
// with, also under another limit: a reload forgives no debts, unless who is counted
// or how many changes.
func newMeters(list []Quota, routes []operation, old []*meter) []*meter {
	var meters []*meter
	for _, q := range list {
		m := &meter{Quota: q, law: q.law(), covers: make([]bool, len(routes))}
		for i, o := range routes {
			m.covers[i] = (len(q.Classes) == 0 || slices.Contains(q.Classes, o.class)) && (len(q.Ops) == 0 || slices.Contains(q.Ops, o.name))
		}
		m.policy = []string{fmt.Sprintf("%q;q=%d;w=%d", q.Name, q.Limit.Count, int(q.Limit.Per/time.Second))}
		for c := range admission.Class(admission.Classes) {
			m.head[c] = refusalHead(kindOf(admission.QuotaSpent), admission.QuotaSpent, c, fmt.Sprintf(`"violated-policies":[%q],`, q.Name))
		}
		for _, o := range old {
			if o.Name == q.Name && o.By == q.By && o.Keys == q.Keys {
				m.tab = o.tab
			}
		}
		if m.tab == nil {
			m.tab = newTab(q.Keys)
		}
		meters = append(meters, m)
	}
	return meters
}

// take asks for one request at the instant now, in nanoseconds since the guard
// began.
func (m *meter) take(v *visit, now int64) admission.Spent {
	key := v.subject
	switch m.By {
	case ByTenant:
		key = v.tenant
	case ByAddress:
		key = v.address
	}
	return m.tab.take(key, m.law, now)
}

// rateLimit is the RateLimit field of a refusal.
func (m *meter) rateLimit(s admission.Spent) string {
	return fmt.Sprintf("%q;r=%d;t=%d", m.Name, s.Remaining, (s.RetryAfter+time.Second-1)/time.Second)
}
