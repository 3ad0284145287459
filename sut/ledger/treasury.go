package ledger

// PremiumOwed posts the medical premium of an unemployed person: the unemployment fund pays it, and the person pays
// nothing (Social Insurance Law 2018, article 48). The two INTERFUND entries sum to zero: what one fund owes, the other is owed.
func PremiumOwed(ref, region string, person uint64, pool, personal Fen) Txn {
	t := Txn{Event: EventPremiumOwed, Ref: ref}
	t.add(Account{Pool, Unemployment, region}, pool+personal)
	t.add(Account{Interfund, Unemployment, region}, -pool-personal)
	t.add(Account{Interfund, Medical, region}, pool+personal)
	t.add(Account{Pool, Medical, region}, -pool)
	t.add(MedicalAccount(person), -personal)
	return t
}

// PremiumPaid posts that the unemployment fund's bank has paid the medical fund's bank what it owed in premiums.
func PremiumPaid(ref, region string, amount Fen) Txn {
	t := Txn{Event: EventPremiumPaid, Ref: ref}
	t.add(Account{Interfund, Unemployment, region}, amount)
	t.add(Account{Bank, Unemployment, region}, -amount)
	t.add(Account{Bank, Medical, region}, amount)
	t.add(Account{Interfund, Medical, region}, -amount)
	return t
}

// Swept posts that received money went from the clearing account to the fiscal account, where all of a fund's money
// belongs (Social Insurance Law 2018, article 68).
func Swept(ref string, f Fund, region string, amount Fen) Txn {
	t := Txn{Event: EventSwept, Ref: ref}
	t.add(Account{Fiscal, f, region}, amount)
	t.add(Account{Bank, f, region}, -amount)
	return t
}

// Drawn posts that the fiscal account gave money for payouts (regulation on handling social insurance, article 40).
func Drawn(ref string, f Fund, region string, amount Fen) Txn {
	t := Txn{Event: EventDrawn, Ref: ref}
	t.add(Account{Bank, f, region}, amount)
	t.add(Account{Fiscal, f, region}, -amount)
	return t
}
