package population

import "strings"

// creditAlphabet is the order of the characters of a credit code, worth 0 to 30: no I, O, S, V or Z (GB 32100-2015).
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CreditCode is the unified social credit code of employer e: 18 characters with the check digits of GB 11714 (the ninth
// of the part for the organisation) and GB 32100. Like the people's numbers it lies in an area, 990000, that GB/T 2260
// never assigned, so it is nobody's.
func (p *Population) CreditCode(e int) string {
	b := append(make([]byte, 0, 18), "91990000"...)
	b = appendDigits(b, p.contacts.at(e), 8)
	b = append(b, organisationCheck(b[8:]))
	return string(append(b, CreditCheck(string(b))))
}

// organisationCheck is the check character of the eight that name an organisation, digits or capital letters (GB 11714-1997).
func organisationCheck(eight []byte) byte {
	sum := 0
	for i, weight := range [...]int{3, 7, 9, 10, 5, 8, 4, 2} {
		value := int(eight[i] - '0')
		if eight[i] >= 'A' {
			value = int(eight[i]-'A') + 10
		}
		sum += value * weight
	}
	return "0X987654321"[sum%11]
}

// CreditCheck is the last character of a unified social credit code for its first 17 (GB 32100-2015): the weight of the
// character at i, from 0, is 3^i mod 31. It returns 0 where the argument is not 17 characters of that alphabet.
func CreditCheck(first17 string) byte {
	if len(first17) != 17 {
		return 0
	}
	sum, weight := 0, 1
	for i := range len(first17) {
		value := strings.IndexByte(creditAlphabet, first17[i])
		if value < 0 {
			return 0
		}
		sum += value * weight
		weight = weight * 3 % 31
	}
	return creditAlphabet[(31-sum%31)%31]
}
