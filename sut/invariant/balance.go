package invariant

import (
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// balanced is I1.
func balanced(p *pass, f *Finding) {
	p.txns.each(func(s ledger.Stored) {
		f.Checked++
		if err := s.Txn.Check(); err != nil {
			f.violate("transaction %d: %v", s.Seq, err)
		}
	})
}

// sums is I2. A balance may be kept in several rows; together they are the account's.
func sums(p *pass, f *Finding) {
	type total struct {
		sum   ledger.Fen
		first int64 // transaction, to name the account by
	}
	totals := make(map[name]total)
	p.txns.each(func(s ledger.Stored) {
		for i := range s.Txn.Entries {
			e := &s.Txn.Entries[i]
			n := p.name(string(e.Account.Kind), string(e.Account.Fund), e.Account.Owner)
			t, known := totals[n]
			if !known {
				t.first = s.Seq
			}
			t.sum += e.Amount
			totals[n] = t
		}
	})
	p.atEnd(func() error {
		var account string
		var amount ledger.Fen
		err := p.Select(balancesInOrder, []any{&account, &amount}, func() error {
			f.Checked++
			a, err := ledger.ParseAccount(account)
			if err != nil {
				f.violate("balance of %v", err)
				return nil
			}
			n := p.name(string(a.Kind), string(a.Fund), a.Owner)
			if want := totals[n].sum; amount != want {
				f.violate("%s stands at %d, its entries sum to %d", account, amount, want)
			}
			delete(totals, n)
			return nil
		})
		missing := make(map[int64]ledger.Fen)
		for _, t := range totals {
			if t.sum != 0 {
				missing[t.first] = t.sum
			}
		}
		for seq, sum := range inOrder(missing) {
			f.violate("an account of transaction %d has entries of %d and no balance", seq, sum)
		}
		return err
	})
}

const balancesInOrder = "SELECT account, CAST(sum(amount) AS bigint) FROM (" + store.Balances + ") AS parts GROUP BY account ORDER BY account"
