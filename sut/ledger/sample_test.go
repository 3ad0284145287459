package ledger

import (
	"strings"
	"testing"
)

type sample struct {
	txn     Txn
	ref     string
	entries string // sorted as posted, one a line
}

// samples holds a posting of each template, written out by hand from the templates of the chart of accounts.
func samples() []sample {
	month := []Due{{Pension, 128000, 64000}, {Medical, 64000, 16000}, {Unemployment, 4000, 4000}, {Injury, 3200, 0}, {Medical, 6400, 0}}
	pay := Payment{Ref: "B01/17", Region: "420500", Payer: "E9", Bank: "B01", Person: 7, Dues: month}
	claim := Claim{Ref: "H0042/V17", Region: "420500", Hospital: "H0042", Person: 7, Fund: 65000, Account: 20000}
	batch := Batch{"PB-2023-01", Pension, "420500"}
	item := Item{"EN-7", 7, 300000, 0}
	move := Transfer{ID: "TR-7-1", Person: 7, From: "420500", To: "990002", Pool: 1152000, Personal: 768000}
	return []sample{
		{Opened("420500", 7, 1000000, 50000), "7",
			"PA:pension:7 -1000000\nOPENING:pension:420500 1000000\nMA:medical:7 -50000\nOPENING:medical:420500 50000"},
		{ManyOpened("PB-1", 2, "420500", []Estate{{7, 1000000, 50000}, {8, 0, 300}}), "PB-1#2",
			"PA:pension:7 -1000000\nMA:medical:7 -50000\nMA:medical:8 -300\nOPENING:pension:420500 1000000\nOPENING:medical:420500 50300"},
		{InterestCredited("2023/420500", 2, "420500", []Credit{{7, 262}, {8, 100}}), "2023/420500#2",
			"INTEREST:pension:420500 362\nPA:pension:7 -262\nPA:pension:8 -100"},

		{Assessed("E9/2023-01/7", "E9", month), "E9/2023-01/7",
			"RECV:pension:E9 192000\nDEFERRED:pension:E9 -192000\nRECV:medical:E9 86400\nDEFERRED:medical:E9 -86400\n" +
				"RECV:unemployment:E9 8000\nDEFERRED:unemployment:E9 -8000\nRECV:injury:E9 3200\nDEFERRED:injury:E9 -3200"},
		{Matched(pay), "B01/17",
			"BANK:pension:420500 192000\nRECV:pension:E9 -192000\nBANK:medical:420500 86400\nRECV:medical:E9 -86400\n" +
				"BANK:unemployment:420500 8000\nRECV:unemployment:E9 -8000\nBANK:injury:420500 3200\nRECV:injury:E9 -3200\n" +
				"DEFERRED:pension:E9 192000\nPOOL:pension:420500 -128000\nDEFERRED:medical:E9 86400\nPOOL:medical:420500 -70400\n" +
				"DEFERRED:unemployment:E9 8000\nPOOL:unemployment:420500 -8000\nDEFERRED:injury:E9 3200\nPOOL:injury:420500 -3200\n" +
				"PA:pension:7 -64000\nMA:medical:7 -16000"},
		{MatchedWhole(pay), "B01/17",
			"BANK:pension:420500 192000\nRECV:pension:E9 -192000\nBANK:medical:420500 86400\nRECV:medical:E9 -86400\n" +
				"BANK:unemployment:420500 8000\nRECV:unemployment:E9 -8000\nBANK:injury:420500 3200\nRECV:injury:E9 -3200"},
		{Allocated(pay, 3, []Line{{7, []Due{{Pension, 100, 50}, {Medical, 30, 10}}}, {8, []Due{{Pension, 200, 100}, {Unemployment, 5, 5}}}}), "B01/17#3",
			"DEFERRED:pension:E9 450\nPOOL:pension:420500 -300\nDEFERRED:medical:E9 40\nPOOL:medical:420500 -30\n" +
				"DEFERRED:unemployment:E9 10\nPOOL:unemployment:420500 -10\nPA:pension:7 -50\nMA:medical:7 -10\nPA:pension:8 -100"},
		{Suspended("B01/18", "420500", "B01", 12345), "B01/18",
			"BANK:pension:420500 12345\nSUSP:pension:B01 -12345"},
		{Resolved(Payment{Ref: "B01/18", Region: "990002", Payer: "E9", Bank: "B01", Dues: []Due{{Pension, 8000, 4000}, {Medical, 300, 45}}}, "420500"), "B01/18",
			"SUSP:pension:B01 12345\nBANK:pension:420500 -12345\nBANK:pension:990002 12000\nRECV:pension:E9 -12000\nBANK:medical:990002 345\nRECV:medical:E9 -345"},
		{LateFeeCharged("LF-E9-1", "420500", "E9", []Due{{Fund: Pension, Pool: 960}, {Fund: Injury, Pool: 16}}), "LF-E9-1",
			"RECV:pension:E9 960\nLATEFEE:pension:420500 -960\nRECV:injury:E9 16\nLATEFEE:injury:420500 -16"},
		{LateFeePaid(Payment{Ref: "B01/19", Region: "420500", Payer: "E9", Dues: []Due{{Fund: Pension, Pool: 960}}}), "B01/19",
			"BANK:pension:420500 960\nRECV:pension:E9 -960\nLATEFEE:pension:420500 960\nPOOL:pension:420500 -960"},

		{Settled(claim), "H0042/V17",
			"POOL:medical:420500 65000\nMA:medical:7 20000\nPAYABLE:medical:H0042 -85000"},
		{Reverse(Settled(claim), "H0042/V17"), "H0042/V17",
			"POOL:medical:420500 -65000\nMA:medical:7 -20000\nPAYABLE:medical:H0042 85000"},
		{ClaimOpened(claim), "H0042/V17",
			"POOL:medical:420500 -65000\nMA:medical:7 -20000\nOPENING:medical:420500 85000"},

		{PayoutLocked(batch, 1, []Item{{"EN-7", 7, 300000, 900000}, {"EN-8", 8, 250000, 40000}, {"EN-9", 9, 100000, 0}}), "PB-2023-01#1",
			"PA:pension:7 300000\nPA:pension:8 40000\nPOOL:pension:420500 310000\nPAYABLE:pension:PB-2023-01 -650000"},
		{PayoutLocked(Batch{"PB-2023-02", Injury, "420500"}, 1, []Item{{"EN-7", 7, 720000, 900000}}), "PB-2023-02#1",
			"POOL:injury:420500 720000\nPAYABLE:injury:PB-2023-02 -720000"},
		{PayoutSent(batch, 650000), "PB-2023-01",
			"PAYABLE:pension:PB-2023-01 650000\nBANK:pension:420500 -650000"},
		{PayoutReturned(batch, item), "PB-2023-01/EN-7",
			"BANK:pension:420500 300000\nPAYABLE:pension:EN-7 -300000"},
		{PayoutRequeued(Batch{"PB-2023-02", Pension, "420500"}, item), "PB-2023-02/EN-7",
			"PAYABLE:pension:EN-7 300000\nPAYABLE:pension:PB-2023-02 -300000"},
		{PayoutDropped(batch, item, 40000), "PB-2023-01/EN-7",
			"PAYABLE:pension:EN-7 300000\nPA:pension:7 -40000\nPOOL:pension:420500 -260000"},
		{PayoutClosed(batch), "PB-2023-01", ""},
		{OverpaymentBooked("OP-7-1", Pension, "420500", 7, 300000), "OP-7-1",
			"OVERPAID:pension:7 300000\nPOOL:pension:420500 -300000"},
		{OverpaymentRecovered("B01/20", Pension, "420500", 7, 100000), "B01/20",
			"BANK:pension:420500 100000\nOVERPAID:pension:7 -100000"},

		{OverpaymentWithheld(batch, 1, []Item{{"EN-7", 7, 50000, 0}, {"EN-8", 8, 1000, 0}}), "PB-2023-01#1",
			"PAYABLE:pension:PB-2023-01 51000\nOVERPAID:pension:7 -50000\nOVERPAID:pension:8 -1000"},

		{TransferOpened(move), "TR-7-1",
			"OPENING:pension:420500 1920000\nTRANSIT:pension:TR-7-1/420500 -1920000"},
		{TransferReleased(move), "TR-7-1",
			"POOL:pension:420500 1152000\nPA:pension:7 768000\nTRANSIT:pension:TR-7-1/420500 -1920000"},
		{TransferSent(move), "TR-7-1",
			"TRANSIT:pension:TR-7-1/420500 1920000\nBANK:pension:420500 -1920000"},
		{TransferReceived(move), "TR-7-1",
			"BANK:pension:990002 1920000\nTRANSIT:pension:TR-7-1/990002 -1920000"},
		{TransferCredited(move), "TR-7-1",
			"TRANSIT:pension:TR-7-1/990002 1920000\nPOOL:pension:990002 -1152000\nPA:pension:7 -768000"},

		{PremiumOwed("UP-7-202301", "420500", 7, 64000, 16000), "UP-7-202301",
			"POOL:unemployment:420500 80000\nINTERFUND:unemployment:420500 -80000\nINTERFUND:medical:420500 80000\n" +
				"POOL:medical:420500 -64000\nMA:medical:7 -16000"},
		{PremiumPaid("UP-202301", "420500", 80000), "UP-202301",
			"INTERFUND:unemployment:420500 80000\nBANK:unemployment:420500 -80000\nBANK:medical:420500 80000\nINTERFUND:medical:420500 -80000"},
		{Swept("SW-20230117", Medical, "420500", 86400), "SW-20230117",
			"FISCAL:medical:420500 86400\nBANK:medical:420500 -86400"},
		{Drawn("DR-20230117", Medical, "420500", 85000), "DR-20230117",
			"BANK:medical:420500 85000\nFISCAL:medical:420500 -85000"},
	}
}

func TestEachTemplatePostsTheseEntries(t *testing.T) {
	for _, s := range samples() {
		if got := strings.TrimSuffix(string(AppendEntries(nil, s.txn.Entries)), "\n"); got != s.entries {
			t.Errorf("%s posts\n%s\nwant\n%s", s.txn.Name(), got, s.entries)
		}
		if s.txn.Ref != s.ref {
			t.Errorf("%s has reference %q, want %q", s.txn.Event, s.txn.Ref, s.ref)
		}
	}
}
