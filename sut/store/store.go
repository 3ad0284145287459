package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/vault"
)

// ErrExists is returned by Add and Post when the record is there already: at once, or by the Update when it ends.
var ErrExists = errors.New("exists already")

// ErrStale is returned by Set when the row is not of the version that was read. An Update that meets it is run again by
// the store and returns it only after losing many times in a row.
var ErrStale = errors.New("was changed by another update")

// ErrClosed is returned by a store that was closed.
var ErrClosed = errors.New("store is closed")

// ErrText is returned for a text that not every database takes; see [Text].
var ErrText = errors.New("text with a NUL byte, or that is not UTF-8")

// A Store keeps the agency's records. It is safe for concurrent use.
type Store interface {
	// Update runs do in a transaction and returns nil only when its effect is durable. An error or panic of do leaves
	// nothing behind and comes back as the error. Updates that touch the same rows happen one after the other: do may
	// be run again from the start where another one came first, so it must set, not add to, what it captures.
	// do must not wait for another Update. ctx bounds the wait for a place; once do has begun it is finished.
	Update(ctx context.Context, do func(Tx) error) error
	// View runs do on an unchanging picture of what was committed, beside other Views and Updates. What it asks after ctx's
	// deadline, or still asks then, ends with that error.
	View(ctx context.Context, do func(View) error) error
	// Close waits for Updates that have begun. Later calls return ErrClosed.
	Close() error
}

// A View reads. Inside an Update it sees what that Update wrote.
type View interface {
	// Get fills r from the row that has r's key. Where there is none it returns false and leaves r alone.
	Get(r Record) (bool, error)
	// Select scans every row of a query into dest, pointers as those of Fields, and calls each after it; an error of
	// each ends it. Rows that this Update wrote may be missing: Select is for lists, Get for deciding.
	Select(q Query, dest []any, each func() error, args ...any) error
	// Balance is zero where nothing was posted.
	Balance(a ledger.Account) (ledger.Fen, error)
	// Posted finds the transaction of an event and reference; Seq 0 means none.
	Posted(event ledger.Event, ref string) (Posted, error)
}

// A Tx reads and writes.
type Tx interface {
	View
	// Add writes new rows. One whose key stands fails the Update with ErrExists.
	Add(rows ...Record) error
	// Set replaces the row with r's key, if it is of r's version still, and counts r's version up.
	Set(r Record) error
	// Change runs a statement on many rows and says how many it was.
	Change(q Query, args ...any) (int64, error)
	// Post writes a transaction to the ledger's chain and moves the balances; it refuses what does not balance.
	Post(ledger.Txn) (Posted, error)
	// Audit writes an event to the chain of the audit log; it refuses what Event.Check does.
	Audit(vault.Event) error
	// Count adds to a running total of the statistics.
	Count(report, bucket string, n int64, sum ledger.Fen) error
}

// AuditLog is the name of the audit log: every lane of it begins with vault.Start of this.
const AuditLog = "peakday-sut"

// Posted is a transaction's place in the chain.
type Posted struct {
	Seq  int64
	Hash ledger.Hash
}

// A Query is SQL that every implementation understands, with $1, $2, … for its arguments.
type Query string

// List is every record of a query for whole rows of T's table.
func List[T any, R interface {
	*T
	Record
}](v View, q Query, args ...any) (list []T, err error) {
	var row T
	err = v.Select(q, R(&row).Fields(), func() error {
		list = append(list, row)
		return nil
	}, args...)
	return list, err
}

// A Pool says how the balance of the pooled funds, which every payment and every claim of a region moves, is kept.
type Pool struct {
	// Stripes is the number of rows that share the balance: 1 is one hot row that all updates wait for. 0 is lazy:
	// updates write down what they add, and the balance takes it in later. Reading the balance is exact in each case.
	Stripes int
}

// Each calls each for every record of T's table, in no order. The record is the same one every time: copy what stays.
func Each[T any, R interface {
	*T
	Record
}](v View, each func(R) error) error {
	row := R(new(T))
	return v.Select(Query("SELECT "+row.Table().columns()+" FROM "+row.Table().Name), row.Fields(), func() error { return each(row) })
}

// EachEvent calls each for the events of the audit log from sequence from to to, both included, in their order.
func EachEvent(v View, from, to int64, each func(vault.Record) error) error {
	var r vault.Record
	var hash []byte
	var text string
	return v.Select(AuditEvents, []any{&r.Seq, &hash, &text}, func() (err error) {
		copy(r.Hash[:], hash)
		if r.Event, err = vault.ParseEvent([]byte(text)); err != nil {
			return fmt.Errorf("event %d of the audit log: %w", r.Seq, err)
		}
		return each(r)
	}, from, to)
}

// AuditHeads are the last events of the audit log's lanes.
func AuditHeads(v View) (heads []vault.Head, err error) {
	err = eachHead(v, "audit", func(seq int64, hash []byte) {
		h := vault.Head{Seq: seq}
		copy(h.Hash[:], hash)
		heads = append(heads, h)
	})
	return heads, err
}

// LedgerHeads are the last transactions of the ledger's lanes.
func LedgerHeads(v View) (heads []ledger.Head, err error) {
	err = eachHead(v, "txn", func(seq int64, hash []byte) {
		h := ledger.Head{Seq: seq}
		copy(h.Hash[:], hash)
		heads = append(heads, h)
	})
	return heads, err
}

// eachHead calls each for the end of every lane of one kind of chain.
func eachHead(v View, of string, each func(seq int64, hash []byte)) error {
	var kind string
	var lane, seq int64
	var hash []byte
	return v.Select(Heads, []any{&kind, &lane, &seq, &hash}, func() error {
		if kind == of {
			each(seq, hash)
		}
		return nil
	})
}

// Forever is after every sequence number.
const Forever = 1<<63 - 1

// EachTxn calls each for the transactions of the ledger from sequence from to to, both included, in their order.
func EachTxn(v View, from, to int64, each func(ledger.Stored) error) error {
	var s ledger.Stored
	var hash []byte
	var event, entries string
	return v.Select(Txns, []any{&s.Seq, &hash, &event, &s.Txn.Ref, &s.Txn.Reverses, &s.Txn.At, &entries}, func() (err error) {
		copy(s.Hash[:], hash)
		s.Txn.Event = ledger.Event(event)
		if s.Txn.Entries, err = ledger.ParseEntries([]byte(entries)); err != nil {
			return err
		}
		return each(s)
	}, from, to)
}
