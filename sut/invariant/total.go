package invariant

import (
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

// totals holds running statistics against what they count: claims, and steps of payments and transfers.
func totals(p *pass, f *Finding) {
	type bucket struct{ report, name string }
	type total struct {
		n   int64
		sum ledger.Fen
	}
	counted := make(map[bucket]total)
	count := func(report, name string, sum ledger.Fen) {
		b := bucket{report, name}
		counted[b] = total{counted[b].n + 1, counted[b].sum + sum}
	}
	back := make(map[name]bool)
	p.txns.each(func(s ledger.Stored) {
		if s.Txn.Event == ledger.EventSettled+reversed {
			back[p.name(s.Txn.Ref)] = true
		}
	})
	p.transitions.each(func(t *store.Transition) {
		if t.Machine == "payment" || t.Machine == "transfer" {
			count(t.Machine+"s-by-state", t.Path[strings.LastIndexByte(t.Path, '>')+1:], 0)
		}
	})
	p.claims.each(func(c *store.Claim) {
		day := rules.Date(c.Date).String()
		if !strings.HasPrefix(c.Visit, c.Hospital+"-B") { // else it may be older than the service, and was not counted
			count("claims-by-day", day, c.Fund)
		}
		if back[p.name(c.Hospital+"/"+c.Visit)] {
			count("claims-reversed-by-day", day, c.Fund)
		}
	})
	p.atEnd(func() error {
		for _, report := range []string{"claims-by-day", "claims-reversed-by-day", "payments-by-state", "transfers-by-state"} {
			var name string
			var got total
			err := p.Select(store.Statistics, []any{&name, &got.n, &got.sum}, func() error {
				f.Checked++
				b := bucket{report, name}
				want := counted[b]
				if delete(counted, b); !strings.HasPrefix(report, "claims") {
					want.sum = got.sum // of amounts as they stood then
				}
				if got != want {
					f.violate("%s has %d with %d fen under %s, the rows come to %d with %d", report, got.n, got.sum, name, want.n, want.sum)
				}
				return nil
			}, report)
			if err != nil {
				return err
			}
		}
		for b, t := range counted {
			f.violate("%s has nothing under %s, the rows come to %d", b.report, b.name, t.n)
		}
		return nil
	})
}
