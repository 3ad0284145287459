package store

import "github.com/peakday/peakday/sut/ledger"

// A Payment is a bank's push as it arrived.
type Payment struct {
	Bank, BankTxn string // unique together
	Payer         string // employer, or a person's id
	Declaration   string // that the money is for; empty: none
	Person        uint64 // whose month it paid, where Declaration is empty and Month is not 0
	Month         int64  // yyyymm
	Amount        ledger.Fen
	Allocated     ledger.Fen // the rest is in suspense, or was paid back
	State         string     // of workflow's machine "payment"
	Reason        string     // why it is in suspense
	Value         int64      // yyyymmdd
	Region        string     // whose bank account received it
	Txn           int64
	Ver           int64
}

var payments = Table{"payment", []string{
	"bank", "bank_txn", "payer", "declaration", "person", "month", "amount", "allocated", "state", "reason", "value", "region", "txn", "ver",
}, 2}

// Table is the table of payments.
func (*Payment) Table() *Table { return &payments }

// Fields are the columns.
func (p *Payment) Fields() []any {
	return []any{
		&p.Bank, &p.BankTxn, &p.Payer, &p.Declaration, &p.Person, &p.Month, &p.Amount, &p.Allocated, &p.State, &p.Reason, &p.Value, &p.Region, &p.Txn, &p.Ver,
	}
}

// PaymentsOn are those of bank $1 with value date $2 and numbers $3 to $4, at most $5.
var PaymentsOn = payments.Where("bank = $1 AND value = $2 AND bank_txn BETWEEN $3 AND $4 ORDER BY bank_txn LIMIT $5")

// A Claim is a medical bill with its division, and everything the division was reckoned from.
type Claim struct {
	Hospital, Visit string // unique together
	Person          uint64
	Year            int64 // of Date
	Date            int64 // yyyymmdd of the visit
	Tier            int64 // 0 community, else 1 to 3
	Retired         bool
	Region          string
	Total           ledger.Fen // the bill
	InPolicy        ledger.Fen // the part of it that the policy covers
	UsedDeductible  ledger.Fen // of the year, before this claim
	UsedFund        ledger.Fen // of the year, before this claim
	AccountBefore   ledger.Fen // on the medical account, before this claim
	Deductible      ledger.Fen
	Fund            ledger.Fen
	Account         ledger.Fen
	Cash            ledger.Fen
	Pack            string // id of the policy pack that divided the bill
	State           string // of workflow's machine "claim"
	Txn             int64
	Ver             int64
}

var claims = Table{"claim", []string{
	"hospital", "visit", "person", "year", "date", "tier", "retired", "region", "total", "in_policy", "used_deductible", "used_fund", "account_before",
	"deductible", "fund", "account", "cash", "pack", "state", "txn", "ver",
}, 2}

// Table is the table of claims.
func (*Claim) Table() *Table { return &claims }

// Fields are the columns.
func (c *Claim) Fields() []any {
	return []any{
		&c.Hospital, &c.Visit, &c.Person, &c.Year, &c.Date, &c.Tier, &c.Retired, &c.Region, &c.Total, &c.InPolicy, &c.UsedDeductible, &c.UsedFund, &c.AccountBefore,
		&c.Deductible, &c.Fund, &c.Account, &c.Cash, &c.Pack, &c.State, &c.Txn, &c.Ver,
	}
}

// ClaimsOn are those of hospital $1 on day $2 with visit numbers $3 to $4, at most $5.
var ClaimsOn = claims.Where("hospital = $1 AND date = $2 AND visit BETWEEN $3 AND $4 ORDER BY visit LIMIT $5")

// A Spent is what a person's claims of one year have used up: a running total, so that settling does not grow slower
// with every claim of the year.
type Spent struct {
	Person     uint64
	Year       int64
	Deductible ledger.Fen
	Fund       ledger.Fen
	Ver        int64
}

var spents = Table{"spent", []string{"person", "year", "deductible", "fund", "ver"}, 2}

// Table is the table of what was spent.
func (*Spent) Table() *Table { return &spents }

// Fields are the columns.
func (s *Spent) Fields() []any {
	return []any{&s.Person, &s.Year, &s.Deductible, &s.Fund, &s.Ver}
}

// An Entitlement is a benefit that somebody draws, a month at a time or once.
type Entitlement struct {
	ID           string
	Person       uint64
	Kind         string // pension, unemployment, injury, …
	Fund         string
	Region       string
	Amount       ledger.Fen // a month, or once
	Since, Until int64      // yyyymm, both included; Until 0 while it lasts
	State        string     // "paying", "suspended", "stopped", or "ended": every month up to Until has its item
	Case         string     // that decided it
	Packs        string
	Ver          int64
}

var entitlements = Table{"entitlement", []string{"id", "person", "kind", "fund", "region", "amount", "since", "until", "state", "case_id", "packs", "ver"}, 1}

// Table is the table of entitlements.
func (*Entitlement) Table() *Table { return &entitlements }

// Fields are the columns.
func (e *Entitlement) Fields() []any {
	return []any{&e.ID, &e.Person, &e.Kind, &e.Fund, &e.Region, &e.Amount, &e.Since, &e.Until, &e.State, &e.Case, &e.Packs, &e.Ver}
}

// EntitlementsOf are those of person $1.
var EntitlementsOf = entitlements.Where("person = $1 ORDER BY id")

// EntitlementsIn are those of kind $1 of the persons $2 to $3 that have not ended.
var EntitlementsIn = entitlements.Where("state <> 'ended' AND kind = $1 AND person BETWEEN $2 AND $3 ORDER BY person, id")

// EntitlementsFrom are those of kind $1 of the persons from $2 on that have not ended, at most $3.
var EntitlementsFrom = entitlements.Where("state <> 'ended' AND kind = $1 AND person >= $2 ORDER BY person, id LIMIT $3")

// EntitlementIn is the newest of person $1 and kind $2.
var EntitlementIn = entitlements.Where("person = $1 AND kind = $2 ORDER BY since DESC, id LIMIT 1")

// A Batch is a payout of one period, in the steps plan, lock, send, close.
type Batch struct {
	ID      string
	Kind    string
	Region  string
	Period  int64      // yyyymm
	Items   int64      // that have a place in it
	Total   ledger.Fen // what they come to at the bank, when locked: without those cancelled and without what was kept back
	Paid    ledger.Fen // by the bank's receipts
	Back    ledger.Fen // returned by the bank
	State   string     // of workflow's machine "payout batch"
	Planner string     // who began each step; the locker is not the planner
	Locker  string
	Sender  string
	Closer  string
	Step    string // plan, lock, send or close while it runs; else empty
	Cursor  int64  // where the step goes on: the next person of a plan, else the next place
	File    []byte // SHA-256 of the file to the bank
	Ver     int64
}

var batches = Table{"batch", []string{
	"id", "kind", "region", "period", "items", "total", "paid", "back", "state", "planner", "locker", "sender", "closer", "step", "cursor", "file", "ver",
}, 1}

// Table is the table of batches.
func (*Batch) Table() *Table { return &batches }

// Fields are the columns.
func (b *Batch) Fields() []any {
	return []any{&b.ID, &b.Kind, &b.Region, &b.Period, &b.Items, &b.Total, &b.Paid, &b.Back, &b.State, &b.Planner, &b.Locker, &b.Sender, &b.Closer, &b.Step, &b.Cursor, &b.File, &b.Ver}
}

// A BankFileChunk is a part of the file to the bank as it was sent, sealed: the file is never made a second time, for
// accounts change and items come back.
type BankFileChunk struct {
	Batch string
	N     int64      // from 0
	Items int64      // lines of items in it
	Total ledger.Fen // what they come to
	Lines []byte     // sealed
}

var bankFiles = Table{"bank_file", []string{"batch", "n", "items", "total", "lines"}, 2}

// Table is the table of bank files.
func (*BankFileChunk) Table() *Table { return &bankFiles }

// Fields are the columns.
func (c *BankFileChunk) Fields() []any { return []any{&c.Batch, &c.N, &c.Items, &c.Total, &c.Lines} }

// BankFileOf are the parts of batch $1 from $2 to before $3, at most $4.
var BankFileOf = bankFiles.Where("batch = $1 AND n >= $2 AND n < $3 ORDER BY n LIMIT $4")

// BankFilesAfter are the parts after part $2 of batch $1, at most $3.
var BankFilesAfter = bankFiles.Where("(batch, n) > ($1, $2) ORDER BY batch, n LIMIT $3")

// ResealBankFile puts the lines $3, sealed again, into part $2 of batch $1.
const ResealBankFile Query = "UPDATE bank_file SET lines = $3 WHERE batch = $1 AND n = $2"

// An Item is what one entitlement is paid for one period; the two are unique together.
type Item struct {
	Entitlement string
	Period      int64 // yyyymm
	Batch       string
	N           int64 // place in the batch, from 0
	Person      uint64
	Amount      ledger.Fen
	Personal    ledger.Fen // from the personal account; the rest is the pool's
	Kept        ledger.Fen // kept back for what the person was overpaid: the bank is to pay Amount - Kept
	State       string     // of workflow's machine "item"
	Reason      string     // why it came back, until it is locked again
	Ver         int64
}

var items = Table{"item", []string{"entitlement", "period", "batch", "n", "person", "amount", "personal", "kept", "state", "reason", "ver"}, 2}

// Table is the table of items.
func (*Item) Table() *Table { return &items }

// Fields are the columns.
func (i *Item) Fields() []any {
	return []any{&i.Entitlement, &i.Period, &i.Batch, &i.N, &i.Person, &i.Amount, &i.Personal, &i.Kept, &i.State, &i.Reason, &i.Ver}
}

// ItemsOf are those of batch $1 from place $2 on, at most $3.
var ItemsOf = items.Where("batch = $1 AND n >= $2 ORDER BY n LIMIT $3")

// ItemsSince are those of entitlement $1 for periods from $2 on.
var ItemsSince = items.Where("entitlement = $1 AND period >= $2 ORDER BY period")

// ItemsReturned are those that the bank returned from batches of kind $1 and region $2, at most $3.
var ItemsReturned = items.Where("state = 'returned' AND batch IN (SELECT id FROM batch WHERE kind = $1 AND region = $2) ORDER BY entitlement, period LIMIT $3")

// ItemSums are the items of batch $1 by state, without those for reason $2: state, how many, what the bank is to pay.
const ItemSums Query = "SELECT state, count(*), CAST(sum(amount - kept) AS bigint) FROM item WHERE batch = $1 AND reason <> $2 GROUP BY state ORDER BY state"

// MoveItems puts the items of batch $1 at places $2 to $3 that are in state $4 into state $5.
const MoveItems Query = "UPDATE item SET state = $5, ver = ver + 1 WHERE batch = $1 AND n BETWEEN $2 AND $3 AND state = $4"

// PayNothing puts the items of batch $1 at places $2 to $3 of which the bank has nothing to pay from sent into paid.
const PayNothing Query = "UPDATE item SET state = 'paid', ver = ver + 1 WHERE batch = $1 AND n BETWEEN $2 AND $3 AND state = 'sent' AND amount = kept"
