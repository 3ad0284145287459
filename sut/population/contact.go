package population

import "strconv"

// Banks is the number of banks, B00 to B11, and Hospitals that of hospitals, H0000 to H0399. Their tiers go round: 0 to 3.
const (
	Banks     = 12
	Hospitals = 400
)

// BankID is the id of bank b of [Banks].
func BankID(b int) string { return string(appendDigits([]byte("B"), b, 2)) }

// HospitalID is the id of hospital h of [Hospitals].
func HospitalID(h int) string { return string(appendDigits([]byte("H"), h, 4)) }

// Tier is the tier of hospital h: 1 to 3, 0 for a community clinic.
func Tier(h int) int { return h % 4 }

// Phone is the telephone number of person i: 11 digits like those of a mobile, each person's own. They begin with 1420:
// a list of the ranges of 2022-07 has 142 among those that no carrier was given, so a call reaches no one.
func (p *Population) Phone(i int) string {
	return string(appendDigits([]byte("1420"), p.contacts.at(i), 7))
}

// Issuer numbers of bank accounts that cannot exist: 9 stands for a number that a national body gives out (ISO/IEC 7812),
// 999 for its country, and ISO 3166 leaves the codes 900 to 999 to users.
const (
	personIssuer   = "999900"
	employerIssuer = "999901"
)

// BankAccount is the account that person i is paid to: 19 digits, the last by Luhn, each person's own.
func (p *Population) BankAccount(i int) string {
	return account(personIssuer, p.contacts.at(i))
}

// EmployerAccount is the account that employer e pays from.
func (p *Population) EmployerAccount(e int) string { return account(employerIssuer, p.contacts.at(e)) }

func account(issuer string, n int) string {
	b := appendDigits([]byte(issuer), n, 12)
	return string(append(b, Luhn(b)))
}

// Luhn is the check digit that follows digits on a bank card (ISO/IEC 7812-1, annex B).
func Luhn(digits []byte) byte {
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return '0' + byte((10-sum%10)%10)
}

// PersonByID is the index of the person with an id such as P00000123.
func (p *Population) PersonByID(id string) (i int, found bool) {
	return indexed(id, "P", idLength-1, p.size)
}

// EmployerByID is the index of the employer with an id such as E000123.
func (p *Population) EmployerByID(id string) (e int, found bool) {
	return indexed(id, "E", 6, p.Employers())
}

// indexed reads a prefix and a number below n that is padded to a number of digits, and no longer than it needs to be.
func indexed(id, prefix string, digits, n int) (int, bool) {
	if len(id) < len(prefix)+digits || id[:len(prefix)] != prefix {
		return 0, false
	}
	text := id[len(prefix):]
	if len(text) > digits && text[0] == '0' {
		return 0, false
	}
	i, err := strconv.ParseUint(text, 10, 31)
	return int(i), err == nil && int(i) < n
}
