package traffic

import (
	"slices"
	"strings"

	"github.com/peakday/peakday/sut/workflow"
)

// An Operation is one row of the service's public interface: one method on one path.
type Operation struct {
	Name    string // as in mixes, budgets, metrics and reports
	Method  string
	Path    string         // "/v1/claims/{id}:reverse": at most one {id}, a whole segment but for a verb after it
	Class   string         // priority: P0 must not fail, P3 is shed first
	Callers workflow.Roles // 0: anyone, without a token
	Mutates bool           // takes an Idempotency-Key; it happens once for each key
	Async   bool           // may be answered 202 and done later, to whoever prefers that
}

// Pattern is the operation's pattern for [net/http.ServeMux], which has no verbs after an {id}: operations that differ
// in the verb alone share a pattern, and have the same class.
func (o Operation) Pattern() string {
	path, _, _ := strings.Cut(o.Path, "{id}:")
	if path != o.Path {
		path += "{id}"
	}
	return o.Method + " " + path
}

// Routes is the whole public interface: httpapi serves exactly these. Mixes weigh the first step of each of the 29
// operations; the further ones, such as claims.get, have names of their own and are not in mixes.
//
// Opening a session signs a token and stores nothing, so it is no mutation; nor is a token of one's social-insurance code.
func Routes() []Operation {
	const (
		get, post, patch = "GET", "POST", "PATCH"
		anyone           = workflow.Roles(0)
		citizen          = workflow.Citizen
		employer         = workflow.Employer
		hospital         = workflow.Hospital
		bank             = workflow.Bank
		clerk            = workflow.Clerk
		reviewer         = workflow.Reviewer
		auditor          = workflow.Auditor
		all              = citizen | employer | hospital | bank | clerk | reviewer | auditor | workflow.Operator
	)
	return []Operation{
		{Name: "sessions.create", Method: post, Path: "/v1/sessions", Class: "P1", Callers: anyone},

		{Name: "account.get", Method: get, Path: "/v1/me/account", Class: "P1", Callers: citizen},
		{Name: "contributions.list", Method: get, Path: "/v1/me/contributions", Class: "P2", Callers: citizen},

		{Name: "eligibility.get", Method: get, Path: "/v1/eligibility", Class: "P0", Callers: hospital},
		{Name: "claims.preview", Method: post, Path: "/v1/claims:preview", Class: "P0", Callers: hospital},
		{Name: "claims.settle", Method: post, Path: "/v1/claims", Class: "P0", Callers: hospital, Mutates: true},
		{Name: "claims.get", Method: get, Path: "/v1/claims/{id}", Class: "P0", Callers: hospital},
		{Name: "claims.reverse", Method: post, Path: "/v1/claims/{id}:reverse", Class: "P0", Callers: hospital, Mutates: true},

		{Name: "payments.push", Method: post, Path: "/v1/payments", Class: "P0", Callers: bank, Mutates: true},
		{Name: "payments.get", Method: get, Path: "/v1/payments/{id}", Class: "P0", Callers: bank},
		{Name: "payments.resolve", Method: post, Path: "/v1/payments/{id}:resolve", Class: "P1", Callers: clerk, Mutates: true},
		{Name: "payments.reverse", Method: post, Path: "/v1/payments/{id}:reverse", Class: "P1", Callers: bank | clerk, Mutates: true},
		{Name: "reconciliations.create", Method: post, Path: "/v1/reconciliations", Class: "P1", Callers: bank | hospital, Mutates: true, Async: true},

		{Name: "declarations.submit", Method: post, Path: "/v1/declarations", Class: "P1", Callers: employer, Mutates: true, Async: true},
		{Name: "declarations.get", Method: get, Path: "/v1/declarations/{id}", Class: "P1", Callers: employer},
		{Name: "declarations.lines", Method: get, Path: "/v1/declarations/{id}/lines", Class: "P1", Callers: employer},
		{Name: "assessments.create", Method: post, Path: "/v1/assessments", Class: "P2", Callers: clerk, Mutates: true},
		{Name: "arrears.charge", Method: post, Path: "/v1/arrears", Class: "P2", Callers: clerk, Mutates: true},

		{Name: "enrolments.create", Method: post, Path: "/v1/enrolments", Class: "P1", Callers: citizen | employer | clerk, Mutates: true},
		{Name: "enrolments.suspend", Method: post, Path: "/v1/enrolments/{id}:suspend", Class: "P1", Callers: citizen | employer | clerk, Mutates: true},
		{Name: "enrolments.resume", Method: post, Path: "/v1/enrolments/{id}:resume", Class: "P1", Callers: citizen | employer | clerk, Mutates: true},
		{Name: "persons.update", Method: patch, Path: "/v1/persons/{id}", Class: "P2", Callers: citizen | clerk, Mutates: true},

		{Name: "transfers.create", Method: post, Path: "/v1/transfers", Class: "P2", Callers: citizen, Mutates: true},
		{Name: "transfers.get", Method: get, Path: "/v1/transfers/{id}", Class: "P2", Callers: citizen | clerk},
		{Name: "transfers.advance", Method: post, Path: "/v1/transfers/{id}:advance", Class: "P2", Callers: clerk, Mutates: true},
		{Name: "transfers.withdraw", Method: post, Path: "/v1/transfers/{id}:withdraw", Class: "P2", Callers: citizen | clerk, Mutates: true},
		{Name: "transfers.return", Method: post, Path: "/v1/transfers/{id}:return", Class: "P2", Callers: clerk, Mutates: true},
		{Name: "clocks.list", Method: get, Path: "/v1/clocks/{id}", Class: "P2", Callers: clerk | reviewer},

		{Name: "benefits.apply", Method: post, Path: "/v1/benefits", Class: "P1", Callers: citizen, Mutates: true},
		{Name: "benefits.get", Method: get, Path: "/v1/benefits/{id}", Class: "P2", Callers: citizen | clerk | reviewer},
		{Name: "benefits.documents", Method: post, Path: "/v1/benefits/{id}:documents", Class: "P1", Callers: citizen | clerk, Mutates: true},
		{Name: "benefits.decide", Method: post, Path: "/v1/benefits/{id}:decide", Class: "P1", Callers: clerk | reviewer, Mutates: true},
		{Name: "benefits.suspend", Method: post, Path: "/v1/benefits/{id}:suspend", Class: "P1", Callers: clerk, Mutates: true},
		{Name: "benefits.resume", Method: post, Path: "/v1/benefits/{id}:resume", Class: "P1", Callers: clerk, Mutates: true},
		{Name: "benefits.stop", Method: post, Path: "/v1/benefits/{id}:stop", Class: "P1", Callers: clerk, Mutates: true},

		{Name: "pension.estimate", Method: post, Path: "/v1/pension-estimates", Class: "P3", Callers: citizen},

		{Name: "certificates.issue", Method: post, Path: "/v1/certificates", Class: "P2", Callers: citizen | employer, Mutates: true},
		{Name: "certificates.verify", Method: get, Path: "/v1/certificates/{id}", Class: "P2", Callers: anyone},
		{Name: "certificates.document", Method: get, Path: "/v1/certificates/{id}/document", Class: "P2", Callers: citizen | employer},

		{Name: "policies.search", Method: get, Path: "/v1/policies", Class: "P3", Callers: anyone},
		{Name: "outlets.near", Method: get, Path: "/v1/outlets", Class: "P3", Callers: anyone},
		{Name: "statistics.report", Method: get, Path: "/v1/statistics/{id}", Class: "P3", Callers: clerk | auditor},
		{Name: "jobs.get", Method: get, Path: "/v1/jobs/{id}", Class: "P1", Callers: all},
		{Name: "jobs.retry", Method: post, Path: "/v1/jobs/{id}:retry", Class: "P1", Callers: workflow.Operator, Mutates: true},
		{Name: "feedback.create", Method: post, Path: "/v1/feedback", Class: "P3", Callers: citizen, Mutates: true},

		{Name: "payouts.plan", Method: post, Path: "/v1/payout-batches", Class: "P0", Callers: clerk, Mutates: true, Async: true},
		{Name: "payouts.get", Method: get, Path: "/v1/payout-batches/{id}", Class: "P0", Callers: bank | clerk | reviewer | auditor},
		{Name: "payouts.lock", Method: post, Path: "/v1/payout-batches/{id}:lock", Class: "P0", Callers: reviewer, Mutates: true, Async: true},
		{Name: "payouts.send", Method: post, Path: "/v1/payout-batches/{id}:send", Class: "P0", Callers: clerk, Mutates: true, Async: true},
		{Name: "payouts.file", Method: get, Path: "/v1/payout-batches/{id}/file", Class: "P0", Callers: bank},
		{Name: "payouts.receipts", Method: post, Path: "/v1/payout-batches/{id}:receipts", Class: "P0", Callers: bank, Mutates: true, Async: true},
		{Name: "payouts.close", Method: post, Path: "/v1/payout-batches/{id}:close", Class: "P0", Callers: clerk, Mutates: true, Async: true},
		{Name: "interest.credit", Method: post, Path: "/v1/interest", Class: "P2", Callers: clerk, Mutates: true, Async: true},
		{Name: "deaths.report", Method: post, Path: "/v1/deaths", Class: "P1", Callers: clerk, Mutates: true},
		{Name: "overpayments.recover", Method: post, Path: "/v1/overpayments", Class: "P2", Callers: clerk, Mutates: true},

		{Name: "codes.issue", Method: post, Path: "/v1/codes", Class: "P1", Callers: citizen},
		{Name: "codes.verify", Method: post, Path: "/v1/codes:verify", Class: "P1", Callers: hospital | clerk},
	}
}

// Operations are those that [Traffic] makes requests for, each with the route that its requests take.
func Operations() []Operation {
	var list []Operation
	routes := Routes()
	for _, name := range made() {
		i := slices.IndexFunc(routes, func(o Operation) bool { return o.Name == name })
		list = append(list, routes[i])
	}
	return list
}
