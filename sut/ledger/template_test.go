package ledger

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var anyFen = rapid.Map(rapid.Int64Range(0, 1_000_000_000_00), func(n int64) Fen { return Fen(n) })

var anyFund = rapid.SampledFrom([]Fund{Pension, Unemployment, Injury, Medical})

var anyDues = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Due {
	return Due{anyFund.Draw(t, "fund"), anyFen.Draw(t, "pool"), anyFen.Draw(t, "personal")}
}), 0, 6)

// anyLines are of people from 0 on, each once.
var anyLines = rapid.Custom(func(t *rapid.T) (lines []Line) {
	for n, dues := range rapid.SliceOfN(anyDues, 0, 8).Draw(t, "lines") {
		lines = append(lines, Line{uint64(n), dues})
	}
	return lines
})

var anyPayment = rapid.Custom(func(t *rapid.T) Payment {
	return Payment{
		Ref: "B1/1", Region: "990001", Payer: "E1", Bank: "B1",
		Person: rapid.Uint64Range(0, 5).Draw(t, "person"), Dues: anyDues.Draw(t, "dues"),
	}
})

var anyClaim = rapid.Custom(func(t *rapid.T) Claim {
	return Claim{Ref: "H1/1", Region: "990001", Hospital: "H1", Person: 3, Fund: anyFen.Draw(t, "fund"), Account: anyFen.Draw(t, "account")}
})

var anyBatch = rapid.Custom(func(t *rapid.T) Batch { return Batch{"PB-1", anyFund.Draw(t, "fund"), "990001"} })

// anyItems are of people from 0 on, each once.
var anyItems = rapid.Custom(func(t *rapid.T) (items []Item) {
	for n := range rapid.IntRange(1, 8).Draw(t, "items") {
		items = append(items, Item{"EN-" + strconv.Itoa(n), uint64(n), anyFen.Draw(t, "amount"), anyFen.Draw(t, "account")})
	}
	return items
})

var anyTransfer = rapid.Custom(func(t *rapid.T) Transfer {
	return Transfer{ID: "TR-1", Person: 4, From: "990001", To: "990002", Pool: anyFen.Draw(t, "pool"), Personal: anyFen.Draw(t, "personal")}
})

// templates draws a posting from each template but that of EventFounded, which has no entries.
var templates = map[Event]func(*rapid.T) Txn{
	EventOpened: func(t *rapid.T) Txn {
		return Opened("990001", 1, anyFen.Draw(t, "pension"), anyFen.Draw(t, "medical"))
	},
	EventManyOpened: func(t *rapid.T) Txn {
		var estates []Estate
		for n, amount := range rapid.SliceOfN(anyFen, 0, 8).Draw(t, "estates") {
			estates = append(estates, Estate{uint64(n), amount, anyFen.Draw(t, "medical")})
		}
		return ManyOpened("PB-1", 1, "990001", estates)
	},
	EventInterest: func(t *rapid.T) Txn {
		var credits []Credit
		for n, amount := range rapid.SliceOfN(anyFen, 0, 8).Draw(t, "credits") {
			credits = append(credits, Credit{uint64(n), amount})
		}
		return InterestCredited("2023/990001", 1, "990001", credits)
	},
	EventAssessed:       func(t *rapid.T) Txn { return Assessed("E1/202301/1", "E1", anyDues.Draw(t, "dues")) },
	EventMatched:        func(t *rapid.T) Txn { return Matched(anyPayment.Draw(t, "payment")) },
	EventAllocated:      func(t *rapid.T) Txn { return Allocated(anyPayment.Draw(t, "payment"), 1, anyLines.Draw(t, "lines")) },
	EventSuspended:      func(t *rapid.T) Txn { return Suspended("B1/1", "990001", "B1", anyFen.Draw(t, "amount")) },
	EventResolved:       func(t *rapid.T) Txn { return Resolved(anyPayment.Draw(t, "payment"), "990002") },
	EventLateFeeCharged: func(t *rapid.T) Txn { return LateFeeCharged("L1", "990001", "E1", anyDues.Draw(t, "fees")) },
	EventLateFeePaid:    func(t *rapid.T) Txn { return LateFeePaid(anyPayment.Draw(t, "payment")) },
	EventClaimOpened:    func(t *rapid.T) Txn { return ClaimOpened(anyClaim.Draw(t, "claim")) },
	EventSettled:        func(t *rapid.T) Txn { return Settled(anyClaim.Draw(t, "claim")) },
	EventPayoutLocked: func(t *rapid.T) Txn {
		return PayoutLocked(anyBatch.Draw(t, "batch"), 1, anyItems.Draw(t, "items"))
	},
	EventPayoutSent: func(t *rapid.T) Txn { return PayoutSent(anyBatch.Draw(t, "batch"), anyFen.Draw(t, "total")) },
	EventPayoutReturned: func(t *rapid.T) Txn {
		return PayoutReturned(anyBatch.Draw(t, "batch"), anyItems.Draw(t, "items")[0])
	},
	EventPayoutRequeued: func(t *rapid.T) Txn {
		return PayoutRequeued(anyBatch.Draw(t, "batch"), anyItems.Draw(t, "items")[0])
	},
	EventPayoutDropped: func(t *rapid.T) Txn {
		it := anyItems.Draw(t, "items")[0]
		b := anyBatch.Draw(t, "batch")
		if b.Fund != Pension {
			it.Account = 0
		}
		return PayoutDropped(b, it, min(it.Amount, it.Account))
	},
	EventPayoutClosed: func(t *rapid.T) Txn { return PayoutClosed(anyBatch.Draw(t, "batch")) },
	EventOverpaymentBooked: func(t *rapid.T) Txn {
		return OverpaymentBooked("O1", anyFund.Draw(t, "fund"), "990001", 2, anyFen.Draw(t, "amount"))
	},
	EventOverpaymentRecovered: func(t *rapid.T) Txn {
		return OverpaymentRecovered("B1/2", anyFund.Draw(t, "fund"), "990001", 2, anyFen.Draw(t, "amount"))
	},
	EventOverpaymentWithheld: func(t *rapid.T) Txn {
		return OverpaymentWithheld(anyBatch.Draw(t, "batch"), 1, anyItems.Draw(t, "items"))
	},
	EventTransferOpened:   func(t *rapid.T) Txn { return TransferOpened(anyTransfer.Draw(t, "transfer")) },
	EventTransferReleased: func(t *rapid.T) Txn { return TransferReleased(anyTransfer.Draw(t, "transfer")) },
	EventTransferSent:     func(t *rapid.T) Txn { return TransferSent(anyTransfer.Draw(t, "transfer")) },
	EventTransferReceived: func(t *rapid.T) Txn { return TransferReceived(anyTransfer.Draw(t, "transfer")) },
	EventTransferCredited: func(t *rapid.T) Txn { return TransferCredited(anyTransfer.Draw(t, "transfer")) },
	EventPremiumOwed: func(t *rapid.T) Txn {
		return PremiumOwed("U1", "990001", 5, anyFen.Draw(t, "pool"), anyFen.Draw(t, "personal"))
	},
	EventPremiumPaid: func(t *rapid.T) Txn { return PremiumPaid("U1", "990001", anyFen.Draw(t, "amount")) },
	EventSwept:       func(t *rapid.T) Txn { return Swept("S1", anyFund.Draw(t, "fund"), "990001", anyFen.Draw(t, "amount")) },
	EventDrawn:       func(t *rapid.T) Txn { return Drawn("S1", anyFund.Draw(t, "fund"), "990001", anyFen.Draw(t, "amount")) },
}

// anyTxn draws a posting from any template.
var anyTxn = rapid.Custom(func(t *rapid.T) Txn {
	return templates[rapid.SampledFrom(slices.Sorted(maps.Keys(templates))).Draw(t, "event")](t)
})

// posted adds up entries by account, and leaves out accounts at zero.
func posted(txns ...Txn) map[Account]Fen {
	sums := make(map[Account]Fen)
	for _, t := range txns {
		for _, e := range t.Entries {
			if sums[e.Account] += e.Amount; sums[e.Account] == 0 {
				delete(sums, e.Account)
			}
		}
	}
	return sums
}

// ofKind adds up what stands on the accounts of a kind.
func ofKind(sums map[Account]Fen, k Kind) (total Fen) {
	for a, amount := range sums {
		if a.Kind == k {
			total += amount
		}
	}
	return total
}

func TestEachTemplateBalancesAndItsReversalTakesEverythingBack(t *testing.T) {
	for event, draw := range templates {
		t.Run(string(event), rapid.MakeCheck(func(t *rapid.T) {
			txn := draw(t)
			back := Reverse(txn, "R1")
			for _, one := range []Txn{txn, back} {
				if err := one.Check(); err != nil {
					t.Fatal(err)
				}
			}
			if sums := posted(txn, back); len(sums) != 0 {
				t.Errorf("after the reversal there stays %v", sums)
			}
			if txn.Event != event || txn.Reverses != "" || back.Reverses != txn.Name() {
				t.Errorf("%q reverses %q, and %q reverses %q", txn.Event, txn.Reverses, back.Event, back.Reverses)
			}
		}))
	}
}

func TestEachTemplateNamesAnAccountOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		txn := anyTxn.Draw(t, "txn")
		seen := make(map[Account]bool)
		for _, e := range txn.Entries {
			if twice := txn.Event == EventResolved && e.Account.Kind == Bank; seen[e.Account] && !twice {
				t.Fatalf("%s names %s twice", txn.Name(), e.Account)
			}
			seen[e.Account] = true
		}
	})
}

func TestOnlyThePremiumOfTheUnemployedCrossesFunds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		txn := anyTxn.Draw(t, "txn")
		for _, one := range []Txn{txn, Reverse(txn, "R1")} {
			for _, e := range one.Entries {
				if e.Account.Kind == Interfund && !one.Event.CrossesFunds() {
					t.Fatalf("%s posts to %s", one.Name(), e.Account)
				}
			}
			if sum := ofKind(posted(one), Interfund); sum != 0 {
				t.Fatalf("the INTERFUND entries of %s sum to %d over both funds, want 0", one.Name(), sum)
			}
		}
	})
}

// A template that is added without being drawn above, or without its sample below, fails here.
func TestEveryEventIsTested(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "event.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var events []Event
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "Event") {
			name, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			events = append(events, Event(name))
		}
		return true
	})
	sampled := map[Event]bool{EventFounded: true}
	for _, s := range samples() {
		sampled[s.txn.Event] = true
	}
	for _, e := range events {
		if _, drawn := templates[e]; !drawn && e != EventFounded {
			t.Errorf("%s is not drawn by the properties", e)
		}
		if !sampled[e] {
			t.Errorf("%s has no sample", e)
		}
	}
	if len(events) != len(templates)+1 {
		t.Errorf("%d events and %d templates, want one more for %s", len(events), len(templates), EventFounded)
	}
}
