package ledger

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// pages is a book in memory.
type pages struct {
	txns     []Stored
	balances map[Account]Fen
	payments []Received
	claims   []Billed
	answers  []Kept
	paid     []Paid
}

func each[T any](list []T, yield func(T) error) error {
	for _, v := range list {
		if err := yield(v); err != nil {
			return err
		}
	}
	return nil
}

func (p *pages) Txns(yield func(Stored) error) error        { return each(p.txns, yield) }
func (p *pages) Payments(yield func(Received) error) error  { return each(p.payments, yield) }
func (p *pages) Answers(yield func(Kept) error) error       { return each(p.answers, yield) }
func (p *pages) Claims(yield func(Billed) error) error      { return each(p.claims, yield) }
func (p *pages) Contributions(yield func(Paid) error) error { return each(p.paid, yield) }
func (p *pages) Balances(yield func(Account, Fen) error) error {
	for a, n := range p.balances {
		if err := yield(a, n); err != nil {
			return err
		}
	}
	return nil
}

// post appends a transaction and, with a key, its answer.
func (p *pages) post(t Txn, key string) {
	s := Stored{Seq: int64(len(p.txns) + 1), Txn: t}
	var head Hash
	if len(p.txns) > 0 {
		head = p.txns[len(p.txns)-1].Hash
	}
	s.Hash = Link(head, s.Seq, t)
	p.txns = append(p.txns, s)
	for _, e := range t.Entries {
		p.balances[e.Account] += e.Amount
	}
	if key != "" {
		receipt := Receipt(key, s.Hash)
		p.answers = append(p.answers, Kept{key, s.Seq, []byte(`{"receipt_hash":"` + hex.EncodeToString(receipt[:]) + `"}`)})
	}
}

// sound is a book of a claim, a matched and a suspended payment.
func sound() *pages {
	p := &pages{balances: make(map[Account]Fen)}
	dues := []Due{{Pension, 128000, 64000}, {Medical, 64000, 16000}, {Unemployment, 4000, 4000}}
	p.post(Opened("990001", 7, 1000000, 50000), "")
	p.post(Settled(Claim{Ref: "H1/V1", Region: "990001", Hospital: "H1", Person: 7, Fund: 65000, Account: 20000}), "k1")
	p.post(Assessed("E1/202301/7", "E1", dues), "")
	p.post(Matched(Payment{Ref: "B1/1", Region: "990001", Payer: "E1", Bank: "B1", Person: 7, Dues: dues}), "k2")
	p.post(Suspended("B1/2", "990001", "B1", 12345), "k3")
	p.payments = []Received{{"B1/1", Total(dues), "matched"}, {"B1/2", 12345, "suspense"}}
	p.claims = []Billed{{"H1/V1", 65000, 20000}}
	p.paid = []Paid{{7, 202301}}
	return p
}

func audited(t *testing.T, p *pages) map[string]Finding {
	t.Helper()
	findings, err := Audit(p)
	if err != nil {
		t.Fatal(err)
	}
	byName := make(map[string]Finding)
	for _, f := range findings {
		byName[f.Name] = f
	}
	return byName
}

func TestSoundBookPassesEveryChecker(t *testing.T) {
	for name, f := range audited(t, sound()) {
		if !f.OK || f.Checked == 0 {
			t.Errorf("%s: %+v, want OK with records checked", name, f)
		}
	}
}

// Each bug is seeded into a sound book; exactly the named checkers must catch it.
func TestEachSeededBugIsCaughtByItsChecker(t *testing.T) {
	for _, c := range []struct {
		name string
		bug  func(*pages)
		want []string
	}{
		{"an amount changed in place", func(p *pages) { p.txns[1].Txn.Entries[0].Amount++ }, []string{"I1", "I2", "chain", "claims"}},
		{"money moved between accounts of one fund", func(p *pages) {
			p.txns[1].Txn.Entries[0].Account.Owner = "990002"
		}, []string{"I2", "chain"}},
		{"a transaction dropped from the middle", func(p *pages) { p.txns = slices.Delete(p.txns, 2, 3) }, []string{"I2", "chain"}},
		{"two transactions swapped", func(p *pages) { p.txns[2], p.txns[3] = p.txns[3], p.txns[2] }, []string{"chain"}},
		{"a hash rewritten", func(p *pages) { p.txns[4].Hash[0]++; p.answers[2].Response = nil }, []string{"chain", "I7"}},
		{"a balance off by one fen", func(p *pages) { p.balances[MedicalAccount(7)]++ }, []string{"I2"}},
		{"a balance lost", func(p *pages) { delete(p.balances, MedicalAccount(7)) }, []string{"I2"}},
		{"a balance from nowhere", func(p *pages) { p.balances[MedicalAccount(8)] = -1 }, []string{"I2"}},
		{"a payment never posted", func(p *pages) { p.payments = append(p.payments, Received{"B1/3", 5, "suspense"}) }, []string{"I3"}},
		{"a payment of another amount", func(p *pages) { p.payments[0].Amount-- }, []string{"I3"}},
		{"a posting never received", func(p *pages) { p.payments = p.payments[:1] }, []string{"I3"}},
		{"a payment of a status nobody knows", func(p *pages) { p.payments[1].Status = "lost" }, []string{"I3"}},
		{"a claim of another amount", func(p *pages) { p.claims[0].Fund++ }, []string{"claims"}},
		{"a claim never posted", func(p *pages) { p.claims = append(p.claims, Billed{"H1/V2", 1, 0}) }, []string{"claims"}},
		{"a settlement without its claim", func(p *pages) { p.claims = nil }, []string{"claims"}},
		{"a personal account overdrawn", func(p *pages) {
			p.post(Settled(Claim{Ref: "H1/V2", Region: "990001", Hospital: "H1", Person: 7, Account: 50001}), "k4")
			p.claims = append(p.claims, Billed{"H1/V2", 0, 50001})
		}, []string{"I9"}},
		{"a month paid twice", func(p *pages) { p.paid = append(p.paid, p.paid[0]) }, []string{"I4"}},
		{"an effect without a key", func(p *pages) { p.answers = p.answers[1:] }, []string{"I7"}},
		{"two keys for one effect", func(p *pages) { p.answers = append(p.answers, Kept{"k9", 2, p.answers[0].Response}) }, []string{"I7"}},
		{"an answer changed after the fact", func(p *pages) { p.answers[0].Response = []byte(`{"receipt_hash":""}`) }, []string{"I7"}},
		{"a double posting in sound chain order", func(p *pages) {
			p.post(Settled(Claim{Ref: "H1/V1", Region: "990001", Hospital: "H1", Person: 7, Fund: 65000, Account: 20000}), "")
		}, []string{"I7"}},
	} {
		p := sound()
		c.bug(p)
		var broken []string
		for name, f := range audited(t, p) {
			if !f.OK {
				if broken = append(broken, name); f.First == "" {
					t.Errorf("%s: %s does not say what it found", c.name, name)
				}
			}
		}
		slices.Sort(broken)
		slices.Sort(c.want)
		if !slices.Equal(broken, c.want) {
			t.Errorf("%s is caught by %v, want %v", c.name, broken, c.want)
		}
	}
}

func TestAuditStopsAtAReadError(t *testing.T) {
	p := sound()
	if _, err := Audit(failing{p}); err == nil || !strings.Contains(err.Error(), "page torn") {
		t.Errorf("got %v, want the error of the book", err)
	}
}

type failing struct{ *pages }

func (failing) Payments(func(Received) error) error { return fmt.Errorf("page torn") }

func ExampleAudit() {
	p := &pages{balances: make(map[Account]Fen)}
	p.post(Opened("990001", 7, 0, 50000), "")
	p.post(Settled(Claim{Ref: "H1/V1", Region: "990001", Hospital: "H1", Person: 7, Fund: 65000, Account: 20000}), "key-1")
	p.claims = []Billed{{"H1/V1", 65000, 20000}}
	p.balances[MedicalAccount(7)] -= 100 // somebody adds a yuan to a balance

	findings, _ := Audit(p)
	for _, f := range findings {
		if !f.OK {
			fmt.Printf("%s: %s, but %s\n", f.Name, f.Claim, f.First)
		}
	}
	// Output:
	// I2: every balance is the sum of its entries, but MA:medical:7 stands at -30100, its entries sum to -30000
}

func TestSettledSample(t *testing.T) {
	got := make(map[string]Fen)
	for _, e := range Settled(Claim{Ref: "H0042/17", Region: "420500", Hospital: "H0042", Person: 7, Fund: 65000, Account: 20000}).Entries {
		got[e.Account.String()] = e.Amount
	}
	want := map[string]Fen{"POOL:medical:420500": 65000, "MA:medical:7": 20000, "PAYABLE:medical:H0042": -85000}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
