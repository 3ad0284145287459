package ledger

import (
	"crypto/sha256"
	"testing"
)

func TestEveryFieldIsInTheHash(t *testing.T) {
	base := func() Txn {
		return Settled(Claim{Ref: "H1/1", Region: "990001", Hospital: "H1", Person: 1, Fund: 5, Account: 6})
	}
	hashes := map[Hash]string{Link(Hash{}, 1, base()): "unchanged"}
	for name, change := range map[string]func(*Txn){
		"event":   func(t *Txn) { t.Event = EventOpened },
		"ref":     func(t *Txn) { t.Ref = "H1/2" },
		"link":    func(t *Txn) { t.Reverses = "claim.settled H1/0" },
		"time":    func(t *Txn) { t.At++ },
		"amount":  func(t *Txn) { t.Entries[0].Amount++ },
		"account": func(t *Txn) { t.Entries[0].Account.Owner = "990002" },
		"order":   func(t *Txn) { t.Entries[0], t.Entries[1] = t.Entries[1], t.Entries[0] },
		"dropped": func(t *Txn) { t.Entries = t.Entries[1:] },
		// the same letters, cut elsewhere
		"border":  func(t *Txn) { t.Event, t.Ref = t.Event+"H", t.Ref[1:] },
		"borders": func(t *Txn) { t.Ref, t.Reverses = t.Ref[:1], t.Ref[1:] },
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

// What is hashed is written out here by hand: a change of the encoding changes the proof of every book.
func TestLinkIsSHA256OfThisText(t *testing.T) {
	txn := Reverse(Settled(Claim{Ref: "H1/V1", Region: "990001", Hospital: "H1", Person: 7, Fund: 65000}), "H1/V1")
	txn.At = 1672531200000
	text := string(make([]byte, 32)) + // the zero hash
		"\x00\x00\x00\x00\x00\x00\x00\x02" + "\x00\x00\x01\x85\x6a\xa0\xc8\x00" +
		"\x00\x00\x00\x16claim.settled.reversed" + "\x00\x00\x00\x05H1/V1" + "\x00\x00\x00\x13claim.settled H1/V1" +
		"POOL:medical:990001 -65000\nPAYABLE:medical:H1 65000\n"
	if got, want := Link(Hash{}, 2, txn), Hash(sha256.Sum256([]byte(text))); got != want {
		t.Errorf("got %x, want %x", got, want)
	}
}

func TestLaneIsInTheNumber(t *testing.T) {
	for _, c := range []struct {
		lane        int
		first, last int64
	}{{0, 1, 999_999_999_999}, {1, 1_000_000_000_001, 1_999_999_999_999}, {63, 63_000_000_000_001, 63_999_999_999_999}} {
		if First(c.lane) != c.first || Lane(c.first) != c.lane || Lane(c.last) != c.lane {
			t.Errorf("lane %d begins at %d, and %d and %d are of lanes %d and %d", c.lane, First(c.lane), c.first, c.last, Lane(c.first), Lane(c.last))
		}
	}
}

func TestRootStandsForEveryLane(t *testing.T) {
	a, b := Head{7, Hash{1}}, Head{First(1), Hash{2}}
	root := Root([]Head{a, b})
	for name, c := range map[string]struct {
		heads []Head
		same  bool
	}{
		"the other order":               {[]Head{b, a}, true},
		"a lane without transactions":   {[]Head{a, b, {First(2) - 1, Hash{}}}, true},
		"one lane less":                 {[]Head{a}, false},
		"one transaction more":          {[]Head{{8, Hash{1}}, b}, false},
		"another hash":                  {[]Head{{7, Hash{3}}, b}, false},
		"the hashes of lanes exchanged": {[]Head{{7, Hash{2}}, {First(1), Hash{1}}}, false},
	} {
		if same := Root(c.heads) == root; same != c.same {
			t.Errorf("%s: the root is the same: %t, want %t", name, same, c.same)
		}
	}
}
