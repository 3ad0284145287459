package admission

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Calendar is what is known of the time ahead: when the service is shut for
// maintenance, and whose hours are when. Everything in it is data, announced
// beforehand; the zero value is always open to everybody.
type Calendar struct {
	Maintenance []Maintenance
	// Access are the hours. If there are any, who is in none of them at the
	// moment is refused until the next that is for them.
	Access   []Access
	Location *time.Location // of Access; nil is UTC
}

const (
	// Notice is how long before its start maintenance must have been announced.
	Notice = 7 * 24 * time.Hour
	// Drain is how long before its start only work in progress goes on.
	Drain = 5 * time.Minute

	calendarDays = 8 // how far hours are looked for: a week, and the day that it may lie within
)

// Maintenance is a time in which the service is shut. The last minutes before
// it are for those to finish who have begun.
type Maintenance struct {
	Announced, Start, End time.Time
}

// Validate says what is wrong with it.
func (m Maintenance) Validate() error {
	const layout = time.RFC3339
	if !m.End.After(m.Start) {
		return fmt.Errorf("maintenance from %s to %s: want the end after the start", m.Start.Format(layout), m.End.Format(layout))
	}
	if m.Announced.IsZero() || m.Start.Sub(m.Announced) < Notice {
		return fmt.Errorf("maintenance from %s announced at %s: want it announced 7 days ahead, by %s; begin it later",
			m.Start.Format(layout), m.Announced.Format(layout), m.Start.Add(-Notice).Format(layout))
	}
	return nil
}

// refuses reports whether a request is refused for it, and how long it lasts.
func (m Maintenance) refuses(now time.Time, inProgress bool) (time.Duration, bool) {
	start := m.Start
	if !inProgress {
		start = start.Add(-Drain)
	}
	return m.End.Sub(now), !now.Before(start) && now.Before(m.End)
}

// Access is a time of the day that is for some. The night channel is one from
// 20:00 to 8:00 without regions and digits.
type Access struct {
	Regions  []string       // as the caller writes them; none is all
	Digits   string         // last digits of the identity number, such as "02468"; "" is all
	Days     []time.Weekday // on which it begins; none is all
	From, To Minute         // To at or before From is on the next day
}

// A Minute of the day, from 0 to 1,440.
type Minute int

// String writes it as a clock does.
func (m Minute) String() string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

const day Minute = 24 * 60

// Validate says everything that is wrong with it.
func (a Access) Validate() error {
	var faults []error
	if a.From < 0 || a.From >= day || a.To < 0 || a.To > day {
		faults = append(faults, fmt.Errorf("access from %v to %v: want times from 00:00 to 24:00", a.From, a.To))
	}
	if i := strings.IndexFunc(a.Digits, func(r rune) bool { return (r < '0' || r > '9') && r != 'X' }); i >= 0 {
		faults = append(faults, fmt.Errorf("access for the digits %q: want of 0 to 9 and X", a.Digits))
	}
	for _, d := range a.Days {
		if d < time.Sunday || d > time.Saturday {
			faults = append(faults, fmt.Errorf("access on weekday %d: want 0, Sunday, to 6", d))
		}
	}
	return errors.Join(faults...)
}

// A Subject is who asks, as far as hours go by it.
type Subject struct {
	Region     string
	Digit      byte // last character of the identity number, '0' to '9' or 'X'; 0 if unknown
	InProgress bool // has begun, and proved it: may finish before a maintenance
}

// Validate says everything that is wrong with the calendar.
func (c *Calendar) Validate() error {
	var faults []error
	for _, m := range c.Maintenance {
		faults = append(faults, m.Validate())
	}
	for _, a := range c.Access {
		faults = append(faults, a.Validate())
	}
	return errors.Join(faults...)
}

// Refuses reports whether a request is refused at that instant, why
// (InMaintenance or OutsideWindow), and for how long: to the end of the
// maintenance, or the next hours of this subject. Where there are none in the
// coming eight days, after is those.
func (c *Calendar) Refuses(now time.Time, s Subject) (why Reason, after time.Duration, refused bool) {
	for _, m := range c.Maintenance {
		if after, shut := m.refuses(now, s.InProgress); shut {
			return InMaintenance, after, true
		}
	}
	if len(c.Access) == 0 {
		return Admitted, 0, false
	}
	location := c.Location
	if location == nil {
		location = time.UTC
	}
	local := now.In(location)
	for i := range c.Access {
		a := &c.Access[i]
		if !a.isFor(s) {
			continue
		}
		opens, open := a.next(local)
		if open {
			return Admitted, 0, false
		}
		if wait := opens.Sub(now); !opens.IsZero() && (after == 0 || wait < after) {
			after = wait
		}
	}
	if after == 0 {
		after = calendarDays * 24 * time.Hour
	}
	return OutsideWindow, after, true
}

func (a *Access) isFor(s Subject) bool {
	return (len(a.Regions) == 0 || slices.Contains(a.Regions, s.Region)) &&
		(a.Digits == "" || strings.IndexByte(a.Digits, s.Digit) >= 0)
}

// next reports whether the hours are now, else when they next begin; zero if
// not in eight days. Days are counted by the calendar, so that the hours stay
// where the clock shows them when summer time begins or ends.
func (a *Access) next(now time.Time) (opens time.Time, open bool) {
	y, m, d := now.Date()
	for ahead := -1; ahead <= calendarDays; ahead++ { // those of yesterday may still last
		from := at(y, m, d+ahead, a.From, now.Location())
		if len(a.Days) > 0 && !slices.Contains(a.Days, from.Weekday()) {
			continue
		}
		to := at(y, m, d+ahead, a.To, now.Location())
		if a.To <= a.From {
			to = at(y, m, d+ahead+1, a.To, now.Location())
		}
		switch {
		case now.Before(from):
			return from, false
		case now.Before(to):
			return time.Time{}, true
		}
	}
	return time.Time{}, false
}

func at(y int, m time.Month, d int, minute Minute, l *time.Location) time.Time {
	return time.Date(y, m, d, int(minute/60), int(minute%60), 0, 0, l)
}
