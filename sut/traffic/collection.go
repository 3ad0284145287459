package traffic

import (
	"strconv"
	"strings"
	"sync"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
)

// What banks send.

// push is the employer's payment for the person's month: that in which the run begins for the first time that the person
// comes, the next one for the second; declarations are for months before. What is paid for people without a declaration
// ends in suspense.
func (t *Traffic) push(a *arrival, r *scenarios.Request) error {
	who := t.people.Person(a.person)
	a.partner = population.BankID(a.rand.IntN(population.Banks))
	month := t.newest().Add(1 + int(a.seq/uint64(t.people.Size())))
	law, err := t.laws.of(t.book, month)
	if err != nil {
		return err
	}
	dues, err := law.Contribute(who.Wage)
	if err != nil {
		return err
	}
	return body(r, agency.Push{
		Bank: a.partner, BankTxn: t.run + "-" + strconv.FormatUint(a.seq, 10), Employer: t.people.Employer(who.Employer).ID,
		IDNo: who.IDNumber, Month: month, Amount: ledger.Fen(dues.Employer + dues.Person), Value: month.First(),
	})
}

// payment looks at what an employer paid for the month before Opening.
func (t *Traffic) payment(a *arrival, r *scenarios.Request) error {
	e := a.rand.IntN(t.people.Employers())
	a.partner = population.BankID(e % population.Banks)
	about(r, txn(e))
	return nil
}

// txn is the bank's number of that payment.
func txn(e int) string {
	_, number, _ := strings.Cut(population.PaymentID(e), "/")
	return number
}

// reconciled is the number of payments in a bank's file.
const reconciled = 100

// reconciliation is a bank's file of the day on which employers paid for the month before Opening, or a part of it: a
// hundred small ones in a row of those that bank there.
func (t *Traffic) reconciliation(a *arrival, r *scenarios.Request) error {
	b := a.rand.IntN(min(population.Banks, t.people.Employers()))
	a.partner = population.BankID(b)
	last := max(b+1, t.filing)
	e := b + population.Banks*a.rand.IntN(max(1, (last-b)/population.Banks-reconciled))
	paid, _ := t.people.Payment(population.PaymentID(e))
	law, err := t.laws.of(t.book, paid.Month)
	if err != nil {
		return err
	}
	var lines file
	for ; e < last && lines.n < reconciled; e += population.Banks {
		var amount int64
		for who := range t.people.ActiveOf(e) {
			dues, err := law.Contribute(who.Wage)
			if err != nil {
				return err
			}
			amount += dues.Employer + dues.Person
		}
		lines.add("id", txn(e), "amount_fen", amount)
	}
	return lines.behind(agency.DayFile{Day: paid.Value, Lines: lines.n, SHA256: lines.sum()}, a, r)
}

// laws are those of contributions, by month: finding one takes longer than applying it.
type laws struct{ months sync.Map }

func (l *laws) of(book *rules.Book, month rules.Month) (*rules.Contributor, error) {
	if law, found := l.months.Load(month); found {
		return law.(*rules.Contributor), nil
	}
	law, err := book.Contributor(population.DefaultRegion, month)
	if err == nil {
		l.months.Store(month, law)
	}
	return law, err
}
