package traffic

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/peakday/peakday/scenarios"
	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/workflow"
)

// What people ask for themselves.

func (t *Traffic) session(a *arrival, r *scenarios.Request) error {
	id := t.people.Person(a.person).IDNumber
	return body(r, agency.Login{IDNo: id, PIN: t.keys.PIN(id)})
}

// patch tells a new telephone number or account, of which nobody has the one and nobody can have the other. One in
// three is told to a clerk.
func (t *Traffic) patch(a *arrival, r *scenarios.Request) error {
	var p agency.Patch
	if a.rand.IntN(2) == 0 {
		phone := t.people.Phone(a.rand.IntN(t.people.Size()))
		p.Phone = &phone
	} else {
		account := t.people.BankAccount(a.rand.IntN(t.people.Size()))
		p.Bank = &account
	}
	id, teller := "me", citizen(a.person)
	if a.rand.IntN(3) == 0 {
		id, teller = t.people.Person(a.person).ID, a.officer(workflow.Clerk)
	}
	about(r, id)
	if err := t.as(r, teller); err != nil {
		return err
	}
	return body(r, p)
}

// estimate asks what pension a person of this class, months and account can expect, born in the same month of 1980 to
// 2004, so that retirement lies ahead. It asks for Beijing in 2026, whose packs hold every part of an estimate.
func (t *Traffic) estimate(a *arrival, r *scenarios.Request) error {
	if err := t.own(a, r); err != nil {
		return err
	}
	who := t.people.Person(a.person)
	born := who.Birth.Month()
	return body(r, agency.Facts{
		Birth: (1980+born/100%25)*100 + born%100, Class: who.Class, Months: 180 + a.rand.IntN(240),
		Index: 600_000 + a.rand.Int64N(2_400_000), Account: who.Pension, Deemed: a.rand.IntN(37),
		AsOf: 202608, Region: "110000",
	})
}

// certificate is about the person, or in one of five about the employer.
func (t *Traffic) certificate(a *arrival, r *scenarios.Request) error {
	who := t.people.Person(a.person)
	kind, asks := "insured", citizen(a.person)
	switch draw := a.rand.IntN(5); {
	case draw == 0:
		asks = t.employer(who.Employer)
	case draw < 3:
		kind = "contributions"
	case who.Status == population.Retired:
		kind = "pension"
	}
	if err := t.as(r, asks); err != nil {
		return err
	}
	return body(r, agency.CertificateRequest{Kind: kind})
}

// verification is by somebody who was shown a certificate of the person.
func (t *Traffic) verification(a *arrival, r *scenarios.Request) error {
	about(r, population.CertificateCode(a.person, a.rand.IntN(3)))
	return nil
}

// search looks for one of the words that people look for.
func (t *Traffic) search(a *arrival, r *scenarios.Request) error {
	words := [...]string{"outpatient", "deductible", "pension", "retirement", "contribution", "rate", "payout months", "base"}
	q := url.Values{"q": {words[a.rand.IntN(len(words))]}}
	if a.rand.IntN(2) == 0 {
		q.Set("as_of", population.Opening.String())
	}
	r.Path += "?" + q.Encode()
	return nil
}

// near looks for outlets around Yichang, half of the time for one service.
func (t *Traffic) near(a *arrival, r *scenarios.Request) error {
	q := url.Values{"near": {fmt.Sprintf("%.4f,%.4f", 30.69+0.2*a.rand.NormFloat64(), 111.29+0.2*a.rand.NormFloat64())}}
	services := [...]string{"enrolment", "pension", "medical", "certificate", "card"}
	if i := a.rand.IntN(2 * len(services)); i < len(services) {
		q.Set("service", services[i])
	}
	r.Path += "?" + q.Encode()
	return nil
}

// statistics asks for a running total.
func (t *Traffic) statistics(a *arrival, r *scenarios.Request) error {
	reports := [...]string{"payments-by-state", "declarations-by-state", "declared-lines-by-month", "enrolments-by-step", "claims-by-day"}
	report := reports[a.rand.IntN(len(reports))]
	if t.Heavy {
		report = "wages-by-month"
	}
	about(r, report)
	role := workflow.Clerk
	if a.rand.IntN(3) == 0 {
		role = workflow.Auditor
	}
	return t.as(r, a.officer(role))
}

// feedback rates the service; most are content, and half say nothing more.
func (t *Traffic) feedback(a *arrival, r *scenarios.Request) error {
	o := agency.Opinion{Rating: 1 + max(a.rand.IntN(5), a.rand.IntN(5))}
	if a.rand.IntN(2) == 0 {
		o.Text = "rating " + strconv.Itoa(o.Rating) + ": the queue was as long as the page said"
	}
	if err := t.own(a, r); err != nil {
		return err
	}
	return body(r, o)
}

// code is shown at a hospital or a counter.
func (t *Traffic) code(a *arrival, r *scenarios.Request) error {
	if err := t.own(a, r); err != nil {
		return err
	}
	scopes := [...]string{"medical", "medical", "medical", "pension"}
	return body(r, agency.CodeRequest{Scope: scopes[a.rand.IntN(len(scopes))]})
}
