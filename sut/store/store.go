package store

import (
	"context"
	"errors"

	"github.com/peakday/peakday/sut/ledger"
)

// ErrExists is returned by the Add methods and Post when the record is there already.
var ErrExists = errors.New("exists already")

// ErrClosed is returned by a store that was closed.
var ErrClosed = errors.New("store is closed")

// A Store keeps the agency's records. It is safe for concurrent use.
type Store interface {
	// Update runs do in a transaction that sees all earlier ones, and returns nil only when the effect is durable.
	// An error or panic of do leaves nothing behind and comes back as the error. Updates run one after the other;
	// do must not wait for another one. ctx bounds the wait for a place; once do has begun it is finished.
	Update(ctx context.Context, do func(Tx) error) error
	// View runs do on an unchanging picture of what was committed, beside other Views and Updates.
	View(ctx context.Context, do func(View) error) error
	// Audit proves the invariants of everything stored.
	Audit(ctx context.Context) ([]ledger.Finding, error)
	// Close waits for Updates that have begun. Later calls return ErrClosed.
	Close() error
}

// A View reads. A missing record is the zero value and false.
type View interface {
	Head() (Posted, error) // the last transaction; Seq 0 means none
	Posted(event ledger.Event, ref string) (bool, error)
	Balance(a ledger.Account) (ledger.Fen, error) // zero when nothing was posted
	Spent(person uint64, year int) (Spent, error)
	Payment(bank, bankTxn string) (Payment, bool, error)
	Contributions(person uint64, from, to int) ([]Contribution, error) // months yyyymm, both included, newest first
	Answer(key string) (Answer, bool, error)
}

// A Tx reads and writes. A record that stands already is refused with ErrExists.
type Tx interface {
	View
	Post(ledger.Txn) (Posted, error) // refuses what does not balance
	AddClaim(Claim) error
	AddPayment(Payment) error
	AddContribution(Contribution) error
	AddAnswer(key string, a Answer) error
}

// Posted is a transaction's place in the chain.
type Posted struct {
	Seq  int64
	Hash ledger.Hash
}

// A Claim is a settled medical bill; money in fen.
type Claim struct {
	Hospital, Visit string // unique together
	Person          uint64
	Date            string // yyyy-mm-dd
	Tier            int    // 1 to 3, the hospital's level
	Deductible      ledger.Fen
	Fund            ledger.Fen
	Account         ledger.Fen
	Cash            ledger.Fen
	Pack            string // the policy pack that divided the bill
	Txn             int64
}

// Spent is what a person's claims of one calendar year have used up.
type Spent struct {
	Deductible, Fund ledger.Fen
}

// A Payment is a bank's push as it arrived.
type Payment struct {
	Bank, BankTxn string // unique together
	Employer      string
	Month         int // yyyymm that the payer named
	Amount        ledger.Fen
	Status        string // "matched" or "suspense"
	Txn           int64
}

// A Contribution is a paid normal month of a person, beyond those the population says were paid before.
type Contribution struct {
	Person   uint64
	Month    int // yyyymm; unique with Person
	Base     ledger.Fen
	Employer ledger.Fen // all employer parts
	Employee ledger.Fen // all employee parts
	Txn      int64
}

// An Answer is what a mutation replied, kept under its idempotency key.
type Answer struct {
	Fingerprint ledger.Hash // of method, path, subject and body
	Status      int         // HTTP status
	Body        []byte
	Txn         int64
}
