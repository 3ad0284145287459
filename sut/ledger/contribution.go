package ledger

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

// A Line is one person's part of a declaration.
type Line struct {
	Person uint64
	Dues   []Due
}

// A Payment is money that a bank reported.
type Payment struct {
	Ref    string // bank and its own transaction number
	Region string
	Payer  string // the employer that declared and paid
	Bank   string
	Person uint64 // whose contributions were declared; only [Matched] reads it
	Dues   []Due  // the declaration that the money pays
}

// Assessed posts a declaration: the payer owes the dues. The pool and the personal accounts are touched
// only when money arrives, so an unpaid month never counts (Zhejiang regulation, article 26).
func Assessed(ref, payer string, dues []Due) Txn {
	t := Txn{Event: EventAssessed, Ref: ref}
	for _, d := range byFund(dues) {
		t.add(Account{Recv, d.Fund, payer}, d.Pool+d.Personal)
		t.add(Account{Deferred, d.Fund, payer}, -d.Pool-d.Personal)
	}
	return t
}

// Matched posts money that pays one person's declaration in full, from the bank through RECV and DEFERRED
// to the pool and the personal accounts.
func Matched(p Payment) Txn {
	t := Txn{Event: EventMatched, Ref: p.Ref, Entries: make([]Entry, 0, 4*len(p.Dues)+2)}
	dues := byFund(p.Dues)
	t.bank(p, dues)
	t.allocate(p, dues)
	t.own(p.Person, p.Dues)
	return t
}

// MatchedWhole posts money that pays the declaration of many people: the bank has it and the payer owes it no more.
// It is theirs when [Allocated] has divided it.
func MatchedWhole(p Payment) Txn {
	t := Txn{Event: EventMatched, Ref: p.Ref}
	t.bank(p, byFund(p.Dues))
	return t
}

// Allocated divides money of [MatchedWhole] or [Resolved] among the n-th chunk of the declaration's lines, from 1:
// one entry a fund for the pool, one a person and personal account. The chunks together are the payment's dues.
func Allocated(p Payment, n int, lines []Line) Txn {
	t := Txn{Event: EventAllocated, Ref: Chunk(p.Ref, n), Entries: make([]Entry, 0, 2*len(lines)+8)}
	dues := make([]Due, 0, 4)
	for _, l := range lines {
		dues = addDues(dues, l.Dues)
	}
	t.allocate(p, dues)
	for _, l := range lines {
		t.own(l.Person, l.Dues)
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

// Resolved posts that suspended money was found to pay p.Dues: it leaves the clearing account of region, where
// [Suspended] put it, for those of the funds that it belongs to. No fund loses by that, for suspended money
// was owed to its bank. [Allocated] follows.
func Resolved(p Payment, region string) Txn {
	t := Txn{Event: EventResolved, Ref: p.Ref}
	total := Total(p.Dues)
	t.add(Account{Susp, Pension, p.Bank}, total)
	t.add(Account{Bank, Pension, region}, -total)
	t.bank(p, byFund(p.Dues))
	return t
}

// LateFeeCharged posts that a payer owes a late fee, one Due a fund. It joins the fund (regulation on the collection
// of social insurance premiums, article 13), so all of it is Pool, and like a contribution only once it is paid.
func LateFeeCharged(ref, region, payer string, fees []Due) Txn {
	t := Txn{Event: EventLateFeeCharged, Ref: ref}
	for _, d := range byFund(fees) {
		t.add(Account{Recv, d.Fund, payer}, d.Pool+d.Personal)
		t.add(Account{LateFee, d.Fund, region}, -d.Pool-d.Personal)
	}
	return t
}

// LateFeePaid posts money that pays the late fees p.Dues in full, from the bank through RECV and LATEFEE to the pool.
func LateFeePaid(p Payment) Txn {
	t := Txn{Event: EventLateFeePaid, Ref: p.Ref}
	fees := byFund(p.Dues)
	t.bank(p, fees)
	for _, d := range fees {
		t.add(Account{LateFee, d.Fund, p.Region}, d.Pool+d.Personal)
		t.add(Account{Pool, d.Fund, p.Region}, -d.Pool-d.Personal)
	}
	return t
}

// bank moves what the payer owes to the bank.
func (t *Txn) bank(p Payment, dues []Due) {
	for _, d := range dues {
		t.add(Account{Bank, d.Fund, p.Region}, d.Pool+d.Personal)
		t.add(Account{Recv, d.Fund, p.Payer}, -d.Pool-d.Personal)
	}
}

// allocate takes paid dues out of DEFERRED and gives the pool its part. The rest is [Txn.own].
func (t *Txn) allocate(p Payment, dues []Due) {
	for _, d := range dues {
		t.add(Account{Deferred, d.Fund, p.Payer}, d.Pool+d.Personal)
		pool := d.Pool
		if d.Fund != Pension && d.Fund != Medical {
			pool += d.Personal // no personal accounts here: the employee's part joins the pool
		}
		t.add(Account{Pool, d.Fund, p.Region}, -pool)
	}
}

// own gives a person the personal parts.
func (t *Txn) own(person uint64, dues []Due) {
	var pension, medical Fen
	for _, d := range dues {
		switch d.Fund {
		case Pension:
			pension += d.Personal
		case Medical:
			medical += d.Personal
		}
	}
	if pension != 0 {
		t.add(PensionAccount(person), -pension)
	}
	if medical != 0 {
		t.add(MedicalAccount(person), -medical)
	}
}

// byFund adds up what is due to the same fund, so that an account is met once in a transaction.
func byFund(dues []Due) []Due { return addDues(make([]Due, 0, 4), dues) }

func addDues(sums, dues []Due) []Due {
next:
	for _, d := range dues {
		for i := range sums {
			if sums[i].Fund == d.Fund {
				sums[i].Pool += d.Pool
				sums[i].Personal += d.Personal
				continue next
			}
		}
		sums = append(sums, d)
	}
	return sums
}
