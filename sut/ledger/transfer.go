package ledger

// A Transfer moves a person's pension rights between regions: a part of the pool and the whole personal account.
// Each region posts two steps; whatever step fails, [Reverse] of those posted, last one first, is the compensation.
type Transfer struct {
	ID       string
	Person   uint64
	From, To string // regions
	Pool     Fen    // 12 % of the bases that were paid on (State Council General Office 2009, number 66)
	Personal Fen
}

// TransferReleased posts the first step in the old region: the rights are no longer in its pool or the person's account.
func TransferReleased(tr Transfer) Txn {
	t := Txn{Event: EventTransferReleased, Ref: tr.ID}
	t.add(Account{Pool, Pension, tr.From}, tr.Pool)
	t.add(PensionAccount(tr.Person), tr.Personal)
	t.add(tr.transit(tr.From), -tr.Pool-tr.Personal)
	return t
}

// TransferOpened posts a transfer that stood released when the book first met it: the rights had left the old region's
// pool and the person's account before the book began.
func TransferOpened(tr Transfer) Txn {
	t := Txn{Event: EventTransferOpened, Ref: tr.ID}
	t.add(Account{Opening, Pension, tr.From}, tr.Pool+tr.Personal)
	t.add(tr.transit(tr.From), -tr.Pool-tr.Personal)
	return t
}

// TransferSent posts the second step in the old region: its bank has sent the money.
func TransferSent(tr Transfer) Txn {
	t := Txn{Event: EventTransferSent, Ref: tr.ID}
	t.add(tr.transit(tr.From), tr.Pool+tr.Personal)
	t.add(Account{Bank, Pension, tr.From}, -tr.Pool-tr.Personal)
	return t
}

// TransferReceived posts the first step in the new region: its bank has the money.
func TransferReceived(tr Transfer) Txn {
	t := Txn{Event: EventTransferReceived, Ref: tr.ID}
	t.add(Account{Bank, Pension, tr.To}, tr.Pool+tr.Personal)
	t.add(tr.transit(tr.To), -tr.Pool-tr.Personal)
	return t
}

// TransferCredited posts the second step in the new region: the money is in its pool and the person's account.
func TransferCredited(tr Transfer) Txn {
	t := Txn{Event: EventTransferCredited, Ref: tr.ID}
	t.add(tr.transit(tr.To), tr.Pool+tr.Personal)
	t.add(Account{Pool, Pension, tr.To}, -tr.Pool)
	t.add(PensionAccount(tr.Person), -tr.Personal)
	return t
}

// transit is zero at rest on both sides (invariant I6).
func (tr Transfer) transit(region string) Account {
	return Account{Transit, Pension, tr.ID + "/" + region}
}
