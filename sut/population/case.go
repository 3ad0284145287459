package population

import (
	"strconv"
	"strings"

	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/workflow"
)

// A Case is an application for a benefit that was made before [Opening].
type Case struct {
	ID      string // BC-<person>-<n>
	Person  int
	N       int
	Kind    string         // of a [workflow.Clock]: pension, medical_manual, injury_manual, maternity_allowance, unemployment
	State   workflow.State // of [workflow.Benefit]: paying for a pension, else reviewing; who took it into review works no more
	Applied rules.Date
	Bills   int64 // fen that the person paid and hands in, for the manual kinds; else 0
}

// CaseID is the id of case n of a person.
func CaseID(person, n int) string { return numbered("BC", person, n) }

// Case is the case with an id. Case 0 is a retired person's own pension, and there is none for others; every further
// number, up to 2^31-1, is a case in review whose clock has not run out: applied for within ten days before Opening.
func (p *Population) Case(id string) (c Case, found bool) {
	person, n, ok := p.personal(id, "BC")
	if !ok {
		return Case{}, false
	}
	who := p.Person(person)
	if n == 0 {
		e, found := p.EntitlementOf(who)
		return Case{ID: id, Person: person, Kind: "pension", State: "paying", Applied: e.From.Add(-1).First()}, found
	}
	r := stream(p.seed, caseStream, person, n)
	c = Case{ID: id, Person: person, N: n, Kind: kind(who, r.IntN(10)), State: "reviewing", Applied: 20221222 + rules.Date(r.IntN(10))}
	if strings.HasSuffix(c.Kind, "_manual") {
		c.Bills = 10_000 + r.Int64N(2_000_000)
	}
	return c, true
}

// kind is what a person may apply for, by a draw of ten.
func kind(who Person, draw int) string {
	switch {
	case who.Status == Suspended && draw < 5:
		return "unemployment"
	case who.Status == Active && draw == 0:
		return "injury_manual"
	case who.Status == Active && who.Sex == "F" && who.Birth.Year() >= 1978 && draw < 5:
		return "maternity_allowance"
	}
	return "medical_manual"
}

// An Entitlement is the pension that a retired person drew at [Opening].
type Entitlement struct {
	ID      string // EN-<person>
	Person  int
	Case    string      // the case that granted it
	Monthly int64       // fen
	From    rules.Month // the month after that of retirement
}

// EntitlementID is the id of a person's entitlement at Opening.
func EntitlementID(person int) string { return "EN-" + strconv.Itoa(person) }

// Entitlement is the entitlement with an id.
func (p *Population) Entitlement(id string) (Entitlement, bool) {
	rest, isEntitlement := strings.CutPrefix(id, "EN-")
	person, rest, ok := number(rest)
	if !isEntitlement || !ok || rest != "" || person >= p.size {
		return Entitlement{}, false
	}
	return p.EntitlementOf(p.Person(person))
}

// EntitlementOf is the entitlement of a person, false where the person was not retired at Opening. From the next month
// on, every month up to the one before Opening was paid.
//
// A month brings a quarter of the last wage and a hundredth more for each year paid, up to 30: about the 40 to 45 % of the
// wage that pensions of employees come to. It is at least 1,200.00. That is a drawing of what earlier rules gave; the
// rules of today are in package rules.
func (p *Population) EntitlementOf(who Person) (Entitlement, bool) {
	if who.Status != Retired {
		return Entitlement{}, false
	}
	years := int64(min(30, who.Months/12))
	return Entitlement{
		ID: EntitlementID(who.Index), Person: who.Index, Case: CaseID(who.Index, 0),
		Monthly: max(1200_00, who.Wage*(25+years)/100), From: who.Retires().Add(1),
	}, true
}
