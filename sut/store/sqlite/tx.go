package sqlite

import (
	"fmt"
	"strconv"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// view reads on a connection that is inside a transaction.
type view struct{ *conn }

func (v view) Posted(event ledger.Event, ref string) (bool, error) {
	var seq int64
	return v.row(sqlPosted, []any{&seq}, string(event), ref)
}

func (v view) Balance(a ledger.Account) (amount ledger.Fen, err error) {
	_, err = v.row(sqlBalance, []any{&amount}, a.String())
	return amount, err
}

func (v view) Spent(person uint64, year int) (s store.Spent, err error) {
	_, err = v.row(sqlSpent, []any{&s.Deductible, &s.Fund}, int64(person), year)
	return s, err
}

func (v view) Payment(bank, bankTxn string) (store.Payment, bool, error) {
	p := store.Payment{Bank: bank, BankTxn: bankTxn}
	found, err := v.row(sqlPayment, []any{&p.Employer, &p.Month, &p.Amount, &p.Status, &p.Txn}, bank, bankTxn)
	if !found {
		return store.Payment{}, false, err
	}
	return p, true, nil
}

func (v view) Contributions(person uint64, from, to int) (list []store.Contribution, err error) {
	c := store.Contribution{Person: person}
	err = v.rows(sqlContributions, []any{&c.Month, &c.Base, &c.Employer, &c.Employee, &c.Txn}, func() error {
		list = append(list, c)
		return nil
	}, int64(person), from, to)
	return list, err
}

func (v view) Answer(key string) (store.Answer, bool, error) {
	var a store.Answer
	var fingerprint []byte
	found, err := v.row(sqlAnswer, []any{&fingerprint, &a.Status, &a.Body, &a.Txn}, key)
	if !found {
		return store.Answer{}, false, err
	}
	copy(a.Fingerprint[:], fingerprint)
	return a, true, nil
}

// tx writes inside the savepoint of one Update. head moves with it and is kept only if the Update succeeds.
type tx struct {
	view
	head store.Posted
}

func (t *tx) Post(posting ledger.Txn) (store.Posted, error) {
	if err := posting.Check(); err != nil {
		return store.Posted{}, err
	}
	next := store.Posted{Seq: t.head.Seq + 1}
	next.Hash = ledger.Link(t.head.Hash, next.Seq, posting)
	if err := t.add(sqlAddTxn, next.Seq, next.Hash[:], string(posting.Event), posting.Ref, posting.At); err != nil {
		return store.Posted{}, fmt.Errorf("posting %s %s: %w", posting.Event, posting.Ref, err)
	}
	// One statement an entry: handing all of them over as one JSON array to json_each cost the same processor time.
	for n, e := range posting.Entries {
		account := e.Account.String()
		if err := t.exec(sqlAddEntry, next.Seq, n, account, fen(e.Amount)); err != nil {
			return store.Posted{}, err
		}
		if err := t.exec(sqlAddBalance, account, fen(e.Amount)); err != nil {
			return store.Posted{}, err
		}
	}
	t.head = next
	return next, nil
}

func (t *tx) AddClaim(c store.Claim) error {
	if len(c.Date) != len("2006-01-02") {
		return fmt.Errorf("claim %s %s: date %q, want yyyy-mm-dd", c.Hospital, c.Visit, c.Date)
	}
	year, err := strconv.Atoi(c.Date[:4])
	if err != nil {
		return fmt.Errorf("claim %s %s: date %q, want yyyy-mm-dd", c.Hospital, c.Visit, c.Date)
	}
	return t.add(sqlAddClaim, c.Hospital, c.Visit, int64(c.Person), year, c.Date, c.Tier,
		fen(c.Deductible), fen(c.Fund), fen(c.Account), fen(c.Cash), c.Pack, c.Txn)
}

func (t *tx) AddPayment(p store.Payment) error {
	return t.add(sqlAddPayment, p.Bank, p.BankTxn, p.Employer, p.Month, fen(p.Amount), p.Status, p.Txn)
}

func (t *tx) AddContribution(c store.Contribution) error {
	return t.add(sqlAddContribution, int64(c.Person), c.Month, fen(c.Base), fen(c.Employer), fen(c.Employee), c.Txn)
}

func (t *tx) AddAnswer(key string, a store.Answer) error {
	return t.add(sqlAddAnswer, key, a.Fingerprint[:], a.Status, a.Body, a.Txn)
}
