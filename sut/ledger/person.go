package ledger

import "strconv"

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

// A Credit is a year's interest on a person's pension account.
type Credit struct {
	Person uint64
	Amount Fen
}

// InterestCredited posts the n-th chunk, from 1, of the yearly interest on the pension accounts of a region.
// Ref names the year and the region.
func InterestCredited(ref string, n int, region string, credits []Credit) Txn {
	t := Txn{Event: EventInterest, Ref: Chunk(ref, n), Entries: make([]Entry, 0, len(credits)+1)}
	var sum Fen
	for _, c := range credits {
		sum += c.Amount
	}
	t.add(Account{Interest, Pension, region}, sum)
	for _, c := range credits {
		t.add(PensionAccount(c.Person), -c.Amount)
	}
	return t
}
