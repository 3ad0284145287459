package population

import (
	"strconv"

	"github.com/peakday/peakday/sut/rules"
)

// CheckDigit is the last character of a citizen identity number for its first 17 digits (GB 11643-1999, which takes it
// from ISO 7064 MOD 11-2): '0' to '9' or 'X'. It returns 0 where the argument is not 17 digits.
func CheckDigit(first17 string) byte { return checkDigit([]byte(first17)) }

func checkDigit(first17 []byte) byte {
	if len(first17) != 17 {
		return 0
	}
	// The weight of a digit n places before the check digit is 2^n mod 11.
	const weights = "\x07\x09\x0a\x05\x08\x04\x02\x01\x06\x03\x07\x09\x0a\x05\x08\x04\x02"
	sum := 0
	for i := range first17 {
		d := first17[i] - '0'
		if d > 9 {
			return 0
		}
		sum += int(d) * int(weights[i])
	}
	return "10X98765432"[sum%11]
}

// appendIDNumber appends the number of a person born on a day: area 99xxxx, the day, a serial whose parity tells the sex,
// the check digit. Area and serial together are the seven digits that the permutation gives, so no two people share one.
func appendIDNumber(b []byte, tail int, born rules.Date) []byte {
	from := len(b)
	b = append(b, '9', '9')
	b = appendDigits(b, tail/1000, 4)
	b = appendDigits(b, int(born), 8)
	b = appendDigits(b, tail%1000, 3)
	return append(b, checkDigit(b[from:]))
}

// appendDigits appends n in a fixed number of digits.
func appendDigits(b []byte, n, digits int) []byte {
	b = append(b, "00000000000000000000"[:digits]...)
	for i := len(b) - 1; n > 0; i-- {
		b[i] = '0' + byte(n%10)
		n /= 10
	}
	return b
}

// Find is the person who has the identity number. It stores nothing: the number leads back to the index. For every number
// of the right form it makes one person, insured or not, so that how long it takes does not tell who is.
func (p *Population) Find(number string) (i int, found bool) {
	if len(number) != 18 || number[:2] != "99" {
		return 0, false
	}
	tail, err := strconv.Atoi(number[2:6] + number[14:17])
	if err != nil || tail < 0 {
		return 0, false
	}
	i = p.numbers.of(tail)
	if p.Person(min(i, p.size-1)).IDNumber != number {
		return 0, false
	}
	return i, true
}
