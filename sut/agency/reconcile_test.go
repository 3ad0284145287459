package agency_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/vault"
	"github.com/peakday/peakday/sut/workflow"
)

func reconcile(t testing.TB, a *agency.Agency, c agency.Call, header string, lines ...string) agency.Reconciled {
	t.Helper()
	answer, _, err := a.Reconcile(t.Context(), c, ndjson, strings.NewReader(header+"\n"+strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return decoded[agency.Reconciled](t, answer)
}

func amountLine(id string, fen ledger.Fen) string {
	return fmt.Sprintf(`{"id":%q,"amount_fen":%d}`, id, fen)
}

func TestABankFindsWhatDiffers(t *testing.T) {
	a := newBureau(t, 500)
	e, _ := firm(t, a, 1)
	for i := range 4 {
		push(t, a, pushOf(e, fmt.Sprint("T", i), ledger.Fen(100+i)))
	}
	clerk := as(workflow.Clerk, "clerk1", "payments.reverse", "r")
	if _, _, err := a.ReversePayment(t.Context(), clerk, "B01/T3"); err != nil {
		t.Fatal(err)
	}
	bank := func(key string) agency.Call { return as(workflow.Bank, "B01", "reconciliations.create", key) }
	r := reconcile(t, a, bank("1"), `{"day":"2023-01-16"}`,
		amountLine("T0", 100), amountLine("T1", 999), amountLine("X", 5), amountLine("T3", 103), amountLine("T3", -103))
	if r.Matched != 2 || r.Differences != 3 || !slices.Equal(r.MissingHere, []string{"X"}) || !slices.Equal(r.MissingThere, []string{"T2"}) ||
		!slices.Equal(r.Differ, []agency.Difference{{ID: "T1", Here: 101, There: 999}}) {
		t.Errorf("%+v", r)
	}
	// A part of the day, as CSV.
	answer, _, err := a.Reconcile(t.Context(), bank("2"), "text/csv", strings.NewReader("2023-01-16,1,,T2,T2\nid,amount_fen\nT2,102\n"))
	if err != nil {
		t.Fatal(err)
	}
	if r := decoded[agency.Reconciled](t, answer); r.Matched != 1 || r.Differences != 0 {
		t.Errorf("%+v", r)
	}
	// What was paid before the opening needs no session before it.
	var old population.Payment
	for i := range a.People.Employers() {
		if p, _ := a.People.Payment(population.PaymentID(i)); p.Bank == "B01" {
			old = p
		}
	}
	was := func() ledger.Fen {
		p, err := a.Payment(t.Context(), bank("").Caller, old.Txn)
		if err != nil {
			t.Fatal(err)
		}
		return p.Amount
	}()
	if r := reconcile(t, a, bank("3"), `{"day":"2022-12-15"}`, amountLine(old.Txn, was)); r.Matched != 1 || r.Differences != 0 {
		t.Errorf("%+v", r)
	}
	wantSound(t, a)
}

func TestAHospitalClosesItsDay(t *testing.T) {
	a := newBureau(t, 500)
	var lines []string
	hospital := func(op, key string) agency.Call { return as(workflow.Hospital, "H0001", op, key) }
	for i := range 3 {
		b := agency.Bill{Visit: fmt.Sprint("V", i), IDNo: a.People.Person(i).IDNumber, Hospital: "H0001", Tier: 1, Date: 20230101,
			Lines: []agency.BillLine{{Item: "A", Qty: 1, Unit: 100_000, InPolicy: true}}}
		answer, _, err := a.Settle(t.Context(), hospital("claims.settle", b.Visit), b)
		if err != nil {
			t.Fatal(err)
		}
		s := decoded[agency.Settlement](t, answer)
		lines = append(lines, amountLine(b.Visit, s.Fund+s.Account))
		if i == 1 {
			if _, _, err := a.Reverse(t.Context(), hospital("claims.reverse", "back"), b.Visit); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, amountLine(b.Visit, -s.Fund-s.Account))
		}
	}
	lines[3] = amountLine("V2", 1) // the hospital has another amount
	for n, key := range []string{"1", "2"} {
		r := reconcile(t, a, hospital("reconciliations.create", key), `{"day":"2023-01-01"}`, lines...)
		if r.Matched != 2 || r.Closed != 2 || len(r.Differ) != 1 || r.Differences != 1 {
			t.Errorf("file given %d times: %+v", n+1, r)
		}
	}
	for visit, want := range map[string]string{"V0": "closed_in_recon", "V1": "closed_in_recon", "V2": "settled"} {
		c, err := a.Claim(t.Context(), hospital("", "").Caller, visit)
		if err != nil || c.Status != want {
			t.Errorf("%s is %+v, %v; want %s", visit, c, err, want)
		}
	}
	told := 0
	err := a.Store.View(t.Context(), func(v store.View) error {
		return store.EachEvent(v, 0, store.Forever, func(r vault.Record) error {
			if e := r.Event; e.Detail == "2 visits closed" && e.Subject == "day 2023-01-01" && e.Outcome == "done" && e.Key == "" {
				told++
			}
			return nil
		})
	})
	if err != nil || told != 1 {
		t.Errorf("the audit log tells %d times of two closed visits, %v; want once", told, err)
	}
	_, _, err = a.Reverse(t.Context(), hospital("claims.reverse", "late"), "V0")
	wantCode(t, err, "illegal-step")
	wantSound(t, a)
}

func TestReconciliationsThatAreRefused(t *testing.T) {
	a := newBureau(t, 500)
	bank := as(workflow.Bank, "B01", "reconciliations.create", "k")
	for _, test := range []struct {
		name, media, file, code string
		call                    agency.Call
	}{
		{"by a citizen", ndjson, "", "role", as(workflow.Citizen, "1", "x", "k")},
		{"as text", "text/plain", "", "bad-media-type", bank},
		{"without a day", ndjson, `{"lines":1}`, "bad-header", bank},
		{"with an id out of its part", ndjson, `{"day":"2023-01-16","from":"B"}` + "\n" + amountLine("A", 1), "bad-line", bank},
		{"with a part that begins at no id", ndjson, `{"day":"2023-01-16","from":"\u0000"}` + "\n" + amountLine("A", 1), "bad-header", bank},
		{"with an id that is none", ndjson, `{"day":"2023-01-16"}` + "\n" + amountLine("=A", 1), "bad-line", bank},
		{"with a line that is none", ndjson, `{"day":"2023-01-16"}` + "\nx", "bad-line", bank},
		{"with an amount beyond all", ndjson, `{"day":"2023-01-16"}` + "\n" + amountLine("A", 1<<60), "bad-line", bank},
		{"with a line too many", ndjson, `{"day":"2023-01-16"}` + strings.Repeat("\n"+amountLine("A", 1), 10_001), "too-many-lines", bank},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := a.Reconcile(t.Context(), test.call, test.media, strings.NewReader(test.file))
			wantCode(t, err, test.code)
		})
	}
}
