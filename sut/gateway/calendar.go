package gateway

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// Maintenance is an announced time in which the service is shut. One that was
// announced less than seven days ahead is a fault of the configuration.
type Maintenance struct {
	Announced time.Time `yaml:"announced"` // such as 2026-11-20T00:00:00+08:00
	From      time.Time `yaml:"from"`
	To        time.Time `yaml:"to"`
}

// Access says whose hours are when; who is in none of them is refused until the
// next that is for them.
type Access struct {
	Zone    string            `yaml:"zone,omitempty"`    // of the clock, such as Asia/Shanghai; "" is UTC
	Region  Source            `yaml:"region,omitempty"`  // where a request says its region
	Digit   Source            `yaml:"digit,omitempty"`   // and what the digit is the last character of; a guard believes both
	Classes []admission.Class `yaml:"classes,omitempty"` // that keep to the hours; none is all
	Hours   []Hours           `yaml:"hours,omitempty"`
}

// Hours are a time of the day that is for some. The night channel is one from
// 20:00 to 08:00 that is for all.
type Hours struct {
	Regions []string `yaml:"regions,omitempty"` // none is all
	Digits  string   `yaml:"digits,omitempty"`  // such as "02468"; "" is all
	Days    []Day    `yaml:"days,omitempty"`    // on which they begin; none is all
	From    Clock    `yaml:"from"`              // such as "08:00"
	To      Clock    `yaml:"to"`                // at or before From is on the next day
}

// Clock is a time of the day, written "20:00".
type Clock admission.Minute

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *Clock) UnmarshalText(text []byte) error {
	if string(text) == "24:00" {
		*c = 24 * 60
		return nil
	}
	t, err := time.Parse("15:04", string(text))
	if err != nil || len(text) != 5 {
		return errors.New(`a time of day such as "08:00"`)
	}
	*c = Clock(t.Hour()*60 + t.Minute())
	return nil
}

// MarshalText implements encoding.TextMarshaler.
func (c Clock) MarshalText() ([]byte, error) { return []byte(admission.Minute(c).String()), nil }

// Day is a day of the week, written mon to sun.
type Day time.Weekday

var days = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Day) UnmarshalText(text []byte) error {
	i := slices.Index(days[:], string(text))
	if i < 0 {
		return errors.New("a day of the week, mon to sun")
	}
	*d = Day(i)
	return nil
}

// MarshalText implements encoding.TextMarshaler.
func (d Day) MarshalText() ([]byte, error) {
	if d < 0 || int(d) >= len(days) {
		return nil, fmt.Errorf("weekday %d: want 0, Sunday, to 6", int(d))
	}
	return []byte(days[d]), nil
}

func (m Maintenance) times() admission.Maintenance {
	return admission.Maintenance{Announced: m.Announced, Start: m.From, End: m.To}
}

func (h Hours) access() admission.Access {
	a := admission.Access{Regions: h.Regions, Digits: h.Digits, From: admission.Minute(h.From), To: admission.Minute(h.To)}
	for _, d := range h.Days {
		a.Days = append(a.Days, time.Weekday(d))
	}
	return a
}

func calendarFaults(fs *faults, c Config, now time.Time) {
	for i, m := range c.Maintenance {
		path := "maintenance[" + strconv.Itoa(i) + "]"
		before := len(*fs)
		for _, t := range []struct {
			key string
			at  time.Time
		}{{"announced", m.Announced}, {"from", m.From}, {"to", m.To}} {
			if t.at.IsZero() {
				fs.add(path+"."+t.key, "found no such key, want %s", aTime)
			}
		}
		if len(*fs) > before {
			continue
		}
		if err := m.times().Validate(); err != nil {
			fs.add(path, "%v", err)
		}
		if m.Announced.After(now) {
			fs.add(path+".announced", "found %s, which is yet to come; want when it was announced", m.Announced.Format(time.RFC3339))
		}
	}
	if _, err := time.LoadLocation(c.Access.Zone); err != nil {
		fs.add("access.zone", "found %q, want the name of a time zone such as Asia/Shanghai", c.Access.Zone)
	}
	for i, h := range c.Access.Hours {
		if err := h.access().Validate(); err != nil {
			fs.add("access.hours["+strconv.Itoa(i)+"]", "%v", err)
		}
	}
	digits := slices.ContainsFunc(c.Access.Hours, func(h Hours) bool { return h.Digits != "" })
	if digits && c.Access.Digit == (Source{}) {
		fs.add("access.digit", "found none beside hours for digits, want where it stands, such as header:X-Person")
	}
	regions := slices.ContainsFunc(c.Access.Hours, func(h Hours) bool { return len(h.Regions) > 0 })
	if regions && c.Access.Region == (Source{}) {
		fs.add("access.region", "found none beside hours for regions, want where it stands, such as header:X-Region")
	}
}

// unheard reports maintenance that a guard which is running hears of less than
// seven days ahead, whatever is said of when it was announced. One that ends
// earlier than it was to is known.
func unheard(old, next []Maintenance, now time.Time) error {
	var fs faults
	for i, m := range next {
		known := slices.ContainsFunc(old, func(o Maintenance) bool { return o.From.Equal(m.From) && !m.To.After(o.To) })
		if !known && m.To.After(now) && m.From.Sub(now) < admission.Notice {
			fs.add(fmt.Sprintf("maintenance[%d].from", i), "found %s, which this guard hears of only now; want it 7 days ahead, from %s on",
				m.From.Format(time.RFC3339), now.Add(admission.Notice).Format(time.RFC3339))
		}
	}
	return fs.err()
}

// hours is the calendar at work; nil is always open to everybody.
type hours struct {
	shut          admission.Calendar // maintenance alone
	all           admission.Calendar
	keeps         [admission.Classes]bool // to the hours
	region, digit Source
}

func newHours(c Config) *hours {
	if len(c.Maintenance) == 0 && len(c.Access.Hours) == 0 {
		return nil
	}
	h := &hours{region: c.Access.Region, digit: c.Access.Digit}
	for _, m := range c.Maintenance {
		h.shut.Maintenance = append(h.shut.Maintenance, m.times())
	}
	h.all = h.shut
	h.all.Location, _ = time.LoadLocation(c.Access.Zone)
	for _, one := range c.Access.Hours {
		h.all.Access = append(h.all.Access, one.access())
	}
	for k := range h.keeps {
		h.keeps[k] = len(c.Access.Classes) == 0 || slices.Contains(c.Access.Classes, admission.Class(k))
	}
	return h
}

// refuses reports whether the request comes at the wrong time.
func (h *hours) refuses(now time.Time, r *http.Request, v *visit) (why admission.Reason, after time.Duration, refused bool) {
	if !h.keeps[v.Class] {
		return h.shut.Refuses(now, admission.Subject{InProgress: v.begun})
	}
	s := admission.Subject{Region: h.region.of(r), InProgress: v.begun}
	if id := h.digit.of(r); id != "" {
		s.Digit = id[len(id)-1]
	}
	return h.all.Refuses(now, s)
}
