package population

import (
	"strconv"
	"strings"

	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/workflow"
)

// A Claim is an outpatient bill that a hospital settled in December 2022, before there was outpatient pooling: the
// personal account paid what was within policy, the patient the rest, the fund nothing (O18).
type Claim struct {
	ID       string // the hospital's visit number too: <hospital>-B<person>-<n>
	Hospital string
	Person   int
	N        int
	Tier     int
	Date     rules.Date
	State    workflow.State // of [workflow.Claim]: settled
	Lines    []ClaimLine
	Fund     int64 // fen, 0
	Account  int64 // fen
	Cash     int64 // fen
}

// A ClaimLine is one item of a bill.
type ClaimLine struct {
	Item     string
	Qty      int64
	Unit     int64 // fen
	InPolicy bool
}

// ClaimID is the id of claim n of a person at hospital h.
func ClaimID(h, person, n int) string {
	return HospitalID(h) + "-B" + strconv.Itoa(person) + "-" + strconv.Itoa(n)
}

// Claim is the settled claim with an id: every person has one of every number at every hospital.
func (p *Population) Claim(id string) (c Claim, found bool) {
	hospital, rest, ok := strings.Cut(id, "-B")
	h, isHospital := indexed(hospital, "H", 4, Hospitals)
	person, n, ok2 := of(rest, "-", p.size)
	if !ok || !isHospital || !ok2 {
		return Claim{}, false
	}
	r := stream(p.seed, claimStream, person, n*Hospitals+h)
	c = Claim{
		ID: id, Hospital: hospital, Person: person, N: n, Tier: Tier(h), Date: 20221201 + rules.Date(r.IntN(31)), State: "settled",
		Lines: make([]ClaimLine, 2+r.IntN(5)),
	}
	for i := range c.Lines {
		line := ClaimLine{
			Item: string(appendDigits([]byte("A"), r.IntN(10_000), 4)), Qty: 1 + r.Int64N(3),
			Unit: 100 + r.Int64N(5_000), InPolicy: r.IntN(10) > 0,
		}
		if line.InPolicy {
			c.Account += line.Qty * line.Unit
		} else {
			c.Cash += line.Qty * line.Unit
		}
		c.Lines[i] = line
	}
	return c, true
}
