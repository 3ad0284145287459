package traffic

import (
	"net/url"
	"strconv"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
)

// What hospitals send.

// bill is one visit to a hospital: preview and settlement of an arrival are of the same visit. One in twenty
// was made the day before the policy day and falls under the old policy.
func (t *Traffic) bill(a *arrival, r *scenarios.Request) error {
	who, h := t.people.Person(a.person), a.rand.IntN(population.Hospitals)
	a.partner = population.HospitalID(h)
	b := agency.Bill{
		IDNo: who.IDNumber, Hospital: a.partner, Tier: population.Tier(h), Date: a.day(),
		Lines: make([]agency.BillLine, 2+a.rand.IntN(19)),
	}
	b.Visit = b.Hospital + "-" + strconv.Itoa(int(b.Date)) + "-" + t.run + "-" + strconv.FormatUint(a.seq, 10)
	for i := range b.Lines {
		b.Lines[i] = agency.BillLine{
			Item: "A" + strconv.Itoa(10_000 + a.rand.IntN(10_000))[1:], Qty: 1 + a.rand.Int64N(3),
			Unit: 100 + a.rand.Int64N(20_000), InPolicy: a.rand.IntN(10) > 0,
		}
	}
	return body(r, b)
}

// day is the day of a visit.
func (a *arrival) day() rules.Date {
	if a.rand.IntN(20) == 0 {
		return dayBefore
	}
	return population.Opening
}

// dayBefore is the last day before [population.Opening].
const dayBefore rules.Date = 20221231

// reversal takes back a visit of December: the person's own, and not taken back before.
func (t *Traffic) reversal(a *arrival, r *scenarios.Request) error {
	h := a.rand.IntN(population.Hospitals)
	a.partner = population.HospitalID(h)
	about(r, population.ClaimID(h, a.person, t.serial(a.seq)))
	return nil
}

// eligibility is asked before a visit.
func (t *Traffic) eligibility(a *arrival, r *scenarios.Request) error {
	a.partner = population.HospitalID(a.rand.IntN(population.Hospitals))
	r.Path += "?" + url.Values{"id_no": {t.people.Person(a.person).IDNumber}, "date": {a.day().String()}}.Encode()
	return nil
}
