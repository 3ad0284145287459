package agency_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/workflow"
)

const ndjson = "application/x-ndjson"

// firm is the largest employer, and its active people: n of them at least.
func firm(t testing.TB, a *agency.Agency, n int) (population.Employer, []population.Person) {
	t.Helper()
	for e := a.People.Employers() - 1; e >= 0; e-- { // the largest first
		people := slices.Collect(a.People.ActiveOf(e))
		if len(people) >= n {
			return a.People.Employer(e), people
		}
	}
	t.Fatalf("no employer has %d active people", n)
	return population.Employer{}, nil
}

// fileOf is a declaration's file.
func fileOf(f agency.Filing, people []population.Person) string {
	var b bytes.Buffer
	for _, who := range people {
		fmt.Fprintf(&b, "{\"person\":%q,\"wage_fen\":%d}\n", who.ID, who.Wage)
	}
	sum := sha256.Sum256(b.Bytes())
	f.Lines, f.SHA256 = len(people), hex.EncodeToString(sum[:])
	header, _ := json.Marshal(f)
	return string(header) + "\n" + b.String()
}

func declare(t testing.TB, a *agency.Agency, c agency.Call, file string, partial bool) agency.Declared {
	t.Helper()
	answer, _, err := a.Declare(t.Context(), c, ndjson, strings.NewReader(file), partial)
	if err != nil {
		t.Fatal(err)
	}
	return decoded[agency.Declared](t, answer)
}

func decoded[T any](t testing.TB, answer store.Answer) (v T) {
	t.Helper()
	if err := json.Unmarshal(answer.Body, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// duesOf is what people come to, reckoned one by one with the trace.
func duesOf(t testing.TB, a *agency.Agency, month rules.Month, people []population.Person) (employer, person ledger.Fen) {
	t.Helper()
	for _, who := range people {
		c, err := a.Rules.Contribute(rules.Wage{Region: who.Region, Month: month, Wage: who.Wage})
		if err != nil {
			t.Fatal(err)
		}
		employer, person = employer+ledger.Fen(c.Employer), person+ledger.Fen(c.Person)
	}
	return employer, person
}

// BenchmarkDeclare takes in the largest file: 50,000 lines, each checked and posted.
func BenchmarkDeclare(b *testing.B) {
	a := newAgency(b)
	var err error
	if a.People, err = population.New(1, population.Most); err != nil {
		b.Fatal(err)
	}
	e, people := firm(b, a, 50_000)
	people = people[:50_000]
	month := population.Opening.Month()
	var files []string
	for i := range 47 {
		files = append(files, fileOf(agency.Filing{Employer: e.ID, Month: month.Add(i)}, people))
	}
	n := 0
	b.ResetTimer()
	for b.Loop() {
		d := declare(b, a, as(workflow.Employer, e.ID, "declarations.create", fmt.Sprint(n)), files[n%len(files)], false)
		if d.Accepted != len(people) {
			b.Fatalf("%+v", d)
		}
		n++
	}
	b.ReportMetric(float64(n*len(people))/b.Elapsed().Seconds(), "lines/s")
}

// newBureau is an agency over a book that was begun for so many people.
func newBureau(t testing.TB, people int) *agency.Agency {
	t.Helper()
	a := newAgency(t)
	var err error
	if a.People, err = population.New(1, people); err != nil {
		t.Fatal(err)
	}
	if err := a.Found(t.Context(), now, 1); err != nil {
		t.Fatal(err)
	}
	return a
}

// filedBy is a call of an employer for declarations.create.
func filedBy(e population.Employer, key string) agency.Call {
	return as(workflow.Employer, e.ID, "declarations.create", key)
}

const january = rules.Month(202301)

func TestADeclarationIsAssessedToTheFen(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 3)
	file := fileOf(agency.Filing{Employer: e.ID, Month: january}, people)
	d := declare(t, a, filedBy(e, "1"), file, false)
	byEmployer, byPersons := duesOf(t, a, january, people)
	if d.State != "assessed" || d.Accepted != len(people) || d.RejectedLines != 0 || d.Assessed != byEmployer+byPersons || d.Due != 20261207 {
		t.Errorf("declared %+v; want %d lines and %d fen, due 2026-12-07, the Monday after fifteen days", d, len(people), byEmployer+byPersons)
	}
	var owes ledger.Fen
	for _, f := range ledger.Funds() {
		owes += balanceOf(t, a.Store, ledger.Account{Kind: ledger.Recv, Fund: f, Owner: e.ID})
	}
	if owes != d.Assessed {
		t.Errorf("the employer owes %d by the book, %d was assessed", owes, d.Assessed)
	}
	again, replayed, err := a.Declare(t.Context(), filedBy(e, "1"), ndjson, strings.NewReader(file), false)
	if err != nil || !replayed || decoded[agency.Declared](t, again).Receipt != d.Receipt {
		t.Errorf("the same key: replayed %v, %v", replayed, err)
	}
	r, err := a.Declaration(t.Context(), filedBy(e, "").Caller, d.Declaration)
	if err != nil || r.Owed != d.Assessed || r.ByEmployer != byEmployer || r.ByPersons != byPersons || r.Lines != len(people) {
		t.Errorf("%+v, %v", r, err)
	}
	page, err := a.DeclarationLines(t.Context(), filedBy(e, "").Caller, d.Declaration, 0)
	if err != nil || len(page.Items) != len(people) || page.Next != 0 || page.Items[0].Person != people[0].ID || int64(page.Items[0].Wage) != people[0].Wage {
		t.Errorf("lines %+v, %v", page, err)
	}
	wantSound(t, a)
}

func TestLinesAreRefusedByACodeEach(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 4)
	other := a.People.Person((e.First + e.Size) % a.People.Size())
	var idle population.Person
	for i := e.First; i < e.First+e.Size; i++ {
		if who := a.People.Person(i); who.Status != population.Active {
			idle = who
		}
	}
	if idle.ID == "" {
		t.Fatal("everybody works at the largest employer: take another seed")
	}
	lines := []string{
		fmt.Sprintf(`{"person":%q,"wage_fen":800000}`, people[0].ID),
		fmt.Sprintf(`{"person":%q,"wage_fen":800000}`, people[1].IDNumber), // a number names a person too
		fmt.Sprintf(`{"person":%q,"wage_fen":800000}`, people[0].IDNumber),
		fmt.Sprintf(`{"person":%q,"wage_fen":800000}`, other.ID),
		`{"person":"P99999999","wage_fen":800000}`,
		`{"person":"nobody","wage_fen":800000}`,
		fmt.Sprintf(`{"person":%q,"wage_fen":800000}`, idle.ID),
		fmt.Sprintf(`{"person":%q,"wage_fen":0}`, people[2].ID),
		fmt.Sprintf(`{"person":%q,"wage_fen":1000000001}`, people[2].ID),
		fmt.Sprintf(`{"person":%q,"wage":800000}`, people[2].ID),
		`not JSON`,
	}
	want := []agency.RejectedLine{
		{3, "duplicate"}, {4, "not-staff"}, {5, "not-staff"}, {6, "not-staff"}, {7, "not-active"}, {8, "wage-out-of-range"},
		{9, "wage-out-of-range"}, {10, "bad-line"}, {11, "bad-line"},
	}
	file := fmt.Sprintf("{\"employer\":%q,\"month\":\"2023-01\"}\n%s\r\n", e.ID, strings.Join(lines, "\r\n"))
	whole := declare(t, a, filedBy(e, "1"), file, false)
	if whole.State != "rejected" || whole.Accepted != 0 || whole.Assessed != 0 || !slices.Equal(whole.Rejected, want) || whole.RejectedLines != len(want) {
		t.Errorf("all or nothing: %+v; want %v", whole, want)
	}
	part := declare(t, a, filedBy(e, "2"), file, true) // takes the place of the rejected one
	if part.State != "assessed" || part.Accepted != 2 || !slices.Equal(part.Rejected, want) || part.Declaration != whole.Declaration {
		t.Errorf("in part: %+v; want %v", part, want)
	}
	_, _, err := a.Declare(t.Context(), filedBy(e, "3"), ndjson, strings.NewReader(file), true)
	wantCode(t, err, "illegal-step") // an assessed one stays
	wantSound(t, a)
}

func TestFilesThatAreRefused(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 2)
	good := fileOf(agency.Filing{Employer: e.ID, Month: january}, people)
	line := fmt.Sprintf("{\"person\":%q,\"wage_fen\":800000}\n", people[0].ID)
	header := func(rest string) string { return fmt.Sprintf(`{"employer":%q,"month":"2023-01"%s}`, e.ID, rest) + "\n" }
	clerk := as(workflow.Clerk, "clerk1", "declarations.create", "k")
	elsewhere := clerk
	elsewhere.Region = "110000"
	for _, test := range []struct {
		name, media, file, code string
		call                    agency.Call
	}{
		{"another employer's", ndjson, good, "other-employer", as(workflow.Employer, "E000000", "declarations.create", "k")},
		{"of an employer that is none", ndjson, strings.Replace(good, e.ID, "E999999", 1), "unknown-subject", as(workflow.Employer, "E999999", "declarations.create", "k")},
		{"by a citizen", ndjson, good, "role", as(workflow.Citizen, "1", "declarations.create", "k")},
		{"by a clerk of another region", ndjson, good, "not-found", elsewhere},
		{"of no employer, by a clerk", ndjson, strings.Replace(good, e.ID, "E999999", 1), "not-found", clerk},
		{"as JSON", "application/json", good, "bad-media-type", filedBy(e, "k")},
		{"empty", ndjson, "", "no-header", filedBy(e, "k")},
		{"without a header", ndjson, line, "bad-header", filedBy(e, "k")},
		{"with an unknown field", ndjson, header(`,"day":3`) + line, "bad-header", filedBy(e, "k")},
		{"of December 2022", ndjson, strings.Replace(good, "2023-01", "2022-12", 1), "bad-month", filedBy(e, "k")},
		{"of a month to come", ndjson, strings.Replace(good, "2023-01", "2026-12", 1), "bad-month", filedBy(e, "k")},
		{"without lines", ndjson, header(""), "no-lines", filedBy(e, "k")},
		{"with a line missing", ndjson, header(`,"lines":2`) + line, "lines-missing", filedBy(e, "k")},
		{"with another hash", ndjson, header(`,"sha256":"`+strings.Repeat("0", 64)+`"`) + line, "hash-mismatch", filedBy(e, "k")},
		{"with half a hash", ndjson, header(`,"sha256":"00"`) + line, "bad-header", filedBy(e, "k")},
		{"with a line as long as a file", ndjson, header("") + strings.Repeat("x", 2000), "long-line", filedBy(e, "k")},
		{"with too many lines", ndjson, header("") + strings.Repeat(line, 50_001), "too-many-lines", filedBy(e, "k")},
		{"as CSV without names", "text/csv", e.ID + ",2023-01\n" + people[0].ID + ",800000\n", "bad-columns", filedBy(e, "k")},
		{"as CSV with a bad month", "text/csv", e.ID + ",January\nperson,wage_fen\n", "bad-header", filedBy(e, "k")},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := a.Declare(t.Context(), test.call, test.media, strings.NewReader(test.file), false)
			wantCode(t, err, test.code)
		})
	}
	_, _, err := a.Declare(t.Context(), filedBy(e, "k"), ndjson, io.MultiReader(strings.NewReader(good[:len(good)-5]), cutReader{}), false)
	wantCode(t, err, "body-cut")
	declare(t, a, filedBy(e, "k"), good, false) // none of the refusals used the key up
	wantSound(t, a)
}

type cutReader struct{}

func (cutReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestCSVSaysTheSameAsJSON(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 3)
	var b strings.Builder
	fmt.Fprintf(&b, "\ufeff%s,2023-01,%d\r\nperson,wage_fen\r\n", e.ID, len(people))
	for _, who := range people {
		fmt.Fprintf(&b, "\"%s\",%d\r\n", who.ID, who.Wage)
	}
	answer, _, err := a.Declare(t.Context(), filedBy(e, "1"), "text/csv; charset=utf-8", strings.NewReader(b.String()), false)
	if err != nil {
		t.Fatal(err)
	}
	byEmployer, byPersons := duesOf(t, a, january, people)
	d := decoded[agency.Declared](t, answer)
	if d.Assessed != byEmployer+byPersons {
		t.Errorf("%+v", d)
	}
	page, err := a.DeclarationLines(t.Context(), filedBy(e, "").Caller, d.Declaration, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := page.WriteCSV(&out); err != nil {
		t.Fatal(err)
	}
	first := fmt.Sprintf("person,wage_fen,base_fen,employer_fen,employee_fen\n%s,%d,", people[0].ID, people[0].Wage)
	if !strings.HasPrefix(out.String(), first) || strings.Count(out.String(), "\n") != len(people)+1 {
		t.Errorf("export %s\nwant it to begin with %s", out.String(), first)
	}
}

func TestAFormulaIsNoPersonAndNoNumber(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 1)
	for _, cell := range []string{"=1+1", "+1", "@SUM(A1)", "-A1", "\"=cmd|' /C calc'!A0\""} {
		for _, line := range []string{cell + ",800000", people[0].ID + "," + cell} {
			file := e.ID + ",2023-01\nperson,wage_fen\n" + line + "\n"
			answer, _, err := a.Declare(t.Context(), filedBy(e, cell+line), "text/csv", strings.NewReader(file), false)
			if err != nil {
				t.Fatal(err)
			}
			if d := decoded[agency.Declared](t, answer); len(d.Rejected) != 1 || d.Rejected[0].Code != "formula" {
				t.Errorf("%s: %+v", line, d)
			}
		}
	}
}

func TestADeclarationOfBeforeTheOpening(t *testing.T) {
	a := newBureau(t, 500)
	e, people := firm(t, a, 2)
	id := population.DeclarationID(e.Index)
	r, err := a.Declaration(t.Context(), filedBy(e, "").Caller, id)
	byEmployer, byPersons := duesOf(t, a, 202212, people)
	if err != nil || r.State != "paid" || r.Owed != 0 || r.Lines != len(people) || r.ByEmployer != byEmployer || r.ByPersons != byPersons {
		t.Errorf("%+v, %v", r, err)
	}
	page, err := a.DeclarationLines(t.Context(), filedBy(e, "").Caller, id, 0)
	if err != nil || len(page.Items) != len(people) {
		t.Errorf("%d lines, %v; want %d", len(page.Items), err, len(people))
	}
	for _, c := range []agency.Caller{
		{Role: workflow.Employer, Subject: "E000000"}, {Role: workflow.Citizen, Subject: "1"}, {Role: workflow.Auditor, Subject: "au1"},
		{Role: workflow.Clerk, Subject: "clerk1", Region: "110000"},
	} {
		_, there := a.Declaration(t.Context(), c, id)
		_, missing := a.Declaration(t.Context(), c, "D-X"+e.ID+"-202305")
		wantCode(t, there, "not-found")
		if fmt.Sprint(there) != fmt.Sprint(missing) {
			t.Errorf("%s: %v for one that is there, %v for one that is not", c, there, missing)
		}
	}
}

func stringsReader(s string) io.Reader { return strings.NewReader(s) }

// subjectOf is a person as a citizen's token names them.
func subjectOf(who population.Person) string { return fmt.Sprint(who.Index) }

// splitJSON is the members of a flat object.
func splitJSON(text string) []string { return strings.Split(strings.Trim(text, "{}"), ",") }
