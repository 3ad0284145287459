package traffic

// A Role is who may call an operation; it stands in the token.
type Role string

// The roles. Anyone calls without a token.
const (
	Anyone   Role = ""
	Citizen  Role = "citizen"  // sees and changes only what is their own
	Hospital Role = "hospital" // its own visits
	Bank     Role = "bank"     // its own payments
)

// An Operation is one row of the service's public interface.
type Operation struct {
	Name    string // as in mixes, budgets, metrics and reports
	Method  string
	Path    string // literal, so that a lookup by method and path finds the operation
	Class   string // priority: P0 must not fail, P3 is shed first
	Caller  Role
	Mutates bool // takes an Idempotency-Key and posts to the ledger
}

// Pattern is the operation's pattern for [net/http.ServeMux].
func (o Operation) Pattern() string { return o.Method + " " + o.Path }

// Operations is the public interface: httpapi serves exactly these, Traffic makes requests for exactly these.
//
// Opening a session signs a token and stores nothing, so it is no mutation.
func Operations() []Operation {
	return []Operation{
		{Name: "sessions.create", Method: "POST", Path: "/v1/sessions", Class: "P1"},
		{Name: "account.get", Method: "GET", Path: "/v1/me/account", Class: "P1", Caller: Citizen},
		{Name: "contributions.list", Method: "GET", Path: "/v1/me/contributions", Class: "P2", Caller: Citizen},
		{Name: "claims.preview", Method: "POST", Path: "/v1/claims:preview", Class: "P0", Caller: Hospital},
		{Name: "claims.settle", Method: "POST", Path: "/v1/claims", Class: "P0", Caller: Hospital, Mutates: true},
		{Name: "payments.push", Method: "POST", Path: "/v1/payments", Class: "P0", Caller: Bank, Mutates: true},
		{Name: "pension.estimate", Method: "POST", Path: "/v1/pension-estimates", Class: "P3", Caller: Citizen},
		{Name: "policies.search", Method: "GET", Path: "/v1/policies", Class: "P3"},
	}
}
