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

// An Estate is what a person owned before the book.
type Estate struct {
	Person           uint64
	Pension, Medical Fen
}

// ManyOpened is [Opened] for the n-th chunk, from 1, of many people of a region. Ref names what met them. It does not
// refuse a person who was opened before: whoever posts it makes sure.
func ManyOpened(ref string, n int, region string, estates []Estate) Txn {
	t := Txn{Event: EventManyOpened, Ref: Chunk(ref, n), Entries: make([]Entry, 0, 2*len(estates)+2)}
	var pension, medical Fen
	for _, e := range estates {
		t.add(PensionAccount(e.Person), -e.Pension)
		t.add(MedicalAccount(e.Person), -e.Medical)
		pension += e.Pension
		medical += e.Medical
	}
	t.add(Account{Opening, Pension, region}, pension)
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
