package invariant

import (
	"encoding/json"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

// claims holds every claim against its settlement in the ledger, and the year's running totals against the claims.
func claims(p *pass, f *Finding) {
	type settled struct {
		seq           int64
		fund, account ledger.Fen
		person        uint64 // whose account paid; only where one did
		pool, owed    name   // the region whose pool paid, and the hospital that is owed; zero where none is
		back          bool   // taken back
	}
	posted := make(map[name]settled)
	p.txns.each(func(s ledger.Stored) {
		switch s.Txn.Event {
		case ledger.EventSettled:
			at := settled{seq: s.Seq, back: posted[p.name(s.Txn.Ref)].back} // what took it back may stand in a lane before
			for i := range s.Txn.Entries {
				switch e := &s.Txn.Entries[i]; e.Account.Kind {
				case ledger.Pool:
					at.fund += e.Amount
					at.pool = p.name(e.Account.Owner)
				case ledger.MA:
					at.account += e.Amount
					at.person, _ = personOf(&e.Account)
				case ledger.Payable:
					at.owed = p.name(e.Account.Owner)
				}
			}
			posted[p.name(s.Txn.Ref)] = at
		case ledger.EventSettled + reversed:
			n := p.name(s.Txn.Ref)
			at := posted[n]
			at.back = true
			posted[n] = at
		}
	})
	type year struct {
		person uint64
		year   int64
	}
	used := make(map[year]store.Spent)
	p.cases.each(func(c *store.Case) { // bills that the patient handed in count like those that a hospital settled
		if c.Kind != "medical_manual" || c.Decider == "" || c.State == "rejected" {
			return
		}
		var bills struct {
			Date       rules.Date `json:"date"`
			Deductible ledger.Fen `json:"deductible_fen"`
			Fund       ledger.Fen `json:"fund_fen"`
		}
		if err := json.Unmarshal([]byte(c.Facts), &bills); err != nil {
			f.violate("the grounds of case %s cannot be read", c.ID)
			return
		}
		y := year{c.Person, int64(bills.Date.Year())}
		used[y] = store.Spent{Deductible: used[y].Deductible + bills.Deductible, Fund: used[y].Fund + bills.Fund}
	})
	p.claims.each(func(c *store.Claim) {
		f.Checked++
		n := p.name(c.Hospital + "/" + c.Visit)
		at, known := posted[n]
		delete(posted, n)
		switch {
		case !known:
			f.violate("claim %s/%s is not posted", c.Hospital, c.Visit)
		case at.seq != c.Txn:
			f.violate("claim %s/%s is posted as transaction %d and says %d", c.Hospital, c.Visit, at.seq, c.Txn)
		case at.fund != c.Fund || at.account != c.Account:
			f.violate("claim %s/%s of %d + %d is posted with %d + %d", c.Hospital, c.Visit, c.Fund, c.Account, at.fund, at.account)
		case at.account != 0 && at.person != c.Person:
			f.violate("claim %s/%s of person %d is paid by the account of person %d", c.Hospital, c.Visit, c.Person, at.person)
		case at.fund != 0 && at.pool != p.name(c.Region), at.fund+at.account != 0 && at.owed != p.name(c.Hospital):
			f.violate("claim %s/%s in region %s is paid by another region's pool or to another hospital", c.Hospital, c.Visit, c.Region)
		case at.back && c.State == "settled", !at.back && c.State == "reversed":
			f.violate("claim %s/%s is %s; its posting is taken back: %v", c.Hospital, c.Visit, c.State, at.back)
		}
		if at.back {
			return
		}
		y := year{c.Person, c.Year}
		u := used[y]
		u.Deductible += c.Deductible
		u.Fund += c.Fund
		used[y] = u
	})
	p.years.each(func(s *store.Spent) {
		y := year{s.Person, s.Year}
		if u := used[y]; u.Deductible != s.Deductible || u.Fund != s.Fund {
			f.violate("person %d used %d and %d of %d by the claims, and %d and %d by the total", s.Person, u.Deductible, u.Fund, s.Year, s.Deductible, s.Fund)
		}
		delete(used, y)
	})
	p.atEnd(func() error {
		left := make(map[int64]bool)
		for _, at := range posted {
			left[at.seq] = true
		}
		for seq := range inOrder(left) {
			f.violate("transaction %d settles a claim that is not kept", seq)
		}
		uncounted := make(map[uint64]int64)
		for y, u := range used {
			if u.Deductible != 0 || u.Fund != 0 {
				uncounted[y.person] = y.year
			}
		}
		for person, year := range inOrder(uncounted) {
			f.violate("the claims of person %d in %d are in no total", person, year)
		}
		return nil
	})
}
