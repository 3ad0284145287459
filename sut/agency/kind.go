package agency

import (
	"fmt"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
)

// CaseFacts are what an application says. Each kind asks for some of them, and takes no others.
type CaseFacts struct {
	Date        rules.Date `json:"date,omitzero"`                 // of the event: the visit, the birth, the appraisal, the last day of work
	Bills       ledger.Fen `json:"bills_fen,omitempty"`           // medical_manual, injury_manual: what was paid, within policy
	Tier        int        `json:"tier,omitempty"`                // medical_manual: of the hospital, as in a bill
	Grade       int        `json:"grade,omitempty"`               // injury: 1 to 10
	Care        int        `json:"care,omitempty"`                // injury: 0 none, 1 for all, 2 for most, 3 for some needs
	Average     ledger.Fen `json:"average_wage_fen,omitempty"`    // maternity_allowance: last year's at the employer, who certifies it
	Children    int        `json:"children,omitempty"`            // maternity_allowance
	Difficult   bool       `json:"difficult,omitempty"`           // maternity_allowance
	Pregnant    int        `json:"months_of_pregnancy,omitempty"` // maternity_allowance without a child
	Involuntary bool       `json:"involuntary,omitempty"`         // unemployment: the job was lost against one's will
	Registered  bool       `json:"registered_jobless,omitempty"`  // unemployment
}

// A kind of benefit. The table of kinds is all that applying, deciding and reckoning know of them.
type kind struct {
	name  string
	clock string // of package workflow
	fund  ledger.Fund
	alone bool // nobody has two of it under way at a time

	asked   func(*CaseFacts) error // checks the facts that the kind asks for and sets them to zero
	grounds func(*Agency, store.View, population.Person, *Grounds) error
	reckon  func(*rules.Book, *Grounds) ([]Award, error)
}

func kinds() [6]kind {
	return [...]kind{
		{"pension", "pension", ledger.Pension, true, askNothing, (*Agency).groundsOfPension, reckonPension},
		{"unemployment", "unemployment", ledger.Unemployment, true, askJobless, (*Agency).groundsOfUnemployment, reckonUnemployment},
		{"maternity_allowance", "maternity_allowance", ledger.Medical, false, askConfinement, (*Agency).groundsOfMaternity, reckonMaternity},
		{"injury", "capacity_appraisal", ledger.Injury, false, askDisability, (*Agency).groundsOfInjury, reckonInjury},
		{"injury_manual", "injury_manual", ledger.Injury, false, askBills, (*Agency).groundsOfInjuryBills, reckonInjuryBills},
		{"medical_manual", "medical_manual", ledger.Medical, false, askMedical, (*Agency).groundsOfMedical, reckonMedical},
	}
}

// Kinds are the names of the kinds of benefit.
func Kinds() (names []string) {
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}

func kindOf(name string) (kind, error) {
	for _, k := range kinds() {
		if k.name == name {
			return k, nil
		}
	}
	return kind{}, refuse(Malformed, "unknown-kind", "kind %.20q: want one of %s", name, strings.Join(Kinds(), ", "))
}

// check refuses facts that the kind cannot use. today is the last day that something can have happened on.
func (k *kind) check(f CaseFacts, today rules.Date) error {
	if f.Date > today || f.Date != 0 && f.Date < 20110701 {
		return refuse(Unprocessable, "fact-out-of-range", "date %s: want a day since 2011-07-01 that is not to come", f.Date)
	}
	if err := k.asked(&f); err != nil {
		return refuse(Unprocessable, "fact-out-of-range", "%v", err)
	}
	if f != (CaseFacts{}) {
		return refuse(Malformed, "fact-not-asked", "a fact is given that %s does not ask for", k.name)
	}
	return nil
}

func askNothing(*CaseFacts) error { return nil }

func askJobless(f *CaseFacts) error {
	err := wantDate(f)
	f.Date, f.Involuntary, f.Registered = 0, false, false
	return err
}

func askBills(f *CaseFacts) error {
	if err := wantDate(f); err != nil {
		return err
	}
	if f.Bills < 1 || f.Bills > mostBills {
		return fmt.Errorf("bills_fen %d: want 1 to %d", f.Bills, mostBills)
	}
	f.Date, f.Bills = 0, 0
	return nil
}

// mostBills is as much as one application brings in bills.
const mostBills ledger.Fen = 10_000_000_00

func askMedical(f *CaseFacts) error {
	if f.Tier < 0 || f.Tier > 3 {
		return fmt.Errorf("tier %d: want 0 to 3", f.Tier)
	}
	f.Tier = 0
	return askBills(f)
}

func askDisability(f *CaseFacts) error {
	if err := wantDate(f); err != nil {
		return err
	}
	if f.Grade < 1 || f.Grade > 10 || f.Care < 0 || f.Care > 3 {
		return fmt.Errorf("grade %d, care %d: want 1 to 10 and 0 to 3", f.Grade, f.Care)
	}
	f.Date, f.Grade, f.Care = 0, 0, 0
	return nil
}

func askConfinement(f *CaseFacts) error {
	if err := wantDate(f); err != nil {
		return err
	}
	if f.Average < 1 || f.Average > mostBills || f.Children < 0 || f.Children > 10 || f.Pregnant < 0 || f.Pregnant > 10 {
		return fmt.Errorf("average_wage_fen %d, children %d, months_of_pregnancy %d: want a wage, and 0 to 10 of both others", f.Average, f.Children, f.Pregnant)
	}
	f.Date, f.Average, f.Children, f.Difficult, f.Pregnant = 0, 0, 0, false, 0
	return nil
}

func wantDate(f *CaseFacts) error {
	if f.Date == 0 {
		return fmt.Errorf("date is missing: want the day of the event, such as 2023-01-01")
	}
	return nil
}
