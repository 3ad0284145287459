package invariant

import (
	"hash/maphash"
	"strconv"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// A pass reads everything stored once, in the order of its fields: of two tables that a checker joins, the one with fewer
// rows comes first. What is shown is valid during the call only; strings may be kept.
type pass struct {
	store.View // for what is looked up at the end
	law        Law
	seed       maphash.Seed

	events      stream[vault.Record]
	txns        stream[ledger.Stored]
	transitions stream[*store.Transition] // each thing's in their order

	batches      stream[*store.Batch]
	cases        stream[*store.Case]
	entitlements stream[*store.Entitlement]
	transfers    stream[*store.Transfer]
	jobs         stream[*store.Job]
	persons      stream[*store.Person]
	enrolments   stream[*store.Enrolment]
	payments     stream[*store.Payment]
	declarations stream[*store.Declaration]
	chunks       stream[*store.DeclarationChunk]
	claims       stream[*store.Claim]
	years        stream[*store.Spent]
	months       stream[*store.Contribution]
	items        stream[*store.Item]
	files        stream[*store.BankFileChunk]
	messages     stream[*store.Message]
	feedback     stream[*store.Feedback]
	certificates stream[*store.Certificate]
	answers      stream[*store.Answer]

	end []func() error
}

// A stream is shown to all who asked for it.
type stream[R any] []func(R)

func (s *stream[R]) each(do func(R)) { *s = append(*s, do) }

func (s stream[R]) show(r R) {
	for _, do := range s {
		do(r)
	}
}

// atEnd is done when everything was shown. Its error is that of reading.
func (p *pass) atEnd(do func() error) { p.end = append(p.end, do) }

func (p *pass) run() error {
	steps := []func() error{
		func() error {
			return store.EachEvent(p, 0, store.Forever, func(r vault.Record) error { p.events.show(r); return nil })
		},
		func() error {
			return store.EachTxn(p, 0, store.Forever, func(s ledger.Stored) error { p.txns.show(s); return nil })
		},
		func() error {
			var t store.Transition
			return p.Select(t.Table().Where("n > 0 ORDER BY machine, id, n"), t.Fields(), func() error { p.transitions.show(&t); return nil })
		},
		func() error { return read(p, p.batches) },
		func() error { return read(p, p.cases) },
		func() error { return read(p, p.entitlements) },
		func() error { return read(p, p.transfers) },
		func() error { return read(p, p.jobs) },
		func() error { return read(p, p.persons) },
		func() error { return read(p, p.enrolments) },
		func() error { return read(p, p.payments) },
		func() error { return read(p, p.declarations) },
		func() error { return read(p, p.chunks) },
		func() error { return read(p, p.claims) },
		func() error { return read(p, p.years) },
		func() error { return read(p, p.months) },
		func() error { return read(p, p.items) },
		func() error { return read(p, p.files) },
		func() error { return read(p, p.messages) },
		func() error { return read(p, p.feedback) },
		func() error { return read(p, p.certificates) },
		func() error { return read(p, p.answers) },
	}
	for _, step := range append(steps, p.end...) {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func read[R interface {
	*T
	store.Record
}, T any](p *pass, s stream[R]) error {
	if len(s) == 0 {
		return nil
	}
	return store.Each(p, func(r R) error { s.show(r); return nil })
}

func newSeed() maphash.Seed { return maphash.MakeSeed() }

// A name is the hash of the texts that name a thing: a map of names holds no pointer for the collector to follow.
type name uint64

func (p *pass) name(parts ...string) name {
	var h maphash.Hash
	h.SetSeed(p.seed)
	for _, part := range parts {
		h.WriteString(part)
		h.WriteByte(0)
	}
	return name(h.Sum64())
}

// personOf is the owner of a personal account, ok false where there is none such.
func personOf(a *ledger.Account) (person uint64, ok bool) {
	person, err := strconv.ParseUint(a.Owner, 10, 64)
	return person, err == nil
}

// number is the text form of a person's index.
func number(person uint64) string { return strconv.FormatUint(person, 10) }
