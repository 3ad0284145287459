package population

import (
	"strconv"

	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/workflow"
)

// A Transfer is that of a person's pension months and money from a region that does not exist, 99xxxx, to the person's.
type Transfer struct {
	ID        string // TR-<person>-<n>
	Person    int
	N         int
	From, To  string         // regions
	State     workflow.State // of [workflow.Transfer]: closed for n = 0, else info_sent
	Requested rules.Date
	Months    int
	Base      int64 // fen a month, in each of the months
	Account   int64 // fen, 8 % of the bases: the whole personal account
	Pool      int64 // fen, 12 % of the bases (O20)
}

// TransferID is the id of transfer n of a person.
func TransferID(person, n int) string { return numbered("TR", person, n) }

// Transfer is the transfer with an id. Number 0 was closed in 2021, its months are among the person's, and who never paid
// has none. Everybody has one of every further number, on its way: the other region has sent the information and not the
// money, so it is in no balance here yet. That the retired have them too is for the sake of simple requests, not of law.
func (p *Population) Transfer(id string) (t Transfer, found bool) {
	person, n, ok := p.personal(id, "TR")
	if !ok {
		return Transfer{}, false
	}
	who := p.Person(person)
	r := stream(p.seed, transferStream, person, n)
	t = Transfer{
		ID: id, Person: person, N: n, From: strconv.Itoa(990_000 + 1 + r.IntN(towns-1)), To: who.Region,
		State: "info_sent", Requested: 20221201 + rules.Date(r.IntN(20)), Months: 6 + r.IntN(55),
		Base: who.Wage / 200 * 100, // half of today's wage, as for the account at Opening
	}
	if n == 0 {
		if who.Months == 0 {
			return Transfer{}, false
		}
		t.State, t.Requested, t.Months = "closed", 20210301+rules.Date(r.IntN(28)), min(t.Months, who.Months)
	}
	bases := t.Base * int64(t.Months)
	t.Account, t.Pool = bases*8/100, bases*12/100 // bases are whole yuan: no rounding
	return t, true
}
