package rules

import (
	"fmt"
	"time"
)

// A Date is a day of the Gregorian calendar written as the number YYYYMMDD, such as 20230101. Dates compare as numbers.
// As text, and so in JSON and YAML, it reads 2023-01-01. The zero Date means no date.
type Date int32

// ParseDate reads a date such as 2023-01-01.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("date %s: want a day such as 2023-01-01", shown(s))
	}
	return Date(t.Year()*10000 + int(t.Month())*100 + t.Day()), nil
}

// Month is the month the day lies in.
func (d Date) Month() Month { return Month(d / 100) }

// Year is the calendar year, such as 2023: the year that deductibles and caps are counted in.
func (d Date) Year() int { return int(d) / 10000 }

// Since is the number of days from o to d; it is negative where d comes first.
func (d Date) Since(o Date) int { return int(d.day().Sub(o.day()) / (24 * time.Hour)) }

func (d Date) day() time.Time {
	return time.Date(int(d)/10000, time.Month(d/100%100), int(d)%100, 0, 0, 0, 0, time.UTC)
}

// String gives 2023-01-01, or the empty string for the zero Date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", int(d)/10000, int(d)/100%100, int(d)%100)
}

// MarshalText gives [Date.String].
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what [ParseDate] reads.
func (d *Date) UnmarshalText(b []byte) error {
	v, err := ParseDate(string(b))
	*d = v
	return err
}

// A Month is a calendar month written as the number YYYYMM, such as 202301. Months compare as numbers; for distances
// use [Month.Add] and [Month.Since]. As text it reads 2023-01. The zero Month means no month.
type Month int32

// ParseMonth reads a month such as 2023-01.
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return 0, fmt.Errorf("month %s: want a month such as 2023-01", shown(s))
	}
	return Month(t.Year()*100 + int(t.Month())), nil
}

// First is the first day of the month.
func (m Month) First() Date { return Date(m)*100 + 1 }

// Add is the month n months later, or earlier where n is negative.
func (m Month) Add(n int) Month {
	i := m.index() + n
	return Month(i/12*100 + i%12 + 1)
}

// Since is the number of months from o to m; it is negative where m comes first.
func (m Month) Since(o Month) int { return m.index() - o.index() }

func (m Month) index() int { return int(m)/100*12 + int(m)%100 - 1 }

// String gives 2023-01, or the empty string for the zero Month.
func (m Month) String() string {
	if m == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", int(m)/100, int(m)%100)
}

// MarshalText gives [Month.String].
func (m Month) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what [ParseMonth] reads.
func (m *Month) UnmarshalText(b []byte) error {
	v, err := ParseMonth(string(b))
	*m = v
	return err
}

// shown quotes what stands where a day or a month was wanted, if it could have been meant for one. Anything else may be
// somebody's name or number, which no error repeats.
func shown(s string) string {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return fmt.Sprintf("of %d bytes", len(s))
		}
	}
	if len(s) > len(time.DateOnly) {
		return fmt.Sprintf("of %d characters", len(s))
	}
	return fmt.Sprintf("%q", s)
}
