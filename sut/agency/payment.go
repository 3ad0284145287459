package agency

import (
	"context"
	"fmt"
	"time"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
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
	Txn     int64  `json:"ledger_txn"`
	Receipt string `json:"receipt_hash"`
}

// Receive posts a bank's push, once per key. Money for an open declaration of exactly its amount pays it;
// any other money was received all the same, and waits in suspense.
func (a *Agency) Receive(ctx context.Context, k Key, now time.Time, bank string, p Push) (store.Answer, bool, error) {
	if err := p.check(bank); err != nil {
		return store.Answer{}, false, err
	}
	return store.Once(ctx, a.Store, k.Key, k.Fingerprint, func(tx store.Tx) (store.Answer, error) {
		switch old, known, err := tx.Payment(p.Bank, p.BankTxn); {
		case err != nil:
			return store.Answer{}, err
		case known && old.Amount != p.Amount:
			return store.Answer{}, refuse(Unprocessable, "other-amount",
				"bank_txn %s was received with %d fen, now %d", p.BankTxn, old.Amount, p.Amount)
		case known:
			return store.Answer{}, refuse(Conflict, "payment-received", "bank_txn %s was received under another key", p.BankTxn)
		}
		d, reason, err := a.declared(tx, p)
		if err != nil {
			return store.Answer{}, err
		}
		if reason != "" {
			return suspend(tx, k, now, p, d, reason)
		}
		return match(tx, k, now, p, d)
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

// A declaration is what an employer owes for one person and month.
type declaration struct {
	ref  string
	who  population.Person
	base ledger.Fen
	er   ledger.Fen
	ee   ledger.Fen
	dues []ledger.Due
}

// declared finds the open declaration that a push pays. A reason means there is none.
func (a *Agency) declared(tx store.Tx, p Push) (d declaration, reason string, err error) {
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
	paid, err := tx.Contributions(uint64(i), int(p.Month), int(p.Month))
	if err != nil {
		return d, "", err
	}
	if len(paid) > 0 {
		return d, "the month is paid", nil
	}
	c, err := a.Rules.Contribute(rules.Wage{Region: d.who.Region, Month: p.Month, Wage: d.who.Wage})
	if err != nil {
		return d, "", ruled(err)
	}
	d.base, d.er, d.ee, d.dues = ledger.Fen(c.Base), ledger.Fen(c.Employer), ledger.Fen(c.Person), dues(c.Parts)
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

func match(tx store.Tx, k Key, now time.Time, p Push, d declaration) (store.Answer, error) {
	if err := meet(tx, d.who, now); err != nil {
		return store.Answer{}, err
	}
	assessed := ledger.Assessed(d.ref, p.Employer, d.dues)
	assessed.At = now.UnixMilli()
	if _, err := tx.Post(assessed); err != nil {
		return store.Answer{}, err
	}
	answer, posted, err := record(tx, k, now, p, d, "matched", "", ledger.Matched(ledger.Payment{
		Ref: p.ref(), Region: d.who.Region, Payer: p.Employer, Bank: p.Bank, Person: uint64(d.who.Index), Dues: d.dues,
	}))
	if err != nil {
		return answer, err
	}
	return answer, tx.AddContribution(store.Contribution{
		Person: uint64(d.who.Index), Month: int(p.Month), Base: d.base, Employer: d.er, Employee: d.ee, Txn: posted.Seq,
	})
}

func suspend(tx store.Tx, k Key, now time.Time, p Push, d declaration, reason string) (store.Answer, error) {
	region := d.who.Region
	if region == "" {
		region = population.DefaultRegion
	}
	answer, _, err := record(tx, k, now, p, d, "suspense", reason, ledger.Suspended(p.ref(), region, p.Bank, p.Amount))
	return answer, err
}

func (p Push) ref() string { return p.Bank + "/" + p.BankTxn }

// record posts the money and keeps the push beside it.
func record(tx store.Tx, k Key, now time.Time, p Push, d declaration, status, reason string, t ledger.Txn) (store.Answer, store.Posted, error) {
	t.At = now.UnixMilli()
	posted, err := tx.Post(t)
	if err != nil {
		return store.Answer{}, posted, err
	}
	err = tx.AddPayment(store.Payment{
		Bank: p.Bank, BankTxn: p.BankTxn, Employer: p.Employer, Month: int(p.Month),
		Amount: p.Amount, Status: status, Txn: posted.Seq,
	})
	if err != nil {
		return store.Answer{}, posted, err
	}
	answer, err := k.answer(posted, Received{Payment: p.ref(), Status: status, Reason: reason, Txn: posted.Seq, Receipt: k.receipt(posted)})
	return answer, posted, err
}
