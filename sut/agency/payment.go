package agency

import (
	"context"
	"fmt"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A Push is the body of payments.push: a bank reports money that was paid for a month. With id_no it is for one person,
// by their employer, or by themselves, whose id then stands in the place of the employer. Without it is for the
// employer's declaration of the month.
type Push struct {
	Bank     string      `json:"bank"`
	BankTxn  string      `json:"bank_txn"` // the bank's number, unique there
	Employer string      `json:"employer"`
	IDNo     string      `json:"id_no,omitempty"` // whose contributions
	Month    rules.Month `json:"month"`
	Amount   ledger.Fen  `json:"amount_fen"`
	Value    rules.Date  `json:"value_date"`
}

// A Received is the answer of payments.push and of what becomes of the money later.
type Received struct {
	Payment string `json:"payment"`
	Status  string `json:"status"`           // matched, partial or suspense; reversed
	Reason  string `json:"reason,omitempty"` // why the money waits
	Proof
}

// Receive posts a bank's push, once per key. Money of exactly the amount that stands open pays it: one person's month, or
// a declaration. More than a declaration comes to pays it too, and the rest waits in suspense. Any other money was
// received all the same, and waits there as a whole.
//
// The contributions of a declaration of up to 256 lines are posted at once, those of a longer one by a job.
func (a *Agency) Receive(ctx context.Context, c Call, p Push) (store.Answer, bool, error) {
	if err := p.check(c.Subject); err != nil {
		return store.Answer{}, false, err
	}
	receive := func(ch *change) (int, any, error) { return ch.receiveWhole(p) }
	if p.IDNo != "" {
		m, err := a.monthOf(p.IDNo, p.Employer, p.Month)
		if err != nil {
			return store.Answer{}, false, err
		}
		receive = func(ch *change) (int, any, error) { return ch.receiveMonth(p, m) }
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) {
		ch.about = "payment " + p.ref()
		if err := ch.unknown(p); err != nil {
			return 0, nil, err
		}
		return receive(ch)
	})
}

func (p Push) check(bank string) error {
	if bank != p.Bank {
		return refuse(Forbidden, "other-bank", "the token is of bank %s, the payment of %q", bank, p.Bank)
	}
	if err := identified("bank_txn", p.BankTxn); err != nil {
		return err
	}
	if err := identified("employer", p.Employer); err != nil {
		return err
	}
	if p.Month == 0 || p.Value == 0 {
		return refuse(Malformed, "no-date", "month and value_date: want both, such as 2023-01 and 2023-01-16")
	}
	if p.Amount <= 0 || p.Amount > maxAmount {
		return refuse(Unprocessable, "bad-amount", "amount_fen is %d: want 1 to %d", p.Amount, maxAmount)
	}
	return nil
}

// maxAmount is far above any month's contributions and far below where sums could overflow.
const maxAmount ledger.Fen = 1_000_000_000_00

func (p Push) ref() string { return p.Bank + "/" + p.BankTxn }

// row is the push before anything became of it.
func (p Push) row() store.Payment {
	return store.Payment{
		Bank: p.Bank, BankTxn: p.BankTxn, Payer: p.Employer, Amount: p.Amount, State: "received", Value: int64(p.Value), Region: population.DefaultRegion,
	}
}

// unknown refuses a bank's number that was received before: under this key it would have been answered already.
func (c *change) unknown(p Push) error {
	old := store.Payment{Bank: p.Bank, BankTxn: p.BankTxn}
	known, err := c.Get(&old)
	if err != nil {
		return err
	}
	if !known {
		before, is := c.agency.People.Payment(p.ref())
		if !is {
			return nil
		}
		if old, err = c.agency.paymentBefore(before); err != nil {
			return err
		}
	}
	if old.Amount != p.Amount {
		return refuse(Unprocessable, "other-amount", "bank_txn %s was received with %d fen, now %d", p.BankTxn, old.Amount, p.Amount)
	}
	return refuse(Conflict, "payment-received", "bank_txn %s was received under another key", p.BankTxn)
}

// A dueMonth is what one person's month comes to. It is reckoned before the transaction, from what never changes.
type dueMonth struct {
	month    rules.Month
	who      population.Person
	flexible bool // paid by the person alone
	base     ledger.Fen
	parts    []part
	packs    string
	reason   string // why no money can be for it
}

// A part is what is due for one scheme.
type part struct {
	scheme string
	ledger.Due
	employer, person ledger.Fen
}

// monthOf reckons the month of a person that payer pays.
func (a *Agency) monthOf(idNumber, payer string, month rules.Month) (m dueMonth, err error) {
	m.month = month
	i, found := a.People.Find(idNumber)
	if !found {
		m.reason = "nobody insured has this id_no"
		return m, nil
	}
	m.who = a.People.Person(i)
	if m.flexible = payer == m.who.ID; month < population.Opening.Month() {
		m.reason = "the month was paid before"
		return m, nil
	}
	law, err := a.contributor(m.who.Region, month)
	if err != nil {
		return m, err
	}
	employed, err := law.Contribute(m.who.Wage)
	if err != nil {
		return m, ruled(err)
	}
	m.base, m.packs = ledger.Fen(employed.Base), strings.Join(law.Packs(), " ")
	for i, due := range schemeDues(law.Schemes()) {
		p := part{law.Schemes()[i], due, ledger.Fen(employed.Parts[i].Employer), ledger.Fen(employed.Parts[i].Person)}
		p.Pool, p.Personal = p.employer, p.person
		m.parts = append(m.parts, p)
	}
	if m.flexible {
		return m, a.alone(&m)
	}
	return m, nil
}

// alone turns the parts of an employee into those of a person who pays every share alone (O3). Their personal accounts get
// what an employee's would: the law sets one share of the base for all (国发〔2005〕38号, 8 % for pension).
func (a *Agency) alone(m *dueMonth) error {
	law, err := a.Rules.FlexibleContributor(m.who.Region, m.month)
	if err != nil {
		if _, is := ruled(err).(*Refusal); is {
			m.reason = "no rates for those who pay alone are in force"
			return nil
		}
		return err
	}
	dues, err := law.Contribute(m.who.Wage)
	if err != nil {
		return ruled(err)
	}
	employed := m.parts
	m.parts, m.base, m.packs = nil, ledger.Fen(dues.Base), strings.Join(law.Packs(), " ")
	for i, scheme := range law.Schemes() {
		total := ledger.Fen(dues.Parts[i].Employer + dues.Parts[i].Person)
		p := part{scheme: scheme, person: total}
		for _, e := range employed {
			if e.scheme == scheme {
				p.Fund, p.Personal = e.Fund, min(total, e.person)
			}
		}
		p.Pool = total - p.Personal
		m.parts = append(m.parts, p)
	}
	return nil
}

func (m *dueMonth) dues() []ledger.Due {
	list := make([]ledger.Due, len(m.parts))
	for i, p := range m.parts {
		list[i] = p.Due
	}
	return list
}

// closed says why money of payer cannot be for a month as things stand; an empty reason, that the month stands open.
func (c *change) closed(payer string, m dueMonth) (reason string, err error) {
	if m.reason != "" {
		return m.reason, nil
	}
	e := store.Enrolment{Person: uint64(m.who.Index), Scheme: "pension"}
	stored, err := c.Get(&e)
	if err != nil {
		return "", err
	}
	if !stored {
		e = c.agency.openingEnrolment(m.who, "pension")
	}
	if reason, err = c.owes(payer, m, e); reason != "" || err != nil {
		return reason, err
	}
	paid, err := c.Get(&store.Contribution{Person: uint64(m.who.Index), Month: int64(m.month), Kind: "normal"})
	if err != nil {
		return "", err
	}
	if paid {
		return "the month is paid", nil
	}
	return "", nil
}

// owes says why the payer does not owe a person's month.
func (c *change) owes(payer string, m dueMonth, e store.Enrolment) (reason string, err error) {
	switch {
	case e.State != "active":
		return "the person is " + e.State, nil
	case m.flexible && e.Employer != "":
		return "the person is not insured alone", nil
	case m.flexible:
		return "", nil
	case e.Employer != payer:
		return "the employer has not enrolled this person", nil
	}
	d := store.Declaration{ID: declarationID(payer, m.month)}
	declared, err := c.Get(&d)
	if declared && d.State != "rejected" {
		reason = "the employer's month stands as a whole: pay declaration " + d.ID
	}
	return reason, err
}

func (c *change) receiveMonth(p Push, m dueMonth) (int, any, error) {
	reason, err := c.closed(p.Employer, m)
	if err != nil {
		return 0, nil, err
	}
	row := p.row()
	if m.who.Region != "" {
		row.Person, row.Month, row.Region = uint64(m.who.Index), int64(p.Month), m.who.Region
	}
	if total := ledger.Total(m.dues()); reason == "" && p.Amount != total {
		reason = fmt.Sprintf("the month comes to %d fen", total)
	}
	if reason != "" {
		return c.suspend(&row, reason)
	}
	person, err := c.meet(m.who)
	if err != nil {
		return 0, nil, err
	}
	if err := c.post(ledger.Assessed(p.ref(), p.Employer, m.dues())); err != nil {
		return 0, nil, err
	}
	err = c.post(ledger.Matched(ledger.Payment{
		Ref: p.ref(), Region: row.Region, Payer: p.Employer, Bank: p.Bank, Person: row.Person, Dues: m.dues(),
	}))
	if err != nil {
		return 0, nil, err
	}
	if err := c.paidMonth(&person, p.Employer, m); err != nil {
		return 0, nil, err
	}
	row.Allocated = p.Amount
	return c.record(&row, "received", "matched", "posted")
}

// paidMonth writes the contribution of a month, and counts it.
func (c *change) paidMonth(person *store.Person, payer string, m dueMonth) error {
	paid := store.Contribution{
		Person: person.ID, Month: int64(m.month), Kind: "normal", Payer: payer, Wage: ledger.Fen(m.who.Wage), Base: m.base,
		Packs: m.packs, Txn: c.posted.Seq,
	}
	for _, p := range m.parts {
		paid.ByEmployer += p.employer
		paid.ByPerson += p.person
	}
	if err := c.Add(&paid); err != nil {
		return err
	}
	person.Months++
	return c.Set(person)
}

// suspend posts money that waits.
func (c *change) suspend(row *store.Payment, reason string) (int, any, error) {
	if err := c.post(ledger.Suspended(ref(row), row.Region, row.Bank, row.Amount)); err != nil {
		return 0, nil, err
	}
	row.Reason = reason
	return c.record(row, "received", "suspense")
}

func ref(p *store.Payment) string { return p.Bank + "/" + p.BankTxn }

// record keeps the push beside the money, which was posted. It answers with the first state of path after received.
func (c *change) record(row *store.Payment, path ...workflow.State) (int, any, error) {
	row.Txn = c.posted.Seq
	if err := c.take(row, path...); err != nil {
		return 0, nil, err
	}
	return created, Received{Payment: ref(row), Status: string(path[1]), Reason: row.Reason, Proof: c.proof()}, nil
}

// take moves a payment along path and writes its row.
func (c *change) take(row *store.Payment, path ...workflow.State) error {
	if err := c.move(workflow.Payment(), ref(row), row.Ver, path...); err != nil {
		return err
	}
	row.State = string(path[len(path)-1])
	if err := c.Count("payments-by-state", row.State, 1, row.Amount); err != nil {
		return err
	}
	if row.Ver == 0 {
		row.Ver = 1
		return c.Add(row)
	}
	return c.Set(row)
}
