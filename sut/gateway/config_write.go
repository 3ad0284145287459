package gateway

import (
	"bytes"
	"cmp"
	"encoding"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/peakday/peakday/sut/admission"
)

// Effective is the configuration with what was left out filled in. Limiter.Seed
// stays as it is: a law takes one that is given for measured. So does what is
// none, and is left out for that.
func (c Config) Effective() Config {
	c.Mode = cmp.Or(c.Mode, Enforce)
	c.Addr, c.AdminAddr = cmp.Or(c.Addr, "127.0.0.1:0"), cmp.Or(c.AdminAddr, "127.0.0.1:0")
	c.Deadline = c.deadline()
	c.Limiter.Law = cmp.Or(c.Limiter.Law, admission.Laws()[0])
	c.Limiter.Least, c.Limiter.Most = admission.Bounds(c.Limiter.Law, c.Limiter.law(c.Deadline))
	c.Limiter.SLO = cmp.Or(c.Limiter.SLO, c.Deadline)
	c.Listener, c.Proxy = c.Listener.withDefaults(), c.Proxy.withDefaults()
	classes := map[admission.Class]Class{}
	for k := range admission.Class(admission.Classes) {
		class := c.Classes[k]
		class.Deadline = cmp.Or(class.Deadline, c.Deadline)
		class.Fail = cmp.Or(class.Fail, FailOpen)
		classes[k] = class
	}
	c.Classes = classes
	if c.Identity.Subject == (Source{}) {
		c.Identity.Subject = Source{kind: "address"}
	}
	if c.Identity.Tenant == (Source{}) && c.Identity.SubjectOf == nil {
		c.Identity.Tenant = c.Identity.Subject
	}
	if b := c.Breaker; b != nil {
		full := b.limits().WithDefaults()
		c.Breaker = &Breaker{Share: full.Share, Least: full.Least, Window: full.Window, Pause: full.Pause}
	}
	if c.Identity.Pass.Cookie != "" {
		c.Identity.Pass.For = cmp.Or(c.Identity.Pass.For, defaultPass)
	}
	c.Quotas = slices.Clone(c.Quotas)
	for i := range c.Quotas {
		q := &c.Quotas[i]
		q.By, q.Burst, q.Keys = cmp.Or(q.By, BySubject), cmp.Or(q.Burst, q.Limit.Count), cmp.Or(q.Keys, defaultKeys)
	}
	c.Routes = slices.Clone(c.Routes)
	for i := range c.Routes {
		r := &c.Routes[i]
		r.Op = cmp.Or(r.Op, r.mux())
		r.Seats = cmp.Or(r.Seats, 1)
		r.Deadline = cmp.Or(r.Deadline, classes[r.Class].Deadline)
	}
	return c
}

// MarshalYAML is the configuration as ReadConfig reads it.
func (c Config) MarshalYAML() (any, error) {
	return tree(reflect.ValueOf(&c).Elem(), false), nil
}

// MarshalJSON has the same keys in the same order, and times in seconds.
func (c Config) MarshalJSON() ([]byte, error) {
	return json.Marshal(tree(reflect.ValueOf(&c).Elem(), true))
}

// mapping keeps the order of its keys, in YAML and in JSON.
type mapping []yaml.MapItem

// MarshalYAML implements yaml.InterfaceMarshaler.
func (m mapping) MarshalYAML() (any, error) { return yaml.MapSlice(m), nil }

// MarshalJSON implements json.Marshaler.
func (m mapping) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, item := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		value, err := json.Marshal(item.Value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%q:%s", item.Key, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// tree is a value as mappings, lists and words. It leaves out what is zero
// where the tag allows it.
func tree(v reflect.Value, seconds bool) any {
	if isScalar(v) {
		return word(v, seconds)
	}
	switch v.Kind() {
	case reflect.Struct:
		m := mapping{}
		for i := range v.NumField() {
			key, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
			if key == "" || key == "-" || option == "omitempty" && v.Field(i).IsZero() {
				continue
			}
			m = append(m, yaml.MapItem{Key: key, Value: tree(v.Field(i), seconds)})
		}
		return m
	case reflect.Map:
		m := mapping{}
		for _, key := range v.MapKeys() {
			name, value := reflect.New(key.Type()).Elem(), reflect.New(v.Type().Elem()).Elem()
			name.Set(key)
			value.Set(v.MapIndex(key))
			m = append(m, yaml.MapItem{Key: fmt.Sprint(word(name, seconds)), Value: tree(value, seconds)})
		}
		slices.SortFunc(m, func(a, b yaml.MapItem) int { return strings.Compare(a.Key.(string), b.Key.(string)) })
		return m
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = tree(v.Index(i), seconds)
		}
		return list
	}
	return tree(v.Elem(), seconds) // a pointer
}

// word is what setScalar would read, or in JSON a number where that is meant.
func word(v reflect.Value, seconds bool) any {
	switch x := v.Interface().(type) {
	case time.Duration:
		if seconds {
			return x.Seconds()
		}
		return x.String()
	case *url.URL:
		return x.String()
	case encoding.TextMarshaler:
		text, err := x.MarshalText()
		if err != nil {
			return err.Error()
		}
		return string(text)
	case fmt.Stringer:
		return x.String()
	}
	return v.Interface()
}
