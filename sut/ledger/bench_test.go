package ledger

import (
	"bytes"
	"fmt"
	"testing"
)

// onePayment pays one person's month in four funds: 18 entries.
func onePayment() Payment {
	return Payment{Ref: "B01/20230117000042", Region: "420500", Payer: "E000123", Bank: "B01", Person: 1234567, Dues: []Due{
		{Pension, 128000, 64000}, {Medical, 64000, 16000}, {Unemployment, 4000, 4000}, {Injury, 3200, 0}, {Medical, 6400, 0},
	}}
}

// twelve is the division of a declaration of four people: 12 entries.
func twelve() Txn {
	var lines []Line
	for n := range uint64(4) {
		lines = append(lines, Line{1234567 + n, []Due{{Pension, 128000, 64000}, {Medical, 70400, 16000}}})
	}
	return Allocated(onePayment(), 1, lines)
}

func BenchmarkCheck(b *testing.B) {
	txn := twelve()
	b.ReportAllocs()
	for b.Loop() {
		if err := txn.Check(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLink(b *testing.B) {
	txn := twelve()
	var head Hash
	b.ReportAllocs()
	for b.Loop() {
		head = Link(head, 1, txn)
	}
}

func BenchmarkMatched(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Matched(onePayment())
	}
}

func BenchmarkAppendEntries(b *testing.B) {
	txn := twelve()
	var text []byte
	b.ReportAllocs()
	for b.Loop() {
		text = AppendEntries(text[:0], txn.Entries)
	}
}

func BenchmarkParseEntries(b *testing.B) {
	text := AppendEntries(nil, twelve().Entries)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseEntries(text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerifyExport verifies 1,000 transactions of 12 entries.
func BenchmarkVerifyExport(b *testing.B) {
	var export []byte
	head := Head{}
	for n := range int64(1000) {
		txn := twelve()
		txn.Ref = fmt.Sprintf("B01/%d", n)
		head = Head{n + 1, Link(head.Hash, n+1, txn)}
		export = AppendExport(export, Stored{head.Seq, head.Hash, txn})
	}
	b.SetBytes(int64(len(export)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := VerifyExport(bytes.NewReader(export)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/txn")
}
