package invariant_test

import (
	"fmt"
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/invariant"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// BenchmarkCheck proves a book of claims and of months paid one by one, each with its rows, log, event and answer.
func BenchmarkCheck(b *testing.B) {
	s := open(b)
	w := newWeek(b, s)
	if err := w.Found(b.Context(), w.now, 1); err != nil {
		b.Fatal(err)
	}
	active := w.those(population.Active, 0, 100)
	const rounds = 60
	done := make(chan error)
	for c := range 16 { // clients, so that commits are shared
		go func() {
			var err error
			for i := c; i < rounds*len(active) && err == nil; i += 16 {
				who, round := active[i%len(active)], i/len(active)
				call := agency.Call{
					Caller: agency.Caller{Role: workflow.Hospital, Subject: "H0001"}, Op: "claims.settle", Now: w.now, Key: fmt.Sprint("claim", i),
				}
				_, _, err = w.Settle(b.Context(), call, agency.Bill{
					Visit: fmt.Sprintf("V%d", i), IDNo: who.IDNumber, Hospital: "H0001", Tier: 1, Date: 20230110,
					Lines: []agency.BillLine{{Item: "A1", Qty: 1, Unit: 10_000, InPolicy: true}},
				})
				if round%3 != 0 || err != nil {
					continue
				}
				call.Caller, call.Op, call.Key = agency.Caller{Role: workflow.Bank, Subject: "B01"}, "payments.push", fmt.Sprint("push", i)
				month := rules.Month(202301).Add(round / 3)
				dues, _ := w.Rules.Contribute(rules.Wage{Region: who.Region, Month: month, Wage: who.Wage})
				_, _, err = w.Receive(b.Context(), call, agency.Push{
					Bank: "B01", BankTxn: fmt.Sprintf("T%d", i), Employer: w.People.Employer(who.Employer).ID, IDNo: who.IDNumber,
					Month: month, Amount: ledger.Fen(dues.Total()), Value: 20230116,
				})
			}
			done <- err
		}()
	}
	for range 16 {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	var findings []invariant.Finding
	law := invariant.Law{Rules: w.Rules, People: w.People}
	for b.Loop() {
		err := s.View(b.Context(), func(v store.View) (err error) {
			findings, err = invariant.Check(v, law)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for _, f := range findings {
		if !f.OK {
			b.Error(f)
		}
	}
	b.ReportMetric(float64(b.N*findings[0].Checked)/b.Elapsed().Seconds(), "txns/s")
	b.ReportMetric(float64(findings[0].Checked), "txns")
}
