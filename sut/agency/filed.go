package agency

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

// A DeclarationRecord is the answer of declarations.get.
type DeclarationRecord struct {
	Declaration string         `json:"declaration"`
	Employer    string         `json:"employer"`
	Month       rules.Month    `json:"month"`
	State       workflow.State `json:"state"`
	Lines       int            `json:"lines"` // 0: assessed without a declaration
	Rejected    int            `json:"rejected_lines"`
	ByEmployer  ledger.Fen     `json:"employer_fen"`
	ByPersons   ledger.Fen     `json:"employee_fen"`
	LateFee     ledger.Fen     `json:"late_fee_fen"`
	Owed        ledger.Fen     `json:"owed_fen"` // what a payment must come to now; 0 once it is paid
	Due         rules.Date     `json:"due,omitempty"`
	Packs       []string       `json:"packs"`
	Txn         int64          `json:"ledger_txn,omitempty"`
}

// Declaration is what stands of an employer's own declaration, or, for clerks, of one in their region.
func (a *Agency) Declaration(ctx context.Context, c Caller, id string) (r DeclarationRecord, err error) {
	err = a.Store.View(ctx, func(v store.View) error {
		d, err := a.declaration(v, c, id)
		if err != nil {
			return err
		}
		r = DeclarationRecord{
			Declaration: d.ID, Employer: d.Employer, Month: rules.Month(d.Month), State: workflow.State(d.State), Lines: int(d.Lines),
			Rejected: int(d.Rejected), ByEmployer: d.ByEmployer, ByPersons: d.ByPersons, LateFee: d.LateFee, Due: rules.Date(d.Due),
			Packs: strings.Fields(d.Packs), Txn: d.Txn,
		}
		if payable(&d) {
			r.Owed = owed(&d)
		}
		return nil
	})
	return r, err
}

// declaration finds one that the caller may see: stored, or of before the opening.
func (a *Agency) declaration(v store.View, c Caller, id string) (d store.Declaration, err error) {
	d.ID = id
	known, err := v.Get(&d)
	if err != nil {
		return d, err
	}
	if !known {
		old, before := a.People.Declaration(id)
		if !before {
			return d, hidden("declaration")
		}
		d.Employer, d.Month, d.State = a.People.Employer(old.Employer).ID, int64(old.Month), string(old.State)
	}
	if !c.seesEmployer(d.Employer) {
		return d, hidden("declaration")
	}
	if !known {
		err = a.reckonBefore(&d)
	}
	return d, err
}

// seesEmployer tells whether a caller may see what belongs to an employer. All employers are of the opening's region.
func (c Caller) seesEmployer(id string) bool {
	switch c.Role {
	case workflow.Employer:
		return c.Subject == id
	case workflow.Clerk, workflow.Reviewer:
		return c.Region == population.DefaultRegion
	}
	return false
}

// reckonBefore fills in lines and amounts of a declaration of before the opening, from the people who were active.
func (a *Agency) reckonBefore(d *store.Declaration) error {
	law, err := a.contributor(population.DefaultRegion, rules.Month(d.Month))
	if err != nil {
		return err
	}
	e, _ := a.People.EmployerByID(d.Employer)
	for who := range a.People.ActiveOf(e) {
		dues, err := law.Contribute(who.Wage)
		if err != nil {
			return err
		}
		d.Lines++
		d.ByEmployer += ledger.Fen(dues.Employer)
		d.ByPersons += ledger.Fen(dues.Person)
	}
	d.Packs = strings.Join(law.Packs(), " ")
	return nil
}

// DeclarationLines is one page of a declaration's lines.
type DeclarationLines struct {
	Items []DeclaredLine `json:"items"`
	Next  int            `json:"next_cursor,omitempty"` // give it as cursor to go on; 0 at the end
}

// A DeclaredLine is what one person's contributions come to.
type DeclaredLine struct {
	Person   string     `json:"person"`
	Wage     ledger.Fen `json:"wage_fen"`
	Base     ledger.Fen `json:"base_fen"`
	Employer ledger.Fen `json:"employer_fen"`
	Employee ledger.Fen `json:"employee_fen"`
}

// DeclarationLines lists the lines of a declaration that the caller may see, a chunk at a time from cursor on, 0 at first.
func (a *Agency) DeclarationLines(ctx context.Context, c Caller, id string, cursor int) (page DeclarationLines, err error) {
	page.Items = []DeclaredLine{}
	if cursor < 0 {
		return page, refuse(Malformed, "bad-cursor", "cursor %d: want next_cursor of the page before", cursor)
	}
	var d store.Declaration
	var lines []wageLine
	err = a.Store.View(ctx, func(v store.View) (err error) {
		if d, err = a.declaration(v, c, id); err != nil {
			return err
		}
		if old, before := a.People.Declaration(id); before {
			lines, page.Next = a.linesBefore(old, cursor)
			return nil
		}
		if lines, err = chunk(v, d.ID, int64(cursor)); int64(cursor+1)*chunkLines < d.Lines {
			page.Next = cursor + 1
		}
		return err
	})
	if err != nil || len(lines) == 0 {
		return page, err
	}
	law, err := a.law(d)
	if err != nil {
		return page, err
	}
	for _, l := range lines {
		dues, err := law.Contribute(int64(l.wage))
		if err != nil {
			return page, err
		}
		who := fmt.Sprintf("P%08d", l.person)
		page.Items = append(page.Items, DeclaredLine{who, l.wage, ledger.Fen(dues.Base), ledger.Fen(dues.Employer), ledger.Fen(dues.Person)})
	}
	return page, nil
}

// linesBefore are those of a declaration of before the opening: cursor counts people of the employer, active or not.
func (a *Agency) linesBefore(d population.Declaration, cursor int) (lines []wageLine, next int) {
	firm := a.People.Employer(d.Employer)
	for i := firm.First + cursor; i < firm.First+firm.Size; i++ {
		if len(lines) == chunkLines {
			return lines, i - firm.First
		}
		if who := a.People.Person(i); who.Status == population.Active {
			lines = append(lines, wageLine{uint64(i), ledger.Fen(who.Wage)})
		}
	}
	return lines, 0
}

// chunk reads the n-th chunk of a declaration's lines, from 0; there are none after the last.
func chunk(v store.View, id string, n int64) ([]wageLine, error) {
	row := store.DeclarationChunk{Declaration: id, N: n}
	if known, err := v.Get(&row); err != nil || !known {
		return nil, err
	}
	return unpackLines(row.Lines)
}

// law is what a declaration was reckoned by, whatever packs came since (invariant I16).
func (a *Agency) law(d store.Declaration) (*rules.Contributor, error) {
	book, err := a.Rules.Only(strings.Fields(d.Packs)...)
	if err != nil {
		return nil, err
	}
	return book.Contributor(population.DefaultRegion, rules.Month(d.Month))
}

// WriteCSV writes the page for a spreadsheet: the names of the columns, then a line each. A cell that a spreadsheet would
// run as a formula is made harmless by an apostrophe.
func (p DeclarationLines) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"person", "wage_fen", "base_fen", "employer_fen", "employee_fen"}}
	for _, l := range p.Items {
		row := []string{l.Person}
		for _, fen := range []ledger.Fen{l.Wage, l.Base, l.Employer, l.Employee} {
			row = append(row, strconv.FormatInt(int64(fen), 10))
		}
		rows = append(rows, row)
	}
	for _, row := range rows {
		for i := range row {
			row[i] = harmless(row[i])
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
