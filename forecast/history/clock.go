package history

import "time"

// onClock is when the clock of a zone showed the wall time of t, which is given
// as if it were UTC. Where the clock showed it twice, as when summer time ends,
// the first is meant unless the line before, at last, was then already: a file
// in order has the first hour before the second. Where it never showed it, as
// when summer time begins, never is true and the time means nothing.
func onClock(t time.Time, loc *time.Location, last time.Time) (at time.Time, twice, never bool) {
	if loc == time.UTC {
		return t, false, false
	}
	y, m, d := t.Date()
	at = time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), loc)
	if at.Hour() != t.Hour() || at.Minute() != t.Minute() || at.Day() != d {
		return at, false, true
	}
	_, offset := at.Zone()
	first, second := at, at
	begin, end := at.ZoneBounds()
	if !begin.IsZero() {
		_, before := begin.Add(-1).Zone()
		if other := at.Add(time.Duration(offset-before) * time.Second); other.Before(begin) {
			first = other
		}
	}
	if !end.IsZero() {
		_, after := end.Zone()
		if other := at.Add(time.Duration(offset-after) * time.Second); !other.Before(end) {
			second = other
		}
	}
	twice = first.Before(second)
	if twice && !last.Before(first) && last.Before(second) {
		return second, true, false
	}
	return first, twice, false
}
