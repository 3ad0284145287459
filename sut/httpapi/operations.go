package httpapi

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// handlers are the use cases by method and path.
func (a *API) handlers() map[string]handler {
	use := a.agency
	return map[string]handler{
		"POST /v1/sessions":                     a.createSession,
		"GET /v1/me/account":                    get(a.account),
		"GET /v1/me/contributions":              get(a.contributions),
		"POST /v1/claims:preview":               ask(a.preview),
		"POST /v1/claims":                       change(a, use.Settle),
		"GET /v1/claims/{id}":                   find(use.Claim),
		"POST /v1/claims/{id}:reverse":          step(a, use.Reverse),
		"POST /v1/transfers":                    change(a, use.Request),
		"GET /v1/transfers/{id}":                find(use.Transfer),
		"POST /v1/transfers/{id}:advance":       step(a, use.Advance),
		"POST /v1/transfers/{id}:withdraw":      changeOf(a, use.Withdraw),
		"POST /v1/transfers/{id}:return":        changeOf(a, use.Return),
		"GET /v1/clocks/{id}":                   get(a.clocks),
		"POST /v1/codes":                        ask(a.issueCode),
		"POST /v1/codes:verify":                 ask(a.verifyCode),
		"GET /v1/eligibility":                   get(a.eligibility),
		"PATCH /v1/persons/{id}":                a.updatePerson,
		"POST /v1/benefits":                     change(a, use.Apply),
		"GET /v1/benefits/{id}":                 find(use.Benefit),
		"POST /v1/benefits/{id}:documents":      changeOf(a, use.BringDocuments),
		"POST /v1/benefits/{id}:decide":         changeOf(a, use.Decide),
		"POST /v1/certificates":                 change(a, use.IssueCertificate),
		"GET /v1/certificates/{id}":             find(a.certificate),
		"GET /v1/certificates/{id}/document":    find(use.Certificate),
		"GET /v1/outlets":                       get(a.outlets),
		"POST /v1/feedback":                     change(a, use.Feedback),
		"GET /v1/payments/{id}":                 find(use.Payment),
		"POST /v1/payments/{id}:resolve":        changeOf(a, use.Resolve),
		"POST /v1/payments/{id}:reverse":        step(a, use.ReversePayment),
		"POST /v1/reconciliations":              a.upload("application/x-ndjson", "text/csv"),
		"POST /v1/declarations":                 a.upload("application/x-ndjson", "text/csv"),
		"GET /v1/declarations/{id}":             find(use.Declaration),
		"GET /v1/declarations/{id}/lines":       get(a.declarationLines),
		"POST /v1/assessments":                  change(a, a.assess),
		"POST /v1/arrears":                      a.lapse,
		"POST /v1/enrolments":                   change(a, use.Enrol),
		"POST /v1/enrolments/{id}:suspend":      step(a, use.Suspend),
		"POST /v1/enrolments/{id}:resume":       step(a, use.Resume),
		"POST /v1/benefits/{id}:suspend":        changeOf(a, use.SuspendBenefit),
		"POST /v1/benefits/{id}:resume":         changeOf(a, use.ResumeBenefit),
		"POST /v1/benefits/{id}:stop":           changeOf(a, use.StopBenefit),
		"POST /v1/deaths":                       change(a, use.ReportDeath),
		"POST /v1/overpayments":                 change(a, use.Recover),
		"POST /v1/payout-batches":               a.batchBegin,
		"POST /v1/interest":                     a.batchBegin,
		"GET /v1/payout-batches/{id}":           find(use.Batch),
		"GET /v1/payout-batches/{id}/file":      a.bankFile,
		"POST /v1/payout-batches/{id}:lock":     a.batchStep,
		"POST /v1/payout-batches/{id}:send":     a.batchStep,
		"POST /v1/payout-batches/{id}:receipts": a.upload("text/csv"),
		"POST /v1/payout-batches/{id}:close":    a.batchStep,
		"GET /v1/statistics/{id}":               get(a.statistics),
		"GET /v1/jobs/{id}":                     find(use.Job),
		"POST /v1/jobs/{id}:retry":              step(a, use.Retry),
		"POST /v1/payments":                     change(a, use.Receive),
		"POST /v1/pension-estimates":            ask(a.estimate),
		"GET /v1/policies":                      get(a.policies),
	}
}

// sessionLife is how long a token from sessions.create is good.
const sessionLife = 30 * time.Minute

// A session is the answer of sessions.create.
type session struct {
	Token   string `json:"token"`
	Type    string `json:"token_type"`
	Seconds int    `json:"expires_in"`
}

func (a *API) createSession(x *exchange) error {
	var login agency.Login
	if _, err := x.readInto(&login); err != nil {
		return err
	}
	person, err := a.agency.Authenticate(x.r.Context(), login)
	if err != nil {
		return err
	}
	token, err := a.keys.Token(agency.Caller{Role: workflow.Citizen, Subject: strconv.Itoa(person)}, a.now(), sessionLife)
	if err != nil {
		return err
	}
	return reply(x.w, http.StatusCreated, session{token, "Bearer", int(sessionLife.Seconds())})
}

func (a *API) account(ctx context.Context, who agency.Caller, _ string, _ url.Values) (none agency.Account, err error) {
	person, err := a.person(who)
	if err != nil {
		return none, err
	}
	return a.agency.Account(ctx, person)
}

func (a *API) contributions(ctx context.Context, who agency.Caller, _ string, query url.Values) (page agency.Contributions, err error) {
	person, err := a.person(who)
	if err != nil {
		return page, err
	}
	from, err := parsed(query, "from", rules.ParseMonth)
	if err != nil {
		return page, err
	}
	at, err := cursor(query, "contributions")
	if err != nil {
		return page, err
	}
	var newest rules.Month
	if at != "" {
		if newest, err = rules.ParseMonth(at); err != nil {
			return page, badCursor()
		}
	}
	page, err = a.agency.Contributions(ctx, person, from, newest)
	page.Next = opaque("contributions", page.Next)
	return page, err
}

func (a *API) eligibility(ctx context.Context, who agency.Caller, _ string, query url.Values) (none agency.Eligibility, err error) {
	day, err := parsed(query, "date", rules.ParseDate)
	if err != nil {
		return none, err
	}
	return a.agency.Eligibility(ctx, who, a.now(), agency.Inquiry{IDNo: query.Get("id_no"), Code: query.Get("code_token"), Date: day})
}

func (a *API) certificate(ctx context.Context, _ agency.Caller, code string) (agency.Verified, error) {
	return a.agency.VerifyCertificate(ctx, code)
}

func (a *API) preview(ctx context.Context, who agency.Caller, b agency.Bill) (agency.Split, error) {
	return a.agency.Preview(ctx, who, a.now(), b)
}

func (a *API) issueCode(ctx context.Context, who agency.Caller, r agency.CodeRequest) (agency.Code, error) {
	return a.agency.IssueCode(ctx, who, a.now(), r)
}

// A shownCode is the body of codes.verify.
type shownCode struct {
	Token string `json:"code_token"`
}

func (a *API) verifyCode(ctx context.Context, who agency.Caller, c shownCode) (agency.CodeHolder, error) {
	return a.agency.VerifyCode(ctx, who, a.now(), c.Token)
}

func (a *API) estimate(ctx context.Context, _ agency.Caller, f agency.Facts) (agency.Estimate, error) {
	return a.agency.Estimate(ctx, f)
}

func (a *API) policies(ctx context.Context, _ agency.Caller, _ string, query url.Values) (none agency.Policies, err error) {
	day, err := parsed(query, "as_of", rules.ParseDate)
	if err != nil {
		return none, err
	}
	return a.agency.Policies(ctx, query.Get("q"), day)
}

// A lines is a page of the lines of a declaration.
type lines struct {
	Items []agency.DeclaredLine `json:"items"`
	Next  string                `json:"next_cursor,omitempty"`
}

func (a *API) declarationLines(ctx context.Context, who agency.Caller, id string, query url.Values) (page lines, err error) {
	text, err := cursor(query, "lines")
	if err != nil {
		return page, err
	}
	at := 0
	if text != "" {
		if at, err = strconv.Atoi(text); err != nil {
			return page, badCursor()
		}
	}
	found, err := a.agency.DeclarationLines(ctx, who, id, at)
	if found.Next != 0 {
		page.Next = opaque("lines", strconv.Itoa(found.Next))
	}
	page.Items = found.Items
	return page, err
}

// A month is the body of assessments.create.
type month struct {
	Month rules.Month `json:"month"`
}

func (a *API) assess(ctx context.Context, c agency.Call, m month) (store.Answer, bool, error) {
	return a.agency.Assess(ctx, c, m.Month)
}

func (a *API) lapse(x *exchange) error {
	return step(a, func(ctx context.Context, c agency.Call, _ string) (store.Answer, bool, error) {
		return a.agency.Lapse(ctx, c)
	})(x)
}

// bankFile serves the file of a batch to its bank, whole or not at all.
func (a *API) bankFile(x *exchange) error {
	var file bytes.Buffer
	if err := a.agency.BankFile(x.r.Context(), x.who, x.id, &file); err != nil {
		return err
	}
	x.w.Header().Set("Content-Type", "text/csv")
	x.w.Header().Set("Cache-Control", "no-store")
	x.w.Write(file.Bytes()) // the caller may have left
	return nil
}

func (a *API) statistics(ctx context.Context, who agency.Caller, report string, query url.Values) (s agency.Statistics, err error) {
	at, err := cursor(query, report)
	if err != nil {
		return s, err
	}
	s, err = a.agency.Statistics(ctx, who, report, at)
	s.Next = opaque(report, s.Next)
	return s, err
}

func (a *API) outlets(ctx context.Context, _ agency.Caller, _ string, query url.Values) (none agency.Outlets, err error) {
	p, err := parsePlace(query.Get("near"))
	if err != nil {
		return none, err
	}
	if p.Limit, err = parsed(query, "limit", strconv.Atoi); err != nil {
		return none, err
	}
	if p.Open, err = parsed(query, "open", strconv.ParseBool); err != nil {
		return none, err
	}
	p.Service = query.Get("service")
	return a.agency.Near(ctx, a.now(), p)
}

// parsePlace reads "30.69,111.29": latitude and longitude.
func parsePlace(s string) (p agency.Place, err error) {
	lat, lon, _ := strings.Cut(s, ",")
	if p.Lat, err = strconv.ParseFloat(lat, 64); err == nil {
		p.Lon, err = strconv.ParseFloat(lon, 64)
	}
	if err != nil {
		err = problem(http.StatusBadRequest, "bad-query", "near: want latitude and longitude in degrees, such as 30.69,111.29")
	}
	return p, err
}

func (a *API) clocks(ctx context.Context, who agency.Caller, machine string, query url.Values) (page agency.Clocks, err error) {
	today := rules.Date(agency.Call{Now: a.now()}.Date())
	by, err := parsed(query, "by", rules.ParseDate)
	if err != nil {
		return page, err
	}
	if by == 0 {
		by = today
	}
	at, err := cursor(query, "clocks")
	if err != nil {
		return page, err
	}
	page, err = a.agency.Clocks(ctx, who, machine, today, by, at, pageSize)
	page.Next = opaque("clocks", page.Next)
	return page, err
}

// pageSize is the most items of a list in an answer.
const pageSize = 100

// person is the index of the citizen who calls. A valid token can still be of a larger population.
func (a *API) person(who agency.Caller) (int, error) {
	person, err := strconv.Atoi(who.Subject)
	if err != nil || person < 0 || person >= a.agency.People.Size() {
		return 0, problem(http.StatusForbidden, "unknown-subject", "the token's subject is nobody insured here")
	}
	return person, nil
}
