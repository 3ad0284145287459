package invariant

import (
	"encoding/json"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/store"
)

// news is what a message says of a transfer, or of a batch.
type news struct {
	Transfer string     `json:"transfer"`
	From     string     `json:"from_region"`
	To       string     `json:"to_region"`
	Months   int64      `json:"months"`
	Personal ledger.Fen `json:"account_fen"`
	Pool     ledger.Fen `json:"pool_fen"`
	Batch    string     `json:"batch"`
	Total    ledger.Fen `json:"total_fen"`
	Status   string     `json:"status"`
}

// told proves the outbox against the logs: each step that a partner must hear of has its message, and each message its step,
// goes to the one whom the step concerns and tells what the row has. What goes with a transfer is not fixed before its
// information is sent, so the amounts told until then are not held against it.
func told(p *pass, f *Finding) {
	var (
		owed      = make(map[name]string)
		transfers = make(map[name]store.Transfer)
		batches   = make(map[name]store.Batch)
	)
	p.transitions.each(func(t *store.Transition) {
		if t.Machine == "transfer" {
			id := t.ID + "/" + t.Path[strings.LastIndexByte(t.Path, '>')+1:]
			owed[p.name(id)] = id
		}
	})
	p.batches.each(func(b *store.Batch) {
		batches[p.name(b.ID)] = *b
		if b.State == "sent" || b.State == "closed" {
			owed[p.name(b.ID+"/sent")] = b.ID + "/sent"
		}
	})
	p.transfers.each(func(t *store.Transfer) { transfers[p.name(t.ID)] = *t })
	p.messages.each(func(m *store.Message) {
		f.Checked++
		if !strings.HasPrefix(m.Kind, "transfer.") && m.Kind != "payout.sent" {
			return
		}
		n := p.name(m.ID)
		if _, known := owed[n]; !known {
			f.violate("message %s tells of a step that was not taken", m.ID)
			return
		}
		delete(owed, n)
		id, step, _ := strings.Cut(m.ID, "/")
		var said, want news
		if err := json.Unmarshal(m.Payload, &said); err != nil {
			f.violate("message %s cannot be read: %v", m.ID, err)
			return
		}
		to := population.BankID(0)
		if m.Kind == "payout.sent" {
			b := batches[p.name(id)]
			want = news{Batch: b.ID, Total: b.Total, Status: step}
		} else {
			t := transfers[p.name(id)]
			want = news{Transfer: t.ID, From: t.From, To: t.To, Months: t.Months, Personal: t.Personal, Pool: t.Pool, Status: step}
			if to = "agency-" + t.To; hopsIn(step) == 0 || step == "funds_returned" {
				to = "agency-" + t.From
			}
			if step == "requested" || step == "certificate" || step == "accepted" {
				want.Months, want.Personal, want.Pool = said.Months, said.Personal, said.Pool
			}
		}
		if m.To != to || said != want {
			f.violate("message %s to %s says %+v, want %+v to %s", m.ID, m.To, said, want, to)
		}
	})
	p.atEnd(func() error {
		missing := make(map[string]bool)
		for _, id := range owed {
			missing[id] = true
		}
		for id := range inOrder(missing) {
			f.violate("step %s has no message", id)
		}
		return nil
	})
}
