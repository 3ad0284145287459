package agency_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/workflow"
)

func TestACodeIsReadByWhomItIsForWhileItLasts(t *testing.T) {
	a := newAgency(t)
	who := a.People.Person(5)
	issue := func(r agency.CodeRequest) string {
		code, err := a.IssueCode(t.Context(), citizen(who, "", "").Caller, now, r)
		if err != nil {
			t.Fatal(err)
		}
		return code.Token
	}
	any, one, pension := issue(agency.CodeRequest{Scope: "medical"}), issue(agency.CodeRequest{Scope: "medical", Audience: "H0001"}), issue(agency.CodeRequest{Scope: "pension"})
	elsewhere := as(workflow.Clerk, "c1", "", "").Caller
	elsewhere.Region = "990001"
	for _, c := range []struct {
		name   string
		token  string
		caller agency.Caller
		at     time.Duration
		code   string // of the refusal; empty: it is read
	}{
		{"any hospital", any, as(workflow.Hospital, "H0002", "", "").Caller, 0, ""},
		{"a clerk of the region", any, as(workflow.Clerk, "c1", "", "").Caller, 0, ""},
		{"a clerk for a pension", pension, as(workflow.Clerk, "c1", "", "").Caller, 0, ""},
		{"its last second", any, as(workflow.Hospital, "H0002", "", "").Caller, agency.CodeLife, ""},
		{"the second after", any, as(workflow.Hospital, "H0002", "", "").Caller, agency.CodeLife + time.Second, "code-expired"},
		{"the hospital it names", one, as(workflow.Hospital, "H0001", "", "").Caller, 0, ""},
		{"another hospital", one, as(workflow.Hospital, "H0002", "", "").Caller, 0, "code-not-for-you"},
		{"a hospital for a pension", pension, as(workflow.Hospital, "H0001", "", "").Caller, 0, "code-not-for-you"},
		{"a clerk of another region", any, elsewhere, 0, "code-not-for-you"},
		{"an employer", any, as(workflow.Employer, "E000001", "", "").Caller, 0, "code-not-for-you"},
		{"no code at all", "AAAA", as(workflow.Hospital, "H0001", "", "").Caller, 0, "bad-code"},
	} {
		h, err := a.VerifyCode(t.Context(), c.caller, now.Add(c.at), c.token)
		if c.code == "" {
			if err != nil || h.Person != who.ID || h.Seconds != int((agency.CodeLife-c.at).Seconds()) {
				t.Errorf("%s: %+v, %v", c.name, h, err)
			}
			continue
		}
		if r, ok := errors.AsType[*agency.Refusal](err); !ok || r.Code != c.code {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
	for _, scope := range []string{"", "everything"} {
		_, err := a.IssueCode(t.Context(), citizen(who, "", "").Caller, now, agency.CodeRequest{Scope: scope})
		wantCode(t, err, "bad-scope")
	}
	raw, err := base64.RawURLEncoding.DecodeString(any)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		forged := bytes.Clone(raw)
		forged[i] ^= 1
		_, err := a.VerifyCode(t.Context(), as(workflow.Hospital, "H0001", "", "").Caller, now, base64.RawURLEncoding.EncodeToString(forged))
		wantCode(t, err, "bad-code")
	}
	// A bill by code is settled while the code lasts, and its repetition is answered after that too.
	bill := agency.Bill{Visit: "V1", Code: any, Hospital: "H0001", Tier: 1, Date: 20230101, Lines: []agency.BillLine{{Item: "A", Qty: 1, Unit: 100, InPolicy: true}}}
	late := call("H0001", "late")
	late.Now = now.Add(time.Hour)
	_, _, err = a.Settle(t.Context(), late, bill)
	wantCode(t, err, "code-expired")
	first, _, err := a.Settle(t.Context(), call("H0001", "k"), bill)
	if err != nil {
		t.Fatal(err)
	}
	again := late
	again.Key = "k"
	second, replayed, err := a.Settle(t.Context(), again, bill)
	if err != nil || !replayed || !bytes.Equal(first.Body, second.Body) {
		t.Errorf("repeated: %s, %v, %v", second.Body, replayed, err)
	}
	wantSound(t, a)
}

func TestEligibilityTellsWhatIsLeft(t *testing.T) {
	a := newAgency(t)
	who := someone(t, a, population.Active)
	hospital := as(workflow.Hospital, "H0001", "", "").Caller
	ask := func() agency.Eligibility {
		t.Helper()
		e, err := a.Eligibility(t.Context(), hospital, now, agency.Inquiry{IDNo: who.IDNumber, Date: 20230101})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	if e := ask(); !e.Insured || e.Person != who.ID || e.Deductible != 500_00 || e.Fund != 2200_00 || int64(e.Account) != who.Medical {
		t.Errorf("before any visit %+v; O18 has a deductible of 500 and a cap of 2,200", e)
	}
	bill := agency.Bill{Visit: "V1", IDNo: who.IDNumber, Hospital: "H0001", Tier: 3, Date: 20230101, Lines: []agency.BillLine{{Item: "A", Qty: 1, Unit: 1800_00, InPolicy: true}}}
	if _, _, err := a.Settle(t.Context(), call("H0001", "k"), bill); err != nil {
		t.Fatal(err)
	}
	if e := ask(); e.Deductible != 0 || e.Fund != 1550_00 {
		t.Errorf("after a bill of 1,800 %+v, want 0 and 1,550 left", e)
	}
	if e, err := a.Eligibility(t.Context(), hospital, now, agency.Inquiry{IDNo: who.IDNumber, Date: 20221231}); err != nil || e.Fund != 0 || e.Year != 2022 {
		t.Errorf("the day before the reform: %+v, %v", e, err)
	}
	_, err := a.Eligibility(t.Context(), hospital, now, agency.Inquiry{IDNo: "990000190001010011"})
	wantCode(t, err, "not-found")
	_, err = a.Eligibility(t.Context(), hospital, now, agency.Inquiry{IDNo: who.IDNumber, Code: "x"})
	wantCode(t, err, "two-names")
}
