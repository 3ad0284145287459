package invariant

import (
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// hops are the four postings of a transfer, in order. One that stood at the opening has its own first.
func hop(e ledger.Event) (n int, known bool) {
	switch e {
	case ledger.EventTransferReleased, ledger.EventTransferOpened:
		return 0, true
	case ledger.EventTransferSent:
		return 1, true
	case ledger.EventTransferReceived:
		return 2, true
	case ledger.EventTransferCredited:
		return 3, true
	}
	return 0, false
}

// hopsIn is how many of the four stand in each state. That puts the money in one place: with none in the old region, with
// all in the new one, else on the way.
func hopsIn(state string) int {
	switch state {
	case "info_sent", "funds_returned":
		return 1
	case "funds_sent":
		return 2
	case "funds_matched":
		return 3
	case "credited", "closed":
		return 4
	}
	return 0
}

// transfers is I6.
func transfers(p *pass, f *Finding) {
	type posting struct {
		stands  int // 1, or 0 where it was taken back
		transit name
		sum     ledger.Fen
		own     ledger.Fen // of it from or to the personal account
		person  uint64     // whose
		region  name       // whose pool or bank
		astray  bool       // one more of these
	}
	type money struct {
		hops  [4]posting
		first int64 // transaction
	}
	moved := make(map[name]money)
	p.txns.each(func(s ledger.Stored) {
		event, back := strings.CutSuffix(string(s.Txn.Event), reversed)
		n, known := hop(ledger.Event(event))
		if !known {
			return
		}
		m := moved[p.name(s.Txn.Ref)]
		if m.first == 0 {
			m.first = s.Seq
		}
		h := &m.hops[n]
		if back {
			h.stands--
		} else {
			*h = posting{stands: h.stands + 1}
			for i := range s.Txn.Entries {
				switch e := &s.Txn.Entries[i]; e.Account.Kind {
				case ledger.Transit:
					h.transit, h.sum = p.name(e.Account.Owner), h.sum+abs(e.Amount)
				case ledger.PA:
					h.own += abs(e.Amount)
					h.person, _ = personOf(&e.Account)
				default: // each posting has one of a region's own accounts
					region := p.name(e.Account.Owner)
					h.astray = h.astray || h.region != 0 && h.region != region
					h.region = region
				}
			}
		}
		moved[p.name(s.Txn.Ref)] = m
	})
	type person struct {
		moving  string
		brought int64
		region  string // where the last one that closed took them; empty: nowhere
		at      int64  // when
	}
	people := make(map[uint64]person) // by what their transfers say
	closed := make(map[name]int64)    // when
	p.transitions.each(func(t *store.Transition) {
		if t.Machine == "transfer" && strings.HasSuffix(t.Path, ">closed") {
			closed[p.name(t.ID)] = t.At
		}
	})
	machine := workflow.Transfer()
	p.transfers.each(func(t *store.Transfer) {
		f.Checked++
		n := p.name(t.ID)
		m := moved[n]
		delete(moved, n)
		old := !strings.HasPrefix(t.ID, "TR-X")
		for i, h := range m.hops {
			want := 0
			if i < hopsIn(t.State) {
				want = 1
			}
			side := t.From
			if i > 1 {
				side = t.To
			}
			mixed := i == 0 && !old || i == 3
			switch {
			case h.stands != want:
				f.violate("transfer %s is %s, and posting %d of its four stands %d times", t.ID, t.State, i+1, h.stands)
			case want == 0:
			case h.sum != t.Pool+t.Personal || h.transit != p.name(t.ID+"/"+side):
				f.violate("transfer %s of %d moves %d by posting %d, or not through its own transit account", t.ID, t.Pool+t.Personal, h.sum, i+1)
			case h.astray, h.region != 0 && h.region != p.name(side):
				f.violate("transfer %s moves money of another region than %s by posting %d", t.ID, side, i+1)
			case mixed && (h.own != t.Personal || h.own != 0 && h.person != t.Person):
				f.violate("transfer %s of person %d with %d of their own moves %d of person %d's by posting %d", t.ID, t.Person, t.Personal, h.own, h.person, i+1)
			}
		}
		if end := machine.Terminal(workflow.State(t.State)); end != (t.Due == 0) {
			f.violate("transfer %s is %s and due on %d: only an end has no clock", t.ID, t.State, t.Due)
		}
		who := people[t.Person]
		switch {
		case old && t.State == "closed":
			who.brought += t.Months
		case !old && t.State != "closed" && t.State != "reopened":
			if who.moving != "" {
				f.violate("transfers %s and %s of person %d are under way", who.moving, t.ID, t.Person)
			}
			who.moving = t.ID
		case !old && t.State == "closed" && closed[n] >= who.at:
			who.region, who.at = t.To, closed[n]
		}
		people[t.Person] = who
	})
	p.persons.each(func(row *store.Person) {
		who := people[row.ID]
		delete(people, row.ID)
		if row.Brought != who.brought {
			f.violate("person %d has %d months from transfers, those that closed brought %d", row.ID, row.Brought, who.brought)
		}
		if who.region == "" && p.law.People != nil && int(row.ID) < p.law.People.Size() {
			who.region = p.law.People.Person(int(row.ID)).Region
		}
		if who.region != "" && row.Region != who.region {
			f.violate("person %d belongs to region %s, by the transfers to %s", row.ID, row.Region, who.region)
		}
		if row.Moving != who.moving {
			f.violate("person %d is moving by %q, under way is %q", row.ID, row.Moving, who.moving)
		}
	})
	p.atEnd(func() error {
		for person := range inOrder(people) {
			f.violate("person %d has a transfer and no row", person)
		}
		lost := make(map[int64]bool)
		for _, m := range moved {
			lost[m.first] = true
		}
		for seq := range inOrder(lost) {
			f.violate("transaction %d is of a transfer that is not kept", seq)
		}
		return nil
	})
}

func abs(a ledger.Fen) ledger.Fen { return max(a, -a) }
