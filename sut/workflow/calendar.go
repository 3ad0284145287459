package workflow

import (
	"fmt"
	"strings"
	"time"

	"github.com/peakday/peakday/sut/rules"
)

// A Calendar knows which days are worked. It is never written after it was made: goroutines may share it.
type Calendar struct {
	first, last rules.Date          // the years it knows
	turned      map[rules.Date]bool // days that are not what their weekday says: true is worked
}

// China is the calendar of the State Council's notices for 2020 to 2026. Make it once: it takes some 10 µs.
func China() *Calendar {
	years := holidays()
	c := &Calendar{
		first:  rules.Date(years[0].year*10000 + 101),
		last:   rules.Date(years[len(years)-1].year*10000 + 1231),
		turned: make(map[rules.Date]bool),
	}
	for _, y := range years {
		c.turn(y.year, y.off, false)
		c.turn(y.year, y.work, true)
	}
	return c
}

// turn marks the days of a list of MMDD and MMDD-MMDD.
func (c *Calendar) turn(year int, list string, worked bool) {
	for _, item := range strings.Fields(list) {
		from, to, isRange := strings.Cut(item, "-")
		if !isRange {
			to = from
		}
		for d := day(year, from); d <= day(year, to); d = next(d) {
			c.turned[d] = worked
		}
	}
}

func day(year int, mmdd string) rules.Date {
	t, err := time.Parse("20060102", fmt.Sprintf("%04d%s", year, mmdd))
	if err != nil {
		panic("workflow: the table of holidays: " + err.Error())
	}
	return date(t)
}

// Working tells whether offices work on a day. Outside the years that were announced every Monday to Friday counts; see
// [Calendar.Covers].
func (c *Calendar) Working(d rules.Date) bool {
	if worked, turned := c.turned[d]; turned {
		return worked
	}
	weekday := at(d).Weekday()
	return weekday != time.Saturday && weekday != time.Sunday
}

// Covers tells whether the holidays of the day's year were announced: 2020-01-01 to 2026-12-31 for [China].
func (c *Calendar) Covers(d rules.Date) bool { return c.first <= d && d <= c.last }

// Due is the last day of a clock that began to run on a day: on that day or before, the case is in time. The first day
// is not counted, and a limit in calendar days that ends on a day off ends on the next working day (Civil Code, articles
// 201 and 203, which we apply to these limits too). A limit in working days ends on one by itself.
func (c *Calendar) Due(clock Clock, from rules.Date) rules.Date {
	d := from
	if !clock.Working {
		d = date(at(d).AddDate(0, 0, clock.Days))
		for !c.Working(d) {
			d = next(d)
		}
		return d
	}
	for left := clock.Days; left > 0; {
		if d = next(d); c.Working(d) {
			left--
		}
	}
	return d
}

// Burst tells whether a case that was due and is still open today is late. The due day itself is in time.
func Burst(due, today rules.Date) bool { return today > due }

func next(d rules.Date) rules.Date { return date(at(d).AddDate(0, 0, 1)) }

func at(d rules.Date) time.Time {
	return time.Date(d.Year(), time.Month(d/100%100), int(d%100), 0, 0, 0, 0, time.UTC)
}

func date(t time.Time) rules.Date {
	return rules.Date(t.Year()*10000 + int(t.Month())*100 + t.Day())
}
