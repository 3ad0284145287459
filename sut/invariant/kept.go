package invariant

import (
	"strings"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// kept wants a row for everything that the audit log says was done under a key: an answer alone is no effect. Of
// certificates, whose codes are no matter for a log, it wants as many for each subject.
func kept(p *pass, f *Finding) {
	const certificate = "certificate of "
	var (
		acted = make(map[name]int64) // the first event that did something to each thing
		certs = make(map[name]int)   // issued to each subject and not found yet
	)
	p.events.each(func(r vault.Record) {
		e := &r.Event
		if e.Outcome != "done" || e.Key == "" {
			return
		}
		kind, id, _ := strings.Cut(e.Subject, " ")
		switch kind {
		case "claim", "payment", "transfer", "case", "batch", "declaration", "job", "feedback":
			n := p.name(kind, id)
			if acted[n] == 0 {
				acted[n] = r.Seq
			}
		case "certificate":
			certs[p.name(strings.TrimPrefix(e.Subject, certificate))]++
		}
	})
	is := func(kind string, id ...string) {
		f.Checked++
		delete(acted, p.name(kind, strings.Join(id, "/")))
	}
	p.batches.each(func(r *store.Batch) { is("batch", r.ID) })
	p.cases.each(func(r *store.Case) { is("case", r.ID) })
	p.transfers.each(func(r *store.Transfer) { is("transfer", r.ID) })
	p.jobs.each(func(r *store.Job) { is("job", r.ID) })
	p.payments.each(func(r *store.Payment) { is("payment", r.Bank, r.BankTxn) })
	p.declarations.each(func(r *store.Declaration) { is("declaration", r.ID) })
	p.claims.each(func(r *store.Claim) { is("claim", r.Hospital, r.Visit) })
	p.feedback.each(func(r *store.Feedback) { is("feedback", r.ID) })
	p.certificates.each(func(r *store.Certificate) {
		f.Checked++
		certs[p.name(r.Subject)]--
	})
	p.atEnd(func() error {
		first := make(map[int64]bool)
		for _, event := range acted {
			first[event] = true
		}
		for event := range inOrder(first) {
			f.violate("event %d says that something was done to a thing that is not kept", event)
		}
		for _, missing := range certs {
			if missing != 0 {
				f.violate("the log has %+d certificates of a subject beside those that are kept", missing)
			}
		}
		return nil
	})
}
