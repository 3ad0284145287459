package agency_test

import (
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/workflow"
)

func TestRefusalsRepeatNothingPersonal(t *testing.T) {
	for text, want := range map[string]bool{
		"H0042-20230101-000017": false, "BC-X4KQAAAA": false, "20230117": false,
		"14201234567": true, "pay to 9999000000001234567": true, "99010119700101001X": true, "王安": true,
	} {
		if got := agency.Personal(text); got != want {
			t.Errorf("%s could be personal: %v, want %v", text, got, want)
		}
	}
	a := newAgency(t)
	_, err := a.IssueCode(t.Context(), agency.Caller{Role: workflow.Citizen, Subject: "1"}, now, agency.CodeRequest{Scope: a.People.Person(1).Name})
	wantCode(t, err, "bad-scope")
	if strings.Contains(err.Error(), a.People.Person(1).Name) {
		t.Errorf("%v repeats a name", err)
	}
}

// A hospital's visit number ends in the ledger, in logs and in other answers, where no identity number may be.
func TestIdentityNumbersAreNoIds(t *testing.T) {
	a := newAgency(t)
	who := a.People.Person(1)
	bill := agency.Bill{IDNo: who.IDNumber, Hospital: "H0001", Tier: 1, Date: 20230101, Lines: []agency.BillLine{{Item: "A", Qty: 1, Unit: 100}}}
	for _, bill.Visit = range []string{who.IDNumber, "H0001-" + who.IDNumber} {
		_, _, err := a.Settle(t.Context(), call("H0001", "k"), bill)
		wantCode(t, err, "identity-number")
	}
	damaged := []byte(who.IDNumber)
	damaged[16] = '0' + (damaged[16]-'0'+1)%10 // the check digit no longer follows
	bill.Visit = string(damaged)
	if _, _, err := a.Settle(t.Context(), call("H0001", "k"), bill); err != nil {
		t.Errorf("a visit %s, which is no identity number: %v", damaged, err)
	}
}
