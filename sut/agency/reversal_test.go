package agency_test

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/store"
)

// TestAReversedClaimLeavesNothing settles random bills and takes some of them back in any order: at the end the person, the
// year and the hospital stand as if only the others had been, but for what those were divided by.
func TestAReversedClaimLeavesNothing(t *testing.T) {
	a := newAgency(t)
	person := -1
	rapid.Check(t, func(rt *rapid.T) {
		person++
		who := a.People.Person(person % a.People.Size())
		before, err := a.Account(t.Context(), who.Index)
		if err != nil {
			rt.Fatal(err)
		}
		visits := rapid.IntRange(1, 5).Draw(rt, "visits")
		for i := range visits {
			b := agency.Bill{Visit: fmt.Sprintf("R%d-%d", person, i), IDNo: who.IDNumber, Hospital: "H1", Tier: 1, Date: 20230101,
				Lines: []agency.BillLine{{Item: "A", Qty: 1, Unit: rapid.Int64Range(0, 300_000).Draw(rt, "unit"), InPolicy: true}}}
			if _, _, err := a.Settle(t.Context(), call("H1", b.Visit), b); err != nil {
				rt.Fatal(err)
			}
		}
		for _, i := range rapid.Permutation(seq(visits)).Draw(rt, "order") {
			visit := fmt.Sprintf("R%d-%d", person, i)
			if _, _, err := a.Reverse(t.Context(), call("H1", "back "+visit), visit); err != nil {
				rt.Fatal(err)
			}
		}
		after, err := a.Account(t.Context(), who.Index)
		after.Version = before.Version
		if err != nil || after != before {
			rt.Fatalf("%+v, %v; before %+v", after, err, before)
		}
	})
	wantSound(t, a)
}

func seq(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// TestReversalsThatAreRefused tries claims that are not the hospital's, not there, or not settled.
func TestReversalsThatAreRefused(t *testing.T) {
	a := newAgency(t)
	who := a.People.Person(9)
	settle := func(visit string) {
		t.Helper()
		b := agency.Bill{Visit: visit, IDNo: who.IDNumber, Hospital: "H0001", Tier: 1, Date: 20230101, Lines: []agency.BillLine{{Item: "A", Qty: 1, Unit: 90_000, InPolicy: true}}}
		if _, _, err := a.Settle(t.Context(), call("H0001", visit), b); err != nil {
			t.Fatal(err)
		}
	}
	old := population.ClaimID(1, who.Index, 0) // of hospital H0001
	settle("V1")
	settle("V2")
	closeClaim(t, a, "V2")
	for _, c := range []struct{ name, hospital, visit, code string }{
		{"another hospital's", "H0002", "V1", "not-found"},
		{"another hospital's of before the opening", "H0002", old, "not-found"},
		{"none", "H0001", "V9", "not-found"},
		{"one that was reconciled", "H0001", "V2", "illegal-step"},
		{"settled", "H0001", "V1", ""},
		{"reversed already", "H0001", "V1", "illegal-step"},
		{"of before the opening", "H0001", old, ""},
		{"of before the opening, reversed already", "H0001", old, "illegal-step"},
	} {
		before := len(events(t, a, "refused"))
		answer, _, err := a.Reverse(t.Context(), call(c.hospital, c.name), c.visit)
		if c.code == "" {
			if r := read[agency.Reversed](t, answer, err); r.Status != "reversed" {
				t.Errorf("%s: %+v", c.name, r)
			}
			continue
		}
		if r, ok := errors.AsType[*agency.Refusal](err); !ok || r.Code != c.code {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
		if after := len(events(t, a, "refused")); c.code == "illegal-step" && after != before+1 {
			t.Errorf("%s: %d events, want %d", c.name, after, before+1)
		}
		if _, err := a.Claim(t.Context(), call(c.hospital, "").Caller, c.visit); (err == nil) != (c.code == "illegal-step") {
			t.Errorf("%s: read back: %v", c.name, err)
		}
	}
	bill := agency.Bill{Visit: old, IDNo: who.IDNumber, Hospital: "H0001", Tier: 1, Date: 20230101, Lines: []agency.BillLine{{Item: "A", Qty: 1, Unit: 1}}}
	_, _, err := a.Settle(t.Context(), call("H0001", "twice"), bill)
	wantCode(t, err, "visit-settled")
	if c, err := a.Claim(t.Context(), call("H0001", "").Caller, population.ClaimID(1, 3, 5)); err != nil || c.Status != "settled" || c.Fund+c.Account+c.Cash != c.Total {
		t.Errorf("a claim of before the opening: %+v, %v", c, err)
	}
	wantSound(t, a)
}

// closeClaim closes a claim as a reconciliation does.
func closeClaim(t *testing.T, a *agency.Agency, visit string) {
	t.Helper()
	err := a.Store.Update(t.Context(), func(tx store.Tx) error {
		c := store.Claim{Hospital: "H0001", Visit: visit}
		if _, err := tx.Get(&c); err != nil {
			return err
		}
		c.State = "closed_in_recon"
		return errors.Join(tx.Set(&c), tx.Add(&store.Transition{Machine: "claim", ID: "H0001/" + visit, N: 2, Path: "settled>closed_in_recon", Actor: "system recon"}))
	})
	if err != nil {
		t.Fatal(err)
	}
}
