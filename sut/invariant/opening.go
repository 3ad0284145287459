package invariant

import (
	"strconv"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// openings proves that each person with a row was opened once, with what the population says they owned.
func openings(p *pass, f *Finding) {
	type estate struct {
		seq             int64
		pension, health ledger.Fen
	}
	opened := make(map[uint64]estate)
	open := func(person uint64, s *ledger.Stored) {
		if before, twice := opened[person]; twice && before.seq != s.Seq {
			f.violate("person %d is opened by transactions %d and %d", person, before.seq, s.Seq)
		}
		e := opened[person]
		e.seq = s.Seq
		opened[person] = e
	}
	p.txns.each(func(s ledger.Stored) {
		switch s.Txn.Event {
		case ledger.EventOpened:
			person, err := strconv.ParseUint(s.Txn.Ref, 10, 64)
			if err != nil {
				f.violate("transaction %d opens %q, which is no person", s.Seq, s.Txn.Ref)
				return
			}
			open(person, &s)
		case ledger.EventManyOpened:
		default:
			return
		}
		for i := range s.Txn.Entries {
			e := &s.Txn.Entries[i]
			if e.Account.Kind != ledger.PA && e.Account.Kind != ledger.MA {
				continue
			}
			person, ok := personOf(&e.Account)
			if !ok || s.Txn.Event == ledger.EventOpened && s.Txn.Ref != e.Account.Owner {
				f.violate("transaction %d opens %s with an entry on %s", s.Seq, s.Txn.Ref, e.Account)
				continue
			}
			open(person, &s)
			was := opened[person]
			if e.Account.Kind == ledger.PA {
				was.pension -= e.Amount
			} else {
				was.health -= e.Amount
			}
			opened[person] = was
		}
	})
	if p.law.People == nil {
		f.Note = "the book names no population: amounts are not checked"
	}
	p.persons.each(func(row *store.Person) {
		f.Checked++
		e, known := opened[row.ID]
		if !known && !p.ownsNothing(row.ID) { // a chunk has no entry for who owned nothing
			f.violate("person %d was never opened", row.ID)
			return
		}
		delete(opened, row.ID)
		if p.law.People == nil {
			return
		}
		if int(row.ID) >= p.law.People.Size() {
			f.violate("person %d is not of the population", row.ID)
			return
		}
		if who := p.law.People.Person(int(row.ID)); int64(e.pension) != who.Pension || int64(e.health) != who.Medical {
			f.violate("person %d was opened with %d and %d by transaction %d, and owned %d and %d", row.ID, e.pension, e.health, e.seq, who.Pension, who.Medical)
		}
	})
	p.atEnd(func() error {
		for person, e := range inOrder(opened) {
			f.violate("transaction %d opens person %d, who has no row", e.seq, person)
		}
		return nil
	})
}

func (p *pass) ownsNothing(person uint64) bool {
	if p.law.People == nil || int(person) >= p.law.People.Size() {
		return false
	}
	who := p.law.People.Person(int(person))
	return who.Pension == 0 && who.Medical == 0
}
