package storetest

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
)

// records is one of every kind.
func records() []store.Record {
	return []store.Record{
		new(store.Person), new(store.Enrolment), new(store.Declaration), new(store.DeclarationChunk), new(store.Contribution), new(store.Transfer),
		new(store.Payment), new(store.Claim), new(store.Spent), new(store.Entitlement), new(store.Batch), new(store.BankFileChunk), new(store.Item),
		new(store.Case), new(store.Transition), new(store.Job), new(store.Answer), new(store.Certificate), new(store.Feedback), new(store.Message),
		new(store.Checkpoint),
	}
}

// everyTable checks that records names every table but those that only the stores write.
func everyTable(t *testing.T, _ store.Store) {
	steps, err := store.Migrations(store.Postgres)
	if err != nil {
		t.Fatal(err)
	}
	own := []string{"head", "txn", "balance", "balance_pending", "audit", "statistic"}
	named := regexp.MustCompile(`CREATE TABLE (\w+)`)
	for _, step := range steps {
		for _, s := range step.Statements {
			m := named.FindStringSubmatch(s)
			if m == nil || slices.Contains(own, m[1]) {
				continue
			}
			if !slices.ContainsFunc(records(), func(r store.Record) bool { return r.Table().Name == m[1] }) {
				t.Errorf("table %s has no record in this suite", m[1])
			}
		}
	}
}

// The values that each kind of column is tried with, by turns.
var (
	numbers = []int64{0, 1, -1, math.MaxInt64, math.MinInt64}
	texts   = []string{"", "a b", "参保人 ✓ \"'\\%_", "line\nbreak\ttab", strings.Repeat("long ", 400)}
	blobs   = [][]byte{nil, {}, {0}, []byte("\x00\xff'\\x41"), bytes.Repeat([]byte{0, 1, 254, 255}, 1<<16)}
)

// turns is how many records of each kind are made.
const turns = 5

// filled is the turn-th record of r's kind. Its key has no other.
func filled(r store.Record, turn int) store.Record {
	r = reflect.New(reflect.TypeOf(r).Elem()).Interface().(store.Record)
	for i, field := range r.Fields() {
		isKey := i < r.Table().Key
		turn := (turn + i) % turns
		if isKey {
			turn = (turn - i + turns) % turns // distinct in every column
		}
		switch p := field.(type) {
		case *int64:
			*p = numbers[turn]
		case *uint64:
			*p = uint64(numbers[turn])
		case *ledger.Fen:
			*p = ledger.Fen(numbers[turn])
		case *bool:
			*p = turn%2 == 1
		case *string:
			*p = texts[turn]
			if isKey {
				*p = fmt.Sprint(*p, turn)[:min(len(*p)+1, 100)]
			}
		case *[]byte:
			*p = blobs[turn]
			if r.Table().Columns[i] == "blind_index" { // unique
				*p = []byte{byte(turn)}
			}
		}
	}
	return r
}

// values are the columns of a record, nil bytes as empty ones.
func values(r store.Record) []any { return store.Values(nil, r.Fields()) }

// keyed is an empty record with the key of r.
func keyed(r store.Record) store.Record {
	k := reflect.New(reflect.TypeOf(r).Elem()).Interface().(store.Record)
	for i := range r.Table().Key {
		reflect.ValueOf(k.Fields()[i]).Elem().Set(reflect.ValueOf(r.Fields()[i]).Elem())
	}
	return k
}

func everyColumn(t *testing.T, s store.Store) {
	for _, kind := range records() {
		for turn := range turns {
			want := filled(kind, turn)
			name := fmt.Sprintf("%s %d", want.Table().Name, turn)
			err := s.Update(t.Context(), func(tx store.Tx) error {
				if err := tx.Add(want); err != nil {
					return err
				}
				return same(t, tx, name+" in its update", want)
			})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if err := s.View(t.Context(), func(v store.View) error { return same(t, v, name, want) }); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// same checks that Get finds want in every column.
func same(t *testing.T, v store.View, name string, want store.Record) error {
	got := keyed(want)
	found, err := v.Get(got)
	if !found || err != nil {
		t.Errorf("%s: found %v, %v", name, found, err)
		return nil
	}
	for i, value := range values(got) {
		if !reflect.DeepEqual(value, values(want)[i]) {
			t.Errorf("%s: column %s is %.60v, was written as %.60v", name, want.Table().Columns[i], value, values(want)[i])
		}
	}
	return nil
}

func everyVersion(t *testing.T, s store.Store) {
	for _, kind := range records() {
		table := kind.Table()
		first, second := filled(kind, 1), filled(kind, 2)
		for i := range table.Key {
			reflect.ValueOf(second.Fields()[i]).Elem().Set(reflect.ValueOf(first.Fields()[i]).Elem())
		}
		version := func(r store.Record) *int64 { return r.Fields()[len(table.Columns)-1].(*int64) }
		if table.Versioned() {
			*version(first) = 7
		}
		if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Add(first) }); err != nil {
			t.Errorf("%s: %v", table.Name, err)
			continue
		}
		if !table.Versioned() {
			if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.Set(second) }); err == nil {
				t.Errorf("%s has no version and was set", table.Name)
			}
			continue
		}
		err := s.Update(t.Context(), func(tx store.Tx) error {
			*version(second) = 7
			for range 2 { // twice in one update
				if err := tx.Set(second); err != nil {
					return err
				}
				if err := same(t, tx, table.Name+" as it was set", second); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || *version(second) != 9 {
			t.Errorf("%s: %v, version %d after two changes of version 7", table.Name, err, *version(second))
			continue
		}
		if err := s.View(t.Context(), func(v store.View) error { return same(t, v, table.Name+" after it was set", second) }); err != nil {
			t.Error(err)
		}
	}
}
