package ledger_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
)

// A claim is settled and taken back; both stay in the book.
func ExampleReverse() {
	claim := ledger.Settled(ledger.Claim{Ref: "H0042/V17", Region: "420500", Hospital: "H0042", Person: 7, Fund: 65000, Account: 20000})
	back := ledger.Reverse(claim, claim.Ref)

	fmt.Println(claim.Name(), claim.Check())
	fmt.Print(string(ledger.AppendEntries(nil, claim.Entries)))
	fmt.Println(back.Name(), "reverses", back.Reverses)
	fmt.Print(string(ledger.AppendEntries(nil, back.Entries)))
	// Output:
	// claim.settled H0042/V17 <nil>
	// POOL:medical:420500 65000
	// MA:medical:7 20000
	// PAYABLE:medical:H0042 -85000
	// claim.settled.reversed H0042/V17 reverses claim.settled H0042/V17
	// POOL:medical:420500 -65000
	// MA:medical:7 -20000
	// PAYABLE:medical:H0042 85000
}

// A book is exported, and somebody makes a claim bigger in the export.
func ExampleVerifyExport() {
	var export []byte
	var head ledger.Head
	for _, t := range []ledger.Txn{
		ledger.Opened("990001", 7, 0, 50000),
		ledger.Settled(ledger.Claim{Ref: "H1/V1", Region: "990001", Hospital: "H1", Person: 7, Account: 20000}),
	} {
		head = ledger.Head{Seq: head.Seq + 1, Hash: ledger.Link(head.Hash, head.Seq+1, t)}
		export = ledger.AppendExport(export, ledger.Stored{Seq: head.Seq, Hash: head.Hash, Txn: t})
	}
	heads, err := ledger.VerifyExport(bytes.NewReader(export))
	fmt.Println(ledger.Root(heads) == ledger.Root([]ledger.Head{head}), err)

	changed := strings.ReplaceAll(string(export), "20000", "30000")
	_, err = ledger.VerifyExport(strings.NewReader(changed))
	message, _, _ := strings.Cut(err.Error(), " has hash")
	fmt.Println(message)
	// Output:
	// true <nil>
	// line 2: transaction 2 (claim.settled H1/V1)
}
