package agency

import (
	"context"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A Resolution is what a clerk found out about money in suspense: which declaration it pays, or whose month.
type Resolution struct {
	Declaration string      `json:"declaration,omitempty"`
	Payer       string      `json:"payer,omitempty"` // of a month: the employer, or the person
	IDNo        string      `json:"id_no,omitempty"`
	Month       rules.Month `json:"month,omitempty"`
}

// Resolve takes a payment, such as B01/4711, out of suspense, once per key. The amount must be exactly what stands open.
func (a *Agency) Resolve(ctx context.Context, c Call, payment string, r Resolution) (store.Answer, bool, error) {
	resolve := func(ch *change, row *store.Payment) error { return ch.resolveWhole(row, r.Declaration) }
	if r.Declaration == "" {
		if r.IDNo == "" || r.Payer == "" || r.Month == 0 {
			return store.Answer{}, false, refuse(Malformed, "no-purpose", "want a declaration, or payer, id_no and month")
		}
		m, err := a.monthOf(r.IDNo, r.Payer, r.Month)
		if err != nil {
			return store.Answer{}, false, err
		}
		resolve = func(ch *change, row *store.Payment) error { return ch.resolveMonth(row, r.Payer, m) }
	} else if err := identified("declaration", r.Declaration); err != nil {
		return store.Answer{}, false, err
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) {
		if c.Role != workflow.Clerk {
			return 0, nil, refuse(Forbidden, "role", "money in suspense is for clerks")
		}
		row, err := ch.paymentFor(payment)
		if err != nil {
			return 0, nil, err
		}
		if _, err := workflow.Payment().Step(workflow.State(row.State), "matched"); err != nil {
			return 0, nil, err
		}
		if err := resolve(ch, &row); err != nil {
			return 0, nil, err
		}
		return okay, Received{Payment: payment, Status: "matched", Proof: ch.proof()}, nil
	})
}

// paymentFor finds a payment that the caller may change: banks their own, clerks those of their region.
func (c *change) paymentFor(id string) (row store.Payment, err error) {
	c.about = "payment " + id
	row.Bank, row.BankTxn, _ = strings.Cut(id, "/")
	known, err := c.Get(&row)
	if err != nil {
		return row, err
	}
	if !known || !c.seesPayment(&row) {
		return row, hidden("payment")
	}
	return row, nil
}

func (c Caller) seesPayment(p *store.Payment) bool {
	switch c.Role {
	case workflow.Bank:
		return c.Subject == p.Bank
	case workflow.Clerk:
		return c.Region == p.Region
	}
	return false
}

func (c *change) resolveWhole(row *store.Payment, declaration string) error {
	if row.State == "partial" {
		return refuse(Unprocessable, "rest", "the rest of a payment can pay one person's month, not another declaration")
	}
	d, reason, err := c.standsOpen(declaration)
	if err != nil {
		return err
	}
	if reason != "" {
		return refuse(Unprocessable, "not-open", "declaration %.40q: %s", declaration, reason)
	}
	if row.Amount != owed(&d) {
		return refuse(Unprocessable, "other-amount", "the payment is of %d fen, the declaration comes to %d", row.Amount, owed(&d))
	}
	if d.LateFee > 0 {
		return refuse(Unprocessable, "late-fee", "the declaration bears a late fee, which new money must pay: send this back")
	}
	region := row.Region
	if err := c.cover(d, row, func(p ledger.Payment) ledger.Txn { return ledger.Resolved(p, region) }); err != nil {
		return err
	}
	row.Reason = ""
	path := []workflow.State{"suspense", "matched", "posted"}
	if d.Lines > chunkLines {
		path = path[:2]
	}
	return c.take(row, path...)
}

func (c *change) resolveMonth(row *store.Payment, payer string, m dueMonth) error {
	reason, err := c.closed(payer, m)
	if err != nil {
		return err
	}
	if reason != "" {
		return refuse(Unprocessable, "not-open", "%s", reason)
	}
	if total := ledger.Total(m.dues()); row.Amount-row.Allocated != total {
		return refuse(Unprocessable, "other-amount", "%d fen of the payment wait, the month comes to %d", row.Amount-row.Allocated, total)
	}
	person, err := c.meet(m.who)
	if err != nil {
		return err
	}
	n := 1 // chunks before are those of the declaration that the rest of the money paid
	if row.State == "partial" {
		d := store.Declaration{ID: row.Declaration}
		if _, err := c.Get(&d); err != nil {
			return err
		}
		n += int(chunks(&d))
	}
	pay := ledger.Payment{Ref: ref(row), Region: m.who.Region, Payer: payer, Bank: row.Bank, Person: person.ID, Dues: m.dues()}
	for _, t := range []ledger.Txn{
		ledger.Assessed(pay.Ref, payer, pay.Dues),
		ledger.Resolved(pay, row.Region),
		ledger.Allocated(pay, n, []ledger.Line{{Person: person.ID, Dues: pay.Dues}}),
	} {
		if err := c.post(t); err != nil {
			return err
		}
	}
	if err := c.paidMonth(&person, payer, m); err != nil {
		return err
	}
	row.Person, row.Month, row.Allocated, row.Reason, row.Txn = person.ID, int64(m.month), row.Amount, "", c.posted.Seq
	if row.State == "suspense" {
		row.Payer = payer
	}
	return c.take(row, workflow.State(row.State), "matched", "posted")
}

// ReversePayment takes a payment back, once per key: the exact negation of all that was posted for it. Money in suspense
// goes back to its bank on a clerk's word. A month that was paid for one person is taken back too, by the bank or a clerk,
// as long as it was not used: neither spent from the personal account nor reckoned into a pension. A declaration that is
// paid is at its end, so what paid it, and with it the months of its people, stays.
func (a *Agency) ReversePayment(ctx context.Context, c Call, payment string) (store.Answer, bool, error) {
	return a.mutate(ctx, c, func(ch *change) (int, any, error) {
		row, err := ch.paymentFor(payment)
		if err != nil {
			return 0, nil, err
		}
		edge, err := workflow.Payment().Step(workflow.State(row.State), "reversed")
		if err != nil {
			return 0, nil, err
		}
		if !edge.Roles.Has(c.Role) {
			return 0, nil, refuse(Forbidden, "role", "to %s a payment in state %s is for a %s", edge.Verb, row.State, edge.Roles)
		}
		if err := ch.undo(&row); err != nil {
			return 0, nil, err
		}
		if err := ch.take(&row, workflow.State(row.State), "reversed"); err != nil {
			return 0, nil, err
		}
		return okay, Received{Payment: payment, Status: "reversed", Proof: ch.proof()}, nil
	})
}

// undo negates what was posted for a payment, last first, and takes its month back.
func (c *change) undo(row *store.Payment) error {
	if row.Declaration != "" {
		_, err := workflow.Declaration().Step("paid", "assessed")
		return err
	}
	id := ref(row)
	for _, p := range []struct {
		event ledger.Event
		ref   string
	}{
		{ledger.EventAllocated, ledger.Chunk(id, 1)}, {ledger.EventResolved, id}, {ledger.EventMatched, id},
		{ledger.EventSuspended, id}, {ledger.EventAssessed, id},
	} {
		if err := c.takeBack(p.event, p.ref); err != nil {
			return err
		}
	}
	row.Txn, row.Allocated = c.posted.Seq, 0
	if row.State != "posted" {
		return nil
	}
	if err := c.uncount(row); err != nil {
		return err
	}
	n, err := c.Change(store.TakeMonth, row.Person, row.Month, row.Payer)
	if err == nil && n != 1 {
		err = refuse(Conflict, "month-used", "month %s of payment %s is not as it was paid", rules.Month(row.Month), id)
	}
	return err
}

// uncount takes the month out of the person's count, after the negation, if the person did not use what it takes back.
func (c *change) uncount(row *store.Payment) error {
	who := c.agency.People.Person(int(row.Person))
	state, err := standing(c, who, "pension")
	if err != nil {
		return err
	}
	pension, medical, err := balances(c, who)
	if err != nil {
		return err
	}
	if state == "retired" || pension < 0 || medical < 0 {
		return refuse(Conflict, "month-used", "month %s was used: the person is %s, or has spent from the account what the month brought", rules.Month(row.Month), state)
	}
	person, err := c.meet(who)
	if err != nil {
		return err
	}
	person.Months--
	return c.Set(&person)
}

// A PaymentRecord is the answer of payments.get.
type PaymentRecord struct {
	Payment     string         `json:"payment"`
	Status      workflow.State `json:"status"`
	Reason      string         `json:"reason,omitempty"`
	Payer       string         `json:"employer"`
	Declaration string         `json:"declaration,omitempty"`
	Month       rules.Month    `json:"month,omitempty"`
	Amount      ledger.Fen     `json:"amount_fen"`
	Allocated   ledger.Fen     `json:"allocated_fen"`
	Value       rules.Date     `json:"value_date"`
	Txn         int64          `json:"ledger_txn,omitempty"`
}

// Payment is what became of a bank's own payment, by the bank's number.
func (a *Agency) Payment(ctx context.Context, c Caller, bankTxn string) (r PaymentRecord, err error) {
	row := store.Payment{Bank: c.Subject, BankTxn: bankTxn}
	known := false
	if c.Role != workflow.Bank {
		return r, refuse(Forbidden, "role", "payments are for the bank that made them")
	}
	err = a.Store.View(ctx, func(v store.View) (err error) {
		known, err = v.Get(&row)
		return err
	})
	if err != nil {
		return r, err
	}
	if !known {
		old, before := a.People.Payment(ref(&row))
		if !before {
			return r, hidden("payment")
		}
		if row, err = a.paymentBefore(old); err != nil {
			return r, err
		}
	}
	return PaymentRecord{
		Payment: ref(&row), Status: workflow.State(row.State), Reason: row.Reason, Payer: row.Payer, Declaration: row.Declaration,
		Month: rules.Month(row.Month), Amount: row.Amount, Allocated: row.Allocated, Value: rules.Date(row.Value), Txn: row.Txn,
	}, nil
}

// paymentBefore is a payment of before the opening: it paid its employer's declaration.
func (a *Agency) paymentBefore(old population.Payment) (row store.Payment, err error) {
	d := store.Declaration{Employer: a.People.Employer(old.Employer).ID, Month: int64(old.Month)}
	if err := a.reckonBefore(&d); err != nil {
		return row, err
	}
	amount := d.ByEmployer + d.ByPersons
	return store.Payment{
		Bank: old.Bank, BankTxn: old.Txn, Payer: d.Employer, Declaration: population.DeclarationID(old.Employer), Month: d.Month,
		Amount: amount, Allocated: amount, State: string(old.State), Value: int64(old.Value), Region: population.DefaultRegion,
	}, nil
}
