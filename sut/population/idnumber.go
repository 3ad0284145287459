package population

import (
	"fmt"
	"strconv"

	"github.com/peakday/peakday/sut/rules"
)

// CheckDigit is the last character of a citizen identity number for its first 17 digits (GB 11643-1999, which takes it
// from ISO 7064 MOD 11-2): '0' to '9' or 'X'. It returns 0 where the argument is not 17 digits.
func CheckDigit(first17 string) byte {
	if len(first17) != 17 {
		return 0
	}
	sum := 0
	for i := range len(first17) {
		d := first17[i] - '0'
		if d > 9 {
			return 0
		}
		sum = (sum + int(d)) * 2 % 11 // weight of the digit i places before the last: 2^i mod 11
	}
	return "10X98765432"[sum]
}

// idNumber is the number of person i born on a day: area 99xxxx, the day, a serial whose parity tells the sex, the check
// digit. Area and serial together are the seven digits that the permutation gives i, so no two people share a number.
func idNumber(tail int, born rules.Date) string {
	s := fmt.Sprintf("99%04d%08d%03d", tail/1000, born, tail%1000)
	return s + string(CheckDigit(s))
}

// Find is the person who has the identity number. It stores nothing: the number leads back to the index.
func (p *Population) Find(number string) (i int, found bool) {
	if len(number) != 18 || number[:2] != "99" {
		return 0, false
	}
	tail, err := strconv.Atoi(number[2:6] + number[14:17])
	if err != nil || tail < 0 {
		return 0, false
	}
	i = p.numbers.of(tail)
	if i >= p.size || p.Person(i).IDNumber != number {
		return 0, false
	}
	return i, true
}
