package population

import (
	"iter"
	"strconv"
	"strings"

	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/workflow"
)

// A Declaration is what an employer declared for the month before [Opening]: its active people and their wages, all of
// them assessed and paid.
type Declaration struct {
	ID       string // D-<employer>-202212
	Employer int
	Month    rules.Month
	State    workflow.State // paid
	Payment  string         // the payment that paid it
	Job      string         // the job that took it in
}

// DeclarationID is the id of an employer's declaration of the month before Opening.
func DeclarationID(employer int) string { return numbered("D", employer, int(lastMonth)) }

// Declaration is the declaration with an id.
func (p *Population) Declaration(id string) (Declaration, bool) {
	rest, is := strings.CutPrefix(id, "D-")
	e, ok := p.monthly(rest)
	if !is || !ok {
		return Declaration{}, false
	}
	return Declaration{ID: id, Employer: e, Month: lastMonth, State: "paid", Payment: PaymentID(e), Job: JobID(e)}, true
}

// ActiveOf walks an employer's people who were active at Opening, by index: the lines of its declaration. A person takes
// about half a microsecond, and the largest employer has a fiftieth of the population.
func (p *Population) ActiveOf(employer int) iter.Seq[Person] {
	return func(yield func(Person) bool) {
		firm := p.Employer(employer)
		for i := firm.First; i < firm.First+firm.Size; i++ {
			if who := p.Person(i); who.Status == Active && !yield(who) {
				return
			}
		}
	}
}

// A Payment is what an employer's bank paid for the declaration of the month before [Opening].
type Payment struct {
	ID       string // <bank>/B<employer>-202212
	Bank     string
	Txn      string // the bank's number: B<employer>-202212
	Employer int
	Month    rules.Month
	State    workflow.State // posted
	Value    rules.Date
}

// PaymentID is the id of that payment. Each employer has one bank.
func PaymentID(employer int) string {
	return BankID(employer%Banks) + "/B" + strconv.Itoa(employer) + "-" + strconv.Itoa(int(lastMonth))
}

// Payment is the payment with an id.
func (p *Population) Payment(id string) (Payment, bool) {
	bank, txn, _ := strings.Cut(id, "/")
	rest, is := strings.CutPrefix(txn, "B")
	e, ok := p.monthly(rest)
	if !is || !ok || bank != BankID(e%Banks) {
		return Payment{}, false
	}
	return Payment{ID: id, Bank: bank, Txn: txn, Employer: e, Month: lastMonth, State: "posted", Value: 20221215}, true
}

// A Job is the work of taking in a declaration.
type Job struct {
	ID       string // J-<employer>-202212
	Employer int
	State    workflow.State // done
	Result   string         // the declaration
}

// JobID is the id of the job that took in an employer's declaration of the month before Opening.
func JobID(employer int) string { return numbered("J", employer, int(lastMonth)) }

// Job is the job with an id.
func (p *Population) Job(id string) (Job, bool) {
	rest, is := strings.CutPrefix(id, "J-")
	e, ok := p.monthly(rest)
	if !is || !ok {
		return Job{}, false
	}
	return Job{ID: id, Employer: e, State: "done", Result: DeclarationID(e)}, true
}
