package sqlite

import (
	"github.com/peakday/peakday/sut/ledger"
)

// book reads everything that was stored, for the audit.
type book struct{ *conn }

func (b book) Txns(yield func(ledger.Stored) error) error {
	var s ledger.Stored
	var hash []byte
	return b.rows(sqlAllTxns, []any{&s.Seq, &hash, &s.Txn.Event, &s.Txn.Ref, &s.Txn.At}, func() error {
		s.Hash = ledger.Hash{}
		copy(s.Hash[:], hash)
		var err error
		if s.Txn.Entries, err = b.entries(s.Seq); err != nil {
			return err
		}
		return yield(s)
	})
}

func (b book) entries(txn int64) (entries []ledger.Entry, err error) {
	var account string
	var amount ledger.Fen
	err = b.rows(sqlAllEntries, []any{&account, &amount}, func() error {
		a, err := ledger.ParseAccount(account)
		entries = append(entries, ledger.Entry{Account: a, Amount: amount})
		return err
	}, txn)
	return entries, err
}

func (b book) Balances(yield func(ledger.Account, ledger.Fen) error) error {
	var account string
	var amount ledger.Fen
	return b.rows(sqlAllBalances, []any{&account, &amount}, func() error {
		a, err := ledger.ParseAccount(account)
		if err != nil {
			return err
		}
		return yield(a, amount)
	})
}

func (b book) Payments(yield func(ledger.Received) error) error {
	var bank, bankTxn string
	var p ledger.Received
	return b.rows(sqlAllPayments, []any{&bank, &bankTxn, &p.Amount, &p.Status}, func() error {
		p.Ref = bank + "/" + bankTxn
		return yield(p)
	})
}

func (b book) Claims(yield func(ledger.Billed) error) error {
	var hospital, visit string
	var c ledger.Billed
	return b.rows(sqlAllClaims, []any{&hospital, &visit, &c.Fund, &c.Account}, func() error {
		c.Ref = hospital + "/" + visit
		return yield(c)
	})
}

func (b book) Answers(yield func(ledger.Kept) error) error {
	var k ledger.Kept
	return b.rows(sqlAllAnswers, []any{&k.Key, &k.Txn, &k.Response}, func() error { return yield(k) })
}

func (b book) Contributions(yield func(ledger.Paid) error) error {
	var p ledger.Paid
	return b.rows(sqlAllContributions, []any{&p.Person, &p.Month}, func() error { return yield(p) })
}
