package ledger

import "fmt"

// An Entry moves an amount to (positive) or from (negative) an account. Its amount is never zero.
type Entry struct {
	Account Account
	Amount  Fen
}

// A Txn is one balanced posting. Event and Ref together are unique in a book: that makes each template idempotent.
type Txn struct {
	Event    Event
	Ref      string // what the event is about: a claim, a payment, a person
	Reverses string // the [Txn.Name] of the transaction that this one takes back; empty for all others
	At       int64  // milliseconds since 1970-01-01 UTC, set by whoever posts it
	Entries  []Entry
}

// Name is the event and its reference, "claim.settled H0042/V17": unique in a book.
func (t Txn) Name() string { return string(t.Event) + " " + t.Ref }

// Reverse takes t back: every entry negated, under its own event and a reference of its own, linked by Reverses.
// Nothing is ever deleted from a book. Give the reference of t itself where a second reversal must be refused.
func Reverse(t Txn, ref string) Txn {
	back := Txn{Event: t.Event + reversed, Ref: ref, Reverses: t.Name(), Entries: make([]Entry, len(t.Entries))}
	for i, e := range t.Entries {
		back.Entries[i] = Entry{e.Account, -e.Amount}
	}
	return back
}

// Check reports a transaction that does not balance inside each of its funds (invariant I1), holds an entry of zero
// or on an account that cannot be stored, or has no name. A transaction without entries balances: it is the record of
// an event that moved no fund money, such as a claim paid wholly in cash. A sound transaction costs no allocation.
func (t Txn) Check() error {
	if !graphic(string(t.Event), ' ') || !printable(t.Ref) || t.Reverses != "" && !printable(t.Reverses) {
		return fmt.Errorf("transaction %q %q %q: want an event and a reference, in printable ASCII", t.Event, t.Ref, t.Reverses)
	}
	var sums [4]Fen // one a fund
	for i := range t.Entries {
		e := &t.Entries[i]
		fund := e.Account.Fund.index()
		if fund < 0 || !e.Account.storable() {
			return fmt.Errorf("transaction %s: entry on %q: want KIND:fund:owner in visible ASCII and a fund of social insurance", t.Name(), e.Account)
		}
		if e.Amount == 0 {
			return fmt.Errorf("transaction %s: entry on %s is zero", t.Name(), e.Account)
		}
		sum := sums[fund] + e.Amount
		if (sum > sums[fund]) != (e.Amount > 0) { // wrapped around, it might end at zero
			return fmt.Errorf("transaction %s: the sum overflows at %d fen on %s", t.Name(), e.Amount, e.Account)
		}
		sums[fund] = sum
	}
	if sums != [4]Fen{} {
		return t.unbalanced(sums)
	}
	return nil
}

func (t Txn) unbalanced(sums [4]Fen) error {
	var by []string
	for _, f := range []Fund{Injury, Medical, Pension, Unemployment} {
		if sum := sums[f.index()]; sum != 0 {
			by = append(by, fmt.Sprintf("%s by %d fen", f, sum))
		}
	}
	return fmt.Errorf("transaction %s does not balance: %v", t.Name(), by)
}

// index numbers the funds from 0 to 3. It is -1 for anything else.
func (f Fund) index() int {
	switch f {
	case Pension:
		return 0
	case Unemployment:
		return 1
	case Injury:
		return 2
	case Medical:
		return 3
	}
	return -1
}

// printable tells whether s is printable ASCII, spaces among it.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return s != ""
}

// add appends an entry, leaving out those of zero.
func (t *Txn) add(a Account, amount Fen) {
	if amount != 0 {
		t.Entries = append(t.Entries, Entry{a, amount})
	}
}
