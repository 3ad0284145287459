package invariant

import (
	"bytes"
	"context"
	"encoding/hex"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// A checker looks at everything stored and fills in its finding.
type checker struct {
	name, claim string
	check       func(store.View, *Finding) error
}

func checkers() []checker {
	return []checker{
		{"I1", "every transaction sums to zero in each fund", balanced},
		{"I2", "every balance is the sum of its entries", sums},
		{"I3", "money received is allocated or in suspense", received},
		{"I7", "one effect per idempotency key, with the receipt that was answered", answered},
		{"I9", "no personal account is overdrawn", owned},
		{"I11", "the audit log is unbroken and has one event for each answer", audited},
		{"claims", "every claim is posted once with its fund and account parts", claims},
		{"chain", "transactions are numbered without gaps and each hash covers the one before", chained},
	}
}

// Of checks a store in one View.
func Of(ctx context.Context, s store.Store) (findings []Finding, err error) {
	err = s.View(ctx, func(v store.View) (err error) {
		findings, err = Check(v)
		return err
	})
	return findings, err
}

// Check runs every checker and reports each, passed or not, in a fixed order. The error is only that of reading.
func Check(v store.View) ([]Finding, error) {
	var findings []Finding
	for _, c := range checkers() {
		f := Finding{Name: c.name, Claim: c.claim}
		if err := c.check(v, &f); err != nil {
			return nil, err
		}
		f.OK = f.Broken == 0
		findings = append(findings, f)
	}
	return findings, nil
}

func balanced(v store.View, f *Finding) error {
	return store.EachTxn(v, 0, store.Forever, func(s ledger.Stored) error {
		f.Checked++
		if err := s.Txn.Check(); err != nil {
			f.violate("%v", err)
		}
		return nil
	})
}

func chained(v store.View, f *Finding) error {
	var last ledger.Stored
	return store.EachTxn(v, 0, store.Forever, func(s ledger.Stored) error {
		f.Checked++
		want, prev := last.Seq+1, last.Hash
		if ledger.Lane(s.Seq) != ledger.Lane(last.Seq) || last.Seq == 0 {
			want, prev = ledger.First(ledger.Lane(s.Seq)), ledger.Hash{}
		}
		if s.Seq != want {
			f.violate("transaction %d stands where %d was wanted", s.Seq, want)
		}
		if hash := ledger.Link(prev, s.Seq, s.Txn); s.Hash != hash {
			f.violate("transaction %d (%s %s) has hash %x, want %x", s.Seq, s.Txn.Event, s.Txn.Ref, s.Hash[:8], hash[:8])
		}
		last = s
		return nil
	})
}

func sums(v store.View, f *Finding) error {
	total := make(map[string]ledger.Fen)
	err := store.EachTxn(v, 0, store.Forever, func(s ledger.Stored) error {
		for _, e := range s.Txn.Entries {
			total[e.Account.String()] += e.Amount
		}
		return nil
	})
	if err != nil {
		return err
	}
	stored := make(map[string]ledger.Fen)
	var account string
	var amount ledger.Fen
	err = v.Select(store.Balances, []any{&account, &amount}, func() error {
		stored[account] += amount
		return nil
	})
	for account, amount := range stored {
		f.Checked++
		if want := total[account]; amount != want {
			f.violate("%s stands at %d, its entries sum to %d", account, amount, want)
		}
		delete(total, account)
	}
	for account, want := range total {
		if want != 0 {
			f.violate("%s has entries of %d and no balance", account, want)
		}
	}
	return err
}

func owned(v store.View, f *Finding) error {
	var name string
	var amount ledger.Fen
	return v.Select(store.Balances, []any{&name, &amount}, func() error {
		account, err := ledger.ParseAccount(name)
		if err != nil || account.Kind != ledger.PA && account.Kind != ledger.MA {
			return err
		}
		if f.Checked++; amount > 0 { // what a fund owes a person is a credit
			f.violate("%s is overdrawn by %d", name, amount)
		}
		return nil
	})
}

func received(v store.View, f *Finding) error {
	posted := make(map[string]ledger.Fen)
	err := store.EachTxn(v, 0, store.Forever, func(s ledger.Stored) error {
		if s.Txn.Event == ledger.EventMatched || s.Txn.Event == ledger.EventSuspended {
			for _, e := range s.Txn.Entries {
				if e.Account.Kind == ledger.Bank {
					posted[s.Txn.Ref] += e.Amount
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = store.Each(v, func(p *store.Payment) error {
		f.Checked++
		ref := p.Bank + "/" + p.BankTxn
		if got, ok := posted[ref]; !ok || got != p.Amount {
			f.violate("payment %s of %d, %s, is posted with %d", ref, p.Amount, p.State, got)
		}
		delete(posted, ref)
		return nil
	})
	for ref := range posted {
		f.violate("payment %s is posted and was never received", ref)
	}
	return err
}

func claims(v store.View, f *Finding) error {
	type parts struct{ fund, account ledger.Fen }
	posted := make(map[string]parts)
	err := store.EachTxn(v, 0, store.Forever, func(s ledger.Stored) error {
		if s.Txn.Event == ledger.EventSettled {
			var p parts
			for _, e := range s.Txn.Entries {
				switch e.Account.Kind {
				case ledger.Pool:
					p.fund += e.Amount
				case ledger.MA:
					p.account += e.Amount
				}
			}
			posted[s.Txn.Ref] = p
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = store.Each(v, func(c *store.Claim) error {
		f.Checked++
		ref := c.Hospital + "/" + c.Visit
		if got, ok := posted[ref]; !ok || got.fund != c.Fund || got.account != c.Account {
			f.violate("claim %s of %d + %d is posted with %d + %d", ref, c.Fund, c.Account, got.fund, got.account)
		}
		delete(posted, ref)
		return nil
	})
	for ref := range posted {
		f.violate("settlement %s is posted and no claim is kept", ref)
	}
	return err
}

func answered(v store.View, f *Finding) error {
	hashes := make(map[int64]ledger.Hash)
	alone := make(map[int64]bool) // each of these is the effect of one request
	err := store.EachTxn(v, 0, store.Forever, func(s ledger.Stored) error {
		hashes[s.Seq] = s.Hash
		if s.Txn.Event == ledger.EventMatched || s.Txn.Event == ledger.EventSuspended || s.Txn.Event == ledger.EventSettled {
			alone[s.Seq] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = store.Each(v, func(a *store.Answer) error {
		if a.Txn == 0 {
			return nil
		}
		f.Checked++
		hash, ok := hashes[a.Txn]
		if !ok {
			f.violate("key %s points at transaction %d, which is no effect or answered another key", a.Key, a.Txn)
			return nil
		}
		receipt := ledger.Receipt(a.Key, hash)
		if !bytes.Contains(a.Body, []byte(hex.EncodeToString(receipt[:]))) {
			f.violate("the answer to key %s does not hold the receipt of transaction %d", a.Key, a.Txn)
		}
		delete(hashes, a.Txn)
		delete(alone, a.Txn)
		return nil
	})
	for seq := range alone {
		f.violate("transaction %d has no idempotency key", seq)
	}
	return err
}

// audited verifies the chain of the audit log, and that it has one event for each answer that was given and kept.
func audited(v store.View, f *Finding) error {
	var last vault.Record
	done := make(map[string]int)
	err := store.EachEvent(v, 0, store.Forever, func(r vault.Record) error {
		f.Checked++
		want, prev := last.Seq+1, last.Hash
		if last.Seq == 0 || ledger.Lane(r.Seq) != ledger.Lane(last.Seq) {
			want, prev = ledger.First(ledger.Lane(r.Seq)), vault.Start(store.AuditLog)
		}
		if r.Seq != want {
			f.violate("event %d stands where %d was wanted", r.Seq, want)
		}
		if hash := vault.Link(prev, r.Seq, r.Event); r.Hash != hash {
			f.violate("event %d has hash %s, want %s", r.Seq, r.Hash, hash)
		}
		last = r
		if r.Event.Outcome == "done" && r.Event.Key != "" {
			done[r.Event.Key]++
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = store.Each(v, func(a *store.Answer) error {
		if n := done[a.Key]; n != 1 {
			f.violate("key %s was answered and has %d events, want 1", a.Key, n)
		}
		delete(done, a.Key)
		return nil
	})
	for key := range done {
		f.violate("key %s has an event and no answer", key)
	}
	return err
}
