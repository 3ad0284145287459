package agency_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/invariant"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/sqlite"
	"github.com/peakday/peakday/sut/vault"
	"github.com/peakday/peakday/sut/workflow"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func newAgency(t testing.TB) *agency.Agency {
	t.Helper()
	book, err := rules.Open()
	if err != nil {
		t.Fatal(err)
	}
	people, err := population.New(1, 500)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"), store.Pool{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	ring, err := vault.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &agency.Agency{People: people, Rules: book, Store: s, Vault: ring, Random: rand.Reader, PIN: func(string) string { return "123456" }}
}

func call(hospital, key string) agency.Call {
	return agency.Call{Caller: agency.Caller{Role: workflow.Hospital, Subject: hospital}, Op: "claims.settle", Now: now, Key: key}
}

// TestYearOfBillsKeepsItsBounds settles random bills of one person after another.
func TestYearOfBillsKeepsItsBounds(t *testing.T) {
	a := newAgency(t)
	person := -1
	rapid.Check(t, func(rt *rapid.T) {
		person = (person + 1) % a.People.Size() // a person whom no bill has met
		who := a.People.Person(person)
		before, err := a.Account(t.Context(), person)
		if err != nil {
			rt.Fatal(err)
		}
		if int64(before.Medical) != who.Medical || int64(before.Pension) != who.Pension {
			rt.Fatalf("account %+v of %+v before any posting", before, who)
		}
		var fund, account ledger.Fen
		for i := range rapid.IntRange(1, 12).Draw(rt, "visits") {
			b := agency.Bill{
				Visit: fmt.Sprintf("V%d-%d", person, i), IDNo: who.IDNumber, Hospital: "H1",
				Tier: rapid.IntRange(0, 3).Draw(rt, "tier"), Date: 20230101,
			}
			for range rapid.IntRange(1, 5).Draw(rt, "lines") {
				b.Lines = append(b.Lines, agency.BillLine{
					Item: "A", Qty: rapid.Int64Range(1, 9).Draw(rt, "qty"),
					Unit: rapid.Int64Range(0, 50_000).Draw(rt, "unit"), InPolicy: rapid.Bool().Draw(rt, "in policy"),
				})
			}
			s, err := a.Preview(t.Context(), call("H1", "").Caller, now, b)
			if err != nil {
				rt.Fatal(err)
			}
			if _, _, err := a.Settle(t.Context(), call("H1", b.Visit), b); err != nil {
				rt.Fatal(err)
			}
			if s.Fund+s.Account+s.Cash != s.Total || s.Fund < 0 || s.Account < 0 || s.Cash < 0 {
				rt.Fatalf("split %+v does not add up", s)
			}
			fund, account = fund+s.Fund, account+s.Account
		}
		after, err := a.Account(t.Context(), person)
		if err != nil {
			rt.Fatal(err)
		}
		limit := ledger.Fen(220_000) // O18: the yearly cap, higher for the retired
		if who.Status == population.Retired {
			limit = 260_000
		}
		if after.Spent.Fund != fund || fund > limit {
			rt.Fatalf("the fund paid %d, the account says %d, the cap is %d", fund, after.Spent.Fund, limit)
		}
		if after.Medical != before.Medical-account || after.Medical < 0 || after.Pension != before.Pension {
			rt.Fatalf("accounts %+v after paying %d, before %+v", after, account, before)
		}
	})
	wantSound(t, a)
}

func wantSound(t *testing.T, a *agency.Agency) {
	t.Helper()
	findings, err := invariant.Of(t.Context(), a.Store)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if !f.OK {
			t.Errorf("%+v", f)
		}
	}
}

// TestPreviewAnswersTheSameAfterManyVisits repeats one person's operations: what they read and answer must not grow with what was done before.
func TestPreviewAnswersTheSameAfterManyVisits(t *testing.T) {
	a := newAgency(t)
	who := a.People.Person(3)
	bill := func(i int) agency.Bill {
		return agency.Bill{Visit: fmt.Sprintf("V%d", i), IDNo: who.IDNumber, Hospital: "H1", Tier: 1, Date: 20230101,
			Lines: []agency.BillLine{{Item: "A", Qty: 1, Unit: 1_000_000, InPolicy: true}}}
	}
	var first agency.Split
	for i := range 200 {
		if _, _, err := a.Settle(t.Context(), call("H1", fmt.Sprint(i)), bill(i)); err != nil {
			t.Fatal(err)
		}
		s, err := a.Preview(t.Context(), call("H1", "").Caller, now, bill(i))
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = s // cap and account are used up
		}
		if s.Fund != first.Fund || s.Account != first.Account || len(s.Trace) != len(first.Trace) {
			t.Fatalf("after visit %d: %+v, after the first: %+v", i, s, first)
		}
	}
}

func TestBookIsFoundedOnce(t *testing.T) {
	a := newAgency(t)
	for range 3 {
		if err := a.Found(t.Context(), now, 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Found(t.Context(), now, 2); err == nil {
		t.Error("a book of seed 1 was taken for one of seed 2")
	}
	findings, err := invariant.Of(t.Context(), a.Store)
	if err != nil || findings[0].Checked != 1 {
		t.Errorf("%d transactions, %v; want 1", findings[0].Checked, err)
	}
}

func ExampleAgency_Estimate() {
	book, err := rules.Open()
	if err != nil {
		fmt.Println(err)
		return
	}
	a := agency.Agency{Rules: book}
	e, err := a.Estimate(context.Background(), agency.Facts{
		Birth: 197602, Class: rules.Men, Months: 360, Index: 800_000, Account: 100_000_00, Deemed: 36,
		AsOf: 202608, Region: "110000", Base: 12_049_00,
	})
	fmt.Println(e.Retire, e.Basic, "+", e.Personal, "+", e.Transition, "=", e.Total, "fen a month", err)
	// Output: 2038-12 325323 + 116734 + 36147 = 478204 fen a month <nil>
}
