package invariant

import (
	"strings"

	"github.com/peakday/peakday/sut/store"
)

// told proves the outbox against the logs: each step that a partner must hear of has its message, and each message its step.
func told(p *pass, f *Finding) {
	owed := make(map[name]string)
	p.transitions.each(func(t *store.Transition) {
		if t.Machine == "transfer" {
			id := t.ID + "/" + t.Path[strings.LastIndexByte(t.Path, '>')+1:]
			owed[p.name(id)] = id
		}
	})
	p.batches.each(func(b *store.Batch) {
		if b.State == "sent" || b.State == "closed" {
			owed[p.name(b.ID+"/sent")] = b.ID + "/sent"
		}
	})
	p.messages.each(func(m *store.Message) {
		f.Checked++
		if !strings.HasPrefix(m.Kind, "transfer.") && m.Kind != "payout.sent" {
			return
		}
		n := p.name(m.ID)
		if _, known := owed[n]; !known {
			f.violate("message %s tells of a step that was not taken", m.ID)
		}
		delete(owed, n)
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
