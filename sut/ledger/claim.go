package ledger

// A Claim is a medical bill divided by the rules. The patient's cash is not the funds' money and is not here.
type Claim struct {
	Ref      string // hospital and visit
	Region   string
	Hospital string
	Person   uint64
	Fund     Fen // paid by the pool
	Account  Fen // paid from the medical personal account
}

// Settled posts a claim: the pool and the personal account owe the hospital. [Reverse] takes it back.
func Settled(c Claim) Txn {
	t := Txn{Event: EventSettled, Ref: c.Ref}
	t.add(Account{Pool, Medical, c.Region}, c.Fund)
	t.add(MedicalAccount(c.Person), c.Account)
	t.add(Account{Payable, Medical, c.Hospital}, -c.Fund-c.Account)
	return t
}

// ClaimOpened posts what stood before a claim that is older than the book, when the book first meets it: the pool
// and the personal account were higher by what it took. [Settled] is posted next, and both together leave only
// the debt to the hospital, against OPENING. From then on the claim is like any other and can be reversed.
func ClaimOpened(c Claim) Txn {
	t := Txn{Event: EventClaimOpened, Ref: c.Ref}
	t.add(Account{Pool, Medical, c.Region}, -c.Fund)
	t.add(MedicalAccount(c.Person), -c.Account)
	t.add(Account{Opening, Medical, c.Region}, c.Fund+c.Account)
	return t
}
