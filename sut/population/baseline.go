package population

import (
	"strconv"
	"strings"

	"github.com/peakday/peakday/sut/rules"
)

// What stood at Opening has an id of plain numbers, such as BC-123-4: the index of the person or employer it belongs to,
// and a serial number. Ids of things that come later begin with the same letters and an X, BC-X…, so neither can be
// taken for the other, and a number has one spelling: no sign, no leading zero. Serial numbers go from 0 to 2^31-1.

// lastMonth is the month before Opening, which employers had declared and paid.
const lastMonth = rules.Month(202212)

// number reads the decimal number a text begins with, 0 to 2^31-1.
func number(s string) (n int, rest string, ok bool) {
	digits := 0
	for digits < len(s) && '0' <= s[digits] && s[digits] <= '9' {
		digits++
	}
	v, err := strconv.ParseUint(s[:digits], 10, 31)
	if err != nil || digits > 1 && s[0] == '0' {
		return 0, "", false
	}
	return int(v), s[digits:], true
}

// of reads "<number><between><number>", the first of them below limit.
func of(s, between string, limit int) (i, n int, ok bool) {
	i, rest, ok := number(s)
	if !ok || i >= limit {
		return 0, 0, false
	}
	rest, ok = strings.CutPrefix(rest, between)
	if !ok {
		return 0, 0, false
	}
	n, rest, ok = number(rest)
	return i, n, ok && rest == ""
}

// personal reads "<prefix>-<person>-<n>".
func (p *Population) personal(id, prefix string) (person, n int, ok bool) {
	rest, ok := strings.CutPrefix(id, prefix+"-")
	if !ok {
		return 0, 0, false
	}
	return of(rest, "-", p.size)
}

// monthly reads "<employer>-202212".
func (p *Population) monthly(s string) (employer int, ok bool) {
	employer, month, ok := of(s, "-", p.Employers())
	return employer, ok && month == int(lastMonth)
}

func numbered(prefix string, i, n int) string {
	return prefix + "-" + strconv.Itoa(i) + "-" + strconv.Itoa(n)
}
