package ledger

import (
	"bytes"
	"encoding/hex"
	"fmt"
)

// A Stored transaction is a [Txn] with its place in the chain.
type Stored struct {
	Seq  int64 // 1, 2, 3, … without gaps
	Hash Hash
	Txn  Txn
}

// A Received payment is a bank's push as it was recorded beside the ledger.
type Received struct {
	Ref    string
	Amount Fen
	Status string // "matched" or "suspense"
}

// A Billed claim is a settled claim as it was recorded beside the ledger.
type Billed struct {
	Ref           string
	Fund, Account Fen
}

// A Kept answer is what the service stored under an idempotency key, in the transaction of its effect.
type Kept struct {
	Key      string
	Txn      int64  // Seq of the transaction of the effect
	Response []byte // the body that was and will be answered
}

// A Paid month is a normal contribution of a person.
type Paid struct {
	Person uint64
	Month  int // yyyymm
}

// A Book is what [Audit] reads. Each method calls yield for every record in stored order and stops at its error.
type Book interface {
	Txns(yield func(Stored) error) error
	Balances(yield func(Account, Fen) error) error
	Payments(yield func(Received) error) error
	Claims(yield func(Billed) error) error
	Answers(yield func(Kept) error) error
	Contributions(yield func(Paid) error) error
}

// A Finding is the verdict of one named checker.
type Finding struct {
	Name    string `json:"name"`    // "I1", "I2", …, "claims", "chain"; stable
	Claim   string `json:"claim"`   // what was checked, as a sentence
	OK      bool   `json:"ok"`      // whether it holds for every record
	Checked int    `json:"checked"` // records looked at
	Broken  int    `json:"broken"`  // records that break it
	First   string `json:"first,omitempty"`
}

// String is the finding in a line: "I1 holds: every transaction sums to zero in each fund (1,234 checked)".
func (f Finding) String() string {
	if f.OK {
		return fmt.Sprintf("%s holds: %s (%d checked)", f.Name, f.Claim, f.Checked)
	}
	return fmt.Sprintf("%s is broken: %s (%d of %d; the first: %s)", f.Name, f.Claim, f.Broken, f.Checked, f.First)
}

// Audit reads a book once and reports every checker, passed or not, in a fixed order. The error is only that
// of reading. Memory grows with the number of accounts and answers, not of transactions' entries.
func Audit(b Book) ([]Finding, error) {
	a := &audit{
		balanced: Finding{Name: "I1", Claim: "every transaction sums to zero in each fund"},
		sums:     Finding{Name: "I2", Claim: "every balance is the sum of its entries"},
		money:    Finding{Name: "I3", Claim: "money received is allocated or in suspense"},
		months:   Finding{Name: "I4", Claim: "one normal contribution per person and month"},
		once:     Finding{Name: "I7", Claim: "one effect per idempotency key, with the receipt that was answered"},
		owned:    Finding{Name: "I9", Claim: "no personal account is overdrawn"},
		claims:   Finding{Name: "claims", Claim: "every claim is posted once with its fund and account parts"},
		chain:    Finding{Name: "chain", Claim: "transactions are numbered without gaps and each hash covers the one before"},
		total:    make(map[Account]Fen),
		effects:  make(map[int64]Hash),
		received: make(map[string]Fen),
		settled:  make(map[string]Billed),
	}
	for _, read := range []func(Book) error{a.readTxns, a.readBalances, a.readPayments, a.readClaims, a.readAnswers, a.readContributions} {
		if err := read(b); err != nil {
			return nil, err
		}
	}
	findings := []Finding{a.balanced, a.sums, a.money, a.months, a.once, a.owned, a.claims, a.chain}
	for i := range findings {
		findings[i].OK = findings[i].Broken == 0
	}
	return findings, nil
}

type audit struct {
	balanced, sums, money, months, once, owned, claims, chain Finding

	seq      int64
	head     Hash
	total    map[Account]Fen
	effects  map[int64]Hash    // transactions that answer a request, until their answer is seen
	received map[string]Fen    // by event and reference, until their payment is seen
	settled  map[string]Billed // by reference, until their claim is seen
}

func (f *Finding) violate(format string, args ...any) {
	if f.Broken++; f.First == "" {
		f.First = fmt.Sprintf(format, args...)
	}
}

func (a *audit) readTxns(b Book) error {
	return b.Txns(func(s Stored) error {
		a.balanced.Checked++
		if err := s.Txn.Check(); err != nil {
			a.balanced.violate("%v", err)
		}
		a.chain.Checked++
		if a.seq++; s.Seq != a.seq {
			a.chain.violate("transaction %d stands where %d was wanted", s.Seq, a.seq)
			a.seq = s.Seq
		}
		if want := Link(a.head, s.Seq, s.Txn); s.Hash != want {
			a.chain.violate("transaction %d (%s %s) has hash %x, want %x", s.Seq, s.Txn.Event, s.Txn.Ref, s.Hash[:8], want[:8])
		}
		a.head = s.Hash
		for _, e := range s.Txn.Entries {
			a.total[e.Account] += e.Amount
		}
		switch s.Txn.Event {
		case EventMatched, EventSuspended:
			a.received[receivedKey(s.Txn.Event, s.Txn.Ref)] = banked(s.Txn)
			a.effects[s.Seq] = s.Hash
		case EventSettled:
			a.settled[s.Txn.Ref] = billed(s.Txn)
			a.effects[s.Seq] = s.Hash
		}
		return nil
	})
}

// banked is the money that a transaction brought to the bank.
func banked(t Txn) Fen {
	var sum Fen
	for _, e := range t.Entries {
		if e.Account.Kind == Bank {
			sum += e.Amount
		}
	}
	return sum
}

// billed is what a settlement took from the pool and from the personal account.
func billed(t Txn) Billed {
	b := Billed{Ref: t.Ref}
	for _, e := range t.Entries {
		switch e.Account.Kind {
		case Pool:
			b.Fund += e.Amount
		case MA:
			b.Account += e.Amount
		}
	}
	return b
}

func receivedKey(e Event, ref string) string { return string(e) + " " + ref }

func (a *audit) readBalances(b Book) error {
	err := b.Balances(func(acc Account, amount Fen) error {
		a.sums.Checked++
		if want := a.total[acc]; amount != want {
			a.sums.violate("%s stands at %d, its entries sum to %d", acc, amount, want)
		}
		delete(a.total, acc)
		if acc.Kind == PA || acc.Kind == MA {
			if a.owned.Checked++; amount > 0 { // what a fund owes a person is a credit
				a.owned.violate("%s is overdrawn by %d", acc, amount)
			}
		}
		return nil
	})
	for acc, want := range a.total {
		a.sums.violate("%s has entries of %d and no balance", acc, want)
	}
	return err
}

func (a *audit) readPayments(b Book) error {
	err := b.Payments(func(p Received) error {
		a.money.Checked++
		event := map[string]Event{"matched": EventMatched, "suspense": EventSuspended}[p.Status]
		key := receivedKey(event, p.Ref)
		posted, ok := a.received[key]
		if !ok || posted != p.Amount {
			a.money.violate("payment %s of %d, %s, is posted with %d", p.Ref, p.Amount, p.Status, posted)
		}
		delete(a.received, key)
		return nil
	})
	for key := range a.received {
		a.money.violate("%s is posted and was never received", key)
	}
	return err
}

func (a *audit) readClaims(b Book) error {
	err := b.Claims(func(c Billed) error {
		a.claims.Checked++
		if posted, ok := a.settled[c.Ref]; !ok || posted != c {
			a.claims.violate("claim %s of %d + %d is posted with %d + %d", c.Ref, c.Fund, c.Account, posted.Fund, posted.Account)
		}
		delete(a.settled, c.Ref)
		return nil
	})
	for ref := range a.settled {
		a.claims.violate("settlement %s is posted and no claim is kept", ref)
	}
	return err
}

func (a *audit) readAnswers(b Book) error {
	err := b.Answers(func(k Kept) error {
		a.once.Checked++
		hash, ok := a.effects[k.Txn]
		if !ok {
			a.once.violate("key %s points at transaction %d, which is no effect or answered another key", k.Key, k.Txn)
			return nil
		}
		receipt := Receipt(k.Key, hash)
		if !bytes.Contains(k.Response, []byte(hex.EncodeToString(receipt[:]))) {
			a.once.violate("the answer to key %s does not hold the receipt of transaction %d", k.Key, k.Txn)
		}
		delete(a.effects, k.Txn)
		return nil
	})
	for seq := range a.effects {
		a.once.violate("transaction %d has no idempotency key", seq)
	}
	return err
}

func (a *audit) readContributions(b Book) error {
	seen := make(map[Paid]bool)
	return b.Contributions(func(p Paid) error {
		a.months.Checked++
		if seen[p] {
			a.months.violate("person %d has two normal contributions for %d", p.Person, p.Month)
		}
		seen[p] = true
		return nil
	})
}
