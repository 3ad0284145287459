package invariant

import (
	"slices"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// shapes says which accounts each event debits (+) and credits (-), as the chart in package ledger has it. Any of them
// may be missing where its amount was zero.
func shapes() map[ledger.Event]string {
	return map[ledger.Event]string{
		ledger.EventFounded:              "",
		ledger.EventOpened:               "+OPENING -PA -MA",
		ledger.EventManyOpened:           "+OPENING -PA -MA",
		ledger.EventInterest:             "+INTEREST -PA",
		ledger.EventAssessed:             "+RECV -DEFERRED",
		ledger.EventMatched:              "+BANK -RECV +DEFERRED -POOL -PA -MA",
		ledger.EventAllocated:            "+DEFERRED -POOL -PA -MA",
		ledger.EventSuspended:            "+BANK -SUSP",
		ledger.EventResolved:             "+SUSP -BANK +BANK -RECV",
		ledger.EventLateFeeCharged:       "+RECV -LATEFEE",
		ledger.EventLateFeePaid:          "+BANK -RECV +LATEFEE -POOL",
		ledger.EventClaimOpened:          "+OPENING -POOL -MA",
		ledger.EventSettled:              "+POOL +MA -PAYABLE",
		ledger.EventPayoutLocked:         "+PA +POOL -PAYABLE",
		ledger.EventPayoutSent:           "+PAYABLE -BANK",
		ledger.EventPayoutReturned:       "+BANK -PAYABLE",
		ledger.EventPayoutRequeued:       "+PAYABLE -PAYABLE",
		ledger.EventPayoutDropped:        "+PAYABLE -PA -POOL",
		ledger.EventPayoutClosed:         "",
		ledger.EventOverpaymentBooked:    "+OVERPAID -POOL",
		ledger.EventOverpaymentRecovered: "+BANK -OVERPAID",
		ledger.EventOverpaymentWithheld:  "+PAYABLE -OVERPAID",
		ledger.EventTransferOpened:       "+OPENING -TRANSIT",
		ledger.EventTransferReleased:     "+POOL +PA -TRANSIT",
		ledger.EventTransferSent:         "+TRANSIT -BANK",
		ledger.EventTransferReceived:     "+BANK -TRANSIT",
		ledger.EventTransferCredited:     "+TRANSIT -POOL -PA",
		ledger.EventPremiumOwed:          "+POOL -INTERFUND +INTERFUND -POOL -MA",
		ledger.EventPremiumPaid:          "+INTERFUND -BANK +BANK -INTERFUND",
		ledger.EventSwept:                "+FISCAL -BANK",
		ledger.EventDrawn:                "+BANK -FISCAL",
	}
}

// templates holds every transaction against the shape of its event, and every reversal against what it reverses.
func templates(p *pass, f *Finding) {
	type side struct {
		kind  ledger.Kind
		debit bool
	}
	allowed := make(map[ledger.Event][]side)
	for event, shape := range shapes() {
		sides := []side{}
		for _, word := range strings.Fields(shape) {
			sides = append(sides, side{ledger.Kind(word[1:]), word[0] == '+'})
		}
		allowed[event] = sides
	}
	var reversals []ledger.Stored
	p.txns.each(func(s ledger.Stored) {
		f.Checked++
		event, negated := strings.CutSuffix(string(s.Txn.Event), reversed)
		sides, known := allowed[ledger.Event(event)]
		switch {
		case !known:
			f.violate("transaction %d has event %s, which is none of the templates", s.Seq, s.Txn.Event)
			return
		case negated != (s.Txn.Reverses != ""):
			f.violate("transaction %d, %s, reverses %q", s.Seq, s.Txn.Event, s.Txn.Reverses)
		case negated:
			reversals = append(reversals, s)
		}
		for i := range s.Txn.Entries {
			e := &s.Txn.Entries[i]
			if !slices.Contains(sides, side{e.Account.Kind, (e.Amount > 0) != negated}) {
				f.violate("transaction %d, %s, has an entry of %d on %s: want %q", s.Seq, s.Txn.Event, e.Amount, e.Account, shapes()[ledger.Event(event)])
				return
			}
		}
	})
	p.atEnd(func() error {
		by := make(map[string]int64)
		for _, back := range reversals {
			if other := by[back.Txn.Reverses]; other != 0 {
				f.violate("transaction %d reverses %s, which transaction %d has reversed", back.Seq, back.Txn.Reverses, other)
			}
			by[back.Txn.Reverses] = back.Seq
			event, ref, _ := strings.Cut(back.Txn.Reverses, " ")
			posted, err := p.Posted(ledger.Event(event), ref)
			if err != nil {
				return err
			}
			negates := false
			err = store.EachTxn(p, posted.Seq, posted.Seq, func(s ledger.Stored) error {
				negates = slices.EqualFunc(s.Txn.Entries, back.Txn.Entries, func(a, b ledger.Entry) bool {
					return a.Account == b.Account && a.Amount == -b.Amount
				})
				return nil
			})
			if err != nil {
				return err
			}
			if !negates || string(back.Txn.Event) != event+reversed {
				f.violate("transaction %d (%s) is no negation of %s, transaction %d", back.Seq, back.Txn.Event, back.Txn.Reverses, posted.Seq)
			}
		}
		return nil
	})
}

const reversed = ".reversed"
