package invariant_test

import (
	"bytes"
	"slices"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
)

// bugs are ours: of the ledger, the store and the agency in this order.
func bugs() []bug {
	return slices.Concat(ledgerBugs(), storeBugs(), agencyBugs())
}

// onPost spoils the n-th posting of an event.
func onPost(event ledger.Event, n int, spoil func(*tx, ledger.Txn) (store.Posted, error)) func(*luck) func(*tx) {
	return func(l *luck) func(*tx) {
		return func(t *tx) {
			t.post = func(p ledger.Txn) (store.Posted, error) {
				if p.Event == event && l.nth(n) {
					return spoil(t, p)
				}
				return t.Tx.Post(p)
			}
		}
	}
}

// onAdd spoils the n-th new row of a type; a row of which keep is false is lost.
func onAdd[R store.Record](n int, spoil func(R) (keep bool)) func(*luck) func(*tx) {
	return func(l *luck) func(*tx) {
		return func(t *tx) {
			t.add = func(r store.Record) error {
				if row, is := r.(R); is && l.nth(n) && !spoil(row) {
					return nil
				}
				return t.Tx.Add(r)
			}
		}
	}
}

// onSet spoils the n-th change of a row of a type; one of which keep is false is lost, and nobody told.
func onSet[R store.Record](n int, spoil func(R) (keep bool)) func(*luck) func(*tx) {
	return func(l *luck) func(*tx) {
		return func(t *tx) {
			t.set = func(r store.Record) error {
				if row, is := r.(R); is && l.nth(n) && !spoil(row) {
					return nil
				}
				return t.Tx.Set(r)
			}
		}
	}
}

func lost[R store.Record](R) bool { return false }

// entry is the first one on a kind of account.
func entry(p ledger.Txn, kind ledger.Kind) *ledger.Entry {
	i := slices.IndexFunc(p.Entries, func(e ledger.Entry) bool { return e.Account.Kind == kind })
	return &p.Entries[i]
}

func ledgerBugs() []bug {
	return []bug{
		{"a settlement is posted twice, the second time under another reference", "claims", onPost(ledger.EventSettled, 7, func(t *tx, p ledger.Txn) (store.Posted, error) {
			again := p
			again.Ref += "-again"
			if _, err := t.Tx.Post(again); err != nil {
				return store.Posted{}, err
			}
			return t.Tx.Post(p)
		})},
		{"a payment is answered and not posted", "I3", onPost(ledger.EventMatched, 5, func(*tx, ledger.Txn) (store.Posted, error) {
			return store.Posted{Seq: 1}, nil
		})},
		{"an entry is skipped and its amount put to the pool", "I4", onPost(ledger.EventMatched, 4, func(t *tx, p ledger.Txn) (store.Posted, error) {
			own := entry(p, ledger.PA)
			entry(p, ledger.Pool).Amount += own.Amount
			p.Entries = slices.DeleteFunc(p.Entries, func(e ledger.Entry) bool { return e.Account == own.Account })
			return t.Tx.Post(p)
		})},
		{"a personal account is credited in whole yuan, through a float", "I4", onPost(ledger.EventMatched, 6, func(t *tx, p ledger.Txn) (store.Posted, error) {
			own := entry(p, ledger.PA)
			yuan := ledger.Fen(int64(float32(own.Amount)/100)) * 100
			entry(p, ledger.Pool).Amount += own.Amount - yuan
			own.Amount = yuan
			return t.Tx.Post(p)
		})},
		{"all signs of a settlement are flipped", "template", onPost(ledger.EventSettled, 5, func(t *tx, p ledger.Txn) (store.Posted, error) {
			for i := range p.Entries {
				p.Entries[i].Amount *= -1
			}
			return t.Tx.Post(p)
		})},
		{"a contribution is credited to the next person", "I4", onPost(ledger.EventMatched, 3, func(t *tx, p ledger.Txn) (store.Posted, error) {
			next := *entry(p, ledger.PA)
			next.Account = ledger.PensionAccount(11)
			*entry(p, ledger.PA) = next
			return t.Tx.Post(p)
		})},
		{"an opening balance is a yuan too much", "opening", onPost(ledger.EventOpened, 9, func(t *tx, p ledger.Txn) (store.Posted, error) {
			entry(p, ledger.PA).Amount -= 100
			entry(p, ledger.Opening).Amount += 100
			return t.Tx.Post(p)
		})},
		{"a reversal takes back half", "template", onPost(ledger.EventSettled+".reversed", 1, func(t *tx, p ledger.Txn) (store.Posted, error) {
			for i := range p.Entries {
				p.Entries[i].Amount -= p.Entries[i].Amount / 2
			}
			var rest ledger.Fen
			for _, e := range p.Entries {
				rest += e.Amount
			}
			p.Entries[0].Amount -= rest
			return t.Tx.Post(p)
		})},
		{"a claim is lent to the medical fund by the pension fund", "I14", onPost(ledger.EventSettled, 12, func(t *tx, p ledger.Txn) (store.Posted, error) {
			const loan = 1000
			pool := ledger.Account{Kind: ledger.Pool, Fund: ledger.Pension, Owner: region}
			p.Entries = append(p.Entries, ledger.Entry{Account: pool, Amount: loan})
			for fund, amount := range map[ledger.Fund]ledger.Fen{ledger.Pension: -loan, ledger.Medical: loan} {
				p.Entries = append(p.Entries, ledger.Entry{Account: ledger.Account{Kind: ledger.Interfund, Fund: fund, Owner: region}, Amount: amount})
			}
			p.Entries = append(p.Entries, ledger.Entry{Account: ledger.Account{Kind: ledger.Fiscal, Fund: ledger.Medical, Owner: region}, Amount: -loan})
			return t.Tx.Post(p)
		})},
		{"a pension is taken from the account of somebody who works", "I9", onPost(ledger.EventPayoutLocked, 1, func(t *tx, p ledger.Txn) (store.Posted, error) {
			e := entry(p, ledger.PA)
			e.Account = ledger.PensionAccount(19)
			return t.Tx.Post(p)
		})},
		{"a hop of a transfer sends no money", "I6", onPost(ledger.EventTransferSent, 2, func(t *tx, p ledger.Txn) (store.Posted, error) {
			return t.Tx.Posted(ledger.EventTransferReleased, p.Ref)
		})},
		{"a transfer is credited to two regions", "I6", onPost(ledger.EventTransferCredited, 1, func(t *tx, p ledger.Txn) (store.Posted, error) {
			pool := entry(p, ledger.Pool)
			other := *pool
			other.Account.Owner = region
			other.Amount /= 2
			pool.Amount -= other.Amount
			p.Entries = append(p.Entries, other)
			return t.Tx.Post(p)
		})},
	}
}

func storeBugs() []bug {
	return []bug{
		{"a balance misses an update", "I2", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.post = func(p ledger.Txn) (store.Posted, error) {
					if p.Event == ledger.EventFounded || !l.nth(120) {
						return t.Tx.Post(p)
					}
					t.raw("UPDATE balance SET amount = amount + 1 WHERE account = 'POOL:medical:420500'")
					return t.Tx.Post(p)
				}
			}
		}},
		{"a row of the ledger is changed after it was hashed", "chain", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.count = func(report, bucket string, n int64, sum ledger.Fen) error {
					if l.nth(50) {
						t.raw("UPDATE txn SET at = at + 1 WHERE seq = 20")
					}
					return t.Tx.Count(report, bucket, n, sum)
				}
			}
		}},
		{"the last event of the audit log is cut off", "I11", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.audit = func(e vault.Event) error {
					if e.Op == "certificates.issue" && l.nth(3) {
						t.raw("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
					}
					return t.Tx.Audit(e)
				}
			}
		}},
		{"an audit event is lost", "I11", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.audit = func(e vault.Event) error {
					if l.nth(30) {
						return nil
					}
					return t.Tx.Audit(e)
				}
			}
		}},
		{"an audit event is written twice", "I11", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.audit = func(e vault.Event) error {
					if l.nth(30) {
						if err := t.Tx.Audit(e); err != nil {
							return err
						}
					}
					return t.Tx.Audit(e)
				}
			}
		}},
		{"a statistic counts twice", "totals", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.count = func(report, bucket string, n int64, sum ledger.Fen) error {
					if report == "claims-by-day" && l.nth(8) {
						n, sum = 2*n, 2*sum
					}
					return t.Tx.Count(report, bucket, n, sum)
				}
			}
		}},
		{"a message is lost from the outbox", "outbox", onAdd(4, lost[*store.Message])},
		{"an answer is lost", "I11", onAdd(21, lost[*store.Answer])},
		{"a claim is lost beside its posting", "claims", onAdd(6, lost[*store.Claim])},
		{"a paid month is lost beside its posting", "I4", onAdd(6, lost[*store.Contribution])},
		{"a person's row is lost beside the opening", "opening", func(l *luck) func(*tx) {
			return func(t *tx) {
				gone := make(map[uint64]bool)
				t.add = func(r store.Record) error {
					if p, is := r.(*store.Person); is && l.nth(30) {
						gone[p.ID] = true
						return nil
					}
					return t.Tx.Add(r)
				}
				t.set = func(r store.Record) error {
					if p, is := r.(*store.Person); is && gone[p.ID] {
						return nil
					}
					return t.Tx.Set(r)
				}
			}
		}},
		{"an item is lost between plan and lock", "I5", onAdd(17, lost[*store.Item])},
		{"a feedback is answered and not kept", "kept", onAdd(2, lost[*store.Feedback])},
		{"a certificate is answered and not kept", "kept", onAdd(2, lost[*store.Certificate])},
		{"a certificate is kept in clear", "sealed", onAdd(2, func(c *store.Certificate) bool {
			c.Body = []byte(strings.Repeat("the name of somebody ", 3))
			return true
		})},
		{"a feedback is kept in clear", "sealed", onAdd(2, func(f *store.Feedback) bool {
			f.Text = []byte(strings.Repeat("the name of somebody ", 3))
			return true
		})},
		{"two updates of what a year has used up read the same row, and one is lost", "claims", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.set = func(r store.Record) error {
					s, is := r.(*store.Spent)
					if !is || !l.nth(3) {
						return t.Tx.Set(r)
					}
					old := store.Spent{Person: s.Person, Year: s.Year}
					if _, err := t.Tx.Get(&old); err != nil {
						return err
					}
					return t.Tx.Set(&old)
				}
			}
		}},
		{"the log of a transfer is written out of order", "I10", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.add = func(r store.Record) error {
					if step, is := r.(*store.Transition); is && step.Machine == "transfer" && step.N == 3 && l.nth(1) {
						step.N = 30
					}
					return t.Tx.Add(r)
				}
			}
		}},
		{"a state is set and its step not logged", "I10", onAdd(15, lost[*store.Transition])},
	}
}

func agencyBugs() []bug {
	return []bug{
		{"the fund's part is rounded through a float, in row, posting and total alike", "I16", func(l *luck) func(*tx) {
			wrong := make(map[string]ledger.Fen)
			return func(t *tx) {
				t.post = func(p ledger.Txn) (store.Posted, error) {
					if p.Event == ledger.EventSettled && len(p.Entries) == 3 && l.nth(5) {
						entry(p, ledger.Pool).Amount--
						entry(p, ledger.Payable).Amount++
						wrong[p.Ref] = 1
					}
					return t.Tx.Post(p)
				}
				var person uint64
				t.add = func(r store.Record) error {
					if c, is := r.(*store.Claim); is && wrong[c.Hospital+"/"+c.Visit] != 0 {
						c.Fund--
						c.Cash++
						person = c.Person
					}
					if s, is := r.(*store.Spent); is && s.Person == person && person != 0 {
						s.Fund--
					}
					return t.Tx.Add(r)
				}
				t.set = func(r store.Record) error {
					if s, is := r.(*store.Spent); is && s.Person == person && person != 0 {
						s.Fund--
					}
					return t.Tx.Set(r)
				}
				t.count = func(report, bucket string, n int64, sum ledger.Fen) error {
					if report == "claims-by-day" && person != 0 {
						sum--
					}
					return t.Tx.Count(report, bucket, n, sum)
				}
			}
		}},
		{"a claim says it was divided by a pack that is not in force", "I16", onAdd(4, func(c *store.Claim) bool {
			c.Pack = strings.Replace(c.Pack, "2023-01-01", "2024-01-01", 1)
			return true
		})},
		{"the deductible of the year is used twice", "I16", onAdd(20, func(c *store.Claim) bool {
			c.UsedDeductible = 0
			c.Deductible += 100
			return true
		})},
		{"a month of before the opening is paid again", "I4", onAdd(3, func(c *store.Contribution) bool {
			c.Month = 202212
			return true
		})},
		{"a month counts as a makeup though it is the only one", "I8", onAdd(4, func(c *store.Contribution) bool {
			c.Kind = "makeup"
			return true
		})},
		{"an employer that declared nothing is assessed at 100 %", "I15", func(l *luck) func(*tx) {
			return func(t *tx) {
				less := ledger.Fen(0)
				t.post = func(p ledger.Txn) (store.Posted, error) {
					if less = 0; p.Event == ledger.EventAssessed && strings.HasSuffix(p.Ref, "/110") && l.nth(9) {
						for i := range p.Entries {
							part := p.Entries[i].Amount / 11
							p.Entries[i].Amount -= part
							less += max(part, 0)
						}
					}
					return t.Tx.Post(p)
				}
				t.add = func(r store.Record) error {
					if d, is := r.(*store.Declaration); is {
						d.ByEmployer -= less
					}
					return t.Tx.Add(r)
				}
			}
		}},
		{"a late fee is charged for a day too many", "I16", func(l *luck) func(*tx) {
			return func(t *tx) {
				more := ledger.Fen(0)
				t.post = func(p ledger.Txn) (store.Posted, error) {
					if p.Event == ledger.EventLateFeeCharged && l.nth(1) {
						more = 1
						entry(p, ledger.Recv).Amount++
						entry(p, ledger.LateFee).Amount--
					}
					return t.Tx.Post(p)
				}
				t.set = func(r store.Record) error {
					if d, is := r.(*store.Declaration); is {
						d.LateFee += more
						more = 0
					}
					return t.Tx.Set(r)
				}
			}
		}},
		{"a pension is a yuan more than the entitlement, in row and posting alike", "I5", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.add = func(r store.Record) error {
					if it, is := r.(*store.Item); is && l.nth(12) {
						it.Amount += 100
					}
					return t.Tx.Add(r)
				}
			}
		}},
		{"an allowance is entitled with a yuan too much", "I16", onAdd(2, func(e *store.Entitlement) bool {
			e.Amount += 100
			return true
		})},
		{"the lock does not see that a benefit was stopped", "I13", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.set = func(r store.Record) error {
					if it, is := r.(*store.Item); is && it.State == "cancelled" && l.nth(1) {
						it.State = "planned"
					}
					return t.Tx.Set(r)
				}
				t.read = func(q store.Query, dest []any) {
					if strings.Contains(string(q), "FROM entitlement") {
						*dest[7].(*int64), *dest[8].(*string) = 0, "paying"
					}
				}
			}
		}},
		{"what was paid after a benefit ended is not booked", "I13", onPost(ledger.EventOverpaymentBooked, 1, func(t *tx, p ledger.Txn) (store.Posted, error) {
			return store.Posted{}, nil
		})},
		{"whoever planned a batch locks it", "I10", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.set = func(r store.Record) error {
					if b, is := r.(*store.Batch); is && b.State == "locked" && l.nth(1) {
						b.Locker = b.Planner
					}
					return t.Tx.Set(r)
				}
			}
		}},
		{"a batch is closed with an item that the bank did not account for", "I5", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.set = func(r store.Record) error {
					if b, is := r.(*store.Batch); is && b.State == "closed" && l.nth(1) {
						b.Paid -= 100
					}
					return t.Tx.Set(r)
				}
			}
		}},
		{"a returned item is paid and returned", "I5", onSet(1, func(it *store.Item) bool {
			if it.State == "returned" {
				it.State = "paid"
			}
			return true
		})},
		{"an answer is given for a transaction that is somebody else's", "I7", onAdd(25, func(a *store.Answer) bool {
			a.Txn = 3
			return true
		})},
		{"a receipt is of another key", "I7", onAdd(26, func(a *store.Answer) bool {
			at := bytes.Index(a.Body, []byte("receipt_hash")) + len(`receipt_hash":"`)
			a.Body[at] ^= 1 // another digit
			return true
		})},
		{"a paid month is not counted on its person's row", "I8", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.set = func(r store.Record) error {
					if p, is := r.(*store.Person); is && p.Months > 0 && l.nth(3) {
						p.Months--
					}
					return t.Tx.Set(r)
				}
			}
		}},
		{"a transfer brings the months twice", "I6", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.set = func(r store.Record) error {
					if p, is := r.(*store.Person); is && p.Brought > 0 && l.nth(1) {
						p.Brought *= 2
					}
					return t.Tx.Set(r)
				}
			}
		}},
		{"less goes with a transfer than the law says, in row and postings alike", "I16", func(l *luck) func(*tx) {
			return func(t *tx) {
				less := ledger.Fen(0)
				t.post = func(p ledger.Txn) (store.Posted, error) {
					if p.Event == ledger.EventTransferReleased && l.nth(2) {
						less = 100
						entry(p, ledger.Pool).Amount -= less
						entry(p, ledger.Transit).Amount += less
					}
					return t.Tx.Post(p)
				}
				t.set = func(r store.Record) error {
					if tr, is := r.(*store.Transfer); is {
						tr.Pool -= less
					}
					return t.Tx.Set(r)
				}
			}
		}},
		{"a benefit goes from applied to paying", "I10", func(l *luck) func(*tx) {
			return func(t *tx) {
				t.add = func(r store.Record) error {
					if step, is := r.(*store.Transition); is && step.Machine == "benefit" && strings.HasSuffix(step.Path, "entitled") && l.nth(1) {
						step.Path = "accepted>entitled"
					}
					return t.Tx.Add(r)
				}
			}
		}},
	}
}
