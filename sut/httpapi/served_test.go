package httpapi_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/httpapi"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/traffic"
	"github.com/peakday/peakday/sut/workflow"
)

// A town is a desk with people to act for, and what has been served there.
type town struct {
	*desk
	citizen         population.Person
	employer        population.Employer
	served          map[string]httpapi.Example // the first of each operation that was done at once
	keys            int
	clerk, reviewer string                                              // their tokens, of the citizen's region
	before          func(who, method, path, media, text, prefer string) // what comes before each request; nil: nothing
}

func newTown(t *testing.T) *town {
	d := newDesk(t)
	v := &town{desk: d, served: make(map[string]httpapi.Example)}
	v.citizen = active(d)
	v.employer = d.people.Employer(v.citizen.Employer)
	v.clerk = d.token(workflow.Clerk, "clerk-1", v.citizen.Region)
	v.reviewer = d.token(workflow.Reviewer, "reviewer-1", v.citizen.Region)
	return v
}

// by sends a request with a token, or signed by a partner, and wants it served. It returns the answer.
func (v *town) by(who, method, path, text string) map[string]any {
	v.t.Helper()
	w := v.send(who, method, path, "application/json", text, "")
	if w.Code >= 300 {
		v.t.Fatalf("%s %s: %d %s\nsent %s\nlog %s", method, path, w.Code, w.Body, text, v.log)
	}
	var answer map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		v.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer
}

func (v *town) send(who, method, path, media, text, prefer string) *httptest.ResponseRecorder {
	v.t.Helper()
	if v.before != nil {
		v.before(who, method, path, media, text, prefer)
	}
	r := v.request(who, method, path, media, text, prefer)
	w := v.do(r)
	op := v.contract.named(r)
	if _, known := v.served[op]; w.Code < 300 && prefer == "" && !known {
		v.served[op] = httpapi.Example{Request: shown(text), Answer: shown(w.Body.String())}
	}
	return w
}

// request is one with a key of its own.
func (v *town) request(who, method, path, media, text, prefer string) *http.Request {
	v.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(text))
	if text != "" {
		r.Header.Set("Content-Type", media)
	}
	if prefer != "" {
		r.Header.Set("Prefer", prefer)
	}
	if method != http.MethodGet {
		v.keys++
		r.Header.Set("Idempotency-Key", strconv.Itoa(v.keys))
	}
	switch {
	case strings.HasPrefix(who, "Bearer "):
		r.Header.Set("Authorization", who)
	case who != "":
		r = v.sign(who, r)
	}
	return r
}

// shown is a body as an example shows it: of JSON the value, with two items of each list, of a file the first five lines;
// nil where there is none.
func shown(body string) any {
	var v any
	switch err := json.Unmarshal([]byte(body), &v); {
	case body == "":
		return nil
	case err != nil:
		lines := strings.SplitAfter(body, "\n")
		return strings.Join(lines[:min(len(lines), 5)], "")
	}
	return shortened(v)
}

func shortened(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, inside := range v {
			v[name] = shortened(inside)
		}
	case []any:
		v = v[:min(len(v), 2)]
		for i, inside := range v {
			v[i] = shortened(inside)
		}
		return v
	}
	return v
}

// person is the token of a citizen.
func (v *town) person(i int) string { return v.token(workflow.Citizen, strconv.Itoa(i), "") }

// first is the first person that is as wanted.
func (v *town) first(as func(population.Person) bool) population.Person {
	for i := range v.people.Size() {
		if p := v.people.Person(i); as(p) {
			return p
		}
	}
	v.t.Fatal("there is nobody such as is wanted")
	return population.Person{}
}

// text is a field of an answer.
func text(answer map[string]any, field string) string { s, _ := answer[field].(string); return s }

// Every operation is served at least once with success, and all that is sent and answered is as the document says.
func TestEveryOperationIsServedAsDocumented(t *testing.T) {
	v := newTown(t)
	v.everything()
	for _, op := range traffic.Routes() {
		if _, served := v.served[op.Name]; !served {
			t.Errorf("%s was never served", op.Name)
		}
	}
	v.sound()
	if *httpapi.Update {
		text, err := json.MarshalIndent(v.served, "", " ")
		fatal(t, err)
		fatal(t, os.WriteFile(httpapi.ExamplesFile, append(text, '\n'), 0o644))
	}
}

// everything serves every operation.
func (v *town) everything() {
	me := v.person(v.citizen.Index)
	v.read(me)
	v.visits(me)
	v.money()
	v.filings()
	v.cases(me)
	v.moves()
	v.payouts()
}

func (v *town) read(me string) {
	id := v.citizen.IDNumber
	v.by("", "POST", "/v1/sessions", `{"id_no":"`+id+`","pin":"`+v.desk.keys.PIN(id)+`"}`)
	v.by(me, "GET", "/v1/me/account", "")
	v.by(me, "GET", "/v1/me/contributions?from=2020-01", "")
	v.by(me, "POST", "/v1/pension-estimates", facts)
	v.by("", "GET", "/v1/policies?q=outpatient", "")
	v.by("", "GET", "/v1/outlets?near=30.69,111.29&service=pension&limit=3&open=false", "")
	v.by(v.clerk, "GET", "/v1/statistics/claims-by-day", "")
	v.by(v.token(workflow.Auditor, "auditor-1", ""), "GET", "/v1/statistics/enrolments-by-step", "")
	v.by(me, "POST", "/v1/feedback", `{"rating":5,"text":"quick"}`)
	v.by(me, "PATCH", "/v1/persons/me", `{"phone":"13800000000"}`)
	for _, kind := range []string{"insured", "contributions"} {
		code := text(v.by(me, "POST", "/v1/certificates", `{"kind":"`+kind+`"}`), "code")
		v.by("", "GET", "/v1/certificates/"+code, "")
		v.by(me, "GET", "/v1/certificates/"+code+"/document", "")
	}
}

func (v *town) visits(me string) {
	code := text(v.by(me, "POST", "/v1/codes", `{"scope":"medical"}`), "code_token")
	v.by("H0001", "POST", "/v1/codes:verify", `{"code_token":"`+code+`"}`)
	v.by("H0001", "GET", "/v1/eligibility?code_token="+code, "")
	v.by("H0001", "GET", "/v1/eligibility?date=2023-01-02&id_no="+v.citizen.IDNumber, "")
	bill := `{"visit":"V1","id_no":"` + v.citizen.IDNumber + `","hospital":"H0001","tier":1,"visit_date":"2023-01-02","lines":[{"item":"A1","qty":1,"unit_fen":180000,"in_policy":true}]}`
	v.by("H0001", "POST", "/v1/claims:preview", bill)
	v.by("H0001", "POST", "/v1/claims", bill)
	v.by("H0001", "GET", "/v1/claims/V1", "")
	v.by("H0001", "POST", "/v1/claims/V1:reverse", "")
	v.by("H0001", "POST", "/v1/claims/"+population.ClaimID(1, v.citizen.Index, 1)+":reverse", "")
}

// push is a bank's report that an employer paid a person's month.
func (v *town) push(number, employer string, who population.Person, m rules.Month) map[string]any {
	v.t.Helper()
	book, err := rules.Open()
	fatal(v.t, err)
	c, err := book.Contribute(rules.Wage{Region: who.Region, Month: m, Wage: who.Wage})
	fatal(v.t, err)
	body, err := json.Marshal(agency.Push{Bank: "B01", BankTxn: number, Employer: employer, IDNo: who.IDNumber, Month: m, Amount: ledger.Fen(c.Total()), Value: m.First()})
	fatal(v.t, err)
	return v.by("B01", "POST", "/v1/payments", string(body))
}

func (v *town) money() {
	escaped := func(answer map[string]any) string { return url.PathEscape(text(answer, "payment")) }
	paid := v.push("T1", v.employer.ID, v.citizen, 202301)
	v.by("B01", "GET", "/v1/payments/T1", "")
	v.by("B01", "POST", "/v1/payments/"+escaped(paid)+":reverse", "")
	other := v.people.Employer((v.citizen.Employer + 1) % v.people.Employers())
	held := v.push("T2", other.ID, v.citizen, 202301)
	v.by(v.clerk, "POST", "/v1/payments/"+escaped(held)+":resolve", fmt.Sprintf(`{"payer":%q,"id_no":%q,"month":"2023-01"}`, v.employer.ID, v.citizen.IDNumber))
	w := v.send("B01", "POST", "/v1/reconciliations", "application/x-ndjson", `{"day":"2023-01-01"}`+"\n"+`{"id":"T9","amount_fen":5}`+"\n", "")
	if w.Code != http.StatusCreated || !strings.Contains(w.Body.String(), `"missing_here":["T9"]`) {
		v.t.Errorf("%d %s, want T9 missing here", w.Code, w.Body)
	}
}

func (v *town) filings() {
	active := func(e int) (n int) {
		for range v.people.ActiveOf(e) {
			n++
		}
		return n
	}
	files := v.first(func(p population.Person) bool { return p.Employer != v.citizen.Employer && active(p.Employer) >= 3 }).Employer
	firm := v.people.Employer(files)
	token := v.token(workflow.Employer, firm.ID, "")
	var lines strings.Builder
	n := 0
	for who := range v.people.ActiveOf(files) {
		fmt.Fprintf(&lines, `{"person":%q,"wage_fen":%d}`+"\n", who.ID, who.Wage)
		n++
	}
	sum := sha256.Sum256([]byte(lines.String()))
	file := func(month string) string {
		return fmt.Sprintf(`{"employer":%q,"month":%q,"lines":%d,"sha256":%q}`+"\n", firm.ID, month, n, hex.EncodeToString(sum[:])) + lines.String()
	}
	w := v.send(token, "POST", "/v1/declarations", "application/x-ndjson", file("2023-01"), "")
	if w.Code != http.StatusCreated {
		v.t.Fatalf("%d %s", w.Code, w.Body)
	}
	declared := decoded[agency.Declared](v.t, w)
	if declared.Accepted != n {
		v.t.Fatalf("%+v, want %d lines accepted", declared, n)
	}
	v.by(token, "GET", "/v1/declarations/"+declared.Declaration, "")
	v.by(token, "GET", "/v1/declarations/"+declared.Declaration+"/lines", "")
	csv := strings.NewReplacer(`{"person":"`, "", `","wage_fen":`, ",", "}", "").Replace(lines.String())
	if w := v.send(token, "POST", "/v1/declarations?mode=partial", "text/csv", firm.ID+",2023-02,"+strconv.Itoa(n)+"\nperson,wage_fen\n"+csv, ""); w.Code != http.StatusCreated {
		v.t.Errorf("CSV: %d %s", w.Code, w.Body)
	}
	later := v.send(token, "POST", "/v1/declarations", "application/x-ndjson", file("2023-03"), "wait=1, respond-async")
	failing := v.send(token, "POST", "/v1/declarations", "application/x-ndjson", "no header\n", "respond-async")
	place := later.Header().Get("Location")
	if later.Code != http.StatusAccepted || !strings.HasPrefix(place, "/v1/jobs/J-") || later.Header().Get("Preference-Applied") != "respond-async" {
		v.t.Fatalf("later: %d %v %s", later.Code, later.Header(), later.Body)
	}
	for worked := true; worked; {
		var err error
		worked, err = v.service.Work(v.t.Context(), now, v.public.Jobs())
		fatal(v.t, err)
	}
	if job := v.by(token, "GET", place, ""); job["state"] != "done" || job["status"] != json.Number("201") && job["status"] != 201.0 {
		v.t.Errorf("job %v, want it done with 201", job)
	}
	if job := v.by(token, "GET", failing.Header().Get("Location"), ""); job["state"] != "failed" {
		v.t.Errorf("job %v, want it failed", job)
	}
	v.by(v.token(workflow.Operator, "operator-1", ""), "POST", failing.Header().Get("Location")+":retry", "")
	v.by(v.clerk, "POST", "/v1/assessments", `{"month":"2023-01"}`)
	v.by(v.clerk, "POST", "/v1/arrears", "")

	own := v.token(workflow.Employer, v.employer.ID, "")
	v.by(own, "POST", "/v1/enrolments/"+v.citizen.ID+":suspend", "")
	v.by(own, "POST", "/v1/enrolments/"+v.citizen.ID+":resume", "")
	idle := v.first(func(p population.Person) bool { return p.Status == population.Suspended })
	v.by(own, "POST", "/v1/enrolments", `{"id_no":"`+idle.IDNumber+`"}`)
}

func (v *town) cases(me string) {
	document := strings.Repeat("ab", 32)
	filed := v.by(me, "POST", "/v1/benefits", `{"kind":"injury_manual","facts":{"date":"2023-01-03","bills_fen":200000},"documents":["`+document+`"]}`)
	path := "/v1/benefits/" + text(filed, "case")
	v.by(me, "GET", path, "")
	v.by(v.clerk, "POST", path+":decide", `{"decision":"review"}`)
	v.by(v.clerk, "POST", path+":decide", `{"decision":"need_docs","reason":"bills-unclear"}`)
	v.by(me, "POST", path+":documents", `{"documents":["`+strings.Repeat("cd", 32)+`"]}`)
	wantProblem(v.t, "one pair of eyes", v.send(v.clerk, "POST", path+":decide", "application/json", `{"decision":"approve"}`, ""), 403, "four-eyes")
	v.by(v.reviewer, "POST", path+":decide", `{"decision":"approve"}`)
	v.by(v.reviewer, "GET", path, "")
	v.by(v.clerk, "GET", "/v1/clocks/benefit?by=2030-01-01", "")
}

func (v *town) moves() {
	who := v.first(func(p population.Person) bool {
		return p.Status == population.Active && p.Index > v.citizen.Index && p.Months > 12
	})
	me, clerk := v.person(who.Index), v.token(workflow.Clerk, "clerk-2", who.Region)
	to := `{"to_region":"990001"}`
	if who.Region == "990001" {
		to = `{"to_region":"990002"}`
	}
	first := "/v1/transfers/" + text(v.by(me, "POST", "/v1/transfers", to), "transfer")
	v.by(me, "GET", first, "")
	v.by(me, "POST", first+":withdraw", `{"reason":"stays"}`)
	second := "/v1/transfers/" + text(v.by(me, "POST", "/v1/transfers", to), "transfer")
	for range 3 {
		v.by(clerk, "POST", second+":advance", "")
	}
	admin, _ := operators(v.desk)
	for i := range 2 { // funds are sent and matched by the schedule
		r := post("/admin/transfers/advance", `{"transfer":"`+strings.TrimPrefix(second, "/v1/transfers/")+`"}`)
		if w := ask(admin.Handler(), set(r, "Idempotency-Key", "hop-"+strconv.Itoa(i))); w.Code != http.StatusOK {
			v.t.Errorf("the schedule's hop %d: %d %s", i, w.Code, w.Body)
		}
	}
	v.by(clerk, "GET", "/v1/clocks/transfer?by=2030-01-01", "")
	v.by(clerk, "POST", second+":return", `{"reason":"wrong-person"}`)
}

func (v *town) payouts() {
	region := v.citizen.Region
	v.by(v.clerk, "POST", "/v1/payout-batches", `{"kind":"pension","region":"`+region+`","period":"2023-01"}`)
	path := "/v1/payout-batches/PB-pension-" + region + "-202301"
	v.by(v.reviewer, "POST", path+":lock", "")
	v.by(v.clerk, "POST", path+":send", "")
	v.by(v.token(workflow.Auditor, "auditor-1", ""), "GET", path, "")
	file := v.send("B00", "GET", path+"/file", "", "", "")
	if file.Code != http.StatusOK || file.Header().Get("Content-Type") != "text/csv" {
		v.t.Fatalf("the bank's file: %d %s", file.Code, file.Body)
	}
	var receipts strings.Builder
	for line := range strings.Lines(file.Body.String()) {
		if f := strings.Split(strings.TrimSpace(line), ","); len(f) == 4 && f[0] != "H" {
			fmt.Fprintf(&receipts, "%s,%s,%s,paid\n", f[0], f[1], f[3])
		}
	}
	w := v.send("B00", "POST", path+":receipts", "text/csv", receipts.String(), "")
	if got := decoded[agency.Receipts](v.t, w); got.Refused != 0 || got.Lines == 0 {
		v.t.Errorf("receipts: %+v", got)
	}
	v.by(v.clerk, "POST", path+":close", "")
	v.by(v.clerk, "POST", "/v1/interest", `{"year":2024,"region":"`+region+`"}`)

	retired := v.first(func(p population.Person) bool { return p.Status == population.Retired && p.Region == region })
	benefit := "/v1/benefits/" + population.CaseID(retired.Index, 0)
	v.by(v.clerk, "POST", benefit+":suspend", `{"reason":"no-sign-of-life"}`)
	v.by(v.clerk, "POST", benefit+":resume", `{"reason":"lives"}`)
	v.by(v.clerk, "POST", benefit+":stop", `{"reason":"died-before","last_month":"2022-12"}`) // January was paid, and is owed back
	v.by(v.clerk, "POST", "/v1/overpayments", `{"person":"`+retired.ID+`","fund":"pension","amount_fen":100}`)
	other := v.first(func(p population.Person) bool {
		return p.Status == population.Retired && p.Region == region && p.Index > retired.Index
	})
	v.by(v.clerk, "POST", "/v1/deaths", `{"person":"`+other.ID+`","date":"2026-11-20"}`)
}
