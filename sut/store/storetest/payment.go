package storetest

import (
	"encoding/hex"
	"fmt"
	"sync"
	"testing"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// people is how many persons the benchmark's payments are for.
const people = 10_000

// PaymentRows are the rows that a posting of Payments writes of its own; each of the audit event and the answer is one.
const (
	PaymentRows     = 10
	BarePaymentRows = 8
)

// Payments measures durable contribution postings: from callers at once, each waiting for its commit, a bank's push
// that pays one person's month. It reads and writes what the agency does for such a push: four rows are looked for, and
// written are 2 transactions, 1 contribution, 1 payment, 1 step of its life cycle, 1 audit event and 1 answer, the
// person's row and 2 of their balances, and once a group 8 balances of banks and pools, 1 total and 2 heads. Entries that
// cancel out (RECV and DEFERRED) move nothing. Rows a posting, without those of the group, are [PaymentRows].
func Payments(b *testing.B, s store.Store, callers int) {
	payments(b, s, callers, PaymentRows, func(key string, n int) error {
		_, _, err := store.Once(b.Context(), s, key, make([]byte, 32), push(key, n))
		return err
	})
}

// BarePayments is Payments without the audit event and the answer, and without looking for an answer: what these cost is
// the difference. No service runs so.
func BarePayments(b *testing.B, s store.Store, callers int) {
	payments(b, s, callers, BarePaymentRows, func(key string, n int) error {
		return s.Update(b.Context(), func(tx store.Tx) error {
			_, err := paid(tx, key, n)
			return err
		})
	})
}

func payments(b *testing.B, s store.Store, callers, rows int, pay func(key string, n int) error) {
	for from := 0; from < people; from += 1000 {
		err := s.Update(b.Context(), func(tx store.Tx) error { return meet(tx, from, from+1000) })
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for n := c; n < b.N; n += callers {
				key := fmt.Sprintf("bank-key-%024d", n)
				if err := pay(key, n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "postings/s")
	b.ReportMetric(float64(rows), "rows/posting")
}

// meet writes down the persons from from up to to.
func meet(tx store.Tx, from, to int) error {
	for i := from; i < to; i++ {
		sealed := make([]byte, 48)
		p := store.Person{ID: uint64(i), IDNo: sealed, Name: sealed, Phone: sealed, Bank: sealed, BlindIndex: fmt.Appendf(nil, "%016d", i), Region: "990001"}
		if err := tx.Add(&p); err != nil {
			return err
		}
		if _, err := post(tx, ledger.Opened("990001", uint64(i), 1000, 1000)); err != nil {
			return err
		}
	}
	return nil
}

// push is the n-th payment with its audit event and its answer.
func push(key string, n int) func(store.Tx) (store.Answer, error) {
	return func(tx store.Tx) (store.Answer, error) {
		posted, err := paid(tx, key, n)
		if err != nil {
			return store.Answer{}, err
		}
		return answered(tx, key, posted)
	}
}

// paid is the n-th payment: of the person n mod people, for a month of its own.
func paid(tx store.Tx, key string, n int) (posted store.Posted, err error) {
	person, month := uint64(n%people), int64(200001+n/people)
	employer, bankTxn := fmt.Sprintf("E%06d", person%1000), fmt.Sprintf("T%024d", n)
	dues := []ledger.Due{
		{Fund: ledger.Pension, Pool: 96000, Personal: 48000}, {Fund: ledger.Medical, Pool: 51000, Personal: 12000},
		{Fund: ledger.Unemployment, Pool: 6000}, {Fund: ledger.Injury, Pool: 1200},
	}
	total := ledger.Total(dues)
	who := store.Person{ID: person}
	for _, r := range []store.Record{
		&store.Payment{Bank: "B01", BankTxn: bankTxn}, &store.Contribution{Person: person, Month: month, Kind: "normal"}, &who,
	} {
		if _, err := tx.Get(r); err != nil {
			return posted, err
		}
	}
	if _, err := post(tx, ledger.Assessed(fmt.Sprintf("%s/%d/%d", employer, month, person), employer, dues)); err != nil {
		return posted, err
	}
	ref := "B01/" + bankTxn
	posted, err = post(tx, ledger.Matched(ledger.Payment{Ref: ref, Region: "990001", Payer: employer, Bank: "B01", Person: person, Dues: dues}))
	if err != nil {
		return posted, err
	}
	err = tx.Add(
		&store.Contribution{Person: person, Month: month, Kind: "normal", Payer: employer, Wage: 600000, Base: 600000, ByEmployer: 154200, ByPerson: 60000,
			Packs: "CN-990001@2023-01-01", Txn: posted.Seq},
		&store.Payment{Bank: "B01", BankTxn: bankTxn, Payer: employer, Person: person, Month: month, Amount: total, Allocated: total, State: "posted",
			Value: 20230116, Region: "990001", Txn: posted.Seq},
		&store.Transition{Machine: "payment", ID: ref, N: 1, Path: "received>matched>posted", At: 1, Actor: "bank B01"},
	)
	if err != nil {
		return posted, err
	}
	who.Months++
	if err := tx.Set(&who); err != nil {
		return posted, err
	}
	return posted, tx.Count("payments-by-state", "posted", 1, total)
}

// post posts at the instant of every event here.
func post(tx store.Tx, t ledger.Txn) (store.Posted, error) {
	t.At = 1
	return tx.Post(t)
}

// answered writes the audit event and the answer of an effect.
func answered(tx store.Tx, key string, posted store.Posted) (store.Answer, error) {
	err := tx.Audit(vault.Event{At: 1, Actor: "B01", Role: "bank", Op: "payments.push", Subject: "key " + key, Outcome: "done", Key: key, Txn: posted.Seq})
	receipt := ledger.Receipt(key, posted.Hash)
	body := fmt.Sprintf(`{"payment":%q,"status":"matched","ledger_txn":%d,"receipt_hash":%q}`, key, posted.Seq, hex.EncodeToString(receipt[:]))
	return store.Answer{Status: 201, Body: []byte(body), Txn: posted.Seq, At: 1}, err
}
