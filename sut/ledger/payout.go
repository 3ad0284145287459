package ledger

import "strconv"

// A Batch is money sent to many people by one bank file.
type Batch struct {
	ID     string
	Fund   Fund
	Region string
}

// An Item of a batch pays one entitlement, or any other creditor that the book owes, such as a hospital.
type Item struct {
	Creditor string // whose PAYABLE it is until it is in a batch and after the bank returned it
	Person   uint64
	Amount   Fen
	Account  Fen // what the person's pension account holds before the item, 0 or more; read by PayoutLocked only
}

// PayoutLocked posts the n-th chunk, from 1, of a batch that may no longer change: the batch is owed the amounts. In
// the pension fund each is taken from the person's own account until that is empty and then from the pool. A chunk
// holds a person once, or Account of the later item is less by what the earlier took.
func PayoutLocked(b Batch, n int, items []Item) Txn {
	t := Txn{Event: EventPayoutLocked, Ref: Chunk(b.ID, n), Entries: make([]Entry, 0, len(items)+2)}
	var pool, sum Fen
	for _, it := range items {
		var own Fen
		if b.Fund == Pension {
			own = min(it.Amount, max(it.Account, 0))
		}
		if own != 0 {
			t.add(PensionAccount(it.Person), own)
		}
		pool += it.Amount - own
		sum += it.Amount
	}
	t.add(Account{Pool, b.Fund, b.Region}, pool)
	t.add(Account{Payable, b.Fund, b.ID}, -sum)
	return t
}

// PayoutSent posts that the bank has the file of a batch and total, the sum of its items, has left the account.
func PayoutSent(b Batch, total Fen) Txn {
	t := Txn{Event: EventPayoutSent, Ref: b.ID}
	t.add(Account{Payable, b.Fund, b.ID}, total)
	t.add(Account{Bank, b.Fund, b.Region}, -total)
	return t
}

// PayoutReturned posts that the bank could not pay an item of a sent batch: the money is back and owed to the creditor.
func PayoutReturned(b Batch, it Item) Txn {
	t := Txn{Event: EventPayoutReturned, Ref: b.ID + "/" + it.Creditor}
	t.add(Account{Bank, b.Fund, b.Region}, it.Amount)
	t.add(Account{Payable, b.Fund, it.Creditor}, -it.Amount)
	return t
}

// PayoutRequeued posts that a creditor's item, returned or never sent before, is in batch b, which is then sent.
func PayoutRequeued(b Batch, it Item) Txn {
	t := Txn{Event: EventPayoutRequeued, Ref: b.ID + "/" + it.Creditor}
	t.add(Account{Payable, b.Fund, it.Creditor}, it.Amount)
	t.add(Account{Payable, b.Fund, b.ID}, -it.Amount)
	return t
}

// PayoutDropped posts that a creditor's item, returned or never sent, is no longer owed. What personal of it came from
// the person's account goes back there, the rest to the pool.
func PayoutDropped(b Batch, it Item, personal Fen) Txn {
	t := Txn{Event: EventPayoutDropped, Ref: b.ID + "/" + it.Creditor}
	t.add(Account{Payable, b.Fund, it.Creditor}, it.Amount)
	t.add(PensionAccount(it.Person), -personal)
	t.add(Account{Pool, b.Fund, b.Region}, personal-it.Amount)
	return t
}

// PayoutClosed records that the bank's receipt file accounts for every item. It moves no money.
func PayoutClosed(b Batch) Txn { return Txn{Event: EventPayoutClosed, Ref: b.ID} }

// OverpaymentBooked posts that a person was paid what was not theirs and owes it to the pool
// (regulation on handling social insurance, article 46).
func OverpaymentBooked(ref string, f Fund, region string, person uint64, amount Fen) Txn {
	t := Txn{Event: EventOverpaymentBooked, Ref: ref}
	t.add(Overpayments(f, person), amount)
	t.add(Account{Pool, f, region}, -amount)
	return t
}

// OverpaymentRecovered posts that a person paid back an overpayment, or a part of it.
func OverpaymentRecovered(ref string, f Fund, region string, person uint64, amount Fen) Txn {
	t := Txn{Event: EventOverpaymentRecovered, Ref: ref}
	t.add(Account{Bank, f, region}, amount)
	t.add(Overpayments(f, person), -amount)
	return t
}

// OverpaymentWithheld posts, for the n-th chunk of a locked batch, what is kept back of people's items, each Amount at
// most what the person owes.
func OverpaymentWithheld(b Batch, n int, kept []Item) Txn {
	t := Txn{Event: EventOverpaymentWithheld, Ref: Chunk(b.ID, n)}
	var sum Fen
	for _, it := range kept {
		sum += it.Amount
	}
	t.add(Account{Payable, b.Fund, b.ID}, sum)
	for _, it := range kept {
		t.add(Overpayments(b.Fund, it.Person), -it.Amount)
	}
	return t
}

// Overpayments is the account of what a person owes a fund.
func Overpayments(f Fund, person uint64) Account {
	return Account{Overpaid, f, strconv.FormatUint(person, 10)}
}
