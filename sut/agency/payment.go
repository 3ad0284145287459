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

// A Push is the body of payments.push: a bank reports money that an employer paid for one person's month.
type Push struct {
	Bank     string      `json:"bank"`
	BankTxn  string      `json:"bank_txn"` // the bank's number, unique there
	Employer string      `json:"employer"`
	IDNo     string      `json:"id_no"` // whose contributions
	Month    rules.Month `json:"month"`
	Amount   ledger.Fen  `json:"amount_fen"`
	Value    rules.Date  `json:"value_date"`
}

// A Received is the answer of payments.push.
type Received struct {
	Payment string `json:"payment"`
	Status  string `json:"status"`           // matched or suspense
	Reason  string `json:"reason,omitempty"` // why the money waits in suspense
	Proof
}

// Receive posts a bank's push, once per key. Money for an open declaration of exactly its amount pays it;
// any other money was received all the same, and waits in suspense.
func (a *Agency) Receive(ctx context.Context, c Call, p Push) (store.Answer, bool, error) {
	if err := p.check(c.Subject); err != nil {
		return store.Answer{}, false, err
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) { return ch.receive(p) })
}

func (c *change) receive(p Push) (int, any, error) {
	c.about = "payment " + p.ref()
	old := store.Payment{Bank: p.Bank, BankTxn: p.BankTxn}
	switch known, err := c.Get(&old); {
	case err != nil:
		return 0, nil, err
	case known && old.Amount != p.Amount:
		return 0, nil, refuse(Unprocessable, "other-amount", "bank_txn %s was received with %d fen, now %d", p.BankTxn, old.Amount, p.Amount)
	case known:
		return 0, nil, refuse(Conflict, "payment-received", "bank_txn %s was received under another key", p.BankTxn)
	}
	d, reason, err := c.agency.declared(c, p)
	if err != nil {
		return 0, nil, err
	}
	if reason != "" {
		return c.suspend(p, d, reason)
	}
	return c.match(p, d)
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

// A declaration is what an employer owes for one person and month.
type declaration struct {
	ref   string
	who   population.Person
	base  ledger.Fen
	er    ledger.Fen
	ee    ledger.Fen
	dues  []ledger.Due
	packs string
}

// declared finds the open declaration that a push pays. A reason means there is none.
func (a *Agency) declared(v store.View, p Push) (d declaration, reason string, err error) {
	i, found := a.People.Find(p.IDNo)
	if !found {
		return d, "nobody insured has this id_no", nil
	}
	d.who = a.People.Person(i)
	d.ref = fmt.Sprintf("%s/%s/%d", p.Employer, p.Month, i)
	switch {
	case d.who.Status != population.Active:
		return d, "the person is " + string(d.who.Status), nil
	case a.People.Employer(d.who.Employer).ID != p.Employer:
		return d, "the employer has not declared this person", nil
	case p.Month < population.Opening.Month():
		return d, "the month was paid before", nil
	}
	paid, err := v.Get(&store.Contribution{Person: uint64(i), Month: int64(p.Month), Kind: "normal"})
	if err != nil {
		return d, "", err
	}
	if paid {
		return d, "the month is paid", nil
	}
	c, err := a.Rules.Contribute(rules.Wage{Region: d.who.Region, Month: p.Month, Wage: d.who.Wage})
	if err != nil {
		return d, "", ruled(err)
	}
	d.base, d.er, d.ee, d.dues = ledger.Fen(c.Base), ledger.Fen(c.Employer), ledger.Fen(c.Person), dues(c.Parts)
	d.packs = strings.Join(c.Packs, " ")
	if total := ledger.Total(d.dues); p.Amount != total {
		return d, fmt.Sprintf("the declaration is of %d fen", total), nil
	}
	return d, "", nil
}

// dues sorts the parts of a contribution by fund. Maternity is in the medical book.
func dues(parts []rules.Part) []ledger.Due {
	list := make([]ledger.Due, 0, len(parts))
	for _, part := range parts {
		fund := ledger.Fund(part.Scheme)
		if part.Scheme == "maternity" {
			fund = ledger.Medical
		}
		list = append(list, ledger.Due{Fund: fund, Pool: ledger.Fen(part.Employer), Personal: ledger.Fen(part.Person)})
	}
	return list
}

func (c *change) match(p Push, d declaration) (int, any, error) {
	if _, err := c.meet(d.who); err != nil {
		return 0, nil, err
	}
	if err := c.post(ledger.Assessed(d.ref, p.Employer, d.dues)); err != nil {
		return 0, nil, err
	}
	err := c.post(ledger.Matched(ledger.Payment{
		Ref: p.ref(), Region: d.who.Region, Payer: p.Employer, Bank: p.Bank, Person: uint64(d.who.Index), Dues: d.dues,
	}))
	if err != nil {
		return 0, nil, err
	}
	err = c.Add(&store.Contribution{
		Person: uint64(d.who.Index), Month: int64(p.Month), Kind: "normal", Payer: p.Employer, Wage: ledger.Fen(d.who.Wage), Base: d.base,
		ByEmployer: d.er, ByPerson: d.ee, Packs: d.packs, Txn: c.posted.Seq,
	})
	if err != nil {
		return 0, nil, err
	}
	return c.record(p, d, p.Amount, "", "received", "matched", "posted")
}

func (c *change) suspend(p Push, d declaration, reason string) (int, any, error) {
	if d.who.Region == "" {
		d.who.Region = population.DefaultRegion
	}
	if err := c.post(ledger.Suspended(p.ref(), d.who.Region, p.Bank, p.Amount)); err != nil {
		return 0, nil, err
	}
	return c.record(p, d, 0, reason, "received", "suspense")
}

func (p Push) ref() string { return p.Bank + "/" + p.BankTxn }

// record keeps the push beside the money, which was posted.
func (c *change) record(p Push, d declaration, allocated ledger.Fen, reason string, path ...workflow.State) (int, any, error) {
	state := string(path[len(path)-1])
	err := c.Add(&store.Payment{
		Bank: p.Bank, BankTxn: p.BankTxn, Payer: p.Employer, Person: uint64(d.who.Index), Month: int64(p.Month), Amount: p.Amount, Allocated: allocated,
		State: state, Reason: reason, Value: int64(p.Value), Region: d.who.Region, Txn: c.posted.Seq,
	})
	if err != nil {
		return 0, nil, err
	}
	if err := c.move(workflow.Payment(), p.ref(), 0, path...); err != nil {
		return 0, nil, err
	}
	if err := c.Count("payments-by-state", state, 1, p.Amount); err != nil {
		return 0, nil, err
	}
	return created, Received{Payment: p.ref(), Status: string(path[1]), Reason: reason, Proof: c.proof()}, nil
}
