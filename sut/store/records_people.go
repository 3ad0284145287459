package store

import "github.com/peakday/peakday/sut/ledger"

// A Person is somebody whom the service has met since the population's opening day. Personal fields are sealed by
// package vault. Whoever takes money from a person's account Sets the person, so that two such Updates cannot both
// decide on the same balance.
type Person struct {
	ID                      uint64 // index in the population
	IDNo, Name, Phone, Bank []byte // sealed
	BlindIndex              []byte // of the identity number; unique
	Region                  string
	Moving                  string // the transfer under way; empty: none
	Brought                 int64  // months that closed transfers brought, beyond those the population says
	Months                  int64  // normal months that were paid, beyond those the population says: the person's contributions of that kind
	Ver                     int64
}

var persons = Table{"person", []string{"id", "id_no", "name", "phone", "bank", "blind_index", "region", "moving", "brought", "months", "ver"}, 1}

// Table is the table of persons.
func (*Person) Table() *Table { return &persons }

// Fields are the columns.
func (p *Person) Fields() []any {
	return []any{&p.ID, &p.IDNo, &p.Name, &p.Phone, &p.Bank, &p.BlindIndex, &p.Region, &p.Moving, &p.Brought, &p.Months, &p.Ver}
}

// An Enrolment is a person in one scheme, where it is not as the population opened with.
type Enrolment struct {
	Person       uint64
	Scheme       string // pension, medical, unemployment, injury or maternity
	State        string // of workflow's machine "enrolment"
	Employer     string // empty: flexible
	Region       string
	Since, Until int64 // yyyymmdd; Until 0 while it lasts
	Ver          int64
}

var enrolments = Table{"enrolment", []string{"person", "scheme", "state", "employer", "region", "since", "until", "ver"}, 2}

// Table is the table of enrolments.
func (*Enrolment) Table() *Table { return &enrolments }

// Fields are the columns.
func (e *Enrolment) Fields() []any {
	return []any{&e.Person, &e.Scheme, &e.State, &e.Employer, &e.Region, &e.Since, &e.Until, &e.Ver}
}

// PersonsIn are those with ids $1 to $2.
var PersonsIn = persons.Where("id BETWEEN $1 AND $2 ORDER BY id")

// BankAccounts are the ids and sealed accounts of the persons $1 to $2.
const BankAccounts Query = "SELECT id, bank FROM person WHERE id BETWEEN $1 AND $2"

// PersonsAfter are those with an id from $1 on, at most $2.
var PersonsAfter = persons.Where("id >= $1 ORDER BY id LIMIT $2")

// StaffOf are the enrolments for pension at employer $1, whoever's they were at the opening.
var StaffOf = enrolments.Where("scheme = 'pension' AND employer = $1")

// EnrolmentsIn are the enrolments for pension of persons $1 to $2.
var EnrolmentsIn = enrolments.Where("scheme = 'pension' AND person BETWEEN $1 AND $2")

// EnrolmentsOf are those of person $1.
var EnrolmentsOf = enrolments.Where("person = $1 ORDER BY scheme")

// A Declaration is what an employer filed for a month, or what the agency assessed where nothing was filed.
type Declaration struct {
	ID              string
	Employer        string
	Month           int64 // yyyymm
	Lines, Rejected int64 // accepted lines and refused ones
	ByEmployer      ledger.Fen
	ByPersons       ledger.Fen
	State           string // of workflow's machine "declaration"
	Due             int64  // yyyymmdd, the last day to pay
	LateUntil       int64  // yyyymmdd up to which late fees are posted; 0: none
	LateFee         ledger.Fen
	Hash            []byte // SHA-256 of the lines that were filed
	Packs           string // ids of the policy packs, separated by spaces
	Txn             int64  // the assessment
	Ver             int64
}

var declarations = Table{"declaration", []string{
	"id", "employer", "month", "lines", "rejected", "by_employer", "by_persons", "state", "due", "late_until", "late_fee", "hash", "packs", "txn", "ver",
}, 1}

// Table is the table of declarations.
func (*Declaration) Table() *Table { return &declarations }

// Fields are the columns.
func (d *Declaration) Fields() []any {
	return []any{
		&d.ID, &d.Employer, &d.Month, &d.Lines, &d.Rejected, &d.ByEmployer, &d.ByPersons, &d.State, &d.Due, &d.LateUntil, &d.LateFee, &d.Hash, &d.Packs, &d.Txn, &d.Ver,
	}
}

// LastDeclaration is that of employer $1 for the latest month before $2 that something was assessed for.
var LastDeclaration = declarations.Where("employer = $1 AND month < $2 AND state <> 'rejected' ORDER BY month DESC LIMIT 1")

// DeclarationsDue are those in state $1 whose last day to pay is before $2, after day $3 and id $4, at most $5.
var DeclarationsDue = declarations.Where("state = $1 AND due < $2 AND (due, id) > ($3, $4) ORDER BY due, id LIMIT $5")

// A DeclarationChunk holds some of the lines of a declaration, packed: lines are only ever read together, and one row
// for hundreds of them is what makes a bulk declaration cheap. Package agency packs and reads them.
type DeclarationChunk struct {
	Declaration string
	N           int64
	Lines       []byte
}

var chunks = Table{"declaration_chunk", []string{"declaration", "n", "lines"}, 2}

// Table is the table of chunks.
func (*DeclarationChunk) Table() *Table { return &chunks }

// Fields are the columns.
func (c *DeclarationChunk) Fields() []any { return []any{&c.Declaration, &c.N, &c.Lines} }

// ChunksOf are those of declaration $1.
var ChunksOf = chunks.Where("declaration = $1 ORDER BY n")

// TakeMonth takes back the normal month $2 of person $1 that $3 paid for them alone: its payment was reversed.
const TakeMonth Query = "DELETE FROM contribution WHERE person = $1 AND month = $2 AND kind = 'normal' AND payer = $3 AND declaration = ''"

// PaidFor are those of persons $1 to $2 whose month $3 was paid.
const PaidFor Query = "SELECT person FROM contribution WHERE person BETWEEN $1 AND $2 AND month = $3 AND kind = 'normal'"

// A Contribution is a paid month of a person, beyond those the population says were paid before. Kind is "normal"
// or "makeup", a second one "makeup 2"; person, month and kind are unique.
type Contribution struct {
	Person      uint64
	Month       int64 // yyyymm
	Kind        string
	Payer       string // employer, or the person itself
	Wage, Base  ledger.Fen
	ByEmployer  ledger.Fen // all employer parts
	ByPerson    ledger.Fen // all employee parts
	Declaration string     // empty: paid without one being filed
	Packs       string     // ids of the policy packs; empty: those of the declaration
	Txn         int64
}

var contributions = Table{"contribution", []string{
	"person", "month", "kind", "payer", "wage", "base", "by_employer", "by_person", "declaration", "packs", "txn",
}, 3}

// Table is the table of contributions.
func (*Contribution) Table() *Table { return &contributions }

// Fields are the columns.
func (c *Contribution) Fields() []any {
	return []any{&c.Person, &c.Month, &c.Kind, &c.Payer, &c.Wage, &c.Base, &c.ByEmployer, &c.ByPerson, &c.Declaration, &c.Packs, &c.Txn}
}

// ContributionsOf are those of person $1 for months $2 to $3, at most $4, newest first.
var ContributionsOf = contributions.Where("person = $1 AND month BETWEEN $2 AND $3 ORDER BY month DESC, kind LIMIT $4")

// A Transfer moves a person's pension from one region to another.
type Transfer struct {
	ID       string
	Person   uint64
	From, To string // regions
	Months   int64
	Personal ledger.Fen // the whole personal account
	Pool     ledger.Fen // 12 % of the bases
	State    string     // of workflow's machine "transfer"
	Due      int64      // yyyymmdd of the hop that runs
	Reason   string     // why it went back
	Packs    string
	Ver      int64
}

var transfers = Table{"transfer", []string{"id", "person", "from_region", "to_region", "months", "personal", "pool", "state", "due", "reason", "packs", "ver"}, 1}

// Table is the table of transfers.
func (*Transfer) Table() *Table { return &transfers }

// Fields are the columns.
func (t *Transfer) Fields() []any {
	return []any{&t.ID, &t.Person, &t.From, &t.To, &t.Months, &t.Personal, &t.Pool, &t.State, &t.Due, &t.Reason, &t.Packs, &t.Ver}
}

// TransfersOf are those of person $1.
var TransfersOf = transfers.Where("person = $1 ORDER BY id")

// TransfersDue are those under way that are due on day $1 or before, after day $2 and id $3, at most $4.
var TransfersDue = transfers.Where("state NOT IN ('closed', 'reopened') AND due <= $1 AND (due, id) > ($2, $3) ORDER BY due, id LIMIT $4")

// PaidYears are the normal months of person $1 by year and base: year, base, how many.
const PaidYears Query = "SELECT month / 100, base, count(*) FROM contribution WHERE person = $1 AND kind = 'normal' GROUP BY month / 100, base ORDER BY 1, 2"
