package population

import "github.com/peakday/peakday/sut/rules"

// A Certificate is one that was issued before [Opening]. Its code can be guessed, which shows no more than that somebody
// had a certificate; a code issued later is drawn at random.
type Certificate struct {
	Code   string // CE-<person>-<n>
	Person int
	N      int
	Kind   string // contributions, or pension for the retired
	Issued rules.Date
}

// CertificateCode is the verify code of certificate n of a person.
func CertificateCode(person, n int) string { return numbered("CE", person, n) }

// Certificate is the certificate with a code: every person has one of every number.
func (p *Population) Certificate(code string) (c Certificate, found bool) {
	person, n, ok := p.personal(code, "CE")
	if !ok {
		return Certificate{}, false
	}
	c = Certificate{Code: code, Person: person, N: n, Kind: "contributions"}
	c.Issued = 20221201 + rules.Date(stream(p.seed, certificateStream, person, n).IntN(31))
	if p.Person(person).Status == Retired {
		c.Kind = "pension"
	}
	return c, true
}
