package ledger

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var anyFen = rapid.Map(rapid.Int64Range(0, 1_000_000_000_00), func(n int64) Fen { return Fen(n) })

// anyTxn draws a posting from every template.
func anyTxn(t *rapid.T) Txn {
	dues := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Due {
		return Due{
			Fund: rapid.SampledFrom([]Fund{Pension, Unemployment, Injury, Medical}).Draw(t, "fund"),
			Pool: anyFen.Draw(t, "pool"), Personal: anyFen.Draw(t, "personal"),
		}
	}), 0, 6).Draw(t, "dues")
	person := rapid.Uint64Range(0, 5).Draw(t, "person")
	switch rapid.SampledFrom([]Event{EventOpened, EventAssessed, EventMatched, EventSuspended, EventSettled}).Draw(t, "event") {
	case EventOpened:
		return Opened("990001", person, anyFen.Draw(t, "pension"), anyFen.Draw(t, "medical"))
	case EventAssessed:
		return Assessed("E1/202301/1", "E1", dues)
	case EventMatched:
		return Matched(Payment{Ref: "B1/1", Region: "990001", Payer: "E1", Bank: "B1", Person: person, Dues: dues})
	case EventSuspended:
		return Suspended("B1/1", "990001", "B1", anyFen.Draw(t, "amount"))
	}
	return Settled(Claim{Ref: "H1/1", Region: "990001", Hospital: "H1", Person: person, Fund: anyFen.Draw(t, "fund"), Account: anyFen.Draw(t, "account")})
}

func TestEveryTemplateBalancesInsideEachFund(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		txn := anyTxn(t)
		if err := txn.Check(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestPaidDeclarationLeavesNothingOwed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dues := []Due{{Pension, anyFen.Draw(t, "pool"), anyFen.Draw(t, "pa")}, {Medical, anyFen.Draw(t, "pool"), anyFen.Draw(t, "ma")}}
		total := make(map[Kind]Fen)
		for _, txn := range []Txn{Assessed("d", "E1", dues), Matched(Payment{Ref: "p", Region: "990001", Payer: "E1", Person: 3, Dues: dues})} {
			for _, e := range txn.Entries {
				total[e.Account.Kind] += e.Amount
			}
		}
		if total[Recv] != 0 || total[Deferred] != 0 {
			t.Fatalf("RECV %d, DEFERRED %d after payment, want 0", total[Recv], total[Deferred])
		}
		if total[Bank] != Total(dues) || -total[PA] != dues[0].Personal || -total[MA] != dues[1].Personal {
			t.Fatalf("bank %d, PA %d, MA %d of %+v", total[Bank], total[PA], total[MA], dues)
		}
	})
}

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
		{"no reference", Txn{Event: "e"}, "want an event and a reference"},
	} {
		err := c.txn.Check()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestEveryFieldIsInTheHash(t *testing.T) {
	base := func() Txn {
		return Settled(Claim{Ref: "H1/1", Region: "990001", Hospital: "H1", Person: 1, Fund: 5, Account: 6})
	}
	hashes := map[Hash]string{Link(Hash{}, 1, base()): "unchanged"}
	for name, change := range map[string]func(*Txn){
		"event":   func(t *Txn) { t.Event = EventOpened },
		"ref":     func(t *Txn) { t.Ref = "H1/2" },
		"time":    func(t *Txn) { t.At++ },
		"amount":  func(t *Txn) { t.Entries[0].Amount++ },
		"account": func(t *Txn) { t.Entries[0].Account.Owner = "990002" },
		"order":   func(t *Txn) { t.Entries[0], t.Entries[1] = t.Entries[1], t.Entries[0] },
		"dropped": func(t *Txn) { t.Entries = t.Entries[1:] },
		// the same letters, cut elsewhere
		"border": func(t *Txn) { t.Event, t.Ref = t.Event+"H", t.Ref[1:] },
	} {
		txn := base()
		change(&txn)
		h := Link(Hash{}, 1, txn)
		if other, taken := hashes[h]; taken {
			t.Errorf("%s hashes as %s", name, other)
		}
		hashes[h] = name
	}
	if _, taken := hashes[Link(Hash{}, 2, base())]; taken {
		t.Error("the number is not in the hash")
	}
	if _, taken := hashes[Link(Hash{1}, 1, base())]; taken {
		t.Error("the hash before is not in the hash")
	}
}

func FuzzParseAccount(f *testing.F) {
	for _, s := range []string{"POOL:medical:420500", "PA:pension:7", "", "::", "A:b:c:d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAccount(s)
		if err == nil && a.String() != s {
			t.Errorf("%q reads as %v", s, a)
		}
	})
}
