package agency

import (
	"context"
	"encoding/hex"
	"errors"
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

// A Filing is the header of a declaration: the first line of its file. Behind it stands a line for each of the employer's
// active people, {"person": …, "wage_fen": …}, where the person is an id or a citizen identity number. As CSV the header's
// cells stand in the order of the fields.
type Filing struct {
	Employer string      `json:"employer"`
	Month    rules.Month `json:"month"`
	Lines    int         `json:"lines,omitempty"`  // 0: not said
	SHA256   string      `json:"sha256,omitempty"` // of all that follows the header, in hexadecimal; empty: not said
}

// A Declared is the answer of declarations.submit.
type Declared struct {
	Declaration   string         `json:"declaration"`
	State         workflow.State `json:"state"` // assessed, or rejected; defaulted110 where the month had been assessed without it
	Accepted      int            `json:"accepted"`
	Rejected      []RejectedLine `json:"rejected"`       // the first thousand
	RejectedLines int            `json:"rejected_lines"` // all of them
	Assessed      ledger.Fen     `json:"assessed_fen"`
	Due           rules.Date     `json:"due,omitempty"` // the last day to pay
	Proof
}

// A RejectedLine is one that was not accepted. Line 1 is the first after the header.
type RejectedLine struct {
	Line int      `json:"line"`
	Code LineCode `json:"code"`
}

// A LineCode says why a line was not accepted.
type LineCode string

// The codes of lines. Nobody else's people can be told from nobody: a declaration must not serve to try out identity
// numbers.
const (
	lineBad       LineCode = "bad-line"   // not two cells, or not the JSON that is wanted
	lineFormula   LineCode = "formula"    // a spreadsheet would run it
	lineNotStaff  LineCode = "not-staff"  // nobody, or not of this employer
	lineNotActive LineCode = "not-active" // of this employer, and suspended or retired
	lineDuplicate LineCode = "duplicate"
	lineWage      LineCode = "wage-out-of-range"
	lineMonthPaid LineCode = "month-paid"
)

const (
	mostFiled    = 50_000
	mostRejected = 1_000
	maxWage      = 10_000_000_00 // fen a month
)

// payTerm is how long an employer has to pay what was assessed. The regulation on collection leaves the term to the
// agency (征缴条例, article 10); fifteen days are ours.
func payTerm() workflow.Clock { return workflow.Clock{Kind: "pay", Days: 15} }

// Declare takes in an employer's file for a month, once per key. The file is checked while it is read, line by line,
// before the transaction: against the employer's people as they stand when its header was read. Where a line is wrong
// the declaration is rejected as a whole, unless partial says to leave out such lines. A rejected declaration may be
// replaced, an assessed one not; one for a month that was assessed without it takes that one's place.
func (a *Agency) Declare(ctx context.Context, c Call, media string, body io.Reader, partial bool) (store.Answer, bool, error) {
	if answer, known, err := a.replay(ctx, c); known || err != nil {
		return answer, known, err
	}
	f, err := a.readFiling(ctx, c, media, body)
	if err != nil {
		return store.Answer{}, false, err
	}
	if f.rejectedLines > 0 && !partial {
		f.refuseAll()
	}
	return a.mutate(ctx, c, func(ch *change) (int, any, error) { return ch.declare(f) })
}

// replay is the answer to a key that was used before: it saves reading a long file again.
func (a *Agency) replay(ctx context.Context, c Call) (answer store.Answer, known bool, err error) {
	answer.Key = c.Key
	err = a.Store.View(ctx, func(v store.View) error {
		known, err = v.Get(&answer)
		return err
	})
	if known && string(answer.Fingerprint) != string(c.Fingerprint) {
		return store.Answer{}, false, store.ErrKeyReused
	}
	return answer, known, err
}

// A filing is a declaration's file as it was read.
type filing struct {
	Filing
	firm population.Employer
	law  *rules.Contributor

	lines                 []wageLine // of the chunk that fills
	chunks                [][]byte
	accepted              int
	byEmployer, byPersons ledger.Fen
	dues                  []ledger.Due // one a scheme
	rejected              []RejectedLine
	rejectedLines         int
	sum                   []byte
}

func (f *filing) cells(list []string) (err error) {
	if len(list) < 2 || len(list) > 4 {
		return fmt.Errorf("%d cells: want employer, month, and maybe the number of lines and their SHA-256", len(list))
	}
	f.Employer = list[0]
	if f.Month, err = rules.ParseMonth(list[1]); err != nil {
		return err
	}
	if len(list) > 2 && list[2] != "" {
		if f.Lines, err = strconv.Atoi(list[2]); err != nil {
			return fmt.Errorf("cell 3: want the number of lines")
		}
	}
	if len(list) > 3 {
		f.SHA256 = list[3]
	}
	return nil
}

func (a *Agency) readFiling(ctx context.Context, c Call, media string, body io.Reader) (*filing, error) {
	u, err := openUpload(media, body)
	if err != nil {
		return nil, err
	}
	f := &filing{rejected: []RejectedLine{}}
	if err := u.header(&f.Filing, f.cells, "person,wage_fen"); err != nil {
		return nil, err
	}
	if err := a.mayFile(c, f); err != nil {
		return nil, err
	}
	if f.law, err = a.contributor(population.DefaultRegion, f.Month); err != nil {
		return nil, err
	}
	f.dues = schemeDues(f.law.Schemes())
	s, err := a.staff(ctx, f.firm, f.Month)
	if err != nil {
		return nil, err
	}
	take := func(name string, wage int64, fault LineCode) {
		f.take(a, s, u.line, name, wage, fault)
	}
	if err := u.each(mostFiled, f.Lines, f.SHA256, parseWage, take); err != nil {
		return nil, err
	}
	if u.line == 0 {
		return nil, refuse(Unprocessable, "no-lines", "the file has no lines: want one for each active person")
	}
	f.flush()
	f.sum = u.sum.Sum(nil)
	return f, ctx.Err()
}

func parseWage(text []byte) (string, int64, error) {
	var line struct {
		Person string `json:"person"`
		Wage   int64  `json:"wage_fen"`
	}
	err := strict(text, &line)
	return line.Person, line.Wage, err
}

// mayFile checks who files for whom and when.
func (a *Agency) mayFile(c Call, f *filing) error {
	e, found := a.People.EmployerByID(f.Employer)
	switch {
	case c.Role == workflow.Employer && c.Subject != f.Employer:
		return refuse(Forbidden, "other-employer", "the token is of employer %s, the declaration of %.20q", c.Subject, f.Employer)
	case c.Role == workflow.Clerk && (!found || c.Region != population.DefaultRegion):
		return hidden("employer")
	case c.Role != workflow.Employer && c.Role != workflow.Clerk:
		return refuse(Forbidden, "role", "declaring is for employers and clerks")
	case !found:
		return refuse(Forbidden, "unknown-subject", "the token is of no employer here")
	}
	if last := rules.Month(c.Date() / 100); f.Month < population.Opening.Month() || f.Month > last {
		return refuse(Unprocessable, "bad-month", "month %s: want %s to %s", f.Month, population.Opening.Month(), last)
	}
	if f.Lines < 0 || f.SHA256 != "" && len(f.SHA256) != hex.EncodedLen(32) {
		return refuse(Malformed, "bad-header", "lines or sha256: want a number of lines and 64 hexadecimal digits")
	}
	f.firm = a.People.Employer(e)
	return nil
}

// A staff is who works at an employer: as the population opened, but for whom an enrolment says otherwise.
type staff struct {
	firm    population.Employer
	changed map[int]bool // whether somebody is active here who came, left or was suspended
	here    map[int]bool // of those, who belongs here, active or not
	paid    map[int]bool // whose month is paid already
	seen    map[int]bool // in this file
}

func (a *Agency) staff(ctx context.Context, firm population.Employer, month rules.Month) (staff, error) {
	s := staff{firm: firm, changed: map[int]bool{}, here: map[int]bool{}, paid: map[int]bool{}, seen: map[int]bool{}}
	last := firm.First + firm.Size - 1
	err := a.Store.View(ctx, func(v store.View) error {
		left, err := store.List[store.Enrolment](v, store.EnrolmentsIn, firm.First, last)
		if err != nil {
			return err
		}
		came, err := store.List[store.Enrolment](v, store.StaffOf, firm.ID)
		if err != nil {
			return err
		}
		for _, e := range append(left, came...) {
			i := int(e.Person)
			s.here[i] = e.Employer == firm.ID
			s.changed[i] = s.here[i] && e.State == "active"
			if i >= firm.First && i <= last {
				continue
			}
			if s.paid[i], err = v.Get(&store.Contribution{Person: e.Person, Month: int64(month), Kind: "normal"}); err != nil {
				return err
			}
		}
		var person int64
		return v.Select(store.PaidFor, []any{&person}, func() error { s.paid[int(person)] = true; return nil }, firm.First, last, int(month))
	})
	return s, err
}

// fault is the code of a line for person i, empty where it is in order.
func (s *staff) fault(p *population.Population, i int, wage int64) LineCode {
	active, changed := s.changed[i]
	if !changed {
		if i < s.firm.First || i >= s.firm.First+s.firm.Size {
			return lineNotStaff
		}
		active = p.Person(i).Status == population.Active
	}
	switch {
	case changed && !s.here[i]:
		return lineNotStaff
	case !active:
		return lineNotActive
	case s.seen[i]:
		return lineDuplicate
	case wage < 1 || wage > maxWage:
		return lineWage
	case s.paid[i]:
		return lineMonthPaid
	}
	s.seen[i] = true
	return ""
}

// take checks one line and adds it to the chunk, or to the rejected.
func (f *filing) take(a *Agency, s staff, n int, name string, wage int64, fault LineCode) {
	var i int
	if fault == "" {
		var found bool
		if i, found = a.insured(name); !found {
			fault = lineNotStaff
		} else {
			fault = s.fault(a.People, i, wage)
		}
	}
	if fault == "" {
		if d, err := f.law.Contribute(wage); err != nil {
			fault = lineWage
		} else {
			f.add(wageLine{uint64(i), ledger.Fen(wage)}, d)
		}
	}
	if fault != "" {
		if f.rejectedLines++; len(f.rejected) < mostRejected {
			f.rejected = append(f.rejected, RejectedLine{n, fault})
		}
	}
}

// insured is the person of an id or of an identity number.
func (a *Agency) insured(name string) (i int, found bool) {
	if strings.HasPrefix(name, "P") {
		return a.People.PersonByID(name)
	}
	return a.People.Find(name)
}

func (f *filing) add(l wageLine, d rules.Dues) {
	f.accepted++
	f.byEmployer += ledger.Fen(d.Employer)
	f.byPersons += ledger.Fen(d.Person)
	for i := range f.dues {
		f.dues[i].Pool += ledger.Fen(d.Parts[i].Employer)
		f.dues[i].Personal += ledger.Fen(d.Parts[i].Person)
	}
	if f.lines = append(f.lines, l); len(f.lines) == chunkLines {
		f.flush()
	}
}

func (f *filing) flush() {
	if len(f.lines) > 0 {
		f.chunks = append(f.chunks, packLines(nil, f.lines))
		f.lines = f.lines[:0]
	}
}

// refuseAll leaves of a file only what was wrong with it.
func (f *filing) refuseAll() {
	f.accepted, f.byEmployer, f.byPersons, f.chunks, f.lines = 0, 0, 0, nil, nil
}

// schemeDues are dues of zero, one for each scheme and in its fund. Maternity is in the medical book.
func schemeDues(schemes []string) []ledger.Due {
	dues := make([]ledger.Due, len(schemes))
	for i, s := range schemes {
		if dues[i].Fund = ledger.Fund(s); s == "maternity" {
			dues[i].Fund = ledger.Medical
		}
	}
	return dues
}

// declarationID names the declaration of an employer for a month. There is one, whoever files it and however often.
func declarationID(employer string, month rules.Month) string {
	return "D-X" + employer + "-" + strconv.Itoa(int(month))
}

func (c *change) declare(f *filing) (int, any, error) {
	d := store.Declaration{ID: declarationID(f.Employer, f.Month)}
	c.about = "declaration " + d.ID
	known, err := c.Get(&d)
	if err != nil {
		return 0, nil, err
	}
	if !known {
		d.Employer, d.Month, d.State = f.Employer, int64(f.Month), "draft"
	}
	filed := d
	filed.Rejected, filed.Hash = int64(f.rejectedLines), f.sum
	if f.accepted == 0 {
		return c.reject(f, known, d, filed)
	}
	filed.Lines, filed.ByEmployer, filed.ByPersons = int64(f.accepted), f.byEmployer, f.byPersons
	filed.Packs = strings.Join(f.law.Packs(), " ")
	filed.Due = int64(workdays.Due(payTerm(), rules.Date(c.Date())))
	if err := c.assess(&d, &filed, ledger.Assessed(d.ID, d.Employer, f.dues)); err != nil {
		return 0, nil, err
	}
	for n, lines := range f.chunks {
		if err := c.Add(&store.DeclarationChunk{Declaration: d.ID, N: int64(n), Lines: lines}); err != nil {
			return 0, nil, err
		}
	}
	if err := c.file(known, &filed); err != nil {
		return 0, nil, err
	}
	if err := c.Count("declared-lines-by-month", f.Month.String(), int64(f.accepted), f.byEmployer+f.byPersons); err != nil {
		return 0, nil, err
	}
	return c.declared(f, filed)
}

// assess moves a declaration to assessed and posts what the employer owes. Where the month was assessed without a
// declaration, that is taken back; the declaration stays defaulted until it is paid.
func (c *change) assess(d, filed *store.Declaration, posting ledger.Txn) error {
	if d.State == "defaulted110" && d.Lines == 0 {
		if err := c.takeBack(ledger.EventAssessed, defaultRef(d.ID)); err != nil {
			return err
		}
		if err := c.move(workflow.Declaration(), d.ID, d.Ver, "defaulted110"); err != nil {
			return err
		}
	} else {
		path := []workflow.State{workflow.State(d.State), "submitted", "validated", "assessed"}
		if err := c.move(workflow.Declaration(), d.ID, d.Ver, path...); err != nil {
			return err
		}
		filed.State = "assessed"
	}
	err := c.post(posting)
	filed.Txn = c.posted.Seq
	return err
}

// reject keeps a declaration of which nothing was accepted, as a receipt that it arrived. What was assessed stays.
func (c *change) reject(f *filing, known bool, d, filed store.Declaration) (int, any, error) {
	if d.State == "defaulted110" && d.Lines == 0 {
		return c.declared(f, d)
	}
	filed.State = "rejected"
	if err := c.move(workflow.Declaration(), d.ID, d.Ver, workflow.State(d.State), "submitted", "rejected"); err != nil {
		return 0, nil, err
	}
	if err := c.file(known, &filed); err != nil {
		return 0, nil, err
	}
	return c.declared(f, filed)
}

// file writes a declaration's row.
func (c *change) file(known bool, d *store.Declaration) error {
	if known {
		return c.Set(d)
	}
	d.Ver = 1
	return c.Add(d)
}

func (c *change) declared(f *filing, d store.Declaration) (int, any, error) {
	if err := c.Count("declarations-by-state", d.State, 1, f.byEmployer+f.byPersons); err != nil {
		return 0, nil, err
	}
	return created, Declared{
		Declaration: d.ID, State: workflow.State(d.State), Accepted: f.accepted, Rejected: f.rejected, RejectedLines: f.rejectedLines,
		Assessed: f.byEmployer + f.byPersons, Due: rules.Date(d.Due), Proof: c.proof(),
	}, nil
}

// takeBack posts the exact negation of a transaction, if it was posted.
func (c *change) takeBack(event ledger.Event, ref string) error {
	posted, err := c.Posted(event, ref)
	if err != nil || posted.Seq == 0 {
		return err
	}
	t, err := transaction(c, posted.Seq)
	if err != nil {
		return err
	}
	return c.post(ledger.Reverse(t, ref))
}

// transaction reads one from the ledger.
func transaction(v store.View, seq int64) (t ledger.Txn, err error) {
	found := false
	err = store.EachTxn(v, seq, seq, func(s ledger.Stored) error {
		t, found = s.Txn, true
		return nil
	})
	if err == nil && !found {
		err = errors.New("transaction " + strconv.FormatInt(seq, 10) + " is not in the ledger: restore it from a backup")
	}
	return t, err
}
