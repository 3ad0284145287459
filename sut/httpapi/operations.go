package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// sessionLife is how long a token from sessions.create is good.
const sessionLife = 30 * time.Minute

// A session is the answer of sessions.create.
type session struct {
	Token   string `json:"token"`
	Type    string `json:"token_type"`
	Seconds int    `json:"expires_in"`
}

func (a *API) createSession(w http.ResponseWriter, r *http.Request, _ agency.Caller) error {
	var login agency.Login
	if _, err := readInto(w, r, &login); err != nil {
		return err
	}
	person, err := a.agency.Authenticate(r.Context(), login)
	if err != nil {
		return err
	}
	token, err := a.keys.Token(workflow.Citizen, strconv.Itoa(person), a.now(), sessionLife)
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, session{token, "Bearer", int(sessionLife.Seconds())})
}

func (a *API) account(w http.ResponseWriter, r *http.Request, who agency.Caller) error {
	person, err := a.person(who)
	if err != nil {
		return err
	}
	account, err := a.agency.Account(r.Context(), person)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, account)
}

func (a *API) contributions(w http.ResponseWriter, r *http.Request, who agency.Caller) error {
	person, err := a.person(who)
	if err != nil {
		return err
	}
	from, err := monthOf(r, "from")
	if err != nil {
		return err
	}
	cursor, err := monthOf(r, "cursor")
	if err != nil {
		return err
	}
	page, err := a.agency.Contributions(r.Context(), person, from, cursor)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, page)
}

func (a *API) previewClaim(w http.ResponseWriter, r *http.Request, who agency.Caller) error {
	var bill agency.Bill
	if _, err := readInto(w, r, &bill); err != nil {
		return err
	}
	split, err := a.agency.Preview(r.Context(), who, a.now(), bill)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, split)
}

func (a *API) settleClaim(w http.ResponseWriter, r *http.Request, who agency.Caller) error {
	var bill agency.Bill
	body, err := readInto(w, r, &bill)
	if err != nil {
		return err
	}
	return a.mutate(w, r, who, "claims.settle", body, func(c agency.Call) (store.Answer, bool, error) {
		return a.agency.Settle(r.Context(), c, bill)
	})
}

func (a *API) pushPayment(w http.ResponseWriter, r *http.Request, who agency.Caller) error {
	var push agency.Push
	body, err := readInto(w, r, &push)
	if err != nil {
		return err
	}
	return a.mutate(w, r, who, "payments.push", body, func(c agency.Call) (store.Answer, bool, error) {
		return a.agency.Receive(r.Context(), c, push)
	})
}

func (a *API) estimate(w http.ResponseWriter, r *http.Request, _ agency.Caller) error {
	var facts agency.Facts
	if _, err := readInto(w, r, &facts); err != nil {
		return err
	}
	estimate, err := a.agency.Estimate(r.Context(), facts)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, estimate)
}

func (a *API) policies(w http.ResponseWriter, r *http.Request, _ agency.Caller) error {
	var day rules.Date
	query := r.URL.Query()
	if s := query.Get("as_of"); s != "" {
		var err error
		if day, err = rules.ParseDate(s); err != nil {
			return problem(http.StatusBadRequest, "bad-query", "as_of: want a day such as 2023-01-01")
		}
	}
	found, err := a.agency.Policies(r.Context(), query.Get("q"), day)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, found)
}

// readInto reads and decodes a body, and returns its bytes.
func readInto(w http.ResponseWriter, r *http.Request, v any) ([]byte, error) {
	body, err := readBody(w, r)
	if err != nil {
		return nil, err
	}
	return body, decode(body, v)
}

// person is the index of the citizen who calls. A valid token can still be of a larger population.
func (a *API) person(who agency.Caller) (int, error) {
	person, err := strconv.Atoi(who.Subject)
	if err != nil || person < 0 || person >= a.agency.People.Size() {
		return 0, problem(http.StatusForbidden, "unknown-subject", "the token's subject is nobody insured here")
	}
	return person, nil
}

// monthOf reads a month from the query; none is zero.
func monthOf(r *http.Request, name string) (rules.Month, error) {
	s := r.URL.Query().Get(name)
	if s == "" {
		return 0, nil
	}
	m, err := rules.ParseMonth(s)
	if err != nil {
		return 0, problem(http.StatusBadRequest, "bad-query", name+": want a month such as 2023-01")
	}
	return m, nil
}
