package traffic

import "github.com/peakday/peakday/sut/workflow"

// An Operation is one row of the service's public interface.
type Operation struct {
	Name    string // as in mixes, budgets, metrics and reports
	Method  string
	Path    string         // literal, so that a lookup by method and path finds the operation
	Class   string         // priority: P0 must not fail, P3 is shed first
	Callers workflow.Roles // 0: anyone, without a token
	Mutates bool           // takes an Idempotency-Key and posts to the ledger
}

// Pattern is the operation's pattern for [net/http.ServeMux].
func (o Operation) Pattern() string { return o.Method + " " + o.Path }

// Operations is the public interface: httpapi serves exactly these, Traffic makes requests for exactly these.
//
// Opening a session signs a token and stores nothing, so it is no mutation.
func Operations() []Operation {
	return []Operation{
		{Name: "sessions.create", Method: "POST", Path: "/v1/sessions", Class: "P1"},
		{Name: "account.get", Method: "GET", Path: "/v1/me/account", Class: "P1", Callers: workflow.Citizen},
		{Name: "contributions.list", Method: "GET", Path: "/v1/me/contributions", Class: "P2", Callers: workflow.Citizen},
		{Name: "claims.preview", Method: "POST", Path: "/v1/claims:preview", Class: "P0", Callers: workflow.Hospital},
		{Name: "claims.settle", Method: "POST", Path: "/v1/claims", Class: "P0", Callers: workflow.Hospital, Mutates: true},
		{Name: "payments.push", Method: "POST", Path: "/v1/payments", Class: "P0", Callers: workflow.Bank, Mutates: true},
		{Name: "pension.estimate", Method: "POST", Path: "/v1/pension-estimates", Class: "P3", Callers: workflow.Citizen},
		{Name: "policies.search", Method: "GET", Path: "/v1/policies", Class: "P3"},
	}
}
