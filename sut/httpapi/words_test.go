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
		"Declared.state": declaration, "DeclarationRecord.state": declaration, "RejectedLine.code": constants(t, "LineCode"),
		"Received.status": payment, "PaymentRecord.status": payment,
		"Settlement.status": claim, "ClaimRecord.status": claim, "Reversed.status": claim,
		"Moving.status": transfer, "Moving.money": constants(t, "MoneyAt"),
		"Job.state": job, "Queued.state": job,

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

// problemTypes are the codes of every refusal that the service makes: the second argument wherever refuse or problem is called.
func problemTypes(t *testing.T) []string {
	types := []string{"urn:peakday:problem:overloaded"} // Overloaded makes it once, for all
	source(t, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 2 {
			return
		}
		if f, ok := call.Fun.(*ast.Ident); ok && (f.Name == "refuse" || f.Name == "problem") {
			for _, code := range literals(call.Args[1:2]) {
				types = append(types, "urn:peakday:problem:"+code)
			}
		}
	})
	slices.Sort(types)
	return slices.Compact(types)
}

// constants are the values of the constants of a type.
func constants(t *testing.T, of string) (values []string) {
	source(t, func(n ast.Node) {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if name, ok := spec.Type.(*ast.Ident); ok && name.Name == of {
				values = append(values, literals(spec.Values)...)
			}
		}
	})
	return values
}

func literals(list []ast.Expr) (values []string) {
	for _, e := range list {
		if word, ok := e.(*ast.BasicLit); ok && word.Kind == token.STRING {
			if value, err := strconv.Unquote(word.Value); err == nil {
				values = append(values, value)
			}
		}
	}
	return values
}

// source visits the source of what answers the public interface.
func source(t *testing.T, visit func(ast.Node)) {
	t.Helper()
	for _, pattern := range []string{"../agency/*.go", "*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "admin") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for n := range ast.Preorder(file) {
				visit(n)
			}
		}
	}
}
