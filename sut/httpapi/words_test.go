package httpapi

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/workflow"
)

// closed are the fields that hold one of a closed set of words, as the code has the set: by Go type and name in JSON, and
// parameters by operation.
func closed(t *testing.T) map[string][]string {
	enrolment, declaration, payment := states(workflow.Enrolment()), states(workflow.Declaration()), states(workflow.Payment())
	claim, benefit, transfer, job := states(workflow.Claim()), states(workflow.Benefit()), states(workflow.Transfer()), states(workflow.Job())
	var funds []string
	for _, f := range ledger.Funds() {
		funds = append(funds, string(f))
	}
	steps := []string{"plan"}
	for _, e := range workflow.PayoutBatch().Edges {
		steps = append(steps, e.Verb)
	}
	return map[string][]string{
		"Problem.type": problemTypes(t),

		"Account.status": enrolment, "Eligibility.status": enrolment, "Enrolled.state": enrolment, "Document.schemes": enrolment,
		"Enrolment.schemes": agency.Schemes(), "Enrolled.schemes": agency.Schemes(),
		"Declared.state": declaration, "DeclarationRecord.state": declaration,
		"Received.status": payment, "PaymentRecord.status": payment,
		"Settlement.status": claim, "ClaimRecord.status": claim, "Reversed.status": claim,
		"Moving.status": transfer,
		"Job.state":     job, "Queued.state": job,

		"Application.kind": agency.Kinds(), "Case.kind": agency.Kinds(), "Pay.kind": agency.Kinds(), "Payout.kind": agency.Kinds(),
		"Case.status": benefit, "Decision.decision": agency.Decisions(),
		"Entitlement.status": append(benefit, "ended"),    // its last month was paid
		"Ended.status":       append(benefit, "deceased"), // of the person
		"Payout.status":      states(workflow.PayoutBatch()), "Payout.step": steps,
		"Recovery.fund": funds,

		"Clock.machine": clocked(), "Clock.state": union(benefit, transfer),
		"CertificateRequest.kind": agency.CertificateKinds(), "Issued.kind": agency.CertificateKinds(),
		"Document.kind": agency.CertificateKinds(), "Verified.kind": agency.CertificateKinds(),
		"CodeRequest.scope": services(), "Code.scope": services(), "CodeHolder.scope": services(), "NearOutlet.services": services(),
		"Statistics.report": agency.Reports(),

		"clocks.list/{id}": clocked(), "statistics.report/{id}": agency.Reports(),
		"outlets.near?service": services(), "declarations.submit?mode": {"partial"},
	}
}

func states(m workflow.Machine) (words []string) {
	for _, s := range m.States() {
		words = append(words, string(s))
	}
	return slices.Clip(words)
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// clocked are the machines whose cases have statutory clocks.
func clocked() []string { return []string{workflow.Benefit().Name, workflow.Transfer().Name} }

func services() []string { return (^population.Services(0)).Names() }

// problemTypes are the codes of every refusal that the service makes, read from its source: the second argument wherever
// refuse or problem is called.
func problemTypes(t *testing.T) (types []string) {
	t.Helper()
	files, err := filepath.Glob("../agency/*.go")
	if err != nil {
		t.Fatal(err)
	}
	own, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(files, own...) {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "admin") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			if f, ok := call.Fun.(*ast.Ident); !ok || f.Name != "refuse" && f.Name != "problem" {
				return true
			}
			if word, ok := call.Args[1].(*ast.BasicLit); ok && word.Kind == token.STRING {
				code, err := strconv.Unquote(word.Value)
				if err != nil {
					t.Fatal(err)
				}
				types = append(types, "urn:peakday:problem:"+code)
			}
			return true
		})
	}
	types = append(types, "urn:peakday:problem:overloaded") // Overloaded makes it once, for all
	slices.Sort(types)
	return slices.Compact(types)
}
