package invariant

import (
	"context"
	"fmt"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

// Law is what stored amounts are held against.
type Law struct {
	Rules  *rules.Book
	People *population.Population // nil: not known; what needs it is left out and noted
}

// A checker says what it wants to be shown of the pass, and fills in its finding.
type checker struct {
	name, claim string
	watch       func(*pass, *Finding)
}

func checkers() []checker {
	return []checker{
		{"I1", "every transaction sums to zero in each fund", balanced},
		{"I2", "every balance is the sum of its entries", sums},
		{"I3", "money received is allocated, in suspense or was sent back", received},
		{"I4", "a person has one normal contribution a month, posted to the person's own accounts", contributions},
		{"I5", "one payout for an entitlement and period, of the entitlement's amount", paidOut},
		{"I6", "the money of a transfer is in one place, and its months count once", transfers},
		{"I7", "one effect for a key, with the receipt that was answered", answered},
		{"I8", "the months that count are those that were paid", counted},
		{"I9", "personal accounts are never overdrawn, and pensions never drawn before retirement", owned},
		{"I10", "every log of states is a path of its machine, to the state that the row is in", paths},
		{"I11", "the audit log is unbroken and has one event for each answer", audited},
		{"I13", "nothing is paid out after a benefit ended but what is booked as overpaid", stopped},
		{"I14", "no fund owes or pays another but the premium of the unemployed", separate},
		{"I15", "a month that nobody declared is assessed at 110 % of the last", undeclared},
		{"I16", "every amount comes out the same again by the packs it names", reckoned},
		{"chain", "transactions are numbered without gaps, and each hash covers the one before", chained},
		{"template", "every transaction has the entries of its event, and each reversal negates one other", templates},
		{"opening", "everybody was met once, with what they owned", openings},
		{"claims", "every claim is posted once, with its fund and account parts, and counted in its year", claims},
		{"kept", "what was done, by the audit log, is there", kept},
		{"outbox", "every hop of a transfer and every batch that was sent has its message, to the partner it concerns", told},
		{"sealed", "what names a person is sealed, and a certificate has the digest of a document", sealed},
		{"totals", "the running statistics are those of the rows", totals},
	}
}

// Of checks a store in one View, by the packs of the service and the population that the book was begun for.
func Of(ctx context.Context, s store.Store) (findings []Finding, err error) {
	book, err := rules.Open()
	if err != nil {
		return nil, err
	}
	err = s.View(ctx, func(v store.View) error {
		people, err := founded(v)
		if err != nil {
			return err
		}
		findings, err = Check(v, Law{book, people})
		return err
	})
	return findings, err
}

// founded is the population that the first transaction names; nil where there is none.
func founded(v store.View) (people *population.Population, err error) {
	err = store.EachTxn(v, 1, 1, func(s ledger.Stored) (err error) {
		var seed uint64
		var size int
		if s.Txn.Event != ledger.EventFounded {
			return nil
		}
		if _, err := fmt.Sscanf(s.Txn.Ref, "seed %d, %d people", &seed, &size); err != nil {
			return fmt.Errorf("the book was begun for %q: want such as seed 1, 100000 people", s.Txn.Ref)
		}
		people, err = population.New(seed, size)
		return err
	})
	return people, err
}

// Check runs every checker over everything stored and reports each, passed or not, in a fixed order. What is broken is a
// finding; the error is only that of reading.
func Check(v store.View, law Law) ([]Finding, error) {
	p := &pass{View: v, law: law, seed: newSeed()}
	list := checkers()
	findings := make([]Finding, len(list))
	for i, c := range list {
		findings[i].Name, findings[i].Claim = c.name, c.claim
		c.watch(p, &findings[i])
	}
	if err := p.run(); err != nil {
		return nil, err
	}
	for i := range findings {
		findings[i].OK = findings[i].Broken == 0
	}
	return findings, nil
}
