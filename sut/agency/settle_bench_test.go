package agency_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/peakday/peakday/sut/agency"
)

// BenchmarkSettle settles bills of ten lines from 64 callers at a time. Each writes seven rows of its own, transaction, audit event,
// answer, claim, step, year and person, and the pool's balance; other balances and totals are written once for a group.
func BenchmarkSettle(b *testing.B) {
	a := newAgency(b)
	var n atomic.Int64
	b.SetParallelism(32)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			bill := agency.Bill{Visit: fmt.Sprint("V", i), IDNo: a.People.Person(int(i) % a.People.Size()).IDNumber, Hospital: "H1", Tier: 1, Date: 20230101, Lines: make([]agency.BillLine, 10)}
			for l := range bill.Lines {
				bill.Lines[l] = agency.BillLine{Item: "A", Qty: 1, Unit: 900, InPolicy: true}
			}
			if _, _, err := a.Settle(b.Context(), call("H1", bill.Visit), bill); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "claims/s")
}
