package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/workflow"
)

// What is another's and what does not exist are one answer: nobody can count or try out ids.
func TestAnothersThingIsNotFound(t *testing.T) {
	v := newTown(t)
	me, stranger := v.person(v.citizen.Index), v.person(v.citizen.Index+1)
	clerkAbroad := v.token(workflow.Clerk, "clerk-9", "990009")
	reviewerAbroad := v.token(workflow.Reviewer, "reviewer-9", "990009")
	otherFirm := v.token(workflow.Employer, v.people.Employer((v.citizen.Employer+1)%v.people.Employers()).ID, "")

	bill := `{"visit":"V1","id_no":"` + v.citizen.IDNumber + `","hospital":"H0001","tier":1,"visit_date":"2023-01-02","lines":[{"item":"A1","qty":1,"unit_fen":180000,"in_policy":true}]}`
	v.by("H0001", "POST", "/v1/claims", bill)
	code := text(v.by(me, "POST", "/v1/certificates", `{"kind":"insured"}`), "code")
	transfer := text(v.by(me, "POST", "/v1/transfers", `{"to_region":"990007"}`), "transfer")
	v.push("T1", v.employer.ID, v.citizen, 202301)
	for _, c := range []struct {
		what                        string
		who, method, path, id, none string // path holds a % for the id
		body                        string
	}{
		{"a visit of another hospital", "H0002", "GET", "/v1/claims/%", "V1", "V2", ""},
		{"another hospital's visit reversed", "H0002", "POST", "/v1/claims/%:reverse", "V1", "V2", ""},
		{"another hospital's visit of before", "H0002", "GET", "/v1/claims/%", population.ClaimID(1, 5, 1), "H0001-B5-x", ""},
		{"a payment of another bank", "B02", "GET", "/v1/payments/%", "T1", "T2", ""},
		{"another bank's payment reversed", "B02", "POST", "/v1/payments/%:reverse", "B01%2FT1", "B01%2FT2", ""},
		{"a payment of another region reversed", clerkAbroad, "POST", "/v1/payments/%:reverse", "B01%2FT1", "B01%2FT2", ""},
		{"another employer's declaration", otherFirm, "GET", "/v1/declarations/%", population.DeclarationID(v.citizen.Employer), "D-E999999-202212", ""},
		{"another employer's lines", otherFirm, "GET", "/v1/declarations/%/lines", population.DeclarationID(v.citizen.Employer), "D-E999999-202212", ""},
		{"another employer's job", otherFirm, "GET", "/v1/jobs/%", population.JobID(v.citizen.Employer), "J-E999999-202212", ""},
		{"another employer's staff", otherFirm, "POST", "/v1/enrolments/%:suspend", v.citizen.ID, "P99999999", ""},
		{"another person changed", stranger, "PATCH", "/v1/persons/%", v.citizen.ID, "P99999999", `{"phone":"13800000000"}`},
		{"a person of another region changed", clerkAbroad, "PATCH", "/v1/persons/%", v.citizen.ID, "P99999999", `{"phone":"13800000000"}`},
		{"another person's transfer", stranger, "GET", "/v1/transfers/%", transfer, "TR-XAAAAAAAAAAAAAAAA", ""},
		{"another person's transfer withdrawn", stranger, "POST", "/v1/transfers/%:withdraw", transfer, "TR-XAAAAAAAAAAAAAAAA", `{"reason":"r"}`},
		{"a transfer between other regions", clerkAbroad, "GET", "/v1/transfers/%", transfer, "TR-XAAAAAAAAAAAAAAAA", ""},
		{"another person's case", stranger, "GET", "/v1/benefits/%", population.CaseID(v.citizen.Index, 1), "BC-x-1", ""},
		{"a case of another region", reviewerAbroad, "GET", "/v1/benefits/%", population.CaseID(v.citizen.Index, 1), "BC-x-1", ""},
		{"a case of another region decided", reviewerAbroad, "POST", "/v1/benefits/%:decide", population.CaseID(v.citizen.Index, 1), "BC-x-1", `{"decision":"approve"}`},
		{"documents for another person's case", stranger, "POST", "/v1/benefits/%:documents", population.CaseID(v.citizen.Index, 1), "BC-x-1", `{"documents":["` + strings.Repeat("ab", 32) + `"]}`},
		{"another person's certificate", stranger, "GET", "/v1/certificates/%/document", code, "CE-XAAAAAAAAAAAAAAAA", ""},
		{"a batch of another region", clerkAbroad, "POST", "/v1/payout-batches/%:send", "PB-pension-" + v.citizen.Region + "-202301", "PB-pension-" + v.citizen.Region + "-202302", ""},
	} {
		if c.what == "a batch of another region" {
			v.by(v.clerk, "POST", "/v1/payout-batches", `{"kind":"pension","region":"`+v.citizen.Region+`","period":"2023-01"}`)
		}
		ask := func(id string) *httptest.ResponseRecorder {
			return v.send(c.who, c.method, strings.Replace(c.path, "%", id, 1), "application/json", c.body, "")
		}
		there, none := ask(c.id), ask(c.none)
		if there.Code != http.StatusNotFound || there.Body.String() != none.Body.String() {
			t.Errorf("%s: %d %swhat does not exist: %d %s", c.what, there.Code, there.Body, none.Code, none.Body)
		}
	}
	v.sound()
}
