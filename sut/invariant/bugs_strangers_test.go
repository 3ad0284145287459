package invariant_test

import (
	"bytes"
	"slices"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// row is a bug in the n-th row of its type that is written and that takes wants. What the agency does with the row
// afterwards, it does with the spoiled one.
func row[R store.Record](name string, n int, takes func(R) bool, spoil func(R)) bug {
	return bug{name, func(l *luck) func(*tx) {
		return func(t *tx) {
			hurt := func(r store.Record) {
				if r, is := r.(R); is && takes(r) && l.nth(n) {
					spoil(r)
				}
			}
			t.add = func(r store.Record) error { hurt(r); return t.Tx.Add(r) }
			t.set = func(r store.Record) error { hurt(r); return t.Tx.Set(r) }
		}
	}}
}

// posting is a bug in the n-th posting of an event.
func posting(name string, e ledger.Event, n int, spoil func(*ledger.Txn)) bug {
	return bug{name, func(l *luck) func(*tx) {
		return func(t *tx) {
			t.post = func(p ledger.Txn) (store.Posted, error) {
				if p.Event == e && l.nth(n) {
					p.Entries = slices.Clone(p.Entries)
					spoil(&p)
				}
				return t.Tx.Post(p)
			}
		}
	}}
}

// owner gives the entries of a kind of account to somebody else.
func owner(kind ledger.Kind, other func(string) string) func(*ledger.Txn) {
	return func(p *ledger.Txn) {
		for i := range p.Entries {
			if a := &p.Entries[i].Account; a.Kind == kind {
				a.Owner = other(a.Owner)
			}
		}
	}
}

// neighbour changes the last digit of an owner.
func neighbour(s string) string { return s[:len(s)-1] + string('0'+(s[len(s)-1]-'0'+1)%10) }

// strangers are bugs invented by somebody who has not read the checkers.
func strangers() []bug {
	return []bug{
		posting("a claim's account part is taken from the neighbour", ledger.EventSettled, 5, owner(ledger.MA, neighbour)),
		posting("a late fee is charged to another employer", ledger.EventLateFeeCharged, 1, owner(ledger.Recv, neighbour)),
		posting("an overpayment is owed by somebody else", ledger.EventOverpaymentBooked, 1, owner(ledger.Overpaid, neighbour)),
		posting("what the bank returned is owed to the batch instead of the entitlement", ledger.EventPayoutReturned, 1, func(p *ledger.Txn) {
			batch, _, _ := strings.Cut(p.Ref, "/")
			owner(ledger.Payable, func(string) string { return batch })(p)
		}),
		posting("a transfer is paid to the bank of the old region", ledger.EventTransferReceived, 1, owner(ledger.Bank, func(string) string { return region })),
		posting("a posting is dated in seconds instead of milliseconds", ledger.EventMatched, 3, func(p *ledger.Txn) { p.At /= 1000 }),
		{"the fund's part is rounded down a fen, which the patient pays", func(l *luck) func(*tx) {
			return func(t *tx) {
				hit := false
				t.post = func(p ledger.Txn) (store.Posted, error) {
					if p.Event == ledger.EventSettled && p.Entries[0].Account.Kind == ledger.Pool && l.nth(4) {
						hit = true
						p.Entries = slices.Clone(p.Entries)
						p.Entries[0].Amount--
						p.Entries[len(p.Entries)-1].Amount++
					}
					return t.Tx.Post(p)
				}
				t.add = func(r store.Record) error {
					if c, is := r.(*store.Claim); is && hit {
						c.Fund--
						c.Cash++
					}
					return t.Tx.Add(r)
				}
			}
		}},
		{"a reversal of a payment is written down without its money", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.post = func(p ledger.Txn) (store.Posted, error) {
					if strings.HasPrefix(string(p.Event), "payment.") && p.Reverses != "" && l.nth(1) {
						return t.Posted(ledger.EventMatched, p.Ref)
					}
					return t.Tx.Post(p)
				}
			}
		}},
		{"an entry moves the balance of the person beside", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.post = func(p ledger.Txn) (store.Posted, error) {
					done, err := t.Tx.Post(p)
					if err == nil && p.Event == ledger.EventMatched && l.nth(4) {
						const move store.Query = "UPDATE balance SET amount = amount + $2 WHERE account = (SELECT account FROM balance WHERE account LIKE 'PA:%' AND (account = $1) = $3 LIMIT 1)"
						for _, e := range p.Entries {
							if e.Account.Kind == ledger.PA {
								t.raw(move, e.Account.String(), -e.Amount, true)
								t.raw(move, e.Account.String(), e.Amount, false)
							}
						}
					}
					return done, err
				}
			}
		}},
		{"a year's spending is read stale, so the deductible is taken twice", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.got = func(r store.Record) {
					if s, is := r.(*store.Spent); is && s.Fund > 0 && l.nth(2) {
						s.Deductible, s.Fund = 0, 0
					}
				}
			}
		}},
		{"an answer is stored with the body of the one before", func(l *luck) func(*tx) {
			var last []byte
			return func(t *tx) {
				t.add = func(r store.Record) error {
					if a, is := r.(*store.Answer); is {
						body := a.Body
						if l.nth(12) {
							a.Body = last
						}
						last = body
					}
					return t.Tx.Add(r)
				}
			}
		}},
		{"the audit log names the subject of the call before", func(l *luck) func(*tx) {
			last := ""
			return func(t *tx) {
				t.audit = func(e vault.Event) error {
					subject := e.Subject
					if e.Txn != 0 && l.nth(7) {
						e.Subject = last
					}
					last = subject
					return t.Tx.Audit(e)
				}
			}
		}},
		{"the statistics count a claim again after a repeated update", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.count = func(report, bucket string, n int64, sum ledger.Fen) error {
					if report == "claims-by-day" && l.nth(3) {
						n, sum = 2*n, 2*sum
					}
					return t.Tx.Count(report, bucket, n, sum)
				}
			}
		}},
		{"a hop of a transfer is told twice", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.add = func(r store.Record) error {
					if m, is := r.(*store.Message); is && l.nth(5) {
						again := *m
						again.ID += "/2"
						if err := t.Tx.Add(&again); err != nil {
							return err
						}
					}
					return t.Tx.Add(r)
				}
			}
		}},
		{"a claim of the old year is kept with the new year's policy", func(l *luck) func(*tx) {
			pack := ""
			return func(t *tx) {
				t.add = func(r store.Record) error {
					if c, is := r.(*store.Claim); is && c.Year >= 2023 {
						pack = c.Pack
					} else if is && l.nth(1) {
						c.Pack = pack
					}
					return t.Tx.Add(r)
				}
			}
		}},
		row("a message goes to the wrong agency", 3, func(*store.Message) bool { return true }, func(m *store.Message) { m.To = "agency-110000" }),
		row("a message tells of more money than moved", 4, func(*store.Message) bool { return true }, func(m *store.Message) {
			m.Payload = bytes.Replace(m.Payload, []byte(`"pool_fen":`), []byte(`"pool_fen":1`), 1)
		}),
		row("an item is planned for the neighbour's bank account", 9, func(i *store.Item) bool { return i.State == "planned" }, func(i *store.Item) { i.Person++ }),
		row("a decision is by who reviewed it", 1, func(c *store.Case) bool { return c.Decider != "" && c.Reviewer != "" }, func(c *store.Case) { c.Decider = c.Reviewer }),
		row("a hop of a transfer is logged for a citizen, who may not take it", 3, func(t *store.Transition) bool { return t.Machine == "transfer" && t.N > 1 },
			func(t *store.Transition) { t.Actor = "citizen 1" }),
		row("a transferred person stays in the old region", 1, func(p *store.Person) bool { return p.Region != region }, func(p *store.Person) { p.Region = region }),
		row("a month names the transaction before its own", 5, func(*store.Contribution) bool { return true }, func(c *store.Contribution) { c.Txn-- }),
		row("a claim counts in the year before", 3, func(c *store.Claim) bool { return c.Ver == 1 && c.Year == 2023 }, func(c *store.Claim) { c.Year-- }),
		row("a month is booked for the one after", 2, func(c *store.Contribution) bool { return c.Month == 202302 }, func(c *store.Contribution) { c.Month++ }),
		row("a month's two shares are swapped", 2, func(c *store.Contribution) bool { return c.Kind == "normal" },
			func(c *store.Contribution) { c.ByEmployer, c.ByPerson = c.ByPerson, c.ByEmployer }),
		row("a returned item is marked paid", 1, func(i *store.Item) bool { return i.State == "returned" }, func(i *store.Item) { i.State = "paid" }),
		row("a resolved payment stays in suspense", 1, func(p *store.Payment) bool { return p.BankTxn == "T202" && p.State == "posted" },
			func(p *store.Payment) { p.State = "suspense" }),
		row("suspended money is noted as allocated", 1, func(p *store.Payment) bool { return p.State == "suspense" }, func(p *store.Payment) { p.Allocated = p.Amount }),
		row("months that a transfer brought are added twice", 1, func(p *store.Person) bool { return p.Brought > 0 }, func(p *store.Person) { p.Brought *= 2 }),
		row("a stale write forgets the transfer under way", 16, func(p *store.Person) bool { return p.Moving != "" }, func(p *store.Person) { p.Moving = "" }),
		row("a stop is written without its month", 1, func(e *store.Entitlement) bool { return e.State == "stopped" }, func(e *store.Entitlement) { e.Until = 0 }),
		row("an unemployment benefit lasts a month too long", 1, func(e *store.Entitlement) bool { return e.Kind == "unemployment" && e.Until != 0 },
			func(e *store.Entitlement) { e.Until++ }),
		row("a late fee is posted and not noted on the declaration", 1, func(d *store.Declaration) bool { return d.LateFee > 0 }, func(d *store.Declaration) { d.LateFee = 0 }),
		row("a suspension is written on the neighbour's enrolment", 1, func(e *store.Enrolment) bool { return e.State == "suspended" }, func(e *store.Enrolment) { e.Person++ }),
		row("a hop's clock is not set", 2, func(t *store.Transfer) bool { return t.State == "credited" }, func(t *store.Transfer) { t.Due = 0 }),
		row("a phone number is kept in clear", 1, func(p *store.Person) bool { return p.Ver > 1 && p.Moving == "" }, func(p *store.Person) { p.Phone = []byte("13900000000") }),
		row("a certificate is kept with the digest of nothing", 2, func(*store.Certificate) bool { return true }, func(c *store.Certificate) { clear(c.Digest) }),
	}
}
