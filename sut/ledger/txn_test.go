package ledger

import (
	"math"
	"strings"
	"testing"
)

func TestCheckNamesWhatIsWrong(t *testing.T) {
	pool := Account{Pool, Medical, "990001"}
	for _, c := range []struct {
		name string
		txn  Txn
		want string // in the error; empty means none
	}{
		{"balanced in one fund", Txn{Event: "e", Ref: "r", Entries: []Entry{{pool, 5}, {MedicalAccount(1), -5}}}, ""},
		{"without entries it balances", Txn{Event: "e", Ref: "r"}, ""},
		{"balanced only across funds", Txn{Event: "e", Ref: "r", Entries: []Entry{{pool, 5}, {PensionAccount(1), -5}}}, "medical by 5 fen"},
		{"an entry of zero", Txn{Event: "e", Ref: "r", Entries: []Entry{{pool, 0}}}, "POOL:medical:990001 is zero"},
		{"an amount that wraps the sum around", Txn{Event: "e", Ref: "r", Entries: []Entry{
			{pool, math.MaxInt64}, {pool, math.MaxInt64}, {MedicalAccount(1), 2},
		}}, "overflows"},
		{"an amount that wraps the sum around below", Txn{Event: "e", Ref: "r", Entries: []Entry{
			{pool, math.MinInt64}, {MedicalAccount(1), math.MinInt64},
		}}, "overflows"},
		{"a fund nobody has heard of", Txn{Event: "e", Ref: "r", Entries: []Entry{{Account{Pool, "lottery", "1"}, 5}}}, "a fund of social insurance"},
		{"an owner that would end the line", Txn{Event: "e", Ref: "r", Entries: []Entry{{Account{Pool, Medical, "1 5\nPOOL"}, 5}}}, "visible ASCII"},
		{"no owner", Txn{Event: "e", Ref: "r", Entries: []Entry{{Account{Pool, Medical, ""}, 5}}}, "visible ASCII"},
		{"a kind that holds the border", Txn{Event: "e", Ref: "r", Entries: []Entry{{Account{"A:B", Medical, "1"}, 5}}}, "visible ASCII"},
		{"a reference in another script", Txn{Event: "e", Ref: "宜昌"}, "printable ASCII"},
		{"a reversal of something without a printable name", Txn{Event: "e", Ref: "r", Reverses: "a\n"}, "printable ASCII"},
		{"a space in the event", Txn{Event: "e e", Ref: "r"}, "printable ASCII"},
		{"no reference", Txn{Event: "e"}, "want an event and a reference"},
	} {
		err := c.txn.Check()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestCheckAllocatesNothingForASoundTransaction(t *testing.T) {
	txn := Matched(onePayment())
	if n := testing.AllocsPerRun(100, func() {
		if err := txn.Check(); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
