package agency_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

func facts() agency.Facts {
	return agency.Facts{Birth: 198002, Class: rules.Men, Months: 300, Index: 900_000, Account: 80_000_00, AsOf: 202608, Region: "110000", Deemed: 12}
}

// TestAnEstimateIsTheSameWithoutItsTrace asks for the amounts alone: the same ones, with next to nothing allocated.
func TestAnEstimateIsTheSameWithoutItsTrace(t *testing.T) {
	a := newAgency(t)
	f, no := facts(), false
	want, err := a.Estimate(t.Context(), f)
	if err != nil || len(want.Trace) == 0 || len(want.Packs) == 0 {
		t.Fatalf("%+v, %v", want, err)
	}
	f.Trace = &no
	got, err := a.Estimate(t.Context(), f)
	want.Trace, want.Packs, want.Citations, want.Assumptions, want.Verified = nil, nil, nil, nil, false
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("without a trace %+v, %v; with one %+v", got, err, want)
	}
	if n := testing.AllocsPerRun(100, func() { a.Estimate(context.Background(), f) }); n > 1 {
		t.Errorf("%v allocations, want 1: the divisor's text", n)
	}
	f.Region = "nowhere"
	_, err = a.Estimate(t.Context(), f)
	wantCode(t, err, "no-rule-in-force")
}

// TestPagesHoldMonthsWhole pays a month twice, as normal and as arrears, where a page would end.
func TestPagesHoldMonthsWhole(t *testing.T) {
	a := newAgency(t)
	who := find(t, a, func(p population.Person) bool { return p.Status == population.Active && p.Months > 30 })
	err := a.Store.Update(t.Context(), func(tx store.Tx) error {
		for m, n := rules.Month(202301), 0; n < 30; m, n = m.Add(1), n+1 {
			if err := tx.Add(&store.Contribution{Person: uint64(who.Index), Month: int64(m), Kind: "normal", Payer: "E000001"}); err != nil {
				return err
			}
		}
		return tx.Add(&store.Contribution{Person: uint64(who.Index), Month: 202308, Kind: "arrears", Payer: "E000001"}) // the 23rd and 24th row
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	last, cursor, pages := rules.Month(999912), rules.Month(0), 0
	for {
		page, err := a.Contributions(t.Context(), who.Index, 0, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Items {
			id := m.Month.String() + m.Kind
			if seen[id] || m.Month > last {
				t.Errorf("%s on page %d again, or out of order", id, pages)
			}
			seen[id], last = true, m.Month
		}
		if pages++; page.Next == "" {
			break
		}
		if cursor, err = rules.ParseMonth(page.Next); err != nil {
			t.Fatal(err)
		}
	}
	if want := 31 + who.Months; len(seen) != want {
		t.Errorf("%d rows on %d pages, want %d", len(seen), pages, want)
	}
}

// TestPoliciesAreFoundInAnyCase searches the packs.
func TestPoliciesAreFoundInAnyCase(t *testing.T) {
	a := newAgency(t)
	for _, c := range []struct {
		q    string
		day  rules.Date
		want int
	}{{"", 0, len(a.Rules.Packs())}, {"YICHANG outpatient", 20230101, 1}, {"yichang  Outpatient", 20221231, 1}, {"no such word", 0, 0}} {
		found, err := a.Policies(t.Context(), c.q, c.day)
		if err != nil || len(found.Items) != c.want {
			t.Errorf("%q on %s: %d packs, %v; want %d", c.q, c.day, len(found.Items), err, c.want)
		}
	}
	if n := testing.AllocsPerRun(10, func() { a.Policies(context.Background(), "no such word", 0) }); n > 3 {
		t.Errorf("a search that finds nothing makes %v allocations, want the words only", n)
	}
}

func BenchmarkReads(b *testing.B) {
	a := newAgency(b)
	a.Outlets = population.NewOutlets(1)
	who := a.People.Person(3)
	f, no := facts(), false
	quick := facts()
	quick.Trace = &no
	hospital := call("H1", "").Caller
	bill := agency.Bill{Visit: "V1", IDNo: who.IDNumber, Hospital: "H1", Tier: 1, Date: 20230101, Lines: make([]agency.BillLine, 10)}
	for i := range bill.Lines {
		bill.Lines[i] = agency.BillLine{Item: "A", Qty: 1, Unit: 900, InPolicy: true}
	}
	for _, c := range []struct {
		name string
		do   func() error
	}{
		{"session", func() error {
			_, err := a.Authenticate(b.Context(), agency.Login{IDNo: who.IDNumber, PIN: "123456"})
			return err
		}},
		{"account", func() error { _, err := a.Account(b.Context(), 3); return err }},
		{"contributions", func() error { _, err := a.Contributions(b.Context(), 3, 0, 0); return err }},
		{"eligibility", func() error {
			_, err := a.Eligibility(b.Context(), hospital, now, agency.Inquiry{IDNo: who.IDNumber, Date: 20230101})
			return err
		}},
		{"preview", func() error { _, err := a.Preview(b.Context(), hospital, now, bill); return err }},
		{"benefit", func() error {
			_, err := a.Benefit(b.Context(), citizen(who, "", "").Caller, population.CaseID(3, 1))
			return err
		}},
		{"certificate", func() error {
			_, err := a.VerifyCertificate(b.Context(), population.CertificateCode(3, 1))
			return err
		}},
		{"estimate with trace", func() error { _, err := a.Estimate(b.Context(), f); return err }},
		{"estimate", func() error { _, err := a.Estimate(b.Context(), quick); return err }},
		{"policies", func() error { _, err := a.Policies(b.Context(), "outpatient", 20230101); return err }},
		{"outlets", func() error {
			_, err := a.Near(b.Context(), now, agency.Place{Lat: 30.69, Lon: 111.29, Service: "pension"})
			return err
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
