package ledger

import "strconv"

// The events, one a template.
const (
	EventFounded   Event = "book.founded" // the first of a book; its reference names the population
	EventOpened    Event = "person.opened"
	EventAssessed  Event = "declaration.assessed"
	EventMatched   Event = "payment.matched"
	EventSuspended Event = "payment.suspended"
	EventSettled   Event = "claim.settled"
)

// Opened posts what a person owned before the book first met them: their pension and medical
// personal accounts, against OPENING of their region. Its reference is the person, so a second one is refused.
func Opened(region string, person uint64, pension, medical Fen) Txn {
	t := Txn{Event: EventOpened, Ref: strconv.FormatUint(person, 10)}
	t.add(PensionAccount(person), -pension)
	t.add(Account{Opening, Pension, region}, pension)
	t.add(MedicalAccount(person), -medical)
	t.add(Account{Opening, Medical, region}, medical)
	return t
}

// A Due is what one declaration owes to one fund. Personal is the part that becomes the insured
// person's own (PA or MA); it is zero in funds without personal accounts.
type Due struct {
	Fund           Fund
	Pool, Personal Fen
}

// Total is the money owed in all funds.
func Total(dues []Due) Fen {
	var sum Fen
	for _, d := range dues {
		sum += d.Pool + d.Personal
	}
	return sum
}

// A Payment is money that a bank reported.
type Payment struct {
	Ref    string // bank and its own transaction number
	Region string
	Payer  string // the employer that declared and paid
	Bank   string
	Person uint64 // whose contributions were declared
	Dues   []Due  // the declaration that the money pays
}

// Assessed posts a declaration: the payer owes the dues. The pool and the personal accounts are touched
// only when money arrives, so an unpaid month never counts (Zhejiang regulation, article 26).
func Assessed(ref, payer string, dues []Due) Txn {
	t := Txn{Event: EventAssessed, Ref: ref}
	for _, d := range dues {
		t.add(Account{Recv, d.Fund, payer}, d.Pool+d.Personal)
		t.add(Account{Deferred, d.Fund, payer}, -d.Pool-d.Personal)
	}
	return t
}

// Matched posts money that pays a declaration in full, from the bank through RECV and DEFERRED
// to the pool and the personal accounts.
func Matched(p Payment) Txn {
	t := Txn{Event: EventMatched, Ref: p.Ref}
	for _, d := range p.Dues {
		due := d.Pool + d.Personal
		t.add(Account{Bank, d.Fund, p.Region}, due)
		t.add(Account{Recv, d.Fund, p.Payer}, -due)
		t.add(Account{Deferred, d.Fund, p.Payer}, due)
		t.add(Account{Pool, d.Fund, p.Region}, -d.Pool)
		switch d.Fund {
		case Pension:
			t.add(PensionAccount(p.Person), -d.Personal)
		case Medical:
			t.add(MedicalAccount(p.Person), -d.Personal)
		default: // no personal accounts here: the employee's part joins the pool
			t.add(Account{Pool, d.Fund, p.Region}, -d.Personal)
		}
	}
	return t
}

// Suspended posts money that matches no open declaration. Which fund it belongs to is not known yet;
// it waits in the pension book, whose clearing account receives all pushes.
func Suspended(ref, region, bank string, amount Fen) Txn {
	t := Txn{Event: EventSuspended, Ref: ref}
	t.add(Account{Bank, Pension, region}, amount)
	t.add(Account{Susp, Pension, bank}, -amount)
	return t
}

// A Claim is a medical bill divided by the rules. The patient's cash is not the funds' money and is not here.
type Claim struct {
	Ref      string // hospital and visit
	Region   string
	Hospital string
	Person   uint64
	Fund     Fen // paid by the pool
	Account  Fen // paid from the medical personal account
}

// Settled posts a claim: the pool and the personal account owe the hospital.
func Settled(c Claim) Txn {
	t := Txn{Event: EventSettled, Ref: c.Ref}
	t.add(Account{Pool, Medical, c.Region}, c.Fund)
	t.add(MedicalAccount(c.Person), c.Account)
	t.add(Account{Payable, Medical, c.Hospital}, -c.Fund-c.Account)
	return t
}

// add appends an entry, leaving out those of zero.
func (t *Txn) add(a Account, amount Fen) {
	if amount != 0 {
		t.Entries = append(t.Entries, Entry{a, amount})
	}
}
