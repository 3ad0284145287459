package invariant

import (
	"encoding/binary"
	"strings"
	"time"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

// declarations reckons what was declared again, line by line, the months that were paid, and fees for being late.
func (r *again) declarations() {
	type filed struct {
		store.Declaration
		lines     int64
		employer  ledger.Fen
		persons   ledger.Fen
		unsettled error
	}
	all := make(map[name]*filed)
	var late []store.Declaration
	r.p.declarations.each(func(d *store.Declaration) {
		r.f.Checked++
		all[r.p.name(d.ID)] = &filed{Declaration: *d}
		if d.LateFee > 0 {
			late = append(late, *d)
		}
	})
	r.p.chunks.each(func(c *store.DeclarationChunk) {
		d := all[r.p.name(c.Declaration)]
		if d == nil {
			r.f.violate("lines of declaration %s are kept, and it is not", c.Declaration)
			return
		}
		law, err := r.p.contributor(&store.Contribution{Packs: d.Packs, Month: d.Month}, r.contributors)
		for b := c.Lines; len(b) > 0 && err == nil; {
			_, n := binary.Uvarint(b)
			wage, m := binary.Uvarint(b[max(0, n):])
			if n <= 0 || m <= 0 {
				r.f.violate("chunk %d of declaration %s does not read as pairs of person and wage", c.N, c.Declaration)
				return
			}
			b = b[n+m:]
			var dues rules.Dues
			dues, err = law.Contribute(int64(wage))
			d.lines++
			d.employer += ledger.Fen(dues.Employer)
			d.persons += ledger.Fen(dues.Person)
		}
		d.unsettled = err
	})
	r.p.months.each(func(row *store.Contribution) {
		c := *row
		if c.Packs == "" {
			if d := all[r.p.name(c.Declaration)]; d != nil {
				c.Packs = d.Packs
			}
		}
		r.month(&c)
	})
	r.p.atEnd(func() error {
		byID := make(map[string]*filed, len(all))
		for _, d := range all {
			byID[d.ID] = d
		}
		for id, d := range inOrder(byID) {
			switch {
			case d.unsettled != nil:
				r.f.violate("declaration %s: %v", id, d.unsettled)
			case d.lines != d.Lines, d.Lines > 0 && (d.employer != d.ByEmployer || d.persons != d.ByPersons):
				r.f.violate("declaration %s of %d lines has shares of %d and %d, its %d lines come to %d and %d by its packs",
					id, d.Lines, d.ByEmployer, d.ByPersons, d.lines, d.employer, d.persons)
			}
		}
		for _, d := range late {
			if err := r.lateFee(&d); err != nil {
				return err
			}
		}
		return nil
	})
}

// lateFee reckons the fee of a declaration again: each fund's arrears bear their own (O5). Which packs gave the rate is not
// kept with it, so the book of today decides.
func (r *again) lateFee(d *store.Declaration) error {
	var want ledger.Fen
	from := time.Date(int(d.Due/10000), time.Month(d.Due/100%100), int(d.Due%100)+1, 0, 0, 0, 0, time.UTC) // the day after the last one to pay
	return store.EachTxn(r.p, d.Txn, d.Txn, func(s ledger.Stored) error {
		for _, e := range s.Txn.Entries {
			if e.Account.Kind != ledger.Recv || !strings.HasPrefix(string(s.Txn.Event), string(ledger.EventAssessed)) {
				continue
			}
			fee, err := r.p.law.Rules.LateFee(rules.Arrears{
				Region: population.DefaultRegion, Principal: int64(e.Amount),
				From: rules.Date(from.Year()*10000 + int(from.Month())*100 + from.Day()), To: rules.Date(d.LateUntil),
			})
			if err != nil {
				r.f.violate("late fee of declaration %s: %v", d.ID, err)
				return nil
			}
			want += ledger.Fen(fee.Fee)
		}
		if want != d.LateFee {
			r.f.violate("declaration %s has a late fee of %d up to %d, want %d", d.ID, d.LateFee, d.LateUntil, want)
		}
		return nil
	})
}
