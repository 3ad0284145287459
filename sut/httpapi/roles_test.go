package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/invariant"
	"github.com/peakday/peakday/sut/traffic"
	"github.com/peakday/peakday/sut/workflow"
)

// expectations is who may use which operation, written by hand from the interface's design and not from the code:
// the letters of the roles that may, in the order of the head; a dot stands for a refusal. "anyone" needs no token.
const expectations = `
                         CEHBKRAO   citizen employer hospital bank clerk(K) reviewer auditor operator
sessions.create          anyone
account.get              C.......
contributions.list       C.......
eligibility.get          ..H.....
claims.preview           ..H.....
claims.settle            ..H.....
claims.get               ..H.....
claims.reverse           ..H.....
payments.push            ...B....
payments.get             ...B....
reconciliations.create   ..HB....
declarations.submit      .E......
declarations.get         .E......
enrolments.create        CE..K...
enrolments.suspend       CE..K...
enrolments.resume        CE..K...
payments.resolve         ....K...
payments.reverse         ...BK...
declarations.lines       .E......
assessments.create       ....K...
arrears.charge           ....K...
jobs.retry               .......O
persons.update           C...K...
transfers.create         C.......
transfers.get            C...K...
transfers.advance        ....K...
transfers.withdraw       C...K...
transfers.return         ....K...
clocks.list              ....KR..
benefits.apply           C.......
benefits.get             C...KR..
benefits.documents       C...K...
certificates.document    CE......
benefits.decide          ....KR..
pension.estimate         C.......
certificates.issue       CE......
certificates.verify      anyone
policies.search          anyone
outlets.near             anyone
statistics.report        ....K.A.
jobs.get                 CEHBKRAO
feedback.create          C.......
benefits.suspend         ....K...
benefits.resume          ....K...
benefits.stop            ....K...
deaths.report            ....K...
overpayments.recover     ....K...
payouts.get              ...BKRA.
payouts.file             ...B....
payouts.receipts         ...B....
payouts.plan             ....K...
payouts.lock             .....R..
payouts.send             ....K...
payouts.close            ....K...
interest.credit          ....K...
codes.issue              C.......
codes.verify             ..H.K...
`

// allowed reads the table: the roles of each operation; empty for anyone.
func allowed(t *testing.T) map[string]string {
	t.Helper()
	table := make(map[string]string)
	for _, line := range strings.Split(strings.TrimSpace(expectations), "\n")[1:] {
		name, roles, _ := strings.Cut(line, " ")
		roles = strings.TrimSpace(roles)
		if roles == "anyone" {
			roles = ""
		} else if len(roles) != len(letters) {
			t.Fatalf("%s: %q, want %d letters", name, roles, len(letters))
		}
		table[name] = roles
	}
	return table
}

const letters = "CEHBKRAO"

// as makes the request come from a role, with the credentials that the role has.
func (d *desk) as(letter byte, r *http.Request) *http.Request {
	switch letter {
	case 'H':
		return d.sign("H0001", r)
	case 'B':
		return d.sign("B01", r)
	}
	roles := map[byte]workflow.Roles{
		'C': workflow.Citizen, 'E': workflow.Employer, 'K': workflow.Clerk, 'R': workflow.Reviewer, 'A': workflow.Auditor, 'O': workflow.Operator,
	}
	subjects := map[byte]string{'C': "5", 'E': "E000001", 'K': "clerk-1", 'R': "reviewer-1", 'A': "auditor-1", 'O': "operator-1"}
	return set(r, "Authorization", d.token(roles[letter], subjects[letter], "420500"))
}

func TestEveryOperationInEveryRole(t *testing.T) {
	d := newDesk(t)
	table := allowed(t)
	request := func(op traffic.Operation) *http.Request {
		path := strings.Replace(op.Path, "{id}", "none", 1)
		if op.Method == http.MethodGet {
			return httptest.NewRequest(op.Method, path, nil)
		}
		r := set(httptest.NewRequest(op.Method, path, strings.NewReader("{}")), "Content-Type", "application/json")
		return set(r, "Idempotency-Key", "roles-"+op.Name)
	}
	for _, op := range traffic.Routes() {
		roles, known := table[op.Name]
		if !known {
			t.Errorf("nobody has written down who may use %s", op.Name)
			continue
		}
		delete(table, op.Name)
		w := d.do(request(op))
		if roles == "" {
			if w.Code == http.StatusForbidden || w.Code == http.StatusUnauthorized && op.Name != "sessions.create" {
				t.Errorf("%s by anyone: %d %s", op.Name, w.Code, w.Body)
			}
			continue
		}
		if w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s by nobody: %d %s, want 401 and WWW-Authenticate", op.Name, w.Code, w.Body)
		}
		for i := range len(letters) {
			w := d.do(d.as(letters[i], request(op)))
			refused := w.Code == http.StatusUnauthorized || strings.Contains(w.Body.String(), "problem:other-role")
			if may := roles[i] == letters[i]; may && refused {
				t.Errorf("%s by %c: %d %s, want it served", op.Name, letters[i], w.Code, w.Body)
			} else if !may {
				wantProblem(t, op.Name+" by "+letters[i:i+1], w, http.StatusForbidden, "other-role")
			}
		}
	}
	for name := range table {
		t.Errorf("%s stands in the table and is not served", name)
	}
	findings, err := invariant.Of(t.Context(), d.store)
	fatal(t, err)
	if findings[0].Checked != 0 {
		t.Errorf("requests that asked for nothing left %d transactions", findings[0].Checked)
	}
}
